"""Exports of ads that are known by their header, and what one line of each says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ingestion.conversions.fields import Refused, number

Line = Mapping[str, str]
_IN_CURRENCY = re.compile(r"amount spent \(([a-z]{3})\)")
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Spent:
    """What a line tells. `key` is what it is known by, together with its days; days are None where it names none."""

    campaign: str
    key: tuple[str, ...]
    amount: Decimal
    impressions: int | None
    clicks: int | None
    conversions: int | None
    note: str
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """`headers` (small letters) that a file must have to be this export; `read` raises Refused for a damaged line."""

    name: str
    title: str
    headers: tuple[str, ...]
    read: Callable[[Line], Spent]
    notes: tuple[str, ...] = ()


def currency_of(names: Sequence[str]) -> str | None:
    """The currency that a header names, such as in `Amount spent (EUR)`."""
    return next((found[1].upper() for name in names if (found := _IN_CURRENCY.fullmatch(name))), None)


def recognise(names: Sequence[str]) -> Export | None:
    """Which export has this header (small letters)."""
    have = {_IN_CURRENCY.sub("amount spent", name) for name in names}
    return next((export for export in EXPORTS if have.issuperset(export.headers)), None)


def _by_segment(line: Line) -> Spent:
    """An ad shown to one age, gender and interest, without days."""
    parts = ("ad_id", "xyz_campaign_id", "fb_campaign_id", "age", "gender", "interest")
    key = tuple(_needed(line, name) for name in parts)
    said = f"ad {key[0]}, {key[3]}, {key[4]}, interest {key[5]}; {_count(line, 'approved_conversion') or 0} approved"
    return Spent(
        _needed(line, "xyz_campaign_id"),
        key,
        _amount(line, "spent"),
        _count(line, "impressions"),
        _count(line, "clicks"),
        _count(line, "total_conversion"),
        said,
    )


def _by_ad(line: Line) -> Spent:
    """A campaign, ad set or ad over the days of the report; breakdowns are part of what it is known by."""
    parts = ("campaign name", "ad set name", "ad name", "age", "gender", "country", "placement", "platform")
    key = tuple(line.get(name, "") for name in parts)
    clicks = next((name for name in ("link clicks", "clicks (all)") if name in line), "link clicks")
    return Spent(
        _needed(line, "campaign name"),
        key,
        _amount(line, next(name for name in line if name.startswith("amount spent"))),
        _count(line, "impressions"),
        _count(line, clicks),
        _count(line, "results"),
        ", ".join(part for part in key[1:] if part),
        _day(line, "reporting starts"),
        _day(line, "reporting ends"),
    )


EXPORTS = (
    Export(
        "facebook_ads_segments",
        "a table of Facebook ads by age, gender and interest",
        ("ad_id", "xyz_campaign_id", "fb_campaign_id", "age", "gender", "interest", "impressions", "clicks", "spent"),
        _by_segment,
        ("Conversions are Total_Conversion, people who asked; how many bought (approved) stands in the note.",),
    ),
    Export(
        "meta_ads_manager",
        "an export of Meta Ads Manager",
        ("reporting starts", "reporting ends", "campaign name", "amount spent", "impressions"),
        _by_ad,
        ("Conversions are its Results, whatever each campaign counts as such.",),
    ),
)


def _needed(line: Line, name: str) -> str:
    value = line.get(name, "")
    if not value:
        raise Refused(f"{name} is empty.")
    return value


def _amount(line: Line, name: str) -> Decimal:
    found = number(_needed(line, name), name)
    if found < 0:
        raise Refused(f"{name} is negative.")
    return found


def _count(line: Line, name: str) -> int | None:
    """A whole number; None where the cell is empty or the column absent."""
    value = line.get(name, "")
    if not value:
        return None
    found = number(value, name)
    if found != int(found) or not 0 <= found <= _MOST:
        raise Refused(f"{name} is {value}: it is no count.")
    return int(found)


def _day(line: Line, name: str) -> date:
    try:
        return date.fromisoformat(_needed(line, name))
    except ValueError as error:
        raise Refused(f"{name} is no day such as 2026-11-22.") from error
