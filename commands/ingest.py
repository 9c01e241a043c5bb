"""Bring in what the networks know now (or a window of days), rebuild the figures, score the posts."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from clientnest.errors import NotReady
from clientnest.settings import ROOT
from commands.stack.demo import parts
from commands.stack.installation import find
from commands.stack.steps import Steps

_LOOK_BACK = timedelta(days=3)


def command(
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day (UTC).")] = None,
) -> None:
    installation = find()
    if installation is None:
        raise NotReady("There is no installation here: run `./nest up`.")
    today = datetime.now(UTC).date()
    last = until.date() if until else today
    first = since.date() if since else last - _LOOK_BACK
    if first > last:
        raise NotReady(f"{first} is after {last}: give --since before --until.")
    argv = [sys.executable, "-m", "orchestration", "refresh", "--since", str(first), "--until", str(last)]
    steps = Steps(Console())
    log = installation.logs / "ingest.log"
    with steps.step("Ingestion", keeps_parts=True) as said, log.open("ab") as errors:
        process = subprocess.Popen(
            argv, cwd=ROOT, env=installation.environment(), stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert process.stdout is not None
        for part in parts(process.stdout):
            said(part)
        if process.wait():
            raise NotReady(f"The ingestion did not end well: see {log}, or the runs in Dagster.")
