"""/social/publish, /social/schedule, and the ledger that they write."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.content.schemas import FindingOut
from api.content.written import draft_of, variant_of
from api.pagination import Cursor, Limit
from api.publications.schemas import (
    AttemptHistory,
    AttemptOut,
    EditIn,
    Happened,
    History,
    MarkIn,
    Package,
    PackedMedia,
    PublicationDetail,
    PublicationOut,
    Publications,
    PublicationState,
    PublishIn,
    PublishOut,
    RetryIn,
    Scheduled,
    ScheduleIn,
    ScheduleOut,
)
from clientnest import marts
from clientnest.errors import Invalid, NotFound, Problem
from clientnest.models import Publication
from publishing.content import service as content
from publishing.planning import wishes
from publishing.publications import changes
from publishing.publications import service as publishing
from publishing.publications.moments import Moment, meant
from publishing.publications.service import Moments

router = APIRouter(prefix="/social", tags=["publications"])

Status = Literal["scheduled", "publishing", "published", "failed", "needs_person", "cancelled"]


@router.post(
    "/publish",
    status_code=HTTPStatus.ACCEPTED,
    summary="Publish now, on one account or several",
    **guarded("posts.publish"),
)
async def publish(body: PublishIn, access: InWorkspace, session: Session) -> PublishOut:
    """Everything is checked at once and nothing is stored if anything is wrong. A worker sends it within seconds."""
    stored = await publishing.publish(session, access.workspace_id, access.person.id, draft_of(body))
    rows = [await _found(session, publication.id) for publication in stored]
    return PublishOut(
        post_id=stored[0].post_id,
        publications=[PublicationState(**{name: row[name] for name in PublicationState.model_fields}) for row in rows],
        warnings=await _warnings(session, stored),
    )


@router.post("/schedule", status_code=HTTPStatus.ACCEPTED, summary="Publish at a moment", **guarded("posts.publish"))
async def schedule(body: ScheduleIn, access: InWorkspace, session: Session) -> ScheduleOut:
    """One moment for all accounts, or one each; a draft may have its wish. Nothing is stored if anything is wrong.

    A time without an offset hangs on the wall of its `zone`, and is kept so: it moves with the zone's rules.
    """
    now = await publishing.now(session)
    usual = await _usual(session, body, now)
    each = {account: meant(one.at, one.zone, now=now) for account, one in body.moments.items()}
    moments = Moments(usual, each)
    if body.post is not None:
        draft = draft_of(body.post)
        if unknown := sorted(each.keys() - set(draft.account_ids)):
            problems = (Problem(f"moments.{account}", "Name this account in the post too.") for account in unknown)
            raise Invalid("There are moments for accounts that the post does not go to.", tuple(problems))
        done = await publishing.publish(session, access.workspace_id, access.person.id, draft, moments)
    else:
        assert body.post_id is not None, "one of them is given"
        done = await publishing.publish_draft(session, body.post_id, moments)
    return ScheduleOut(
        post_id=done[0].post_id,
        publications=[
            Scheduled(**await _found(session, one.id), note=_note(moments.on(one.account_id))) for one in done
        ],
        warnings=await _warnings(session, done),
    )


@router.get("/publications", summary="What was published, and what became of it", **guarded("posts.read"))
async def list_publications(
    session: Session,
    status: Annotated[Status | None, Query(description="Only those that stand so.")] = None,
    account_id: UUID | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Meant for this moment or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Meant for before this moment.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Publications:
    """The newest first; those with status=scheduled, the next first."""
    wanted = marts.PublicationFilter(status, account_id, since, until)
    rows = await marts.publications(session, wanted, after=_place(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Publications(
        items=[PublicationOut(**row) for row in shown],
        next_cursor=pagination.encode(*marts.place_of(last, wanted)) if last else None,
    )


@router.get("/publications/{publication_id}", summary="One publication with its attempts", **guarded("posts.read"))
async def read_publication(publication_id: UUID, session: Session) -> PublicationDetail:
    row = await _found(session, publication_id)
    tries = await marts.attempts(session, publication_id)
    return PublicationDetail(**row, tries=[AttemptOut(**found) for found in tries])


@router.patch("/publications/{publication_id}", summary="Another moment, or other words", **guarded("posts.publish"))
async def edit(publication_id: UUID, body: EditIn, session: Session) -> PublicationOut:
    """Until the worker takes it; whoever comes later is told so (409)."""
    if body.variant is not None:
        variant, arriving = variant_of(body.variant)
        await changes.rewrite(session, publication_id, variant, arriving)
    if body.at is not None:
        moment = meant(body.at, body.zone, now=await publishing.now(session))
        await changes.move(session, publication_id, moment)
    return PublicationOut(**await _found(session, publication_id))


@router.post("/publications/{publication_id}/cancel", summary="Do not publish it", **guarded("posts.publish"))
async def cancel(publication_id: UUID, session: Session) -> PublicationOut:
    await changes.cancel(session, publication_id)
    return PublicationOut(**await _found(session, publication_id))


@router.post("/publications/{publication_id}/retry", summary="Try again what failed", **guarded("posts.publish"))
async def retry(publication_id: UUID, body: RetryIn, access: InWorkspace, session: Session) -> PublicationOut:
    """What may be live already only with your word that it is not."""
    await changes.retry(session, publication_id, access.person.id, not_live=body.not_live)
    return PublicationOut(**await _found(session, publication_id))


@router.post("/publications/{publication_id}/mark", summary="Say what became of it", **guarded("posts.publish"))
async def mark(publication_id: UUID, body: MarkIn, access: InWorkspace, session: Session) -> PublicationOut:
    """For what needs a person: you have looked, or posted it by hand."""
    await changes.mark(session, publication_id, access.person.id, live=body.live, permalink=body.permalink)
    return PublicationOut(**await _found(session, publication_id))


@router.get("/publications/{publication_id}/history", summary="Everything that happened to it", **guarded("posts.read"))
async def history(publication_id: UUID, session: Session) -> History:
    await _found(session, publication_id)
    happened = await marts.publication_events(session, publication_id)
    tries = await marts.attempts(session, publication_id)
    return History(events=[Happened(**row) for row in happened], tries=[AttemptHistory(**found) for found in tries])


@router.get("/publications/{publication_id}/package", summary="What to post by hand", **guarded("posts.read"))
async def package(publication_id: UUID, session: Session) -> Package:
    row = await _found(session, publication_id)
    packed = await publishing.packed(session, publication_id)
    return Package(
        platform=row["platform"],
        account_name=row["account_name"],
        text=packed.content.text,
        parts=[part.text for part in packed.content.parts],
        title=packed.content.title,
        link=packed.link,
        first_comment=packed.content.first_comment,
        media=[
            PackedMedia(
                part=part,
                media_id=piece.media_id,
                content_type=packed.library[piece.media_id].content_type,
                alt_text=piece.alt_text,
            )
            for part, piece in packed.content.placed
            if piece.media_id in packed.library
        ],
    )


async def _usual(session: Session, body: ScheduleIn, now: datetime) -> Moment:
    """When it goes out where nothing else is said. Raises Invalid."""
    if body.at is not None:
        return meant(body.at, body.zone, now=now)
    wish = await wishes.moment(session, body.post_id) if body.post_id else None
    if wish is None:
        message = "Say when: give a time, or schedule a draft that has a wish."
        raise Invalid(message, (Problem("at", message),))
    return meant(wish.at, None, now=now) if wish.local is None else meant(wish.local, wish.zone, now=now)


async def _warnings(session: Session, stored: Sequence[Publication]) -> list[FindingOut]:
    now = await publishing.now(session)
    return [FindingOut.model_validate(one) for one in await content.warnings(session, stored, now)]


def _note(moment: Moment | None) -> str | None:
    return moment.note if moment else None


async def _found(session: Session, publication_id: UUID) -> marts.Row:
    row = await marts.publication(session, publication_id)
    if row is None:
        raise NotFound("There is no such publication in this workspace.")
    return row


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    moment, publication_id = pagination.decode(cursor, 2)
    try:
        return datetime.fromisoformat(str(moment)), UUID(str(publication_id))
    except ValueError as error:
        raise pagination.invalid() from error
