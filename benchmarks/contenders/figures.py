"""The figures that are loaded: one row per post and day, 15 fields, the same every time."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

# Rows on a page, and days of each post.
PAGE, DAYS = 500, 40
KEY = ("post_id", "metric_date", "platform")
TEXTS = ("platform", "account_id", "post_id", "metric_date", "captured_at")
NUMBERS = (*("impressions", "reach", "likes", "comments", "shares", "saves", "clicks", "video_views", "watch_time_ms"),)
FIELDS = (*TEXTS, *NUMBERS, "engagement_rate")
TYPES = {
    **dict.fromkeys(FIELDS, "text"),
    **dict.fromkeys(NUMBERS, "bigint"),
    "metric_date": "date",
    "captured_at": "timestamptz",
    "engagement_rate": "double precision",
}
_NETWORKS = ("facebook", "instagram", "x", "linkedin", "tiktok", "youtube")
_FIRST = date(2026, 1, 1)


def rows(number: int) -> Iterator[dict[str, object]]:
    """So many rows, each with another key of (platform, post_id, metric_date)."""
    chance = random.Random(7)
    for n in range(number):
        post, day = divmod(n, DAYS)
        seen_on = (_FIRST + timedelta(days=day)).isoformat()
        impressions = chance.randrange(50, 2_000_000)
        reach = int(impressions * chance.random())
        likes = int(reach * 0.05 * chance.random())
        yield {
            "platform": _NETWORKS[post % len(_NETWORKS)],
            "account_id": f"acct_{post % 50:04d}",
            "post_id": str(17_841_400_000_000_000 + post * 7_919),
            "metric_date": seen_on,
            "captured_at": f"{seen_on}T23:59:{n % 60:02d}.{n % 1000:03d}Z",
            "impressions": impressions,
            "reach": reach,
            "likes": likes,
            "comments": likes // 9,
            "shares": likes // 14,
            "saves": likes // 21,
            "clicks": reach // 37,
            "video_views": impressions // 3,
            "watch_time_ms": impressions * 2_137,
            "engagement_rate": round((likes + likes // 9) / max(reach, 1), 6),
        }
