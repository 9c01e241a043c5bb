"""Formats, how fast posts gather, hashtags, what is usual, competitors, networks side by side."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.pieces import session
from dashboards.pieces.words import METRICS, counted, plain
from reporting.charts.tokens import network_title

AGES = {1: "1 h", 6: "6 h", 24: "24 h", 168: "7 days"}
NO_WIDTHS: Mapping[str, int] = {}
HASHTAG_WIDTHS = {"Hashtag": 150, "Networks": 160, "Posts": 64, "Rate by impressions": 140}
BASES = ("reach", "impressions", "views", "followers")


def section(title: str, rows: Sequence[Any], table: Callable[[Any], None], empty: str) -> None:
    st.subheader(title, anchor=False)
    if rows:
        table(rows)
    else:
        st.caption(empty)


def formats_table(rows: Sequence[dict[str, Any]]) -> None:
    numbers = session.numbers()
    _table(
        [
            {
                "Network": network_title(row["platform"]),
                "Account": row["account_name"] or "—",
                "Kind": row["kind"].capitalize(),
                "Posts": numbers.full(row["posts"]),
                "Usual views": _whole(row["median_views"]),
                "Usual reach": _whole(row["median_reach"]),
                "Usual engagements": _whole(row["median_engagements"]),
                "Rate": numbers.rate(row["engagement_rate"]),
                "Rate by": row["engagement_rate_by"] or "—",
            }
            for row in rows
        ],
        alt="Kinds of post with what is usual for each",
        words=("Network", "Account", "Kind", "Rate by"),
    )
    st.caption("Usual: the median post. A rate is one sum over another; rates by different things do not compare.")


def best_format(rows: Sequence[dict[str, Any]]) -> str:
    """The kind with the most usual engagements on the account where it stands out most, among those with 5 posts."""
    told = [row for row in rows if row["median_engagements"] is not None and row["posts"] >= 5]
    if len(told) < 2:
        return "**Too few posts to tell kinds apart.** Five of a kind are enough."
    best = max(told, key=lambda row: row["median_engagements"])
    what = f"A {best['kind']} on {network_title(best['platform'])}"
    engagements = _whole(best["median_engagements"])
    return f"**{what} usually brings the most: {engagements} engagements.** Half of its posts have more, half less."


def decay_table(rows: Sequence[dict[str, Any]]) -> None:
    """A row for each account and kind, a column for each age; kinds that were seen at none of them are counted."""
    numbers = session.numbers()
    curves: dict[tuple[str, str, str], dict[int, dict[str, Any]]] = {}
    for row in rows:
        key = (network_title(row["platform"]), row["account_name"] or "—", row["kind"].capitalize())
        curves.setdefault(key, {})[row["age_hours"]] = row
    unseen = [key for key, ages in curves.items() if all(row["median"] is None for row in ages.values())]
    for key in unseen:
        del curves[key]
    if not curves:
        st.caption("Not known yet: it takes posts that were observed within hours of going out, and a month later.")
        return
    _table(
        [
            {"Network": network, "Account": account, "Kind": kind}
            | {words: numbers.rate(ages[age]["median"]) if age in ages else "—" for age, words in AGES.items()}
            | {"Posts": numbers.full(max(row["posts"] for row in ages.values()))}
            for (network, account, kind), ages in curves.items()
        ],
        alt="Which share of its final engagements a post usually has by then",
        words=("Network", "Account", "Kind"),
    )
    left = f" {counted(len(unseen), 'kind')} more were observed at none of these ages." if unseen else ""
    st.caption(f"The median share of a post's final engagements. A dash: no post was observed near that age.{left}")


def hashtags_table(rows: Sequence[dict[str, Any]]) -> None:
    numbers = session.numbers()
    _table(
        [
            {
                "Hashtag": f"#{row['hashtag']}",
                "Networks": _few(row["platforms"]),
                "Posts": numbers.full(row["posts"]),
                "Views": numbers.full(row["views"]),
                "Engagements": numbers.full(row["engagements"]),
            }
            | {f"Rate by {base}": numbers.rate(row[f"engagement_rate_by_{base}"]) for base in BASES[:3]}
            for row in rows
        ],
        alt="Hashtags of the period, the most used first",
        words=("Hashtag", "Networks"),
        widths=HASHTAG_WIDTHS,
    )


def competitors_table(rows: Sequence[dict[str, Any]], usual: Sequence[dict[str, Any]]) -> None:
    """Beside each, what its posts usually bring in the open."""
    numbers = session.numbers()
    medians = {
        (row["platform"], row["competitor_id"]): row["median"]
        for row in usual
        if row["basis"] == "competitor" and row["metric"] == "public_engagements"
    }
    _table(
        [
            {
                "Competitor": row["name"] or row["handle"] or "—",
                "Network": network_title(row["platform"]),
                "Followers": numbers.full(row["followers"]),
                "Grew by": _signed(row["followers_growth"]),
                "Posts": numbers.full(row["posts_count"]),
                "Likes and comments a post": _whole(medians.get((row["platform"], row["competitor_id"]))),
            }
            for row in rows
        ],
        alt="Competitors as they were looked up last in the period",
        words=("Competitor", "Network"),
    )
    st.caption("Competitors tell likes and comments alone. Growth is counted from the first day they were looked up.")


def comparison_table(found: dict[str, Any]) -> None:
    """Only what every chosen network offers; the rest is named below."""
    numbers = session.numbers()
    rows = []
    for metric in found["metrics"]:
        tell = numbers.rate if metric.startswith("engagement_rate") else numbers.full
        name = METRICS.get(metric, metric.replace("_", " ").capitalize())
        rows.append({"Figure": name} | {one["title"]: tell(one["figures"][metric]) for one in found["networks"]})
    if rows and found["networks"]:
        _table(rows, alt="Figures that every network has, side by side", words=("Figure",))
    else:
        st.info("There is nothing that all of these networks tell.", icon=":material/compare_arrows:")
    if found["left_out"]:
        names = [METRICS.get(gap["metric"], gap["metric"].replace("_", " ")).lower() for gap in found["left_out"]]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(f"Left out, since not every network offers them: {', '.join(names)}.", width="stretch")
            with st.popover("Who offers no such figure", type="tertiary", icon=":material/help:"):
                st.markdown("\n".join(f"- {plain(gap['reason'])}" for gap in found["left_out"]))


def _table(
    rows: list[dict[str, Any]], *, alt: str, words: tuple[str, ...], widths: Mapping[str, int] = NO_WIDTHS
) -> None:
    """`widths` in pixels, for columns that would be too narrow or too wide by themselves."""
    columns = {
        name: st.column_config.TextColumn(name, alignment="left" if name in words else "right", width=widths.get(name))
        for name in (rows[0] if rows else {})
    }
    st.dataframe(
        rows,
        hide_index=True,
        column_config=columns,
        height=420 if len(rows) > 10 else "content",
        alt=alt,
    )


def _few(platforms: Sequence[str]) -> str:
    """By name as far as names fit a cell."""
    return ", ".join(network_title(name) for name in platforms) if len(platforms) < 3 else f"{len(platforms)} networks"


def _whole(value: float | None) -> str:
    return session.numbers().full(None if value is None else round(value))


def _signed(value: int | None) -> str:
    return ("+" if value and value > 0 else "") + session.numbers().full(value)
