"""What the networks offer for posts, from their data sheets, and the words for it."""

from clientnest.marts import METRICS
from platforms import PLATFORMS


def word(metric: str) -> str:
    return metric.replace("_", " ")


def offers(platform: str, metric: str) -> bool:
    """Whether the network has the metric for a post, counted over its life."""
    return PLATFORMS[platform].offers(metric)


def unsupported(platform: str) -> list[str]:
    return [metric for metric in (*METRICS, "engagement_rate") if not offers(platform, metric)]


def no_offer(platform: str, metric: str) -> str:
    """The reason in words: `X offers no reach`."""
    return f"{PLATFORMS[platform].title} offers no {word(metric)}"
