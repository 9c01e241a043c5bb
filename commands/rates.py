"""Bring in exchange rates from the European Central Bank's CSV (eurofxref-hist.csv)."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from clientnest.database import run
from clientnest.errors import NotReady
from commands.stack.installation import find


def command(
    file: Annotated[Path, typer.Argument(help="eurofxref-hist.csv or eurofxref.csv, unpacked.")],
) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    installation.enter()
    from ingestion.rates import import_file

    found = run(import_file(file))
    Console().print(
        f"{found.rates:,} rates of {found.currencies} currencies from {found.first} to {found.last}: "
        f"{found.written:,} written, {found.rates - found.written:,} already there.",
        highlight=False,
    )
