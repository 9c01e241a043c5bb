"""How X is: its size, its counters, its ids."""

from datetime import datetime

from sandbox.world.chance import number
from sandbox.world.nature import Nature

_EPOCH_MS = 1_288_834_974_657
_PUBLIC = ("likes", "comments", "reposts", "quotes", "saves")


def account_id(of: int) -> str:
    return str(10**9 + of % 10**17)


def post_id(account: str, at: datetime, key: str) -> str:
    """A snowflake: milliseconds since X's epoch, then 22 bits."""
    return str(((int(at.timestamp() * 1000) - _EPOCH_MS) << 22) | number(key) % 2**22)


def permalink(username: str, external_id: str) -> str:
    return f"https://x.com/{username}/status/{external_id}"


NATURE = Nature(
    title="X",
    followers=12_000,
    exposure=0.42,
    per_day=1.2,
    tau_hours=7,
    kinds={"text": 5, "link": 3, "image": 3, "video": 1},
    exposed="impressions",
    shares={
        "likes": 0.013,
        "comments": 0.0016,
        "reposts": 0.0021,
        "quotes": 0.0004,
        "saves": 0.0011,
        "clicks": 0.0082,
        "profile_visits": 0.0031,
    },
    sums={"shares": ("reposts", "quotes"), "engagements": (*_PUBLIC, "clicks", "profile_visits")},
    account_id=account_id,
    post_id=post_id,
    permalink=permalink,
)
