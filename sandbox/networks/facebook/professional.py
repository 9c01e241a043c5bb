"""Instagram accounts as Facebook Login reaches them: through the page that they are linked to."""

from typing import Any

from sandbox.networks.instagram import comments, edges, hashtags, login, upload
from sandbox.networks.instagram.discovery import public
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call
from sandbox.world import Account

_HASHTAGS = "ig_hashtag_search"


def linked(call: Call, page: Account, want: Want) -> dict[str, Any] | None:
    """The Instagram account of a page, for those who may know it."""
    account = login.linked(call.world, page)
    if account is None or login.BY_PAGE[login.BASIC] not in call.grant().scopes:
        return None
    return asked(want.of, public(call, account), account.external_id, "IGUser")


def concerns(call: Call) -> bool:
    """Whether a call is about something of Instagram."""
    if not call.path:
        return False
    first = call.path[0]
    return first in (_HASHTAGS, upload.PATH) or _known(call, first)


async def answer(call: Call) -> Any:
    """What a call about something of Instagram is answered with. Raises GraphError."""
    if call.path[0] == upload.PATH:
        return await upload.take(login.through_page(call), call.path[-1])
    return await edges.answer(login.through_page(call))


def _known(call: Call, external_id: str) -> bool:
    world = call.world
    return (
        world.account("instagram", external_id) is not None
        or world.post("instagram", external_id) is not None
        or world.noted("instagram", external_id) is not None
        or comments.is_comment(external_id)
        or hashtags.named(external_id) is not None
    )
