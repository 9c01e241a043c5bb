"""What is planted in each account: how hour, weekday, format and hashtags change what a post reaches."""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.world.chance import draw, lognormal
from sandbox.world.model import Account
from sandbox.world.nature import BEYOND, Nature
from sandbox.world.words import TAGS


@dataclass(frozen=True, slots=True)
class Effects:
    """Factors on the exposure. Hour and weekday (0 = Monday) are of the account's zone."""

    base: float
    hour: tuple[float, ...]
    weekday: tuple[float, ...]
    format: dict[str, float]
    hashtags: dict[str, float]

    def shown(self) -> dict[str, Any]:
        return {
            "base": self.base,
            "hour": list(self.hour),
            "weekday": list(self.weekday),
            "format": self.format,
            "hashtags": self.hashtags,
        }


def plant(seed: int, account: Account, nature: Nature) -> Effects:
    source = draw("effects", seed, account.network, account.external_id)
    peak, second = source.uniform(7, 11), source.uniform(17, 21)
    hour = tuple(round(0.6 + 0.8 * _bump(h, peak, 2.5) + 0.7 * _bump(h, second, 2.5), 3) for h in range(24))
    return Effects(
        base=account.followers * nature.exposure,
        hour=hour,
        weekday=tuple(round(lognormal(source, 0.15), 3) for _ in range(7)),
        format={kind: round(lognormal(source, 0.35), 3) for kind in nature.kinds},
        hashtags={tag: round(lognormal(source, 0.12), 3) for tag in TAGS},
    )


def _bump(hour: float, peak: float, width: float) -> float:
    distance = min(abs(hour - peak), 24 - abs(hour - peak))
    return math.exp(-((distance / width) ** 2))


def finals(
    seed: int, key: str, account: Account, effects: Effects, nature: Nature,
    *, kind: str, hashtags: tuple[str, ...], at: datetime,
) -> tuple[dict[str, int], float, float]:  # fmt: skip
    """What the counters of a post come to, and tau (hours) and pace of how they get there."""
    source = draw("post", seed, key)
    local = at.astimezone(ZoneInfo(account.timezone))
    exposure = effects.base * effects.hour[local.hour] * effects.weekday[local.weekday()]
    exposure *= effects.format.get(kind, 1.0) * math.prod(effects.hashtags.get(tag, 1.0) for tag in hashtags)
    exposure *= lognormal(source, 0.45)
    exposed = max(20, round(exposure))
    final = {nature.exposed: exposed}
    liked = lognormal(source, 0.3)
    for name, share in nature.shares.items():
        noise = 1.0 if name == "reach" else liked * lognormal(source, 0.25)
        final[name] = round(exposed * share * noise)
    final |= {name: round(exposed * share * lognormal(source, 0.3)) for name, share in BEYOND.items()}
    return final, nature.tau_hours * lognormal(source, 0.3), source.uniform(0.6, 0.9)
