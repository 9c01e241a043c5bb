"""What the models mean, why a figure is unknown, and what the figures say. Pure; no figure is computed here."""

from collections.abc import Mapping
from typing import Any

from api.roi.schemas import Return, Unknown
from clientnest.marts import Period, Status
from clientnest.marts.earnings import Model

MEANINGS: Mapping[Model, str] = {
    "last_touch": "All credit to the last touch before the conversion.",
    "first_touch": "All credit to the first touch within the window.",
    "linear": "The same credit to every touch.",
    "time_decay": "Half the credit for each half life that a touch lies before the conversion.",
    "position": "40 % to the first touch, 40 % to the last, 20 % among those between; of two, half each.",
}
VERSION = 1


def unknown(row: Mapping[str, Any]) -> list[Unknown]:
    """Why each of clicks, visits, conversions, revenue, cost and return is null."""
    found: dict[str, tuple[Status, str]] = {}
    if row["part"] != "unattributed":
        no_link = row["part"] == "group" and not row["links"]
        found["clicks"] = ("unsupported", "no link leads from it" if no_link else "no link is counted")
        found["visits"] = _telling(no_link, "no site tells visits")
        found["conversions"] = found["revenue"] = _telling(no_link, "no source of conversions tells anything yet")
    if row["without_rate"]:
        found["revenue"] = ("not_yet", f"no exchange rate for {_counted(row['without_rate'], 'conversion')}")
    found["cost"] = ("not_yet", "no exchange rate for a cost" if row["costs"] else "no cost entered")
    said = [
        Unknown(metric=metric, status=status, reason=reason)
        for metric, (status, reason) in found.items()
        if row[metric] is None
    ]
    if row["roi"] is None:
        cause = next((one for one in said if one.metric in ("cost", "revenue")), None)
        if row["part"] in ("elsewhere", "unattributed"):
            said.append(Unknown(metric="roi", status="unsupported", reason="belongs to no single one"))
        elif cause:
            said.append(cause.model_copy(update={"metric": "roi"}))
        else:
            said.append(Unknown(metric="roi", status="unsupported", reason="nothing was spent"))
    return said


def _telling(no_link: bool, otherwise: str) -> tuple[Status, str]:
    return ("unsupported", "no link leads from it") if no_link else ("not_yet", otherwise)


def finding(period: Period, total: Return, groups: list[Return], currency: str) -> str:
    """Money is given in full, so that each number can be found on the page."""
    if total.revenue is None and total.cost is None:
        return (
            f"Nothing is known of money in the {_span(period)}. Enter what was spent, and connect a source of "
            "conversions, to see what came back."
        )
    if total.revenue is None:
        reason = next(one.reason for one in total.unknown if one.metric == "revenue")
        return f"{_money(total.cost, currency)} went out in the {_span(period)}. What came back is unknown: {reason}."
    if total.cost is None:
        reason = next(one.reason for one in total.unknown if one.metric == "cost")
        said = f"{_money(total.revenue, currency)} came in in the {_span(period)}. What it cost is unknown: {reason}."
    else:
        spent = _money(total.cost, currency)
        said = f"{_money(total.revenue, currency)} came in for {spent} spent in the {_span(period)}."
    return said + _best(groups, currency)


def _best(groups: list[Return], currency: str) -> str:
    """The group with the most revenue, where there is a choice."""
    known = [group for group in groups if group.part == "group" and group.revenue and group.name]
    if len(known) < 2:
        return ""
    best = max(known, key=lambda group: group.revenue or 0)
    name = " ".join(str(best.name).split())
    short = name if len(name) <= 60 else f"{name[:59].rstrip()}…"
    return f" {short} brought the most, {_money(best.revenue, currency)}."


def _span(period: Period) -> str:
    last = f"{period.until.day} {period.until:%b %Y}"
    return f"{period.days} days to {last}" if period.days > 1 else f"day {last}"


def _money(amount: float | None, currency: str) -> str:
    return f"{currency} {amount:,.2f}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
