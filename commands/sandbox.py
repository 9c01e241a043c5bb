"""Start the demo world alone: the networks on loopback. Prints where they are, one JSON line with --json."""

import os
import sys
from typing import Annotated

import typer

from clientnest.settings import ROOT


def command(
    json: Annotated[bool, typer.Option("--json", help="One JSON line when ready, nothing else.")] = False,
    seed: Annotated[int, typer.Option(help="Which world; the same seed is the same world.")] = 1,
    ports_from: Annotated[int | None, typer.Option(help="Control on this port, the networks on the next ones.")] = None,
) -> None:
    argv = [sys.executable, "-m", "sandbox", "--seed", str(seed)]
    argv += ["--json"] if json else []
    argv += ["--ports-from", str(ports_from)] if ports_from is not None else []
    os.chdir(ROOT)
    os.execv(sys.executable, argv)
