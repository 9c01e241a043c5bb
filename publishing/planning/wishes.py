"""When a draft should go out, once it may. A wish takes no slot and sends nothing."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Post, Wish
from publishing.planning import repository
from publishing.publications import moments
from publishing.publications.moments import Moment


async def keep(session: AsyncSession, post: Post, moment: Moment | None) -> Wish | None:
    """The wish of a draft from now on; None is none."""
    await repository.forget_wish(session, post.id)
    if moment is None:
        return None
    wish = wished(post, moment)
    await repository.store(session, [wish])
    return wish


async def of(session: AsyncSession, post_ids: Iterable[UUID]) -> Mapping[UUID, Wish]:
    """By post; those without one are left out."""
    return {wish.post_id: wish for wish in await repository.wishes(session, post_ids)}


async def moment(session: AsyncSession, post_id: UUID) -> Moment | None:
    """Of a draft, by the rules that its zone has now."""
    wish = (await of(session, [post_id])).get(post_id)
    if wish is None:
        return None
    return moments.again(wish.local, wish.zone) if wish.local else Moment(wish.at, wish.zone)


def wished(post: Post, moment: Moment) -> Wish:
    """Not stored yet."""
    return Wish(workspace_id=post.workspace_id, post_id=post.id, at=moment.at, local=moment.local, zone=moment.zone)
