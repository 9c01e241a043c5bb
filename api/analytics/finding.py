"""One or two sentences that say what the figures show; made from them and nothing else."""

from collections.abc import Sequence
from datetime import date

from api.analytics.schemas import Headline, Network
from clientnest.marts import Period


def finding(period: Period, headline: Headline, networks: Sequence[Network]) -> str:
    """Numbers are given in full, changes as the two numbers, so that each can be found on the page."""
    if not networks:
        return "Connect your first account: figures appear after the first ingestion."
    if headline.posts.value is None:
        return f"Nothing is known yet of the {_span(period)}."
    if headline.posts.value == 0:
        return f"No posts were published in the {_span(period)}.{_followers(headline)}"
    return f"{_engagements(period, headline)}{_strongest(headline, networks)}"


def _engagements(period: Period, headline: Headline) -> str:
    posts = _count(headline.posts.value, "post")
    value, previous = headline.engagements.value, headline.engagements.previous
    if value is None:
        return f"{posts} went out in the {_span(period)}; the engagements are not known yet."
    said = f"{posts} of the {_span(period)} brought {_count(value, 'engagement')}"
    if previous is None:
        return f"{said}."
    compared = "as many as" if value == previous else "up from" if value > previous else "down from"
    number = "" if value == previous else f" {previous:,}"
    return f"{said}, {compared}{number} in the {period.days} days before."


def _strongest(headline: Headline, networks: Sequence[Network]) -> str:
    """The network with the most engagements, where there is a choice."""
    known = [(network.engagements, network.title) for network in networks if network.engagements]
    if len(known) < 2 or headline.engagements.value is None:
        return ""
    engagements, title = max(known)
    return f" {title} brought the most, {engagements:,}."


def _followers(headline: Headline) -> str:
    value = headline.followers.value
    return "" if value is None else f" Followers stand at {value:,}."


def _span(period: Period) -> str:
    return f"{period.days} days to {_day(period.until)}" if period.days > 1 else _day(period.until)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _count(number: int | float | None, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
