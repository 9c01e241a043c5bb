"""What a person does to a publication: another moment or other words, cancel, retry, say what became of it.

The row's lock and its status decide between them and the worker: who comes too late is told what to do.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.database import system_unit_of_work
from clientnest.errors import Conflict, NotFound
from clientnest.models import Attempt, Publication, Workspace
from publishing import comments, links
from publishing.content import drafts, written
from publishing.planning import repository as planning
from publishing.publications import moments, service
from publishing.publications.moments import Moment
from publishing.publications.repository import PublicationRepository

_TOO_LATE = "This is on its way to the network already: wait until it has ended, then look at it again."
_ENDED = "This has ended as {}: make a new post of it."


async def move(session: AsyncSession, publication_id: UUID, moment: Moment | None) -> Publication:
    """Another moment; None is now. Raises NotFound, Conflict."""
    publication = await _held(session, publication_id)
    _still_planned(publication)
    if moment:
        await planning.hold(session, [publication.account_id])
    service.place(publication, moment)
    return await _done(session, publication, "moved", **({"at": moment.at.isoformat()} if moment else {}))


async def rewrite(
    session: AsyncSession, publication_id: UUID, variant: Mapping[str, Any], arriving: Mapping[UUID, str]
) -> Publication:
    """Other words for this account, checked as at first; a field that is not in `variant` stays as it is.

    `arriving` are addresses of media by the id that the variant has for them. Raises NotFound, Conflict, Invalid,
    and what fetching does.
    """
    arrived = await drafts.fetched(arriving)
    publication = await _held(session, publication_id)
    _still_planned(publication)
    workspace = await session.get_one(Workspace, publication.workspace_id)
    if workspace.approval != "none":
        raise Conflict("These words were approved: cancel it, change the post, and have it approved again.")
    composed = await drafts.opened(session, publication.post_id)
    (mine,) = (one for one in composed.publications if one.id == publication_id)
    mine.variant = {**mine.variant, **variant}
    # What was prepared at the network has the old words.
    mine.state = None
    composed = await drafts.alone(session, composed, mine)
    await drafts.keep(session, composed, arrived)
    composed.refuse(composed.findings())
    await links.remove(session, publication_id)
    await service.keep_link(session, composed, mine)
    await comments.plan(session, [(mine, written.of_publication(composed.post, mine))])
    return await _done(session, mine, "edited")


async def cancel(session: AsyncSession, publication_id: UUID) -> Publication:
    """It does not go out. Raises NotFound, Conflict."""
    publication = await _held(session, publication_id)
    if publication.status == "cancelled":
        return publication
    if publication.status != "draft":
        _still_planned(publication)
    publication.status = "cancelled"
    return await _done(session, publication, "cancelled")


async def retry(session: AsyncSession, publication_id: UUID, person_id: UUID, *, not_live: bool) -> Publication:
    """Try again what failed; what needs a person only with their word that it is not live.

    Raises NotFound, Conflict.
    """
    publication = await _held(session, publication_id)
    if publication.status == "needs_person" and not not_live:
        raise Conflict("Look at the account first; if it is not there, retry with `not_live`: true.")
    if publication.status not in ("failed", "needs_person"):
        raise Conflict("Only what has failed, or needs a person, can be tried again.")
    await _testify(session, publication, "not_live", person_id)
    publication.status, publication.state, publication.problem = "scheduled", None, None
    publication.due_at = func.now()
    return await _done(session, publication, "retried", person_id=str(person_id))


async def mark(
    session: AsyncSession, publication_id: UUID, person_id: UUID, *, live: bool, permalink: str | None
) -> Publication:
    """A person says what became of it: live, with its address if they have it, or not. Raises NotFound, Conflict."""
    publication = await _held(session, publication_id)
    if publication.status != "needs_person":
        raise Conflict("Only what needs a person can be marked.")
    await _testify(session, publication, "live" if live else "not_live", person_id)
    publication.state = None
    if live:
        publication.status, publication.problem = "published", None
        publication.permalink, publication.published_at = permalink, func.now()
    else:
        publication.status, publication.problem = "failed", "A person looked: it is not live."
    return await _done(session, publication, "published" if live else "failed", person_id=str(person_id))


async def resettle(session: AsyncSession, rules_of: Callable[[str], tzinfo] = moments.zone_named) -> int:
    """Put what is planned by a wall clock where the zone's rules of today have it; how many moved."""
    moved = 0
    for publication in await PublicationRepository(session).on_the_wall():
        assert publication.scheduled_local is not None, "only those are asked for"
        moment = moments.again(publication.scheduled_local, publication.scheduled_zone, rules_of)
        if moment.at != publication.scheduled_at:
            service.place(publication, moment)
            await _done(session, publication, "moved", at=moment.at.isoformat(), why="the rules of its zone changed")
            moved += 1
    return moved


async def resettle_all() -> int:
    """In a transaction of its own, for every workspace."""
    async with system_unit_of_work() as session:
        return await resettle(session)


async def _testify(session: AsyncSession, publication: Publication, outcome: str, person_id: UUID) -> None:
    """What a person says stands in the ledger, and what was tried before is settled by it."""
    publication.attempt += 1
    session.add(
        Attempt(
            workspace_id=publication.workspace_id,
            publication_id=publication.id,
            number=publication.attempt,
            mode="person",
            payload_sha256="",
            outcome=outcome,
            finished_at=func.now(),
            evidence={"person_id": str(person_id)},
        )
    )


async def _held(session: AsyncSession, publication_id: UUID) -> Publication:
    publication = await PublicationRepository(session).held(publication_id)
    if publication is None:
        raise NotFound("There is no such publication in this workspace.")
    return publication


def _still_planned(publication: Publication) -> None:
    if publication.status == "publishing":
        raise Conflict(_TOO_LATE)
    if publication.status != "scheduled":
        raise Conflict(_ENDED.format(publication.status.replace("_", " ")))


async def _done(session: AsyncSession, publication: Publication, what: str, **told: str) -> Publication:
    await session.flush()
    await session.refresh(publication)
    payload = {"publication_id": str(publication.id), **told}
    await events.record(session, publication.workspace_id, f"publication.{what}", **payload)
    await service.wake(session)
    return publication
