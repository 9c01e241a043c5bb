"""The weekly report of a workspace: one PDF and one CSV over seven days, written down where they can be downloaded.

A report keeps what it was asked with and the moment whose figures it shows, and reads them as known then from the
start: made again, it is the same to the byte.
"""

import asyncio
import hashlib
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import marts
from clientnest.database import system_unit_of_work, unit_of_work
from clientnest.errors import Invalid, NotFound, NotReady, Problem
from clientnest.marts import Moment, Period, ScoresAsKnown, Selection
from clientnest.models import Account, Report, Workspace
from clientnest.settings import settings
from reporting.figures import Figures, Order, gather

KIND = "weekly"
DAYS = 7
# Selects nothing, where a selection without accounts would select all.
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Remade:
    """A report made again, and whether its bytes are those that it had."""

    report: Report
    is_identical: bool


async def make_weekly(
    workspace_id: UUID, scores: ScoresAsKnown, period_end: date | None = None, *, as_of: datetime | None = None
) -> list[Report]:
    """Makes both files for the seven days up to `period_end`, the last whole week (to Sunday) where it is None, as
    known at `as_of` by the networks' clocks (all that is known where it is None).

    Figures that did not change give the same files and the same reports. Raises NotFound, NotReady, or Invalid for
    days that are not over.
    """
    async with unit_of_work(workspace_id=workspace_id) as session:
        order = await _order(session, workspace_id, period_end, as_of)
        files = await _files(session, workspace_id, order, scores)
        return [await _kept(session, workspace_id, order, format_, *made) for format_, made in files.items()]


async def make_all_weekly(scores: ScoresAsKnown) -> list[Report]:
    """The last whole week of every workspace that has an account."""
    async with system_unit_of_work() as session:
        workspaces = (await session.scalars(select(Account.workspace_id).distinct())).all()
    return [report for workspace_id in sorted(workspaces) for report in await make_weekly(workspace_id, scores)]


async def make_again(workspace_id: UUID, report_id: UUID, scores: ScoresAsKnown) -> Remade:
    """The report as it was, from the figures as known at its moment. Raises NotFound, NotReady, or Invalid for a
    report that kept no moment."""
    async with unit_of_work(workspace_id=workspace_id) as session:
        report = await session.get(Report, report_id)
        if report is None:
            raise NotFound("There is no such report in this workspace.")
        if report.recorded_at is None:
            raise Invalid("This report was made before reports kept their moment: make a new one.")
        order = order_of(report)
        files = await _files(session, workspace_id, order, scores)
        made = await _kept(session, workspace_id, order, report.format, *files[report.format])
        return Remade(made, made.sha256 == report.sha256)


def order_of(report: Report) -> Order:
    """What a report that kept its moment was asked with."""
    accounts = {UUID(account_id): connected for account_id, connected in report.asked["accounts"].items()}
    return Order(
        brand=report.asked["brand"],
        zone=report.asked["zone"],
        period=Period(report.period_start, report.period_end),
        selection=Selection(
            account_ids=tuple(accounts) or (NOBODY,),
            connected=tuple(account_id for account_id, connected in accounts.items() if connected),
        ),
        moment=Moment(report.known_at, report.recorded_at),
    )


async def _order(session: AsyncSession, workspace_id: UUID, period_end: date | None, as_of: datetime | None) -> Order:
    workspace = await session.get(Workspace, workspace_id)
    if workspace is None:
        raise NotFound("There is no such workspace.")
    modelled_at = await marts.modelled_at(session)
    if modelled_at is None:
        raise NotReady("There are no figures yet: they appear after the first ingestion is modelled.")
    newest = await marts.newest_moment(session)
    if as_of is not None and as_of > newest:
        message = f"Choose a moment up to {newest.isoformat(timespec='seconds')}."
        raise Invalid("What will be known is not known yet.", (Problem("as_of", message),))
    await marts.point(session, Moment(as_of, modelled_at))
    period = Period.ending(await _last_day(session, period_end), DAYS)
    accounts = (await session.scalars(select(Account).order_by(Account.id))).all()
    return Order(
        brand=workspace.name,
        zone=workspace.timezone,
        period=period,
        selection=Selection(
            account_ids=tuple(account.id for account in accounts) or (NOBODY,),
            connected=tuple(account.id for account in accounts if account.status != "disconnected"),
        ),
        moment=Moment(as_of, modelled_at),
    )


async def _last_day(session: AsyncSession, wanted: date | None) -> date:
    newest = await marts.newest_day(session)
    if wanted is None:
        return newest - timedelta(days=newest.isoweekday())
    if wanted > newest:
        message = f"Choose {newest.isoformat()} or a day before it."
        raise Invalid("The days of this report are not over.", (Problem("period_end", message),))
    return wanted


async def _files(
    session: AsyncSession, workspace_id: UUID, order: Order, scores: ScoresAsKnown
) -> dict[str, tuple[datetime | None, bytes]]:
    """By format: up to when its figures were observed, and its bytes."""
    known = await asyncio.to_thread(scores, workspace_id, order.moment)
    await marts.ask(session, order.moment, known)
    figures = await gather(session, order)
    made = await asyncio.to_thread(_made, figures)
    return {format_: (figures.observed_at, content) for format_, content in made.items()}


def _made(figures: Figures) -> dict[str, bytes]:
    # Heavy: a process that makes no report never loads them.
    from reporting.document import pdf
    from reporting.table import table

    return {"pdf": pdf(figures), "csv": table(figures)}


async def _kept(
    session: AsyncSession,
    workspace_id: UUID,
    order: Order,
    format_: str,
    observed_at: datetime | None,
    content: bytes,
) -> Report:
    """The report of exactly these bytes, written down once."""
    digest = hashlib.sha256(content).hexdigest()
    period = order.period
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
        observed_at=observed_at,
        known_at=order.moment.known_at,
        recorded_at=order.moment.recorded_at,
        asked={"brand": order.brand, "zone": order.zone, "accounts": _accounts(order.selection)},
        path=str(path),
        size=len(content),
        sha256=digest,
    )
    session.add(report)
    await session.flush()
    return report


def _accounts(selection: Selection) -> dict[str, bool]:
    """Which there were, and whether each was connected."""
    return {str(found): found in (selection.connected or ()) for found in selection.account_ids if found != NOBODY}


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
