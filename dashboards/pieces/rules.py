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
# Which of its weekdays in a month; counted from the end where negative.
PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", LAST: "last"}
PLACES |= {f"-{place}": f"{PLACES[place]} to last" for place in "2345"}
MONTH_WEEKDAYS = [place + day for place in (*PLACES, "") for day in DAYS]


def rule_in_words(rule: str) -> str:
    """*Every 2 weeks on Mon, Thu, 10 times*"""
    parts = _parts(rule)
    unit, interval = UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    said = f"Every {unit}" if interval == 1 else f"Every {interval} {unit}s"
    if days := _listed(parts, "BYDAY"):
        said += f" on {', '.join(_month_weekday(day) if unit == 'month' else DAYS[day] for day in days)}"
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
                default=[day for day in _listed(parts, "BYDAY") if day in DAYS],
                format_func=DAYS.__getitem__,
                key=f"r_days_{of}",
                help="None: as the first day.",
            )
        )
    if frequency == "MONTHLY":
        chosen |= _of_month(parts, of)
    return ";".join(f"{name}={value}" for name, value in (chosen | _end(parts, of)).items() if value)


def _of_month(parts: Mapping[str, str], of: str) -> dict[str, str]:
    """Days of a month by their number, or weekdays by their place."""
    began = {name: _listed(parts, name) if parts["FREQ"] == "MONTHLY" else [] for name in ("BYMONTHDAY", "BYDAY")}
    by = st.segmented_control(
        "Days of the month",
        list(began),
        default="BYDAY" if began["BYDAY"] else "BYMONTHDAY",
        format_func={"BYMONTHDAY": "By number", "BYDAY": "By weekday"}.__getitem__,
        key=f"r_month_by_{of}",
        required=True,
    )
    days = st.multiselect(
        "On",
        MONTH_DAYS if by == "BYMONTHDAY" else MONTH_WEEKDAYS,
        began[by],
        format_func=_month_day if by == "BYMONTHDAY" else _month_weekday,
        key=f"r_month_{by}_{of}",
        placeholder="As the first day",
    )
    return {by: ",".join(days)}


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


def _month_weekday(day: str) -> str:
    place, name = day[:-2], DAYS[day[-2:]]
    return f"the {PLACES[place]} {name}" if place else f"each {name}"
