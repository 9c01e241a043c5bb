"""A report as PDF: the figures in words and charts, set by the template `templates/weekly.typ`.

The template gets data only, as JSON: nothing that people wrote is ever read as markup. Same figures, same bytes.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import typst

from clientnest.marts import METRICS, Row
from platforms import PLATFORMS
from reporting.charts import fonts
from reporting.charts.bars import NetworkFigure, by_network
from reporting.charts.daily import Days, PostMark, daily
from reporting.charts.numbers import MINUS, UNKNOWN, Numbers
from reporting.charts.picture import NO_LETTER, printable, svg
from reporting.charts.tokens import LIGHT
from reporting.charts.totals import Total, total
from reporting.figures import Figures, offers
from reporting.notes import notes
from reporting.summary import summary

TEMPLATE = Path(__file__).parent / "templates" / "weekly.typ"
# The printed width of a chart, px at 96 a inch: labels of 12 px are 9 pt on paper.
WIDE, HALF = 658, 320
CARDS = {
    "views": "Views",
    "reach": "Reach",
    "engagements": "Engagements",
    "engagement_rate": "Engagement rate",
    "followers": "Followers",
}
STOOD_OUT = 6


def pdf(figures: Figures) -> bytes:
    compiled = typst.compile(
        TEMPLATE,
        font_paths=[fonts.FOLDER],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_content(figures))},
        format="pdf",
    )
    assert isinstance(compiled, bytes)
    return compiled


def _content(figures: Figures) -> dict[str, Any]:
    """Everything in words, as the template places it."""
    numbers = Numbers(zone=figures.zone)
    period = figures.period
    observed = "not observed yet" if figures.observed_at is None else numbers.stamp(figures.observed_at)
    known_at = figures.order.moment.known_at
    chart, key = _views_per_day(figures, numbers)
    return {
        "brand": printable(figures.brand),
        "period": numbers.span(period.since, period.until),
        "compared": numbers.span(period.before.since, period.before.until),
        "observed": observed,
        "known": "" if known_at is None else f"As known on {numbers.stamp(known_at)}",
        "summary": summary(figures, numbers),
        "cards": [_card(metric, figures, numbers) for metric in CARDS],
        "daily": chart,
        "daily_key": key,
        "views": _bars("views", figures, numbers),
        "engagements": _bars("engagements", figures, numbers),
        "networks": [_network(name, figures, numbers) for name in PLATFORMS if name in figures.followers],
        "posts": [_post(post, numbers) for post in _best(figures)],
        "notes": notes(figures, numbers),
    }


def _card(metric: str, figures: Figures, numbers: Numbers) -> dict[str, Any]:
    now, before = _value(metric, figures.now, figures, None), _value(metric, figures.before, figures, None, old=True)
    is_rate = metric == "engagement_rate"
    change = numbers.points(now, before) if is_rate else numbers.change(now, before)
    return {
        "label": CARDS[metric],
        "known": now is not None,
        "value": _told(metric, now, numbers, "Not known"),
        "change": "" if change == UNKNOWN else _arrow(change),
        "remark": "" if now is None else _remark(metric, figures),
    }


def _value(metric: str, sums: Row, figures: Figures, platform: str | None, *, old: bool = False) -> float | None:
    """A figure of all networks (platform None) or of one."""
    if metric == "followers":
        row = figures.followers.get(platform)
        found: float | None = None if row is None else row["previous" if old else "followers"]
        return found
    known: float | None = sums.get(metric)
    return known


def _told(metric: str, value: float | None, numbers: Numbers, unknown: str) -> str:
    if value is None:
        return unknown
    return numbers.rate(value) if metric == "engagement_rate" else numbers.compact(value)


def _arrow(change: str) -> str:
    return {"+": "▲ ", MINUS: "▼ "}.get(change[0], "") + change


def _remark(metric: str, figures: Figures) -> str:
    """What the figure leaves out, else whether it still moves."""
    if metric != "followers":
        without = [PLATFORMS[name].title for name in PLATFORMS if _left_out(name, metric, figures)]
        if without:
            return f"without {', '.join(without)}"
    settled = figures.settled_to
    return "settled" if settled is not None and settled >= figures.period.until else "provisional"


def _left_out(name: str, metric: str, figures: Figures) -> bool:
    return name in figures.networks and figures.networks[name][metric] is None


def _views_per_day(figures: Figures, numbers: Numbers) -> tuple[str, str]:
    """The chart and its key; empty where no day is known."""
    period, before = figures.period, figures.period.before
    now = total(figures.days, "views", period.since, period.until)
    old = total(figures.days_before, "views", before.since, before.until)
    if all(value is None for value in now.values):
        return "", "No network has told views by day for these days."
    marks = [PostMark(_day(post), post["title"] or post["text"] or "", post["platform"]) for post in figures.posts]
    days = Days(period.since, now.values, old.values, now.settled_to, marks, now.gaps)
    return svg(daily(days, LIGHT, numbers, metric="Views", width=WIDE, height=200)), _key(
        now, old, period.since, numbers
    )


def _day(post: Row) -> date:
    at = post["shown_at"]
    return at.date() if at else date.min + timedelta(days=1)


def _key(now: Total, old: Total, since: date, numbers: Numbers) -> str:
    parts = []
    if any(value is not None for value in old.values):
        parts.append(f"{len(old.values)} days before in grey")
    if any(value is not None for value in now.values[now.settled_days :]):
        parts.append("dotted: provisional")
    parts.append("ticks: posts published")
    if early := now.ends_early(since):
        parts.append(f"ends {numbers.short_day(early[0])}: {early[1]}")
    if now.without:
        parts.append(f"without {', '.join(now.without)}")
    return " · ".join(parts)


def _bars(metric: str, figures: Figures, numbers: Numbers) -> str:
    found = [
        NetworkFigure(
            name,
            figures.networks.get(name, {}).get(metric),
            figures.networks_before.get(name, {}).get(metric),
            "no posts" if name not in figures.networks else _reason(name, metric),
        )
        for name in PLATFORMS
        if name in figures.followers
    ]
    if not found:
        return ""
    return svg(by_network(found, LIGHT, numbers, width=HALF, height=26 * len(found) + 8))


def _reason(name: str, metric: str) -> str:
    return "not known yet" if offers(name, metric) else "not offered"


def _network(name: str, figures: Figures, numbers: Numbers) -> list[str]:
    """The row of the table: name, posts, views, reach, engagements, rate, followers, observed."""
    sums = figures.networks.get(name, {})
    cells = [PLATFORMS[name].title, numbers.full(sums.get("posts", 0))]
    for metric in ("views", "reach", "engagements", "engagement_rate"):
        value = sums.get(metric)
        words = UNKNOWN if not sums else _reason(name, metric).replace("known yet", "yet")
        cells.append(words if value is None else _full(metric, value, numbers))
    followers = _value("followers", {}, figures, name)
    cells.append(numbers.full(followers))
    observed = figures.freshness.get(name, {}).get("observed_at")
    cells.append(UNKNOWN if observed is None else numbers.when(observed))
    return cells


def _full(metric: str, value: float, numbers: Numbers) -> str:
    return numbers.rate(value) if metric == "engagement_rate" else numbers.full(value)


def _best(figures: Figures) -> list[Row]:
    scored = [post for post in figures.posts if post["score"] is not None]
    return sorted(scored, key=lambda post: (-post["score"], post["post_key"]))[:STOOD_OUT]


def _post(post: Row, numbers: Numbers) -> dict[str, str]:
    shown = [metric for metric in ("views", "engagements", *METRICS) if post[metric] is not None]
    figures = [f"{numbers.full(post[metric])} {metric}" for metric in dict.fromkeys(shown)]
    at = post["published_at"]
    when = "" if at is None else f" · {numbers.weekday(at.date())}, {numbers.clock(at)}"
    return {
        "title": _title(post),
        "where": f"{PLATFORMS[post['platform']].title} {post['kind'] or 'post'}{when}",
        "figures": " · ".join(figures[:2]),
        "score": f"score {post['score']:.0f}",
        "color": LIGHT.network(post["platform"]),
    }


def _title(post: Row) -> str:
    """What a post is called; one in a script that the font lacks is named by that."""
    text = printable(post["title"] or post["text"] or "")
    if text.count(NO_LETTER) > len(text) / 3:
        return "Text in a script that is not printed yet"
    return text or "Post without text"
