"""First comments in the database. Every end is fenced by the attempt's number."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import FirstComment, Publication


async def replace(session: AsyncSession, texts: Sequence[tuple[Publication, str | None]]) -> None:
    """The comments of publications that have not gone out; None takes one away."""
    ids = [publication.id for publication, _ in texts]
    await session.execute(delete(FirstComment).where(FirstComment.publication_id.in_(ids)))
    session.add_all(
        FirstComment(publication_id=publication.id, workspace_id=publication.workspace_id, text=text)
        for publication, text in texts
        if text
    )
    await session.flush()


async def claim(session: AsyncSession, lease: timedelta) -> FirstComment | None:
    """One whose post is live, now `sending` under the next number and leased."""
    due = (
        select(FirstComment.publication_id)
        .join(Publication, Publication.id == FirstComment.publication_id)
        .where(FirstComment.status == "waiting", FirstComment.due_at <= func.now())
        .where(Publication.status == "published", Publication.external_id.is_not(None))
        .order_by(FirstComment.due_at)
        .limit(1)
        .with_for_update(skip_locked=True, of=FirstComment)
    )
    claimed = await session.execute(
        update(FirstComment)
        .where(FirstComment.publication_id == due.scalar_subquery())
        .values(status="sending", attempt=FirstComment.attempt + 1, leased_until=func.now() + lease)
        .returning(FirstComment)
    )
    return claimed.scalar_one_or_none()


async def give_up_on_the_dead(session: AsyncSession, problem: str) -> None:
    """Those that a worker was sending when it died: nobody knows whether they are there."""
    await session.execute(
        update(FirstComment)
        .where(FirstComment.status == "sending", FirstComment.leased_until < func.now())
        .values(status="needs_person", leased_until=None, problem=problem)
    )


async def end(session: AsyncSession, comment: FirstComment, **values: Any) -> None:
    """Write down what became of it, if this attempt still holds it."""
    await session.execute(
        update(FirstComment)
        .where(FirstComment.publication_id == comment.publication_id, FirstComment.attempt == comment.attempt)
        .where(FirstComment.status == "sending")
        .values(leased_until=None, **values)
    )
