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
# In the column "Why empty" of a table.
WHY = {
    "unsupported": "no {metric}",
    "suppressed": "{metric} withheld",
    "not_yet": "{metric} not yet",
    "error": "{metric} not observed",
}
WHY_CAPTION = (
    "**No …**: the network offers no such figure. **Withheld**: the network hides small numbers. "
    "**Not yet**: not observed so far. A 0 is a real zero."
)


def why_empty(missing: Mapping[str, str], shown: tuple[str, ...]) -> str:
    """*no saves · reach not yet*, for the unknown ones among the shown metrics."""
    return " · ".join(
        WHY[status].format(metric=METRICS[metric].lower()) for metric, status in missing.items() if metric in shown
    )


def plain(text: str) -> str:
    """User text as itself: nothing in it becomes markup."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|>~$:<&])", r"\\\1", " ".join(text.split()))


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
