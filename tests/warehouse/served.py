"""The same figures at the door: what `GET /social/posts` answers, from the application itself."""

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

from identity import tokens
from tests.warehouse.reading import rows
from tests.warehouse.world import METRICS, World

if TYPE_CHECKING:
    from tests.warehouse.checks import Checked

_PAGE = 200


def check(world: World, checked: "Checked") -> None:
    """Every post is served with the figures and the reasons of the mart: null is null, and nothing is made of it."""
    served = asyncio.run(_posts(world))
    query = "select * from marts.posts where workspace_id = %s"
    marts = {row["post_key"]: row for row in rows(query, world.place.workspace_id)}
    for key in marts.keys() - served.keys():
        checked.wrong.append(f"{marts[key]['platform']} {marts[key]['external_id']} is not served")
    for key, post in served.items():
        for name in METRICS:
            what = f"{name} of {marts[key]['platform']} {marts[key]['external_id']} as served"
            checked.same(what, post[name], marts[key][name])
            checked.same(f"why {what} is missing", post["why_unknown"].get(name), marts[key]["why_unknown"].get(name))


async def _posts(world: World) -> dict[str, dict[str, Any]]:
    """All pages."""
    from api.main import app
    from clientnest import database

    headers = {
        "Authorization": f"Bearer {tokens.issue(world.place.user_id).value}",
        "X-Workspace-Id": str(world.place.workspace_id),
    }
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    transport = httpx.ASGITransport(app=app)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://nest", headers=headers, timeout=60) as http:
            while True:
                asked: dict[str, str | int] = {"limit": _PAGE, **({"cursor": cursor} if cursor else {})}
                page = (await http.get("/social/posts", params=asked)).raise_for_status().json()
                found |= {post["post_key"]: post for post in page["items"]}
                cursor = page["next_cursor"]
                if cursor is None:
                    return found
    finally:
        await database.close()
