"""All SQL on posts, publications and attempts. Every write of an attempt is fenced by its number."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from clientnest.jobs import PUBLISHING
from clientnest.models import Account, Attempt, Publication, QueuePause, Registration
from platforms import PLATFORMS
from publishing.publications import retries
from publishing.publications.breaker import App

_OPEN = ("scheduled", "publishing")
_STANDS_STILL = (
    select(QueuePause.id)
    .where(QueuePause.queue == PUBLISHING)
    .where(or_(QueuePause.workspace_id.is_(None), QueuePause.workspace_id == Publication.workspace_id))
    .exists()
)


_IS_FREE = (
    Publication.due_at <= func.now(),
    or_(Publication.leased_until.is_(None), Publication.leased_until < func.now()),
    not_(_STANDS_STILL),
)
# The workspace whose own registration a publication goes by; NULL where it is the installation's.
_OWNER_OF_APP = (
    select(Registration.workspace_id)
    .where(Registration.workspace_id == Publication.workspace_id)
    .where(
        or_(
            *(
                and_(Account.platform == platform.name, Registration.platform.in_({way.app for way in platform.ways}))
                for platform in PLATFORMS.values()
            )
        )
    )
    .limit(1)
    .correlate(Publication, Account)
    .scalar_subquery()
)
# What an attempt says at its end. `retry_in` is in seconds; `forgets` takes the state away.
_ENDED = """
    jsonb_to_recordset(cast(:said as jsonb)) as said (
        id uuid, number int, status text, problem text, retry_in float, forgets boolean, goes_live boolean,
        external_id text, permalink text, outcome text, evidence jsonb
    )
"""
_HELD = "unnest(cast(:ids as uuid[]), cast(:numbers as int[])) as held (id, number)"
_RENEW = text(f"""
    update app.publications p set leased_until = now() + :lease from {_HELD}
    where p.id = held.id and p.attempt = held.number returning p.id
""")
_ARM = text(f"""
    with mine as (
        update app.publications p set leased_until = now() + :lease from {_HELD}
        where p.id = held.id and p.attempt = held.number returning p.id, p.attempt
    )
    update app.attempts a set mode = 'send' from mine where a.publication_id = mine.id and a.number = mine.attempt
    returning mine.id
""")
_REMEMBER = text("""
    update app.publications p set state = said.state
    from jsonb_to_recordset(cast(:said as jsonb)) as said (id uuid, number int, state jsonb)
    where p.id = said.id and p.attempt = said.number returning p.id
""")
_HOLD = text(f"""
    select p.id from {_ENDED} join app.publications p on p.id = said.id and p.attempt = said.number
    order by p.id for update of p
""")
_FINISH = text(f"""
    update app.attempts a set finished_at = now(), outcome = said.outcome, evidence = said.evidence from {_ENDED}
    where a.publication_id = said.id and a.number = said.number and a.finished_at is null
        and said.id = any(cast(:held as uuid[]))
    returning said.id
""")
_END = text(f"""
    update app.publications p set
        status = said.status,
        problem = said.problem,
        leased_until = null,
        due_at = coalesce(now() + make_interval(secs => said.retry_in), p.due_at),
        state = case when said.forgets then null else p.state end,
        external_id = coalesce(said.external_id, p.external_id),
        permalink = coalesce(said.permalink, p.permalink),
        published_at = case when said.goes_live then now() else p.published_at end
    from {_ENDED}
    where p.id = said.id and said.id = any(cast(:held as uuid[]))
""")


@dataclass(frozen=True, slots=True)
class Full:
    """Who has as much under way as may be; of an app see `breaker`."""

    accounts: frozenset[UUID] = frozenset()
    platforms: frozenset[str] = frozenset()
    apps: frozenset[App] = frozenset()


NOBODY = Full()


@dataclass(frozen=True, slots=True)
class Due:
    """A publication that may be taken now."""

    id: UUID
    account_id: UUID
    platform: str
    app: App


@dataclass(frozen=True, slots=True)
class Held:
    """A publication, and the number of the attempt that holds it."""

    id: UUID
    number: int


def _risk(risky: bool | None) -> Iterator[ColumnElement[bool]]:
    """Attempts without an end have died with their worker; what a person said settles those before."""
    if risky is not None:
        told = aliased(Attempt)
        settled = select(func.max(told.number)).where(
            told.publication_id == Attempt.publication_id, told.mode == "person"
        )
        died = (
            select(Attempt.publication_id)
            .where(Attempt.outcome.is_(None), Attempt.number > func.coalesce(settled.scalar_subquery(), 0))
            .group_by(Attempt.publication_id)
            .having(func.count() >= retries.RISKY)
        )
        yield Publication.id.in_(died) if risky else Publication.id.not_in(died)


def _not_full(full: Full) -> Iterator[ColumnElement[bool]]:
    if full.accounts:
        yield Publication.account_id.not_in(full.accounts)
    if full.platforms:
        yield Publication.account_id.not_in(select(Account.id).where(Account.platform.in_(full.platforms)))
    for platform, workspace_id in full.apps:
        whose = _OWNER_OF_APP.is_(None) if workspace_id is None else Publication.workspace_id == workspace_id
        yield not_(and_(Account.platform == platform, whose))


class PublicationRepository:
    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def held(self, publication_id: UUID) -> Publication | None:
        """The publication, locked: the worker passes it by until the transaction ends."""
        query = select(Publication).where(Publication.id == publication_id).with_for_update()
        return (await self._session.execute(query.execution_options(populate_existing=True))).scalar_one_or_none()

    async def on_the_wall(self) -> Sequence[Publication]:
        """What is planned by a wall clock and still to come, locked."""
        query = select(Publication).where(
            Publication.status == "scheduled",
            Publication.scheduled_local.is_not(None),
            Publication.due_at == Publication.scheduled_at,
            Publication.scheduled_at > func.now(),
        )
        return (await self._session.execute(query.with_for_update(skip_locked=True))).scalars().all()

    async def due(self, most: int, full: Full = NOBODY, *, risky: bool | None = None) -> list[Due]:
        """What may be taken now, that which is due longest first, locked; those of who is `full` are left out.

        After it, those that are live for less than `retries.NAMED_WITHIN` and whose id at the network is unknown.
        `risky` chooses those that broke workers before, or the others; None takes both. What somebody else holds,
        even one who stands still, is passed by.
        """
        unnamed = (
            Publication.status == "published",
            Publication.external_id.is_(None),
            Publication.assisted.is_(False),
            Publication.published_at > func.now() - retries.NAMED_WITHIN,
        )
        found: list[Due] = []
        for which in ((Publication.status.in_(_OPEN),), unnamed):
            if len(found) < most:
                query = select(Publication.id, Account.id, Account.platform, _OWNER_OF_APP).join(Account)
                query = query.where(*which, *_IS_FREE, *_not_full(full), *_risk(risky)).order_by(Publication.due_at)
                query = query.limit(most - len(found)).with_for_update(of=Publication, skip_locked=True)
                rows = await self._session.execute(query)
                found += [Due(id_, account, name, (name, owner)) for id_, account, name, owner in rows]
        return found

    async def take(self, due: Sequence[Due], lease: timedelta) -> list[Publication]:
        """Each leased under its next attempt number, in their order."""
        place = {one.id: place for place, one in enumerate(due)}
        taken = await self._session.execute(
            update(Publication)
            .where(Publication.id.in_(place))
            .values(
                attempt=Publication.attempt + 1,
                leased_until=func.now() + lease,
                status=case((Publication.status == "published", "published"), else_="publishing"),
            )
            .returning(Publication)
        )
        return sorted(taken.scalars(), key=lambda publication: place[publication.id])

    async def next_due(self, full: Full = NOBODY) -> timedelta | None:
        """How long until the next publication can be claimed, by the database's clock."""
        moment = func.greatest(Publication.due_at, func.coalesce(Publication.leased_until, Publication.due_at))
        found = await self._session.execute(
            select(func.min(moment) - func.now())
            .select_from(Publication)
            .join(Account)
            .where(Publication.status.in_(_OPEN), not_(_STANDS_STILL), *_not_full(full))
        )
        waiting: timedelta | None = found.scalar_one()
        return waiting

    async def attempts(self, publication_ids: Iterable[UUID]) -> dict[UUID, list[Attempt]]:
        """Oldest first, by publication."""
        of_these = Attempt.publication_id.in_(set(publication_ids))
        found: dict[UUID, list[Attempt]] = {}
        for attempt in (
            await self._session.execute(select(Attempt).where(of_these).order_by(Attempt.number))
        ).scalars():
            found.setdefault(attempt.publication_id, []).append(attempt)
        return found

    async def foreign(self, live: Iterable[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
        """Of publications and what they are live as, those where another of the account is that: the same, twice."""
        other = aliased(Publication)
        query = select(Publication.id, other.external_id).join(
            other, and_(other.account_id == Publication.account_id, other.id != Publication.id)
        )
        found = await self._session.execute(query.where(tuple_(Publication.id, other.external_id).in_(set(live))))
        return {(id_, external_id) for id_, external_id in found if external_id is not None}

    async def arm(self, held: Sequence[Held], lease: timedelta) -> set[UUID]:
        """From here on these attempts may have written at their networks; which of them still hold."""
        arrays = {"ids": [one.id for one in held], "numbers": [one.number for one in held], "lease": lease}
        return set((await self._session.execute(_ARM, arrays)).scalars())

    async def renew(self, held: Sequence[Held], lease: timedelta) -> set[UUID]:
        """Hold on for another lease; which of them still hold."""
        arrays = {"ids": [one.id for one in held], "numbers": [one.number for one in held], "lease": lease}
        return set((await self._session.execute(_RENEW, arrays)).scalars())

    async def remember(self, said: Sequence[dict[str, Any]]) -> set[UUID]:
        """Keep each one's `state` by its `id` and `number`; which of them still hold."""
        return set((await self._session.execute(_REMEMBER, {"said": Jsonb(said)})).scalars())

    async def conclude(self, said: Sequence[dict[str, Any]]) -> set[UUID]:
        """End attempts, each as `_ENDED` says; those that still held and had not ended."""
        held = await self._session.execute(_HOLD, {"said": Jsonb(said)})
        told = {"said": Jsonb(said), "held": list(held.scalars())}
        ended: set[UUID] = set((await self._session.execute(_FINISH, told)).scalars())
        await self._session.execute(_END, {"said": Jsonb(said), "held": list(ended)})
        return ended
