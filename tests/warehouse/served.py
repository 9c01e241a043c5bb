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
        network, external_id = marts[key]["platform"], marts[key]["external_id"]
        checked.lacks(network, "post as served", f"{network} {external_id} is not served")
    for key, post in served.items():
        row = marts[key]
        network = row["platform"]
        for name in METRICS:
            what = f"{name} of {network} {row['external_id']} as served"
            checked.same(network, f"{name} as served", what, post[name], row[name])
            why, known = post["why_unknown"].get(name), row["why_unknown"].get(name)
            checked.same(network, f"why no {name} as served", f"why {what} is missing", why, known)


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
