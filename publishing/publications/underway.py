"""What a worker has under way at this moment, and for whom there is room."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import structlog

from publishing.publications import attempt
from publishing.publications.breaker import ACCOUNTS, App, Breaker
from publishing.publications.claims import Claimed
from publishing.publications.repository import Due, Full

# What a worker has under way at most: on one network, on one account.
OF_NETWORK, OF_ACCOUNT = 128, 4
_log = structlog.get_logger()


class UnderWay:
    """Attempts beside each other: no account and no network has more than its share, one that is away has a trial."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker
        self._tasks: set[asyncio.Task[None]] = set()
        self._accounts: Counter[UUID] = Counter()
        self._platforms: Counter[str] = Counter()
        self._apps: Counter[App] = Counter()

    @property
    def full(self) -> Full:
        """Those for whom there is no room."""
        return Full(
            frozenset(id_ for id_, many in self._accounts.items() if many >= OF_ACCOUNT),
            frozenset(name for name, many in self._platforms.items() if many >= OF_NETWORK),
            self._breaker.away | {app for app in self._breaker.tried if self._apps[app] >= ACCOUNTS},
        )

    def choose(self, due: Sequence[Due]) -> list[Due]:
        """Those for which there is room, in their order."""
        accounts, platforms, apps = self._accounts.copy(), self._platforms.copy(), self._apps.copy()
        chosen = []
        for one in due:
            is_trial = one.app in self._breaker.tried
            if is_trial and (accounts[one.account_id] or apps[one.app] >= ACCOUNTS):
                continue
            if accounts[one.account_id] < OF_ACCOUNT and platforms[one.platform] < OF_NETWORK:
                accounts[one.account_id] += 1
                platforms[one.platform] += 1
                apps[one.app] += 1
                chosen.append(one)
        return chosen

    def begin(self, claimed: Claimed, wake: asyncio.Event) -> None:
        """Let it go out; `wake` is set when there is room again."""
        self._count(claimed, 1)
        task = asyncio.create_task(self._attempted(claimed))
        self._tasks.add(task)

        def done(_task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._count(claimed, -1)
            wake.set()

        task.add_done_callback(done)

    async def end(self) -> None:
        """Until everything that is under way has ended."""
        await asyncio.gather(*self._tasks)

    def _count(self, claimed: Claimed, change: int) -> None:
        self._accounts[claimed.account.id] += change
        self._platforms[claimed.account.platform] += change
        self._apps[claimed.app] += change

    async def _attempted(self, claimed: Claimed) -> None:
        try:
            was_there = await attempt.work(claimed)
        except Exception:
            # The row keeps its lease and is taken up again.
            _log.exception("publishing.attempt_broke", publication_id=str(claimed.publication.id))
            return
        if was_there:
            self._breaker.answered(claimed.app)
        elif was_there is False:
            self._breaker.failed(claimed.app, claimed.account.id)
