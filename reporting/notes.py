"""Notes on the data of a report: what was not observed, not offered, still provisional."""

from datetime import timedelta

from clientnest.marts import METRICS
from platforms import PLATFORMS
from reporting.charts.numbers import Numbers
from reporting.charts.totals import total
from reporting.figures import Figures, offers


def notes(figures: Figures, numbers: Numbers) -> list[list[str]]:
    """Pairs of a word and what it means here; every network that is shown has its say."""
    found = [
        ["Not observed", _not_observed(figures, numbers)],
        ["In part", _in_part(figures, numbers)],
        ["Not known", _no_followers(figures)],
        ["Not offered", _not_offered(figures)],
        ["Provisional", _provisional(figures, numbers)],
        ["Failed", _failed(figures)],
    ]
    kept = [[word, text] for word, text in found if text]
    return kept or [["Complete", "Everything was observed, and the networks correct none of these days any more."]]


def _not_observed(figures: Figures, numbers: Numbers) -> str:
    period = figures.period
    gaps = total(figures.days, "views", period.since, period.until).gaps
    days = [f"{reason} on {numbers.short_day(day)}" for day, reason in gaps.items()]
    return f"{'; '.join(days)}. The chart of views leaves these days empty." if days else ""


def _in_part(figures: Figures, numbers: Numbers) -> str:
    parts: dict[str, list[str]] = {}
    for name, row in figures.networks.items():
        for metric in METRICS:
            known, posts = row[f"{metric}_known"], row["posts"]
            if 0 < known < posts:
                told = f"{numbers.full(known)} of {numbers.full(posts)} posts on {PLATFORMS[name].title}"
                parts.setdefault(told, []).append(metric)
    said = "; ".join(f"{', '.join(metrics)} are known for {told}" for told, metrics in parts.items())
    return f"{said[0].upper()}{said[1:]}. Totals hold only those." if said else ""


def _no_followers(figures: Figures) -> str:
    unknown = [name for name in PLATFORMS if name in figures.followers and figures.followers[name]["followers"] is None]
    titles = ", ".join(PLATFORMS[name].title for name in unknown)
    return f"Followers at the end of these days: {titles}. Nobody counted them then." if unknown else ""


def _not_offered(figures: Figures) -> str:
    parts = []
    for name in PLATFORMS:
        never = [metric for metric in METRICS if not offers(name, metric)] if name in figures.followers else []
        if never:
            parts.append(f"{PLATFORMS[name].title}: {', '.join(never)}")
    return f"{'; '.join(parts)}. Totals do without them." if parts else ""


def _provisional(figures: Figures, numbers: Numbers) -> str:
    settled, until = figures.settled_to, figures.period.until
    if not any(row["live"] for row in figures.freshness.values()) or (settled is not None and settled >= until):
        return ""
    first = figures.period.since if settled is None else max(settled + timedelta(days=1), figures.period.since)
    span = numbers.short_day(first) if first == until else f"{numbers.short_day(first)} – {numbers.short_day(until)}"
    return f"{span}: the networks still correct these days, and posts go on gathering figures."


def _failed(figures: Figures) -> str:
    names = [PLATFORMS[name].title for name in PLATFORMS if figures.freshness.get(name, {}).get("failing")]
    return (
        f"{', '.join(names)} could not be read completely last time; the figures are those of before." if names else ""
    )
