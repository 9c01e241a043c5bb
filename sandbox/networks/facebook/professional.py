"""Instagram accounts as Facebook Login reaches them: through the page that they are linked to."""

import re
from typing import Any

from sandbox.networks.instagram import edges, login, upload
from sandbox.networks.instagram.discovery import public
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call
from sandbox.world import Account

_HASHTAGS = "ig_hashtag_search"
# Accounts, hashtags, media, containers, comments.
_IDS = re.compile(r"1[78]\d{15,}")


def linked(call: Call, page: Account, want: Want) -> dict[str, Any] | None:
    """The Instagram account of a page, for those who may know it."""
    account = login.linked(call.world, page)
    if account is None or login.BY_PAGE[login.BASIC] not in call.grant().scopes:
        return None
    return asked(want.of, public(call, account), account.external_id, "IGUser")


def concerns(call: Call) -> bool:
    """Whether a call is about something of Instagram, whose ids tell that they are."""
    first = call.path[0] if call.path else ""
    return first in (_HASHTAGS, upload.PATH) or _IDS.fullmatch(first) is not None


async def answer(call: Call) -> Any:
    """What a call about something of Instagram is answered with. Raises GraphError."""
    if call.path[0] == upload.PATH:
        return await upload.take(login.through_page(call), call.path[-1])
    return await edges.answer(login.through_page(call))
