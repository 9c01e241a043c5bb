"""Bring in what the networks know now (or a window of days), rebuild the figures, score the posts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from clientnest.errors import NotReady
from commands.stack.installation import find
from commands.stack.orchestrating import orchestrate
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
    with Steps(Console()).step("Ingestion", keeps_parts=True) as said:
        orchestrate(installation, said, "refresh", since=first, until=last)
