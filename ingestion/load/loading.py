"""One resource of one account over one window: fetched, kept in the lake, checked, appended to `raw`.

The rows, the quarantine and the word `done` are one transaction. Whatever stops a load before that leaves
nothing in `raw`; a lake file that was already written is loaded by `replay`, or superseded by the next load.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

from psycopg import Connection

from clientnest.database import system_connection
from clientnest.errors import Invalid, NestError
from ingestion import lake, raw
from ingestion.load import repository
from ingestion.load.asking import is_current
from ingestion.load.contracts import table
from ingestion.load.extract import Extract
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source, sources
from ingestion.load.tally import Tally
from platforms import PLATFORMS
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import Page, Platform, PostRef, Window

_log = logging.getLogger(__name__)
# Seconds that one reading of a source may take: single calls end sooner, a network that drips never does.
_LONGEST = 30 * 60
# Seconds before a network that did not answer properly is asked once more.
_BEFORE_SECOND = 2


async def load(
    account: LoadAccount,
    platform: Platform,
    source: Source,
    window: Window,
    *,
    client: Any,
    about: Sequence[Any] = (),
) -> LoadResult:
    """Read a source. A failure is recorded and told in the result, never raised.

    `about` are the posts (PostRef) or handles that a source asks for; metrics that the network refused lately are
    left out.
    """
    load_id = uuid4()
    await asyncio.to_thread(repository.start, load_id, account, platform.name, source.table, window)
    tally = Tally(client, await asyncio.to_thread(repository.parked, account, source.table))
    result = LoadResult(load_id, account.id, account.workspace_id, platform.name, source.table, status="failed")
    if source.about == "posts":
        result = replace(result, posts=len(about))
    try:
        pages = await _pages(source, client, window, about)
        result = replace(result, cost=tally.cost, parked=tally.parked, status="done")
        read = about if source.about == "posts" and is_current(window) else ()
        return await asyncio.to_thread(
            _keep_and_land, result, platform, source, window, pages, read, tally.newly_parked
        )
    except Exception as error:
        result = replace(result, cost=tally.cost, parked=tally.parked)
        return await asyncio.to_thread(_failed, result, error, tally.newly_parked)


async def refuse(
    account: LoadAccount,
    platform: Platform,
    source: Source,
    window: Window,
    error: Exception,
    missing_scopes: Sequence[str] = (),
) -> LoadResult:
    """Record a load that is not even begun, and why; with `missing_scopes` that is no failure."""
    load_id = uuid4()
    await asyncio.to_thread(repository.start, load_id, account, platform.name, source.table, window)
    status: Literal["not_granted", "failed"] = "not_granted" if missing_scopes else "failed"
    result = LoadResult(
        *(load_id, account.id, account.workspace_id, platform.name, source.table, status),
        missing_scopes=tuple(missing_scopes),
    )
    return await asyncio.to_thread(_failed, result, error, {})


async def _pages(source: Source, client: Any, window: Window, about: Sequence[Any]) -> list[Page]:
    """All pages. A network that did not answer properly is asked a second time, which is safe: this only reads."""
    try:
        return await _all_pages(source, client, window, about)
    except Unavailable as error:
        _log.info("%s is read again: %s", source.table, error)
    await asyncio.sleep(_BEFORE_SECOND)
    return await _all_pages(source, client, window, about)


async def _all_pages(source: Source, client: Any, window: Window, about: Sequence[Any]) -> list[Page]:
    try:
        async with asyncio.timeout(_LONGEST):
            return [page async for page in source.fetch(client, window, about)]
    except TimeoutError as error:
        raise Rejected(f"the network took longer than {_LONGEST} seconds; a shorter window may help") from error


def _failed(result: LoadResult, error: Exception, newly_parked: Mapping[str, str]) -> LoadResult:
    """Record why a load that was started did not end well."""
    told = isinstance(error, PlatformError | NestError)
    if not told:
        _log.error("load %s of %s %s failed", result.load_id, result.platform, result.resource, exc_info=error)
    result = replace(
        result,
        status="not_granted" if result.missing_scopes else "failed",
        problem=str(error) if told else f"{type(error).__name__}: {error}",
        retry_after=error.retry_after if isinstance(error, RateLimited) else None,
        reconnect_needed=isinstance(error, ReconnectNeeded),
    )
    with system_connection() as connection:
        repository.finish(connection, result)
        repository.park(connection, result, newly_parked)
    return result


def replay(lake_path: str) -> LoadResult:
    """Load a file of the lake again, without the network; it appends only what `raw` lacks.

    Raises NotFound, Invalid.
    """
    label = lake.read_label(lake_path)
    platform = PLATFORMS.get(label["platform"])
    source = next((one for one in sources(platform) if one.table == label["resource"]), None) if platform else None
    if platform is None or source is None:
        raise Invalid(f"{lake_path} holds {label['platform']} {label['resource']}, which nothing reads now.")
    account = LoadAccount(UUID(label["account_id"]), UUID(label["workspace_id"]))
    window = Window(datetime.fromisoformat(label["window_start"]), datetime.fromisoformat(label["window_end"]))
    load_id = UUID(label["load_id"])
    result = LoadResult(
        *(load_id, account.id, account.workspace_id, platform.name, source.table, "done"),
        lake_path=lake_path,
        kept_at=datetime.fromisoformat(label["kept_at"]),
    )
    with system_connection() as connection:
        repository.insert(connection, load_id, account, platform.name, source.table, window)
        raw.begin_landing(connection)
        return _land(connection, result, platform, source)


def _keep_and_land(
    result: LoadResult,
    platform: Platform,
    source: Source,
    window: Window,
    pages: Sequence[Page],
    read: Sequence[PostRef],
    newly_parked: Mapping[str, str],
) -> LoadResult:
    """Into the lake and on into `raw`; where there is no page there is no file."""
    with system_connection() as connection:
        kept_at = raw.begin_landing(connection)
        path = _keep(result, source, window, pages, kept_at) if pages else None
        result = _land(connection, replace(result, lake_path=path, kept_at=kept_at), platform, source)
        repository.read(connection, result, read)
        repository.park(connection, result, newly_parked)
        repository.unpark(connection, result)
    return result


def _keep(result: LoadResult, source: Source, window: Window, pages: Sequence[Page], kept_at: datetime) -> str:
    """The lake file of the pages."""
    newest = max(page.received_at for page in pages)
    path = lake.pages_path(
        result.platform, source.table, result.workspace_id, result.account_id, result.load_id, newest
    )
    label = lake.Label(
        load_id=str(result.load_id),
        workspace_id=str(result.workspace_id),
        account_id=str(result.account_id),
        platform=result.platform,
        resource=source.table,
        window_start=window.start.isoformat(),
        window_end=window.end.isoformat(),
        kept_at=kept_at.isoformat(),
    )
    lake.write_pages(path, pages, label)
    return path


def _land(connection: Connection, result: LoadResult, platform: Platform, source: Source) -> LoadResult:
    """From the lake into `raw`, with the outcome. `result` says what is known before."""
    target = table(platform, source)
    raw.ensure_table(connection, target)
    if result.lake_path and result.kept_at:
        origin = raw.Origin(result.workspace_id, result.load_id, result.lake_path, result.kept_at)
        with Extract(lake.locate(result.lake_path), source.contract) as extract:
            result = _append(connection, extract, target, result, origin)
    repository.finish(connection, result)
    return result


def _append(
    connection: Connection, extract: Extract, target: raw.Table, result: LoadResult, origin: raw.Origin
) -> LoadResult:
    """The records that are news, and those that break the contract, each in their table."""
    counts = extract.counts()
    raw.lock(connection, target.name, result.account_id)
    raw.stage(connection, target, extract.changes(result.account_id))
    written = raw.append_news(connection, target, origin, account_id=result.account_id)
    quarantined = counts.faulty + counts.unreadable_pages
    if quarantined:
        raw.stage_broken(connection, extract.broken(result.account_id))
        raw.quarantine(connection, target.name, origin)
    return replace(
        result,
        pages=counts.pages,
        records=counts.records + counts.unreadable_pages,
        written=written,
        unchanged=counts.records - counts.faulty - written,
        quarantined=quarantined,
        observed_at=counts.observed_at,
    )
