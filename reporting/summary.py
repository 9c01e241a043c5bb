"""A report in one sentence or two, made from its figures and nothing else."""

from platforms import PLATFORMS
from reporting.charts.numbers import Numbers
from reporting.figures import Figures


def summary(figures: Figures, numbers: Numbers) -> str:
    if not figures.followers:
        return "No account is connected yet: figures appear after the first ingestion."
    posts = figures.now.get("posts", 0)
    if not posts:
        return "No posts were published in these days."
    written = f"{numbers.full(posts)} post{'' if posts == 1 else 's'}"
    value, before = figures.now["engagements"], figures.before.get("engagements")
    if value is None:
        return f"{written} went out; their engagements are not known yet."
    said = f"{written} brought {numbers.full(value)} engagements{_compared(value, before, figures, numbers)}."
    return said + _strongest(figures, numbers)


def _compared(value: int, before: int | None, figures: Figures, numbers: Numbers) -> str:
    if before is None:
        return ""
    days = f"in the {figures.period.days} days before"
    if value == before:
        return f", as many as {days}"
    return f", {'up' if value > before else 'down'} from {numbers.full(before)} {days}"


def _strongest(figures: Figures, numbers: Numbers) -> str:
    """The network with the most engagements, where there is a choice."""
    known = [(row["engagements"], name) for name, row in figures.networks.items() if row["engagements"]]
    if len(known) < 2:
        return ""
    engagements, name = max(known)
    return f" {PLATFORMS[name].title} brought the most: {numbers.full(engagements)}."
