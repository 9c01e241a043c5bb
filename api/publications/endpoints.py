"""POST /social/publish, and the ledger that it writes."""

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.pagination import Cursor, Limit
from api.publications.schemas import (
    AttemptOut,
    PublicationDetail,
    PublicationOut,
    Publications,
    PublicationState,
    PublishIn,
    PublishOut,
)
from clientnest import marts
from clientnest.errors import NotFound
from publishing.links import Tracking
from publishing.publications import service as publishing
from publishing.publications.service import Draft

router = APIRouter(prefix="/social", tags=["publications"])


@router.post(
    "/publish",
    status_code=HTTPStatus.ACCEPTED,
    summary="Publish now, on one account or several",
    **guarded("posts.publish"),
)
async def publish(body: PublishIn, access: InWorkspace, session: Session) -> PublishOut:
    """Everything is checked at once and nothing is stored if anything is wrong. A worker sends it within seconds."""
    draft = Draft(
        text=body.text,
        account_ids=tuple(dict.fromkeys(body.account_ids)),
        title=body.title,
        link=body.link,
        media_url=body.media_url,
        tracking=Tracking(body.tracking.utm, body.tracking.short) if body.tracking else None,
        campaign_id=body.campaign_id,
    )
    stored = await publishing.publish(session, access.workspace_id, access.person.id, draft)
    rows = [await _found(session, publication.id) for publication in stored]
    return PublishOut(
        post_id=stored[0].post_id,
        publications=[PublicationState(**{name: row[name] for name in PublicationState.model_fields}) for row in rows],
    )


@router.get("/publications", summary="What was published, and what became of it", **guarded("posts.read"))
async def list_publications(session: Session, limit: Limit = 50, cursor: Cursor = None) -> Publications:
    """The newest first."""
    rows = await marts.publications(session, after=_place(cursor), limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Publications(
        items=[PublicationOut(**row) for row in shown],
        next_cursor=pagination.encode(last["created_at"], last["id"]) if last else None,
    )


@router.get("/publications/{publication_id}", summary="One publication with its attempts", **guarded("posts.read"))
async def read_publication(publication_id: UUID, session: Session) -> PublicationDetail:
    row = await _found(session, publication_id)
    tries = await marts.attempts(session, publication_id)
    return PublicationDetail(**row, tries=[AttemptOut(**found) for found in tries])


async def _found(session: Session, publication_id: UUID) -> marts.Row:
    row = await marts.publication(session, publication_id)
    if row is None:
        raise NotFound("There is no such publication in this workspace.")
    return row


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    created_at, publication_id = pagination.decode(cursor, 2)
    try:
        return datetime.fromisoformat(str(created_at)), UUID(str(publication_id))
    except ValueError as error:
        raise pagination.invalid() from error
