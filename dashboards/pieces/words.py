"""What is not known, in words, and user text that must not become markup."""

import re
from collections.abc import Mapping
from typing import Any

METRICS = {
    "views": "Views",
    "reach": "Reach",
    "impressions": "Impressions",
    "engagements": "Engagements",
    "reactions": "Reactions",
    "likes": "Likes",
    "comments": "Comments",
    "shares": "Shares",
    "saves": "Saves",
    "clicks": "Clicks",
    "engagement_rate": "Engagement rate",
    "followers": "Followers",
    "posts": "Posts",
}
# Instead of the value on a card.
INSTEAD = {"not_yet": "Not yet", "suppressed": "Withheld", "error": "Not observed", "unsupported": "Not offered"}
# In the column "Why empty" of a table, before the names of the metrics.
WHY = {"unsupported": "no", "suppressed": "withheld:", "not_yet": "not yet:", "error": "not observed:"}
WHY_CAPTION = (
    "**No …**: the network offers no such figure. **Withheld**: the network hides small numbers. "
    "**Not yet**: not observed so far. A 0 is a real zero."
)


def why_empty(missing: Mapping[str, str], shown: tuple[str, ...]) -> str:
    """*no saves · not yet: reach*, for the unknown ones among the shown metrics."""
    unknown = [metric for metric in shown if metric in missing]
    if len(unknown) == len(shown) and {missing[metric] for metric in unknown} == {"not_yet"}:
        return "not observed yet"
    said = []
    for status, word in WHY.items():
        names = [METRICS[metric].lower() for metric in unknown if missing[metric] == status]
        if names:
            said.append(f"{word} {', '.join(names)}")
    return " · ".join(said)


def counted(number: int, noun: str) -> str:
    """1 post, 2 posts"""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plain(text: str) -> str:
    """User text as itself: nothing in it becomes markup."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|>~$:<&])", r"\\\1", " ".join(text.split()))


def finding(text: str) -> str:
    """The answer of a page: its first sentence stands out."""
    first, _, rest = text.partition(". ")
    return f"**{plain(first.rstrip('.'))}.** {plain(rest)}"


def shortened(text: str | None, length: int) -> str:
    """At most `length` characters, with an ellipsis where something was cut; one line."""
    line = " ".join((text or "").split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def name_of(post: Mapping[str, Any], length: int = 60) -> str:
    """What a post is called in a list."""
    return (
        shortened(post.get("title") or post.get("text"), length)
        or f"{(post.get('kind') or 'post').title()} without text"
    )
