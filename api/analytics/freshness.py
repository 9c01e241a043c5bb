"""How fresh the figures of a selection are."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.moments import as_known
from clientnest import marts
from clientnest.marts import Row, Selection


@dataclass(frozen=True, slots=True)
class Freshness:
    """`by_platform` are the rows of `marts.freshness`. The summary is that of the stalest connected network;
    where nothing is connected, of the newest file. `known` says which moment all of it is about."""

    by_platform: dict[str, Row]
    known: dict[str, datetime | None]

    @property
    def observed_at(self) -> datetime | None:
        known = [row["observed_at"] for row in self._live if row["observed_at"]]
        files = [row["observed_at"] for row in self.by_platform.values() if row["observed_at"]]
        return min(known) if known else max(files, default=None)

    @property
    def next_expected_at(self) -> datetime | None:
        return min((row["next_expected_at"] for row in self._live if row["next_expected_at"]), default=None)

    @property
    def settled_to(self) -> date | None:
        return min((row["settled_to"] for row in self._live if row["settled_to"]), default=None)

    @property
    def summary(self) -> dict[str, Any]:
        return {
            "observed_at": self.observed_at,
            "next_expected_at": self.next_expected_at,
            "settled_to": self.settled_to,
            **self.known,
        }

    @property
    def _live(self) -> list[Row]:
        return [row for row in self.by_platform.values() if row["live"]]

    def of(self, platform: str, name: str) -> Any:
        return self.by_platform.get(platform, {}).get(name)

    def settled(self, platforms: list[str], until: date) -> bool:
        """Whether none of these networks corrects a day up to `until` any more; files are never corrected."""
        live = [row for row in self._live if row["platform"] in platforms]
        return all(row["settled_to"] is not None and row["settled_to"] >= until for row in live)


async def freshness(session: AsyncSession, selection: Selection) -> Freshness:
    rows = {row["platform"]: row for row in await marts.freshness(session, selection)}
    return Freshness(rows, await as_known(session))
