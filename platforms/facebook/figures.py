"""What Facebook calls its figures, and which of them died."""

from datetime import date

from platforms.platform import Metric

_INSIGHTS = "developers.facebook.com/docs/platforminsights/page"
_DEPRECATED = f"{_INSIGHTS}/deprecated-metrics"
_OBJECTS = "developers.facebook.com/docs/graph-api/reference/page-post"
_PAGE = "developers.facebook.com/docs/graph-api/reference/page"
_KINDS = ("like", "love", "wow", "haha", "sorry", "anger")
# The last days on which these were answered. Meta named only the year of the oldest.
_IN_2024 = date(2024, 12, 31)
_IMPRESSIONS = date(2025, 11, 14)
_UNIQUE = date(2026, 6, 14)

_LIVE = (
    Metric("views", "post_media_view", "post_lifetime", _INSIGHTS),
    Metric("reach", "post_total_media_view_unique", "post_lifetime", _INSIGHTS),
    Metric("clicks", "post_clicks", "post_lifetime", _INSIGHTS),
    Metric("reactions", "reactions.summary.total_count", "post_lifetime", _OBJECTS),
    Metric("likes", "post_reactions_by_type_total.like", "post_lifetime", _INSIGHTS),
    Metric("comments", "comments.summary.total_count", "post_lifetime", _OBJECTS),
    Metric("shares", "shares.count", "post_lifetime", _OBJECTS),
    Metric("story_views", "STORY_MEDIA_VIEW", "post_lifetime", _INSIGHTS),
    Metric("story_reach", "STORY_TOTAL_MEDIA_VIEW_UNIQUE", "post_lifetime", _INSIGHTS),
    Metric("story_engagements", "STORY_INTERACTION", "post_lifetime", _INSIGHTS),
    Metric("views", "page_media_view", "account_daily", _INSIGHTS),
    Metric("reach", "page_total_media_view_unique", "account_daily", _INSIGHTS),
    Metric("engagements", "page_post_engagements", "account_daily", _INSIGHTS),
    Metric("profile_visits", "page_views_total", "account_daily", _INSIGHTS),
    Metric("profile_clicks", "page_total_actions", "account_daily", _INSIGHTS),
    Metric("video_views", "page_video_views", "account_daily", _INSIGHTS),
    Metric("followers", "page_follows", "account_daily", _INSIGHTS),
    Metric("followers_gained", "page_daily_follows_unique", "account_daily", _INSIGHTS),
    Metric("followers_lost", "page_daily_unfollows_unique", "account_daily", _INSIGHTS),
    *(
        Metric(f"reactions_{kind}", f"page_actions_post_reactions_{kind}_total", "account_daily", _INSIGHTS)
        for kind in _KINDS
    ),
    Metric("followers", "followers_count", "account_lifetime", _PAGE),
)

# Our name, the dead name on the wire, its grain, its last day, and what came in its place.
_DEAD = (
    ("followers", "page_fans", "account_daily", _IMPRESSIONS, "page_follows"),
    ("followers_gained", "page_fan_adds", "account_daily", _IMPRESSIONS, "page_daily_follows_unique"),
    ("followers_lost", "page_fan_removes", "account_daily", _IMPRESSIONS, "page_daily_unfollows_unique"),
    ("impressions", "page_impressions", "account_daily", _IMPRESSIONS, "page_media_view"),
    ("impressions", "post_impressions", "post_lifetime", _IMPRESSIONS, "post_media_view"),
    ("reach", "page_impressions_unique", "account_daily", _UNIQUE, "page_total_media_view_unique"),
    ("reach", "post_impressions_unique", "post_lifetime", _UNIQUE, "post_total_media_view_unique"),
    ("post_impressions", "page_posts_impressions", "account_daily", _UNIQUE, "page_media_view"),
    ("video_viewers", "page_video_views_unique", "account_daily", _UNIQUE, None),
    ("video_views_10s", "page_video_views_10s", "account_daily", _UNIQUE, "page_video_views"),
    ("accounts_engaged", "page_engaged_users", "account_daily", _IN_2024, "page_post_engagements"),
    ("accounts_engaged", "post_engaged_users", "post_lifetime", _IN_2024, None),
    ("consumptions", "page_consumptions", "account_daily", _IN_2024, "page_total_actions"),
)

METRICS: tuple[Metric, ...] = (
    *_LIVE,
    *(
        Metric(name, wire, "post_lifetime" if grain == "post_lifetime" else "account_daily", _DEPRECATED,
               valid_to=last, replaced_by=successor)
        for name, wire, grain, last, successor in _DEAD
    ),
)  # fmt: skip
