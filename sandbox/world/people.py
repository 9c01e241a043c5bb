"""Followers of an account over time, and who they are."""

import math
from datetime import UTC, date, datetime

from sandbox.world.chance import draw
from sandbox.world.model import Account

_DIMENSIONS: dict[str, dict[str, float]] = {
    "country": {"NO": 38, "DE": 19, "SE": 12, "GB": 9, "US": 8, "FR": 5, "DK": 5, "ES": 2, "JP": 1, "BR": 1},
    "city": {"Oslo": 17, "Bergen": 7, "Berlin": 8, "Hamburg": 4, "Stockholm": 6, "London": 5, "Paris": 2, "Tokyo": 1},
    "age": {"13-17": 3, "18-24": 21, "25-34": 36, "35-44": 21, "45-54": 11, "55-64": 5, "65+": 3},
    "gender": {"F": 57, "M": 39, "U": 4},
    "industry": {"urn:li:industry:4": 24, "urn:li:industry:27": 20, "urn:li:industry:34": 31, "urn:li:industry:96": 25},
    "function": {"urn:li:function:15": 30, "urn:li:function:25": 38, "urn:li:function:8": 32},
    "seniority": {"urn:li:seniority:3": 41, "urn:li:seniority:4": 35, "urn:li:seniority:6": 24},
    "geo": {"urn:li:geo:103819153": 55, "urn:li:geo:101282230": 28, "urn:li:geo:105117694": 17},
    "staff_count_range": {"SIZE_2_TO_10": 31, "SIZE_11_TO_50": 34, "SIZE_51_TO_200": 22, "SIZE_201_TO_500": 13},
}


class Followers:
    """Gains, losses and profile visits day by day (UTC), going up within each day."""

    def __init__(self, seed: int, account: Account, first: date, days: int) -> None:
        self._first = first
        self._start = account.followers
        self._falls: list[tuple[datetime, int]] = []
        self._sums: dict[str, list[int]] = {"gained": [0], "lost": [0], "visits": [0]}
        source = draw("followers", seed, account.network, account.external_id)
        rate, phase = source.uniform(0.0008, 0.0022), source.uniform(0, 6.28)
        for day in range(days):
            season = 1 + 0.35 * math.sin(phase + day / 29)
            expected = account.followers * rate * season
            draws = {
                "gained": expected * source.uniform(0.5, 1.6),
                "lost": expected * source.uniform(0.2, 0.6),
                "visits": expected * source.uniform(6, 14),
            }
            for name, value in draws.items():
                self._sums[name].append(self._sums[name][-1] + round(value))

    def fall(self, at: datetime, share: float) -> None:
        """Lose a share of all followers at a moment."""
        self._falls.append((at, round(self.at(at) * share)))

    def until(self, name: str, at: datetime) -> int:
        """`gained`, `lost` or `visits` since the world began."""
        fallen = sum(size for moment, size in self._falls if moment <= at) if name == "lost" else 0
        return fallen + self._usual(name, at)

    def _usual(self, name: str, at: datetime) -> int:
        sums = self._sums[name]
        at = at.astimezone(UTC)
        day = (at.date() - self._first).days
        if day < 0:
            return 0
        if day >= len(sums) - 1:
            return sums[-1]
        minutes = at.hour * 60 + at.minute
        return sums[day] + (sums[day + 1] - sums[day]) * minutes // 1440

    def at(self, at: datetime) -> int:
        return self._start + self.until("gained", at) - self.until("lost", at)


def demographics(seed: int, account: Account, followers: int) -> dict[str, dict[str, int]]:
    """Followers by dimension and value; each dimension adds up to all followers."""
    found = {}
    for dimension, weights in _DIMENSIONS.items():
        source = draw("demographics", seed, account.network, account.external_id, dimension)
        shaken = {value: weight * source.uniform(0.7, 1.3) for value, weight in weights.items()}
        total, left = sum(shaken.values()), followers
        counted: dict[str, int] = {}
        for value, weight in shaken.items():
            counted[value] = min(left, round(followers * weight / total))
            left -= counted[value]
        counted[max(counted, key=lambda value: counted[value])] += left
        found[dimension] = counted
    return found
