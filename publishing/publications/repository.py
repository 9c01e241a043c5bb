"""All SQL on posts, publications and attempts. Every write of an attempt is fenced by its number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, Attempt, Publication

_OPEN = ("scheduled", "publishing")


@dataclass(frozen=True, slots=True)
class Full:
    """Who has as much under way as may be."""

    accounts: frozenset[UUID] = frozenset()
    platforms: frozenset[str] = frozenset()


NOBODY = Full()


def _not_full(full: Full) -> Iterator[ColumnElement[bool]]:
    if full.accounts:
        yield Publication.account_id.not_in(full.accounts)
    if full.platforms:
        yield Publication.account_id.not_in(select(Account.id).where(Account.platform.in_(full.platforms)))


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

    async def claim(self, lease: timedelta, named_within: timedelta, full: Full = NOBODY) -> Publication | None:
        """The publication that is due longest and leased by nobody, now leased under the next attempt number.

        When none is, one that is live for less than `named_within` and whose id at the network is unknown. Those of
        who is `full` are passed by.
        """
        return await self._claim(lease, full, Publication.status.in_(_OPEN), status="publishing") or await self._claim(
            lease,
            full,
            Publication.status == "published",
            Publication.external_id.is_(None),
            Publication.assisted.is_(False),
            Publication.published_at > func.now() - named_within,
        )

    async def _claim(
        self, lease: timedelta, full: Full, *which: ColumnElement[bool], **values: Any
    ) -> Publication | None:
        due = (
            select(Publication.id)
            .where(*which, *_not_full(full), Publication.due_at <= func.now())
            .where(or_(Publication.leased_until.is_(None), Publication.leased_until < func.now()))
            .order_by(Publication.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claimed = await self._session.execute(
            update(Publication)
            .where(Publication.id == due.scalar_subquery())
            .values(attempt=Publication.attempt + 1, leased_until=func.now() + lease, **values)
            .returning(Publication)
        )
        return claimed.scalar_one_or_none()

    async def next_due(self, full: Full = NOBODY) -> timedelta | None:
        """How long until the next publication can be claimed, by the database's clock."""
        moment = func.greatest(Publication.due_at, func.coalesce(Publication.leased_until, Publication.due_at))
        found = await self._session.execute(
            select(func.min(moment) - func.now()).where(Publication.status.in_(_OPEN), *_not_full(full))
        )
        waiting: timedelta | None = found.scalar_one()
        return waiting

    async def attempts(self, publication_id: UUID) -> Sequence[Attempt]:
        """Oldest first."""
        found = await self._session.execute(
            select(Attempt).where(Attempt.publication_id == publication_id).order_by(Attempt.number)
        )
        return found.scalars().all()

    async def belongs_to_another(self, publication: Publication, external_id: str) -> bool:
        """Whether another publication on the account is that post at the network: the same words, said twice."""
        found = await self._session.execute(
            select(Publication.id)
            .where(Publication.account_id == publication.account_id, Publication.external_id == external_id)
            .where(Publication.id != publication.id)
            .limit(1)
        )
        return found.scalar_one_or_none() is not None

    async def advance(self, publication: Publication, **values: Any) -> bool:
        """Change the publication if this attempt still holds it."""
        changed = await self._session.execute(
            update(Publication)
            .where(Publication.id == publication.id, Publication.attempt == publication.attempt)
            .values(**values)
            .returning(Publication.id)
        )
        return changed.scalar_one_or_none() is not None

    async def arm(self, publication: Publication) -> None:
        """From here on the attempt may have written at the network."""
        await self._session.execute(
            update(Attempt)
            .where(Attempt.publication_id == publication.id, Attempt.number == publication.attempt)
            .values(mode="send")
        )

    async def finish(self, publication: Publication, outcome: str, evidence: dict[str, Any]) -> None:
        """Close the attempt. Its number is the fence: an attempt is written by its holder alone."""
        await self._session.execute(
            update(Attempt)
            .where(Attempt.publication_id == publication.id, Attempt.number == publication.attempt)
            .values(finished_at=func.now(), outcome=outcome, evidence=evidence)
        )
