"""/content/{id}/…: submit, approve, return, comment; and whether a workspace asks for it."""

from uuid import UUID

from fastapi import APIRouter

from api.access import Access, InWorkspace, Session, guarded
from api.content.schemas import ApprovalIn, CommentIn, ReviewOut, ReviewTrail, WordsIn, review_out
from publishing.content import repository, reviews, service
from publishing.content.reviews import Reviewer

router = APIRouter(tags=["content"])


@router.post("/content/{post_id}/submit", summary="Ask for approval", **guarded("posts.write"))
async def submit(post_id: UUID, body: CommentIn, access: InWorkspace, session: Session) -> ReviewOut:
    """Refused, with everything that is wrong, for what could not go out as it stands."""
    return review_out(await reviews.submit(session, post_id, access.person.id, body.comment), access.person.name)


@router.post("/content/{post_id}/approve", summary="Approve what is written", **guarded("posts.review"))
async def approve(post_id: UUID, body: CommentIn, access: InWorkspace, session: Session) -> ReviewOut:
    post = await repository.held(session, post_id)
    return review_out(await reviews.approve(session, post, _reviewer(access), body.comment), access.person.name)


@router.post("/content/{post_id}/return", summary="Return it with what must be otherwise", **guarded("posts.review"))
async def give_back(post_id: UUID, body: WordsIn, access: InWorkspace, session: Session) -> ReviewOut:
    post = await repository.held(session, post_id)
    return review_out(await reviews.give_back(session, post, _reviewer(access), body.comment), access.person.name)


@router.post("/content/{post_id}/withdraw", summary="Take it out of review", **guarded("posts.write"))
async def withdraw(post_id: UUID, access: InWorkspace, session: Session) -> ReviewOut:
    post = await repository.held(session, post_id)
    return review_out(await reviews.withdraw(session, post, access.person.id), access.person.name)


@router.post("/content/{post_id}/comment", summary="Say something about it", **guarded("posts.read"))
async def comment(post_id: UUID, body: WordsIn, access: InWorkspace, session: Session) -> ReviewOut:
    post, _ = await service.read(session, post_id)
    return review_out(await reviews.remark(session, post, access.person.id, body.comment), access.person.name)


@router.get("/content/{post_id}/reviews", summary="Who said what to which words", **guarded("posts.read"))
async def trail(post_id: UUID, session: Session) -> ReviewTrail:
    post, _ = await service.read(session, post_id)
    steps = [review_out(review, person) for review, person in await reviews.trail(session, post_id)]
    return ReviewTrail.model_validate(
        {"stage": post.stage, "awaits": await reviews.awaits(session, post), "items": steps}
    )


@router.put("/approval", summary="Choose who must approve posts", **guarded("approval.choose"))
async def choose(body: ApprovalIn, access: InWorkspace, session: Session) -> ApprovalIn:
    await reviews.choose(session, access.workspace_id, body.approval)
    return body


@router.get("/approval", summary="Who must approve posts", **guarded("posts.read"))
async def asked(access: InWorkspace, session: Session) -> ApprovalIn:
    return ApprovalIn.model_validate({"approval": await reviews.asked(session, access.workspace_id)})


def _reviewer(access: Access) -> Reviewer:
    return Reviewer(access.person.id, access.member.role)
