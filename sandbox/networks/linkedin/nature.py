"""How LinkedIn is: its size, its counters, its ids."""

from datetime import datetime
from typing import Any

from sandbox.networks.linkedin.people import person
from sandbox.world.chance import number
from sandbox.world.nature import Nature


def account_id(of: int) -> str:
    return f"urn:li:organization:{10**7 + of % 10**7}"


def post_id(account: str, at: datetime, key: str) -> str:
    return f"urn:li:share:{(int(at.timestamp() * 1000) << 22) | number(key) % 2**22}"


def permalink(username: str, external_id: str) -> str:
    return f"https://www.linkedin.com/feed/update/{external_id}/"


def _extra(external_id: str, username: str) -> dict[str, Any]:
    return {"vanityName": username}


NATURE = Nature(
    title="LinkedIn",
    followers=9_000,
    exposure=0.60,
    per_day=0.5,
    tau_hours=34,
    kinds={"text": 3, "link": 3, "image": 4, "video": 1},
    exposed="impressions",
    shares={"reach": 0.66, "likes": 0.018, "comments": 0.0019, "shares": 0.0013, "clicks": 0.027},
    sums={},
    account_id=account_id,
    post_id=post_id,
    permalink=permalink,
    extra=_extra,
    person=person,
)
