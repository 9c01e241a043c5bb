"""What changed after it was first told, and whether the numbers add up."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import METRICS, counted, shortened
from reporting.charts.bridge import Part, bridge
from reporting.charts.tokens import network_title

WHY = {"late": "Came late", "corrected": "Corrected", "fell": "Fell", "deleted": "Deleted"}
WHY_CAPTION = (
    "**Came late**: told after its day was over. **Corrected**: the network changed it. **Fell**: a counter that only "
    "grows went down. **Deleted**: the post is gone. A counter that grows is no change."
)
GRAINS = {"post_lifetime": "Post so far", "post_day": "Post, one day", "account_day": "Account, one day"}
# Pixels; together what a page has at 1440 px.
WIDTHS = {"Seen": 112, "Why": 88, "Figure": 112, "Was": 78, "Is": 78, "Of": 130, "Day": 72, "Post": 236, "Network": 92}
PARTS = {
    "first_observed": "When first seen",
    "daily_total": "Days since",
    "late": "Came late",
    "corrected": "Corrected",
    "not_told": "In no day",
}


def changes_table(changes: Sequence[dict[str, Any]], *, with_post: bool = True) -> None:
    """The newest first."""
    numbers, now = session.numbers(), session.now()
    today = numbers.today(now)
    rows = []
    for change in changes:
        day = change["as_of_date"]
        about = {"Post": shortened(change["post"], 44) or "—", "Network": network_title(change["platform"])}
        rows.append(
            {
                "Seen": numbers.moment(session.moment(change["changed_at"]), now),
                "Why": WHY[change["why"]],
                "Figure": METRICS.get(change["metric"], change["metric"].replace("_", " ").capitalize()),
                "Was": numbers.full(change["old_value"]),
                "Is": numbers.full(change["new_value"]),
                "Of": GRAINS[change["grain"]],
                "Day": "—" if day is None else numbers.day(date.fromisoformat(day), today),
            }
            | (about if with_post else {})
        )
    columns = {
        name: st.column_config.TextColumn(name, width=width, alignment="right" if name in ("Was", "Is") else "left")
        for name, width in WIDTHS.items()
        if with_post or name not in ("Post", "Network")
    }
    st.dataframe(
        rows,
        hide_index=True,
        column_config=columns,
        height=420 if len(rows) > 10 else "content",
        alt="Figures that changed after they were first told, the newest first",
    )
    st.caption(WHY_CAPTION)


def bridges(items: Sequence[dict[str, Any]], metric: str) -> None:
    """One picture a network: from what stood there when posts were first seen to what they stand at."""
    shown = [item for item in items if item["metric"] == metric and item["lifetime"] is not None]
    if not shown:
        st.info(f"No {METRICS[metric].lower()} are known of any post yet.", icon=":material/hourglass_empty:")
        return
    places = st.grid(2, min_column_width=330)
    for item in shown:
        with places.container(border=True, height="stretch"):
            st.markdown(f"### {network_title(item['platform'])}")
            st.caption(_verdict(item))
            parts = [Part(words, item[name]) for name, words in PARTS.items()]
            st.altair_chart(
                bridge(
                    [*parts, Part("Posts stand at", item["lifetime"], is_total=True)],
                    session.theme(),
                    session.numbers(),
                ),
                theme=None,
                width="stretch",
                alt=f"{METRICS[metric]} of {network_title(item['platform'])}: how days add up to what posts stand at",
            )


def verdict(items: Sequence[dict[str, Any]]) -> str:
    """One sentence over all of them."""
    off = [item for item in items if item["unexplained"]]
    if not items:
        return "**Nothing to add up yet.** Figures appear after the first ingestion."
    if off:
        titles = ", ".join(dict.fromkeys(network_title(item["platform"]) for item in off))
        return f"**The numbers do not add up** at {titles}: what no part explains stands in each picture."
    return (
        "**The numbers add up to the unit.** Every counter is what was there at first, its days, and what came after."
    )


def _verdict(item: dict[str, Any]) -> str:
    off = item["unexplained"]
    return f"{counted(item['posts'], 'post')} · " + (
        f"unexplained: {session.numbers().full(off)}" if off else "adds up to the unit"
    )
