"""How often something comes again: the rule in words, and the fields that make one."""

from collections.abc import Mapping
from datetime import date

import streamlit as st

from dashboards.pieces import session

DAYS = {"MO": "Mon", "TU": "Tue", "WE": "Wed", "TH": "Thu", "FR": "Fri", "SA": "Sat", "SU": "Sun"}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month"}
ENDS = {"never": "Never", "UNTIL": "On a day", "COUNT": "After some times"}
LAST = "-1"
MONTH_DAYS = [*map(str, range(1, 32)), LAST]


def rule_in_words(rule: str) -> str:
    """*Every 2 weeks on Mon, Thu, 10 times*"""
    parts = _parts(rule)
    unit, interval = UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    said = f"Every {unit}" if interval == 1 else f"Every {interval} {unit}s"
    if days := _listed(parts, "BYDAY"):
        said += f" on {', '.join(DAYS[day] for day in days)}"
    if days := _listed(parts, "BYMONTHDAY"):
        said += f" on {'days' if len(days) > 1 else 'day'} {', '.join(map(_month_day, days))}"
    if until := _until(parts):
        said += f", up to {session.numbers().day(until, session.now().date())}"
    return said + (f", {parts['COUNT']} times" if "COUNT" in parts else "")


def rule_form(rule: str, of: str) -> str:
    """The rule that is chosen for `of`, begun with this one."""
    parts = _parts(rule)
    with st.container(horizontal=True, gap="small"):
        interval = st.number_input("Comes again every", 1, 400, int(parts.get("INTERVAL", "1")), key=f"r_every_{of}")
        frequency = st.selectbox(
            "Unit",
            list(UNITS),
            list(UNITS).index(parts["FREQ"]),
            format_func=lambda name: UNITS[name] if interval == 1 else f"{UNITS[name]}s",
            key=f"r_unit_{of}",
        )
    chosen = {"FREQ": frequency, "INTERVAL": str(interval)}
    if frequency == "WEEKLY":
        chosen["BYDAY"] = ",".join(
            st.pills(
                "On",
                list(DAYS),
                selection_mode="multi",
                default=_listed(parts, "BYDAY"),
                format_func=DAYS.__getitem__,
                key=f"r_days_{of}",
                help="None: as the first day.",
            )
        )
    if frequency == "MONTHLY":
        days = st.multiselect(
            "On the days of the month",
            MONTH_DAYS,
            _listed(parts, "BYMONTHDAY"),
            format_func=_month_day,
            key=f"r_month_days_{of}",
            placeholder="As the first day",
        )
        chosen["BYMONTHDAY"] = ",".join(days)
    return ";".join(f"{name}={value}" for name, value in (chosen | _end(parts, of)).items() if value)


def _end(parts: Mapping[str, str], of: str) -> dict[str, str]:
    now = next((name for name in ENDS if name in parts), "never")
    ends = st.segmented_control(
        "Ends", list(ENDS), default=now, format_func=ENDS.__getitem__, key=f"r_ends_{of}", required=True
    )
    if ends == "UNTIL":
        last = st.date_input("Last day", _until(parts) or "today", key=f"r_until_{of}")
        return {"UNTIL": f"{last:%Y%m%d}"}
    if ends == "COUNT":
        return {
            "COUNT": str(
                st.number_input("How many times", 1, 5_000, int(parts.get("COUNT", "10")), key=f"r_count_{of}")
            )
        }
    return {}


def _parts(rule: str) -> dict[str, str]:
    """What the API keeps as it was sent, as it is read."""
    told = rule.upper().replace(" ", "").removeprefix("RRULE:").strip(";").split(";")
    return dict(part.split("=", 1) for part in told)


def _listed(parts: Mapping[str, str], name: str) -> list[str]:
    return parts[name].split(",") if name in parts else []


def _until(parts: Mapping[str, str]) -> date | None:
    return date.fromisoformat(parts["UNTIL"][:8]) if "UNTIL" in parts else None


def _month_day(day: str) -> str:
    return "last" if day == LAST else day
