"""The door: read connected accounts, with all their resources in the data sheet's order."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from clientnest.database import run, system_connection, system_unit_of_work
from clientnest.errors import Invalid, NestError, NotFound
from clientnest.models import Account
from ingestion import raw
from ingestion.load import repository
from ingestion.load.contracts import table
from ingestion.load.loading import failed, load
from ingestion.load.result import LoadAccount, LoadResult
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import PlatformError, ReconnectNeeded
from platforms.platform import Platform, Resource, Window

# Figures of a post are read again for so long after it was published.
MOVING = timedelta(days=28)
# Accounts read at the same time; each network has its own pace per account.
_AT_ONCE = 4


async def ingest(account_id: UUID, resources: Sequence[str] | None, window: Window) -> list[LoadResult]:
    """Read an account; `resources` are raw tables' names without the network, None for all of them.

    A resource that fails is in the list with its problem, and the others are read all the same.
    Raises NotFound (no such account), Invalid (no such resource, a window without a zone or length).
    """
    _check(window)
    async with system_unit_of_work() as session:
        account = await session.get(Account, account_id)
    if account is None or account.platform not in PLATFORMS:
        raise NotFound(f"There is no connected account {account_id}.")
    platform = PLATFORMS[account.platform]
    chosen = _chosen(platform, resources)
    await asyncio.to_thread(ensure_tables, platform)
    results: list[LoadResult] = []
    whose = LoadAccount(account.id, account.workspace_id)
    try:
        async with account_client(account) as client:
            await _read(whose, platform, chosen, window, client, results)
            for result in results:
                if result.reconnect_needed:
                    # What else could be read has been; `account_client` marks the account.
                    raise ReconnectNeeded(result.problem or "")
    except (PlatformError, NestError) as error:
        # Every resource that could not even begin says why.
        for resource in chosen[len(results) :]:
            load_id = uuid4()
            await asyncio.to_thread(repository.start, load_id, whose, platform.name, resource.table, window)
            results.append(await asyncio.to_thread(failed, load_id, whose, platform.name, resource.table, error))
    return results


def ingest_workspaces(
    platform: str,
    resources: Sequence[str] | None,
    window: Window,
    *,
    workspace_ids: Sequence[UUID] | None = None,
) -> list[LoadResult]:
    """Read all connected accounts of a network, of the given workspaces or of all; see `ingest`.

    For callers without an event loop.
    """
    return run(_ingest_accounts(repository.connected_accounts(platform, workspace_ids), resources, window))


def ensure_tables(platform: Platform) -> None:
    """Make the network's raw tables where they lack."""
    with system_connection() as connection:
        for resource in platform.resources:
            raw.ensure_table(connection, table(platform, resource))


async def _ingest_accounts(
    account_ids: Sequence[UUID], resources: Sequence[str] | None, window: Window
) -> list[LoadResult]:
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(account_id: UUID) -> list[LoadResult]:
        async with at_once:
            return await ingest(account_id, resources, window)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(account_id)) for account_id in account_ids]
    return [result for task in tasks for result in task.result()]


async def _read(
    account: LoadAccount,
    platform: Platform,
    chosen: Sequence[Resource],
    window: Window,
    client: Any,
    results: list[LoadResult],
) -> None:
    """Fill `results` in order; posts are known by the time that their figures are asked for."""
    for resource in chosen:
        posts = (
            await asyncio.to_thread(repository.post_refs, account, platform, window, MOVING)
            if resource.needs_posts
            else []
        )
        results.append(await load(account, platform, resource, window, client=client, posts=posts))


def _chosen(platform: Platform, names: Sequence[str] | None) -> list[Resource]:
    """In the sheet's order, whatever order they are asked for in, so that posts come before their figures."""
    known = {resource.table for resource in platform.resources}
    unknown = sorted(set(names or ()) - known)
    if unknown:
        raise Invalid(f"{platform.title} has no {', '.join(unknown)}: choose from {', '.join(sorted(known))}.")
    return [resource for resource in platform.resources if names is None or resource.table in names]


def _check(window: Window) -> None:
    if window.start.tzinfo is None or window.end.tzinfo is None:
        raise Invalid("Give the window's start and end with a zone, e.g. 2026-11-22T00:00:00+00:00.")
    if window.start >= window.end:
        raise Invalid("The window ends before it begins.")
