"""How Instagram is: its size, its counters, its ids."""

import base64
from datetime import datetime
from typing import Any

from sandbox.world.chance import number
from sandbox.world.nature import Nature


def account_id(of: int) -> str:
    return f"1784{of % 10**13:013d}"


def post_id(account: str, at: datetime, key: str) -> str:
    return f"179{number(key) % 10**14:014d}"


def permalink(username: str, external_id: str) -> str:
    shortcode = base64.urlsafe_b64encode(int(external_id).to_bytes(8, "big")).decode().rstrip("=")
    return f"https://www.instagram.com/p/{shortcode}/"


def _extra(external_id: str, username: str) -> dict[str, Any]:
    return {"app_scoped_id": str(int(external_id) + 7)}


NATURE = Nature(
    title="Instagram",
    followers=48_000,
    exposure=0.55,
    per_day=0.9,
    tau_hours=26,
    kinds={"image": 4, "carousel": 3, "reel": 4},
    exposed="views",
    shares={
        "reach": 0.71,
        "likes": 0.041,
        "comments": 0.0028,
        "shares": 0.0049,
        "saves": 0.0062,
        "profile_visits": 0.006,
        "follows": 0.0011,
    },
    sums={},
    account_id=account_id,
    post_id=post_id,
    permalink=permalink,
    extra=_extra,
)
