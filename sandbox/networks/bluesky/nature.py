"""How Bluesky is: its size, its counters, its ids."""

from datetime import datetime

from sandbox.networks.bluesky.names import did, permalink, tid, uri
from sandbox.world.nature import Nature


def post_id(account: str, at: datetime, key: str) -> str:
    return uri(account, tid(at, key))


def address(username: str, external_id: str) -> str:
    return permalink(external_id)


NATURE = Nature(
    title="Bluesky",
    followers=6_500,
    exposure=0.50,
    per_day=1.0,
    tau_hours=9,
    kinds={"text": 5, "link": 2, "image": 3, "carousel": 1, "video": 1},
    exposed="views",
    shares={"likes": 0.021, "comments": 0.0024, "reposts": 0.0036, "quotes": 0.0006, "saves": 0.0012},
    sums={"shares": ("reposts", "quotes")},
    account_id=did,
    post_id=post_id,
    permalink=address,
)
