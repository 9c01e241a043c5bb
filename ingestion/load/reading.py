"""The door: read connected accounts, with all their resources in the data sheet's order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from clientnest.database import run, system_connection, system_unit_of_work
from clientnest.errors import Invalid, NestError, NotFound, NotReady
from clientnest.models import Account, AccountToken
from ingestion import raw
from ingestion.load import asking, repository
from ingestion.load.contracts import table
from ingestion.load.loading import load, refuse
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source, sources
from ingestion.plan import Purse
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded
from platforms.platform import Platform, Window

# Accounts read at the same time; each network has its own pace per account.
_AT_ONCE = 4


async def ingest(
    account_id: UUID, resources: Sequence[str] | None, window: Window, *, planned: bool = False
) -> list[LoadResult]:
    """Read an account; `resources` are raw tables' names without the network, None for all of them.

    A window that ends now begins where the last load ended, if that was earlier. `planned` asks only about posts
    that are due, see `ingestion.plan`. A resource that fails is in the list with its problem, and the others are
    read all the same; one that there is nothing to ask of, or no call left for just now, is not in it.
    Raises NotFound (no such account), Invalid (no such resource, a window without a zone or length).
    """
    _check(window)
    async with system_unit_of_work() as session:
        account = await session.get(Account, account_id)
        token = await session.get(AccountToken, account_id)
    if account is None or account.platform not in PLATFORMS:
        raise NotFound(f"There is no connected account {account_id}.")
    platform = PLATFORMS[account.platform]
    chosen = _chosen(platform, resources)
    await asyncio.to_thread(ensure_tables, platform)
    whose = LoadAccount(account.id, account.workspace_id)
    turn = _Turn(whose, platform, window, planned, token.scopes if token else ())
    results: list[LoadResult] = []
    left = list(chosen)
    try:
        async with account_client(account) as client:
            while left:
                result = await turn.read(left[0], client)
                left.pop(0)
                results += [result] if result else []
            for result in results:
                if result.reconnect_needed:
                    # What else could be read has been; `account_client` marks the account.
                    raise ReconnectNeeded(result.problem or "")
    except (PlatformError, NestError) as error:
        # Every resource that could not even begin says why.
        results += [await refuse(whose, platform, source, window, error) for source in left]
    return results


def ingest_workspaces(
    platform: str,
    resources: Sequence[str] | None,
    window: Window,
    *,
    workspace_ids: Sequence[UUID] | None = None,
    planned: bool = False,
) -> list[LoadResult]:
    """Read all connected accounts of a network, of the given workspaces or of all; see `ingest`.

    For callers without an event loop.
    """
    account_ids = repository.connected_accounts(platform, workspace_ids)
    return run(_ingest_accounts(account_ids, resources, window, planned))


def ensure_tables(platform: Platform) -> None:
    """Make the network's raw tables where they lack."""
    with system_connection() as connection:
        for one in (*(table(platform, source) for source in sources(platform)), raw.ABSENCES):
            raw.ensure_table(connection, one)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One reading of one account: source after source, so that posts are known before their figures are asked for."""

    account: LoadAccount
    platform: Platform
    window: Window
    planned: bool
    granted: Sequence[str]

    async def read(self, source: Source, client: Any) -> LoadResult | None:
        """None where there is nothing to ask now: nobody to ask about, no call left, or the answer is still fresh."""
        missing = source.missing(self.granted)
        if missing:
            lacking = NotReady(f"Not granted: {', '.join(missing)}. Connect the account again and allow it.")
            return await refuse(self.account, self.platform, source, self.window, lacking, missing)
        try:
            purses = await asyncio.to_thread(self._afford, source)
        except (PlatformError, NestError) as error:
            return await refuse(self.account, self.platform, source, self.window, error)
        if any(purse.is_empty for purse in purses):
            return None
        if self.planned and await asyncio.to_thread(asking.is_fresh, self.account, source):
            return None
        window, about = await asyncio.to_thread(self._ask, source, purses)
        if source.about == "handles" and not about:
            return None
        return await load(self.account, self.platform, source, window, client=client, about=about)

    def _afford(self, source: Source) -> list[Purse]:
        """The budgets. Raises RateLimited while the network wants no call, NotReady when more than calls is spent."""
        waiting = repository.retry_at(self.account, source.table)
        if waiting:
            wait = waiting - datetime.now(UTC)
            raise RateLimited(f"The network asked to wait until {waiting:%Y-%m-%d %H:%M} UTC.", retry_after=wait)
        purses = asking.purses(self.account, self.platform, source, self.planned)
        empty = next((purse for purse in purses if purse.is_empty and purse.unit != asking.CALLS), None)
        if empty:
            raise NotReady(
                f"{empty.spent} of {empty.amount} {empty.unit} for reading {self.platform.title} are spent: it is read "
                "again when there are new ones. The limit of USD is NEST_MONTHLY_USD_PER_ACCOUNT."
            )
        return purses

    def _ask(self, source: Source, purses: Sequence[Purse]) -> tuple[Window, Sequence[Any]]:
        """The span to ask for, and the posts or handles to ask about."""
        if source.about == "posts":
            posts, window = asking.posts(self.account, self.platform, source, self.window, purses, self.planned)
            return window, posts
        if source.about == "handles":
            return self.window, asking.handles(self.account, self.platform, source)
        return asking.whole_span(self.account, source, self.window), ()


async def _ingest_accounts(
    account_ids: Sequence[UUID], resources: Sequence[str] | None, window: Window, planned: bool
) -> list[LoadResult]:
    at_once = asyncio.Semaphore(_AT_ONCE)

    async def one(account_id: UUID) -> list[LoadResult]:
        async with at_once:
            return await ingest(account_id, resources, window, planned=planned)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(account_id)) for account_id in account_ids]
    return [result for task in tasks for result in task.result()]


def _chosen(platform: Platform, names: Sequence[str] | None) -> list[Source]:
    """In the sheet's order, whatever order they are asked for in, so that posts come before their figures."""
    all_of_them = sources(platform)
    known = {source.table for source in all_of_them}
    unknown = sorted(set(names or ()) - known)
    if unknown:
        raise Invalid(f"{platform.title} has no {', '.join(unknown)}: choose from {', '.join(sorted(known))}.")
    return [source for source in all_of_them if names is None or source.table in names]


def _check(window: Window) -> None:
    if window.start.tzinfo is None or window.end.tzinfo is None:
        raise Invalid("Give the window's start and end with a zone, e.g. 2026-11-22T00:00:00+00:00.")
    if window.start >= window.end:
        raise Invalid("The window ends before it begins.")
