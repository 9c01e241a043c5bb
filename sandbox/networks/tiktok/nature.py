"""How TikTok is: its size, its counters, its ids."""

import hashlib
from datetime import datetime
from typing import Any

from sandbox.world.chance import number
from sandbox.world.nature import Nature


def account_id(of: int) -> str:
    return f"-000{hashlib.sha256(str(of).encode()).hexdigest()[:28]}"


def post_id(account: str, at: datetime, key: str) -> str:
    return str((int(at.timestamp()) << 32) | number(key) % 2**32)


def permalink(username: str, external_id: str) -> str:
    return f"https://www.tiktok.com/@{username}/video/{external_id}"


def _extra(external_id: str, username: str) -> dict[str, Any]:
    return {"open_id": external_id, "union_id": f"u{external_id[4:24]}"}


NATURE = Nature(
    title="TikTok",
    followers=76_000,
    exposure=0.80,
    per_day=0.7,
    tau_hours=40,
    kinds={"video": 1},
    exposed="views",
    shares={"likes": 0.062, "comments": 0.0022, "shares": 0.0051},
    sums={},
    account_id=account_id,
    post_id=post_id,
    permalink=permalink,
    extra=_extra,
)
