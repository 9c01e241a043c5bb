"""A report's posts as CSV: one row per post, empty where a figure is unknown, and why."""

import csv
import io

from clientnest.marts import METRICS, Row
from platforms import PLATFORMS
from reporting.figures import Figures, missing

FIGURES = (*METRICS, "engagements", "engagement_rate")
COLUMNS = (
    "network",
    "account",
    "published_at",
    "kind",
    "text",
    "permalink",
    *FIGURES,
    "engagement_rate_by",
    "score",
    "origin",
    "observed_at",
    "status",
    "why_empty",
)
# What a spreadsheet takes for the beginning of a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table(figures: Figures) -> bytes:
    """UTF-8 with the mark that spreadsheets look for. Rates are shares: 0.034 is 3.4 %. Times are UTC."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    rows.writerows(_row(post) for post in figures.posts)
    return text.getvalue().encode("utf-8-sig")


def _row(post: Row) -> list[str]:
    why = missing(post, FIGURES)
    known = {
        **{metric: "" if post[metric] is None else str(post[metric]) for metric in FIGURES},
        "network": PLATFORMS[post["platform"]].title,
        "account": harmless(post["account_name"] or ""),
        "published_at": _moment(post["published_at"]),
        "kind": post["kind"] or "",
        "text": harmless(post["title"] or post["text"] or ""),
        "permalink": harmless(post["permalink"] or ""),
        "engagement_rate_by": post["engagement_rate_by"] or "",
        "score": "" if post["score"] is None else f"{post['score']:.1f}",
        "origin": post["origin"],
        "observed_at": _moment(post["observed_at"]),
        "status": post["status"],
        "why_empty": "; ".join(f"{metric} {reason}" for metric, reason in why.items()),
    }
    return [known[column] for column in COLUMNS]


def harmless(text: str) -> str:
    """Text from outside must not run as a formula where the file is opened."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def _moment(moment: object) -> str:
    return str(moment.isoformat()) if hasattr(moment, "isoformat") else ""
