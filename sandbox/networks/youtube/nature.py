"""How YouTube is: its size, its counters, its ids."""

import base64
import hashlib
from datetime import datetime
from typing import Any

from sandbox.world.nature import Nature


def account_id(of: int) -> str:
    return "UC" + base64.urlsafe_b64encode(of.to_bytes(8, "big") * 2).decode().rstrip("=")


def post_id(account: str, at: datetime, key: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()[:8]).decode().rstrip("=")


def permalink(username: str, external_id: str) -> str:
    return f"https://www.youtube.com/watch?v={external_id}"


def _extra(external_id: str, username: str) -> dict[str, Any]:
    return {"uploads": "UU" + external_id[2:], "handle": f"@{username}"}


NATURE = Nature(
    title="YouTube",
    followers=22_000,
    exposure=0.45,
    per_day=0.4,
    tau_hours=60,
    kinds={"video": 3, "short": 4},
    exposed="views",
    shares={"likes": 0.037, "comments": 0.0026, "shares": 0.0034, "watch_seconds": 41.0},
    sums={},
    account_id=account_id,
    post_id=post_id,
    permalink=permalink,
    extra=_extra,
)
