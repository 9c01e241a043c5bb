"""One resource of one account over one window: fetched, kept in the lake, checked, appended to `raw`.

The rows, the quarantine and the word `done` are one transaction. Whatever stops a load before that leaves
nothing in `raw`; a lake file that was already written is landed by the next load of the same account and table.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal
from uuid import uuid4

from clientnest.database import system_connection
from clientnest.errors import NestError
from ingestion.load import repository
from ingestion.load.asking import is_current
from ingestion.load.landing import Landing
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source
from ingestion.load.tally import Tally
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import Page, Platform, Window

_log = logging.getLogger(__name__)
# Seconds that one reading of a source may take: single calls end sooner, a network that drips never does.
_LONGEST = 30 * 60
# Pages are opened and written so many at a time, by whichever is reached first: what is opened, sent and kept at once
# by threads that wait for one another is worth their while.
_BATCH_BYTES, _BATCH_PAGES = 3_000_000, 500
# Seconds for which others may be kept from landing without a page to show for it.
_PATIENCE = 1
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
        read = about if source.about == "posts" and is_current(window) else ()
        with Landing(result, platform, source, window) as landing:
            await _fetched(source, client, window, about, landing)
            result = replace(result, cost=tally.cost, parked=tally.parked)
            done = replace(result, status="done")
            return await asyncio.to_thread(landing.finish, done, read, tally.newly_parked)
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


async def _fetched(source: Source, client: Any, window: Window, about: Sequence[Any], landing: Landing) -> None:
    """All pages. A network that did not answer properly is asked a second time, which is safe: this only reads."""
    for final in (False, True):
        try:
            batches = _batches(source.fetch(client, window, about))
            while pages := await _in_patience(anext(batches, None), landing):
                await asyncio.to_thread(landing.add, pages)
            return
        except Unavailable as error:
            if final:
                raise
            _log.info("%s is read again: %s", source.table, error)
        await asyncio.sleep(_BEFORE_SECOND)
        await asyncio.to_thread(landing.start_over)


async def _in_patience(following: Awaitable[list[Page] | None], landing: Landing) -> list[Page] | None:
    """The next pages; where they are long in coming, the landing gives way meanwhile."""
    has_come = asyncio.Event()

    async def watch() -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                await has_come.wait()
        except TimeoutError:
            await asyncio.to_thread(landing.give_way)

    watching = asyncio.create_task(watch())
    try:
        return await following
    finally:
        has_come.set()
        await watching


async def _batches(pages: AsyncIterator[Page]) -> AsyncIterator[list[Page]]:
    """So many pages at a time as are worth a step. Raises Rejected."""
    deadline = asyncio.get_running_loop().time() + _LONGEST
    batch: list[Page] = []
    size = 0
    while True:
        try:
            async with asyncio.timeout_at(deadline):
                page = await anext(pages, None)
        except TimeoutError as error:
            raise Rejected(f"the network took longer than {_LONGEST} seconds; a shorter window may help") from error
        if page is None:
            break
        batch.append(page)
        size += len(page.body)
        if size >= _BATCH_BYTES or len(batch) >= _BATCH_PAGES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
