"""All networks together, day by day, without pretending to know what one of them did not show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from reporting.charts.numbers import days_between
from reporting.charts.tokens import in_order, network_title

# A network that is known on fewer of the days is left out of the total rather than making it one long gap.
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Total:
    """One value per day; None where a network that belongs to the total is unknown.

    `gaps` says whose figure is missing on such a day, `without` names networks that are not in it,
    `settled_to` is the last day up to which nothing is corrected any more, None where that is before the first;
    `settled_days` counts the days up to it.
    """

    values: list[float | None]
    gaps: dict[date, str]
    without: list[str]
    settled_to: date | None
    settled_days: int

    def ends_early(self, since: date) -> tuple[date, str] | None:
        """The last known day and what is missing after it; None where the last day is known, or none is."""
        known = [index for index, value in enumerate(self.values) if value is not None]
        if not known or known[-1] == len(self.values) - 1:
            return None
        last = since + timedelta(days=known[-1])
        return last, self.gaps.get(last + timedelta(days=1), "not observed")


def total(rows: Sequence[Mapping[str, Any]], metric: str, since: date, until: date) -> Total:
    """`rows` are days of networks: `as_of_date`, `platform`, the metric, `is_settled`."""
    days = days_between(since, until)
    by_network: dict[str, dict[date, Mapping[str, Any]]] = {}
    for row in rows:
        day = date.fromisoformat(str(row["as_of_date"]))
        if since <= day <= until:
            known = by_network.setdefault(row["platform"], {})
            if row[metric] is not None:
                known[day] = row
    counted = [name for name, known in by_network.items() if len(known) >= ENOUGH * len(days)]
    values: list[float | None] = []
    gaps: dict[date, str] = {}
    unsettled = [until + timedelta(days=1)]
    for day in days:
        found = [by_network[name].get(day) for name in counted]
        missing = [name for name, row in zip(counted, found, strict=True) if row is None]
        seen = [row for row in found if row is not None]
        values.append(sum(row[metric] for row in seen) if seen and not missing else None)
        if missing:
            gaps[day] = f"{', '.join(network_title(name) for name in in_order(missing))} not observed"
        if not all(row["is_settled"] for row in seen):
            unsettled.append(day)
    last = min(unsettled) - timedelta(days=1)
    return Total(
        values,
        gaps,
        [network_title(name) for name in in_order([name for name in by_network if name not in counted])],
        last if last >= since else None,
        (last - since).days + 1,
    )
