"""The weekly report of a workspace: one PDF and one CSV over seven days, written down where they can be downloaded."""

import asyncio
import hashlib
import os
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import marts
from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.errors import Invalid, NotFound, Problem
from clientnest.marts import Period
from clientnest.models import Account, Report, Workspace
from clientnest.settings import settings
from reporting.figures import Figures, gather

KIND = "weekly"
DAYS = 7


async def make_weekly(workspace_id: UUID, period_end: date | None = None) -> list[Report]:
    """Makes both files for the seven days up to `period_end`, the last whole week (to Sunday) where it is None.

    Figures that did not change give the same files and the same reports. Raises NotFound, NotReady, or Invalid for
    days that are not over.
    """
    async with unit_of_work(workspace_id=workspace_id) as session:
        workspace = await session.get(Workspace, workspace_id)
        if workspace is None:
            raise NotFound("There is no such workspace.")
        period = Period.ending(await _last_day(session, period_end), DAYS)
        figures = await gather(session, workspace, period)
        files = await asyncio.to_thread(_files, figures)
        return [await _kept(session, workspace_id, figures, format_, content) for format_, content in files.items()]


async def make_all_weekly() -> list[Report]:
    """The last whole week of every workspace that has an account."""
    async with system_unit_of_work() as session:
        workspaces = (await session.scalars(select(Account.workspace_id).distinct())).all()
    return [report for workspace_id in sorted(workspaces) for report in await make_weekly(workspace_id)]


async def _last_day(session: AsyncSession, wanted: date | None) -> date:
    newest = await marts.newest_day(session)
    if wanted is None:
        return newest - timedelta(days=newest.isoweekday())
    if wanted > newest:
        message = f"Choose {newest.isoformat()} or a day before it."
        raise Invalid("The days of this report are not over.", (Problem("period_end", message),))
    return wanted


def _files(figures: Figures) -> dict[str, bytes]:
    # Heavy: a process that makes no report never loads them.
    from reporting.document import pdf
    from reporting.table import table

    return {"pdf": pdf(figures), "csv": table(figures)}


async def _kept(session: AsyncSession, workspace_id: UUID, figures: Figures, format_: str, content: bytes) -> Report:
    """The report of exactly these bytes, written down once."""
    digest = hashlib.sha256(content).hexdigest()
    period = figures.period
    path = Path(str(workspace_id)) / f"{KIND}-{period.since}-{period.until}-{digest[:12]}.{format_}"
    _write(settings().reports / path, content)
    known = await session.scalar(select(Report).where(Report.path == str(path)))
    if known is not None:
        return known
    report = Report(
        workspace_id=workspace_id,
        kind=KIND,
        format=format_,
        period_start=period.since,
        period_end=period.until,
        observed_at=figures.observed_at,
        path=str(path),
        size=len(content),
        sha256=digest,
    )
    session.add(report)
    await session.flush()
    return report


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
