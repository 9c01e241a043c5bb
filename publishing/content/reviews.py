"""Approval: who has said yes to which words. Anything written afterwards must be approved again.

A workspace asks for none, for a colleague's (`internal`), or for a colleague's and then the client's (`client`).
Nobody approves what they wrote themselves, but owners, who may be alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, Forbidden, Invalid, Problem
from clientnest.models import Post, Review, Workspace
from publishing.content import drafts, repository, written

SIDES = {"none": (), "internal": ("internal",), "client": ("internal", "client")}


@dataclass(frozen=True, slots=True)
class Reviewer:
    person_id: UUID
    role: str

    @property
    def side(self) -> str:
        return "client" if self.role == "client" else "internal"


async def choose(session: AsyncSession, workspace_id: UUID, approval: str) -> None:
    """Who must approve the posts of a workspace from now on: one of `SIDES`."""
    (await session.get_one(Workspace, workspace_id)).approval = approval
    await session.flush()


async def asked(session: AsyncSession, workspace_id: UUID) -> str:
    """Who must approve its posts: one of `SIDES`."""
    return (await session.get_one(Workspace, workspace_id)).approval


async def submit(session: AsyncSession, post_id: UUID, person_id: UUID, comment: str | None = None) -> Review:
    """Ask for approval of what is written now, which must be ready to go out. Raises NotFound, Conflict, Invalid.

    What was approved is so no more where more must approve it by now and it has not gone.
    """
    composed = await drafts.opened(session, post_id)
    post = composed.post
    composed.refuse(composed.findings())
    waits = all(publication.status == "draft" for publication in composed.publications)
    lapsed = post.stage == "approved" and waits and await _wanting(session, post)
    if post.stage != "draft" and not lapsed:
        raise Conflict(f"This is {_said(post.stage)} already.")
    post.stage = "in_review" if await _asked(session, post.workspace_id) else "approved"
    return await _write(session, post, person_id, "submitted", comment)


async def approve(session: AsyncSession, post: Post, reviewer: Reviewer, comment: str | None = None) -> Review:
    """Say yes for one's side; the last one makes it approved. Raises Conflict, Forbidden."""
    if post.stage != "in_review":
        raise Conflict("There is nothing to approve: have it submitted first.")
    if post.author_id == reviewer.person_id and reviewer.role != "owner":
        raise Forbidden("Have somebody else approve what you wrote.")
    wanting = await _wanting(session, post)
    if wanting and reviewer.side != wanting[0]:
        waiting = "a colleague's" if wanting[0] == "internal" else "the client's"
        raise Conflict(f"This waits for {waiting} approval.")
    review = await _write(session, post, reviewer.person_id, "approved", comment, reviewer.side)
    if len(wanting) <= 1:
        post.stage = "approved"
    await session.flush()
    return review


async def give_back(session: AsyncSession, post: Post, reviewer: Reviewer, comment: str) -> Review:
    """Say what must be otherwise. Raises Conflict, Invalid."""
    if post.stage != "in_review":
        raise Conflict("There is nothing to return: it is not in review.")
    if not comment.strip():
        raise Invalid("Say what must be otherwise.", (Problem("comment", "Say what must be otherwise."),))
    post.stage = "draft"
    return await _write(session, post, reviewer.person_id, "returned", comment, reviewer.side)


async def withdraw(session: AsyncSession, post: Post, person_id: UUID) -> Review:
    """Take it out of review, to write on. Raises Conflict."""
    if post.stage != "in_review":
        raise Conflict("It is not in review.")
    post.stage = "draft"
    return await _write(session, post, person_id, "withdrawn", None)


async def remark(session: AsyncSession, post: Post, person_id: UUID, comment: str) -> Review:
    return await _write(session, post, person_id, "commented", comment)


async def edited(session: AsyncSession, post: Post, person_id: UUID) -> None:
    """Other words than were submitted or approved: it is a draft again."""
    if post.stage != "draft":
        post.stage = "draft"
        await _write(session, post, person_id, "edited", None)


async def trail(session: AsyncSession, post_id: UUID) -> Sequence[tuple[Review, str]]:
    """Every step with the name of who made it, the first one first."""
    return await repository.reviews_by_name(session, post_id)


async def awaits(session: AsyncSession, post: Post) -> str | None:
    """The side whose approval comes next; None where it is not in review."""
    if post.stage != "in_review":
        return None
    return next(iter(await _wanting(session, post)), None)


async def require_none(session: AsyncSession, workspace_id: UUID) -> None:
    """Raises Conflict where posts of this workspace need an approval."""
    if await _asked(session, workspace_id):
        raise Conflict("Posts of this workspace are approved first: store it with POST /content/create and submit it.")


async def require_approved(session: AsyncSession, post: Post) -> None:
    """Raises Conflict unless everybody who must has approved these very words."""
    if await _wanting(session, post):
        raise Conflict("This is not approved as it stands: submit it, and have it approved.")


async def _asked(session: AsyncSession, workspace_id: UUID) -> Sequence[str]:
    return SIDES[await asked(session, workspace_id)]


async def _wanting(session: AsyncSession, post: Post) -> Sequence[str]:
    """The sides that must still approve what is written now, the next one first."""
    given = await _given(session, post)
    return [side for side in await _asked(session, post.workspace_id) if side not in given]


async def _given(session: AsyncSession, post: Post) -> set[str]:
    """The sides that approved what is written now, since it was submitted last."""
    sha256 = await _sha256(session, post)
    given: set[str] = set()
    for review in await repository.reviews(session, post.id):
        if review.action in ("submitted", "returned", "withdrawn", "edited"):
            given = set()
        elif review.action == "approved" and review.content_sha256 == sha256 and review.side:
            given.add(review.side)
    return given


async def _sha256(session: AsyncSession, post: Post) -> str:
    """Of the post and of everything that differs on an account."""
    publications = await repository.publications(session, post.id, lock=False)
    contents = {str(one.account_id): written.of_publication(post, one).sha256 for one in publications}
    return written.digest([written.of_post(post).kept, contents])


async def _write(
    session: AsyncSession, post: Post, person_id: UUID, action: str, comment: str | None, side: str | None = None
) -> Review:
    review = Review(
        workspace_id=post.workspace_id,
        post_id=post.id,
        person_id=person_id,
        action=action,
        side=side,
        comment=comment,
        content_sha256=await _sha256(session, post),
    )
    session.add(review)
    await session.flush()
    await session.refresh(review)
    return review


def _said(stage: str) -> str:
    return stage.replace("_", " ")
