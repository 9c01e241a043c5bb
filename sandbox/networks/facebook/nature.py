"""How Facebook Pages are: their size, their counters, their ids."""

from datetime import datetime
from typing import Any

from sandbox.world.chance import number
from sandbox.world.nature import Nature

_REACTIONS = {
    "reactions_like": 0.0210,
    "reactions_love": 0.0062,
    "reactions_wow": 0.0011,
    "reactions_haha": 0.0013,
    "reactions_sorry": 0.0003,
    "reactions_anger": 0.0002,
}


def account_id(of: int) -> str:
    return str(10**14 + of % 10**14)


def post_id(account: str, at: datetime, key: str) -> str:
    return f"{account}_{10**14 + number(key) % (9 * 10**14)}"


def permalink(username: str, external_id: str) -> str:
    return f"https://www.facebook.com/{username}/posts/{external_id.rsplit('_', 1)[-1]}"


def _extra(external_id: str, username: str) -> dict[str, Any]:
    return {"category": "Coffee shop"}


NATURE = Nature(
    title="Facebook",
    followers=31_000,
    exposure=0.30,
    per_day=0.8,
    tau_hours=20,
    kinds={"text": 1, "link": 2, "image": 4, "reel": 2},
    exposed="views",
    shares={"reach": 0.78, **_REACTIONS, "comments": 0.0031, "shares": 0.0024, "clicks": 0.019},
    sums={"reactions": tuple(_REACTIONS)},
    account_id=account_id,
    post_id=post_id,
    permalink=permalink,
    extra=_extra,
)
