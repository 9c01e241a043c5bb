"""One resource of one account over one window: fetched, kept in the lake, checked, appended to `raw`.

The rows, the quarantine and the word `done` are one transaction. Whatever stops a load before that leaves
nothing in `raw`; a lake file that was already written is loaded by `replay`, or superseded by the next load.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from clientnest.database import system_connection
from clientnest.errors import Invalid, NestError
from ingestion import lake, raw
from ingestion.load import repository
from ingestion.load.contracts import table
from ingestion.load.extract import Extract
from ingestion.load.result import LoadAccount, LoadResult
from platforms import PLATFORMS
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded
from platforms.platform import Page, Platform, PostRef, Resource, Window

_log = logging.getLogger(__name__)


async def load(
    account: LoadAccount,
    platform: Platform,
    resource: Resource,
    window: Window,
    *,
    client: Any,
    posts: Sequence[PostRef] = (),
) -> LoadResult:
    """Read a resource. A failure is recorded and told in the result, never raised."""
    load_id = uuid4()
    await asyncio.to_thread(repository.start, load_id, account, platform.name, resource.table, window)
    try:
        pages = [page async for page in resource.fetch(client, window, posts)]
        lake_path = await asyncio.to_thread(_keep, load_id, account, platform, resource, window, pages)
        return await asyncio.to_thread(_land, load_id, account, platform, resource, lake_path)
    except Exception as error:
        return await asyncio.to_thread(failed, load_id, account, platform.name, resource.table, error)


def failed(load_id: UUID, account: LoadAccount, platform: str, resource: str, error: Exception) -> LoadResult:
    """Record why a load that was started did not end well."""
    told = isinstance(error, PlatformError | NestError)
    if not told:
        _log.error("load %s of %s %s failed", load_id, platform, resource, exc_info=error)
    result = LoadResult(
        load_id,
        account.id,
        account.workspace_id,
        platform,
        resource,
        status="failed",
        problem=str(error) if told else f"{type(error).__name__}: {error}",
        retry_after=error.retry_after if isinstance(error, RateLimited) else None,
        reconnect_needed=isinstance(error, ReconnectNeeded),
    )
    with system_connection() as connection:
        repository.finish(connection, result)
    return result


def replay(lake_path: str) -> LoadResult:
    """Load a file of the lake again, without the network; it appends only what `raw` lacks.

    Raises NotFound, Invalid.
    """
    label = lake.read_label(lake_path)
    platform = PLATFORMS.get(label["platform"])
    resources = platform.resources if platform else ()
    resource = next((one for one in resources if one.table == label["resource"]), None)
    if platform is None or resource is None:
        raise Invalid(f"{lake_path} holds {label['platform']} {label['resource']}, which nothing reads now.")
    account = LoadAccount(UUID(label["account_id"]), UUID(label["workspace_id"]))
    window = Window(datetime.fromisoformat(label["window_start"]), datetime.fromisoformat(label["window_end"]))
    load_id = UUID(label["load_id"])
    with system_connection() as connection:
        repository.insert(connection, load_id, account, platform.name, resource.table, window)
    return _land(load_id, account, platform, resource, lake_path)


def _keep(
    load_id: UUID,
    account: LoadAccount,
    platform: Platform,
    resource: Resource,
    window: Window,
    pages: Sequence[Page],
) -> str | None:
    """The lake file of the pages; None where there is no page."""
    if not pages:
        return None
    newest = max(page.received_at for page in pages)
    path = lake.pages_path(platform.name, resource.table, account.workspace_id, account.id, load_id, newest)
    label = lake.Label(
        load_id=str(load_id),
        workspace_id=str(account.workspace_id),
        account_id=str(account.id),
        platform=platform.name,
        resource=resource.table,
        window_start=window.start.isoformat(),
        window_end=window.end.isoformat(),
    )
    lake.write_pages(path, pages, label)
    return path


def _land(
    load_id: UUID, account: LoadAccount, platform: Platform, resource: Resource, lake_path: str | None
) -> LoadResult:
    """From the lake into `raw`, in one transaction with the outcome."""
    whose = (load_id, account.id, account.workspace_id, platform.name, resource.table)
    target = table(platform, resource)
    if lake_path is None:
        with system_connection() as connection:
            raw.ensure_table(connection, target)
            result = LoadResult(*whose, status="done")
            repository.finish(connection, result)
        return result
    origin = raw.Origin(account.workspace_id, load_id, lake_path)
    with Extract(lake.locate(lake_path), resource.contract) as extract, system_connection() as connection:
        counts = extract.counts()
        raw.ensure_table(connection, target)
        raw.lock(connection, target.name, account.id)
        raw.stage(connection, target, extract.changes(account.id))
        written = raw.append_changed(connection, target, origin)
        quarantined = counts.faulty + counts.unreadable_pages
        if quarantined:
            raw.quarantine(connection, target.name, origin, extract.broken(account.id))
        result = LoadResult(
            *whose,
            status="done",
            pages=counts.pages,
            records=counts.records + counts.unreadable_pages,
            written=written,
            unchanged=counts.records - counts.faulty - written,
            quarantined=quarantined,
            observed_at=counts.observed_at,
            lake_path=lake_path,
        )
        repository.finish(connection, result)
    return result
