"""Tables of the pipeline: resources, queues, loads, quarantine."""

from datetime import date, datetime
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import counted
from reporting.charts.tokens import network_title

STATUSES = {"done": "Read", "failed": "Failed", "running": "Running", "not_granted": "Not granted", None: "Never read"}
WORKER = {
    "alive": ":material/check_circle: Publishing works: its worker was heard {age}.",
    "silent": ":material/error: Nothing is being published: the worker was last heard {age}.",
    "never": ":material/error: Nothing is being published: no worker has run yet.",
}


def worker_line(worker: dict[str, Any]) -> None:
    age = session.numbers().age(session.moment(worker["beat_at"]), session.now())
    st.caption(WORKER[worker["status"]].format(age=age))


def outstanding_line(found: dict[str, Any]) -> None:
    """What is planned, due and waiting for somebody."""
    numbers = session.numbers()
    said = f"{numbers.full(found['planned'])} planned · {numbers.full(found['due'])} due"
    if found["oldest_due_seconds"] is not None:
        said += f", the oldest for {numbers.full(round(found['oldest_due_seconds'] / 60))} min"
    if found["needs_person"]:
        said += f" · {numbers.full(found['needs_person'])} waiting for a person"
    st.caption(f":material/schedule: {said}.")


def networks_away(found: list[dict[str, Any]]) -> None:
    """What is held back because nobody is there."""
    numbers = session.numbers()
    for one in found:
        until = numbers.clock(session.moment(one["until"]) or session.now())
        held = (
            f"{counted(one['due'], 'post')} due there wait and lose no attempt"
            if one["due"]
            else "Nothing is due there"
        )
        st.warning(
            f"**{network_title(one['platform'])} does not answer** and is left alone until {until}. {held}.",
            icon=":material/cloud_off:",
        )


def resource_table(rows: list[dict[str, Any]]) -> None:
    """What failed stands first."""
    if not rows:
        st.caption("No account is connected.")
        return
    numbers, now = session.numbers(), session.now()
    today = numbers.today(now)
    st.dataframe(
        [
            {
                "State": STATUSES.get(row["last_status"], row["last_status"]),
                "Network": network_title(row["platform"]),
                "Account": row["account_name"] or "—",
                "Resource": row["resource"].replace("_", " "),
                "Observed": numbers.age(session.moment(row["last_observed_at"]), now),
                "Next": _next(session.moment(row["next_expected_at"])),
                "Settled to": "—"
                if row["settled_to"] is None
                else numbers.day(date.fromisoformat(row["settled_to"]), today),
                "Written": numbers.full(row["written"]),
                "Refused": numbers.full(row["quarantined"]),
            }
            for row in sorted(rows, key=lambda row: row["last_status"] != "failed")
        ],
        hide_index=True,
        column_config=_right("Written", "Refused"),
        height=380 if len(rows) > 9 else "content",
        alt="Freshness of every resource of every account",
    )
    st.caption("A dash under Settled: the network corrects nothing there, or was not read yet.")


def queue_table(queues: list[dict[str, Any]]) -> None:
    """What is done later, by queue; a dash where nothing waits."""
    numbers = session.numbers()
    st.dataframe(
        [
            {
                "State": "Held up" if queue["paused_at"] else "Runs",
                "Queue": queue["name"].replace("_", " "),
                "Waiting": numbers.full(queue["waiting"]),
                "Oldest, min": numbers.full(
                    None if queue["oldest_seconds"] is None else round(queue["oldest_seconds"] / 60)
                ),
                "Planned": numbers.full(queue["planned"]),
                "Running": numbers.full(queue["running"]),
                "Done a minute": f"{queue['done_per_minute']:.1f}",
                "Failed a minute": f"{queue['failed_per_minute']:.1f}",
                "Parked": numbers.full(queue["parked"]),
            }
            for queue in queues
        ],
        hide_index=True,
        column_config=_right(
            "Waiting", "Oldest, min", "Planned", "Running", "Done a minute", "Failed a minute", "Parked"
        ),
        height="content",
        alt="How much waits in each queue, how fast it is done, and what is parked",
    )
    parked = sum(queue["parked"] for queue in queues)
    rest = f"{counted(parked, 'piece')} of work parked until a person decides" if parked else "nothing is parked"
    st.caption(f"Rates are of the last hour; {rest}.")


def load_table(rows: list[dict[str, Any]]) -> None:
    if not rows:
        st.caption("Nothing was loaded yet.")
        return
    numbers, now = session.numbers(), session.now()
    st.dataframe(
        [
            {
                "State": STATUSES.get(row["status"], row["status"]),
                "Started": numbers.moment(session.moment(row["started_at"]), now),
                "Network": network_title(row["platform"]),
                "Account": row["account_name"] or "—",
                "Resource": row["resource"].replace("_", " "),
                "Records": numbers.full(row["records"]),
                "Written": numbers.full(row["written"]),
                "Refused": numbers.full(row["quarantined"]),
                "Problem": row["problem"] or "",
            }
            for row in rows
        ],
        hide_index=True,
        column_config=_right("Records", "Written", "Refused")
        | {"Problem": st.column_config.TextColumn("Problem", width=260)},
        height=380 if len(rows) > 9 else "content",
        alt="The last loads, the newest first",
    )


def quarantine_table(quarantine: dict[str, Any]) -> None:
    """What was kept aside, with the reason and the place it came from."""
    if not quarantine["count"]:
        st.caption("Empty: every record kept its contract.")
        return
    numbers, now = session.numbers(), session.now()
    shown = len(quarantine["items"])
    rest = f"; the newest {shown}:" if shown < quarantine["count"] else ":"
    st.caption(f"Kept aside and in no figure: {counted(quarantine['count'], 'record')}{rest}")
    st.dataframe(
        [
            {
                "When": numbers.moment(session.moment(item["quarantined_at"]), now),
                "From": item["source"].replace("_", " "),
                "Page": numbers.full(item["lake_page"]),
                "Line": numbers.full(item["lake_record"]),
                "Reason": item["reason"],
                "Record": item["record"],
            }
            for item in quarantine["items"]
        ],
        hide_index=True,
        column_config=_right("Page", "Line") | {"Reason": st.column_config.TextColumn("Reason", width=360)},
        height="content",
        alt="Records in quarantine with the reason of each",
    )


def _next(expected: datetime | None) -> str:
    numbers, now = session.numbers(), session.now()
    late = expected is not None and expected < now
    return f"due since {numbers.moment(expected, now)}" if late else numbers.moment(expected, now)


def _right(*names: str) -> dict[str, Any]:
    return {name: st.column_config.TextColumn(name, alignment="right") for name in names}
