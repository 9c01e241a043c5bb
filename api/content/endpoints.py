"""/content: what is written, from the first draft to what it did."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.content.schemas import (
    Checked,
    CheckIn,
    ContentAnalytics,
    ContentFigures,
    ContentKept,
    ContentOut,
    ContentPage,
    DraftIn,
    FindingOut,
    Stage,
    TagOut,
    content_out,
)
from api.content.written import draft_of
from api.moments import AskedWithScores, as_known
from api.pagination import Cursor, Limit
from api.posts.schemas import post_out
from clientnest import marts
from publishing.content import repository, service
from publishing.content.repository import Filter
from publishing.planning import wishes
from publishing.publications import service as publishing
from publishing.publications.moments import Moment

router = APIRouter(prefix="/content", tags=["content"])

Status = Literal["draft", "scheduled", "publishing", "published", "failed", "needs_person", "cancelled"]


@router.post("/check", summary="Everything there is to say of a draft", **guarded("posts.write"))
async def check(body: CheckIn, access: InWorkspace, session: Session) -> Checked:
    """Every problem for every account at once, by the networks' own dated limits; nothing is stored."""
    now = await publishing.now(session)
    wish = body.wish(now)
    at = wish.at if wish else now
    return Checked.of(*await service.look_over(session, access.workspace_id, access.person.id, draft_of(body), at))


@router.post("/create", summary="Write a draft", status_code=HTTPStatus.CREATED, **guarded("posts.write"))
async def create(body: DraftIn, access: InWorkspace, session: Session) -> ContentKept:
    """It need not be ready to go out: POST /content/check tells what is wanting."""
    wish = body.wish(await publishing.now(session))
    made = await service.create(session, access.workspace_id, access.person.id, draft_of(body))
    return await _kept(session, made, wish)


@router.get("/library", summary="Everything that was written", **guarded("posts.read"))
async def library(
    session: Session,
    q: Annotated[str | None, Query(max_length=200, description="Looked for in text and title.")] = None,
    stage: Annotated[Stage | None, Query(description="How far the words are.")] = None,
    status: Annotated[Status | None, Query(description="With a publication that stands so.")] = None,
    tag: Annotated[str | None, Query(max_length=50, description="Only with this tag.")] = None,
    campaign_id: UUID | None = None,
    account_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ContentPage:
    """The newest first."""
    wanted = Filter(q, stage, status, tag, campaign_id, account_id, _place(cursor))
    rows = await service.library(session, wanted, limit + 1)
    wished = await wishes.of(session, [post.id for post, _ in rows])
    items = [content_out(post, publications, wished.get(post.id)) for post, publications in rows[:limit]]
    return ContentPage(items=items, next_cursor=_next(rows, limit))


@router.get("/analytics", summary="What became of what was written, with figures", **guarded("analytics.read"))
async def analytics(
    session: AskedWithScores,
    q: Annotated[str | None, Query(max_length=200, description="Looked for in text and title.")] = None,
    tag: Annotated[str | None, Query(max_length=50, description="Only with this tag.")] = None,
    campaign_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ContentAnalytics:
    """Posts that went out, the newest first, with the figures of their publications; null is unknown, and says why."""
    wanted = Filter(q, None, "published", tag, campaign_id, None, _place(cursor))
    rows = await service.library(session, wanted, limit + 1)
    shown = rows[:limit]
    ids = [publication.id for _, publications in shown for publication in publications]
    figures = [post_out(row) for row in await marts.posts_of(session, ids)]
    items = []
    for post, publications in shown:
        of_post = {publication.id for publication in publications}
        told = {name: getattr(post, name) for name in ContentFigures.model_fields if name != "posts"}
        items.append(ContentFigures(**told, posts=[found for found in figures if found.publication_id in of_post]))
    return ContentAnalytics(items=items, next_cursor=_next(rows, limit), **await as_known(session))


@router.get("/tags", summary="Tags and how many posts have them", **guarded("posts.read"))
async def tags(session: Session) -> list[TagOut]:
    return [TagOut(tag=name, posts=count) for name, count in await repository.tags(session)]


@router.get("/{post_id}", summary="One post as it is written", **guarded("posts.read"))
async def read(post_id: UUID, session: Session) -> ContentOut:
    wished = await wishes.of(session, [post_id])
    return content_out(*await service.read(session, post_id), wished.get(post_id))


@router.put("/{post_id}", summary="Write a draft anew", **guarded("posts.write"))
async def change(post_id: UUID, body: DraftIn, access: InWorkspace, session: Session) -> ContentKept:
    """What was submitted or approved is a draft again afterwards."""
    wish = body.wish(await publishing.now(session))
    return await _kept(session, await service.change(session, post_id, access.person.id, draft_of(body)), wish)


@router.delete("/{post_id}", summary="Delete a draft", status_code=HTTPStatus.NO_CONTENT, **guarded("posts.write"))
async def delete(post_id: UUID, session: Session) -> None:
    await service.delete(session, post_id)


async def _kept(session: Session, written: service.Written, wish: Moment | None) -> ContentKept:
    """A draft with its wish, and what it clashes with."""
    post, publications = written
    kept = content_out(post, publications, await wishes.keep(session, post, wish))
    at = wish.at if wish else await publishing.now(session)
    found = await service.warnings(session, publications, at, dated=wish is not None)
    return ContentKept(**dict(kept), warnings=[FindingOut.model_validate(one) for one in found])


def _next(rows: list[service.Written], limit: int) -> str | None:
    last = rows[limit - 1][0] if len(rows) > limit else None
    return pagination.encode(last.created_at, last.id) if last else None


def _place(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    created_at, post_id = pagination.decode(cursor, 2)
    try:
        return datetime.fromisoformat(str(created_at)), UUID(str(post_id))
    except ValueError as error:
        raise pagination.invalid() from error
