"""What Instagram calls its figures, and which of them died."""

from datetime import date

from platforms.platform import Metric

_DOCS = "developers.facebook.com/docs/instagram-platform"
_MEDIA = f"{_DOCS}/reference/instagram-media/insights"
_DAYS = f"{_DOCS}/api-reference/instagram-user/insights"
_USER = f"{_DOCS}/api-reference/instagram-user"
# The last day on which these were answered.
_RETIRED = date(2025, 4, 20)

METRICS = (
    Metric("views", "views", "post_lifetime", _MEDIA),
    Metric("reach", "reach", "post_lifetime", _MEDIA),
    Metric("likes", "likes", "post_lifetime", _MEDIA),
    Metric("comments", "comments", "post_lifetime", _MEDIA),
    Metric("saves", "saved", "post_lifetime", _MEDIA),
    Metric("shares", "shares", "post_lifetime", _MEDIA),
    Metric("engagements", "total_interactions", "post_lifetime", _MEDIA),
    Metric("followers_gained", "follows", "post_lifetime", _MEDIA),
    Metric("profile_visits", "profile_visits", "post_lifetime", _MEDIA),
    Metric("profile_activity", "profile_activity", "post_lifetime", _MEDIA),
    Metric("reposts", "reposts", "post_lifetime", _MEDIA),
    Metric("replies", "replies", "post_lifetime", _MEDIA),
    Metric("navigation", "navigation", "post_lifetime", _MEDIA),
    Metric("average_watch_time", "ig_reels_avg_watch_time", "post_lifetime", _MEDIA, unit="milliseconds"),
    Metric("watch_time", "ig_reels_video_view_total_time", "post_lifetime", _MEDIA, unit="milliseconds"),
    Metric("crossposted_views", "crossposted_views", "post_lifetime", _MEDIA),
    Metric("facebook_views", "facebook_views", "post_lifetime", _MEDIA),
    Metric("impressions", "impressions", "post_lifetime", _MEDIA, valid_to=_RETIRED, replaced_by="views"),
    Metric("plays", "plays", "post_lifetime", _MEDIA, valid_to=_RETIRED, replaced_by="views"),
    Metric("replays", "clips_replays_count", "post_lifetime", _MEDIA, valid_to=_RETIRED, replaced_by="views"),
    Metric(
        "all_plays", "ig_reels_aggregated_all_plays_count", "post_lifetime", _MEDIA,
        valid_to=_RETIRED, replaced_by="views",
    ),
    Metric("video_views", "video_views", "post_lifetime", _MEDIA, valid_to=_RETIRED, replaced_by="views"),
    Metric("views", "views", "account_daily", _DAYS),
    Metric("reach", "reach", "account_daily", _DAYS),
    Metric("likes", "likes", "account_daily", _DAYS),
    Metric("comments", "comments", "account_daily", _DAYS),
    Metric("saves", "saves", "account_daily", _DAYS),
    Metric("shares", "shares", "account_daily", _DAYS),
    Metric("engagements", "total_interactions", "account_daily", _DAYS),
    Metric("profile_clicks", "profile_links_taps", "account_daily", _DAYS),
    Metric("accounts_engaged", "accounts_engaged", "account_daily", _DAYS),
    Metric("replies", "replies", "account_daily", _DAYS),
    Metric("reposts", "reposts", "account_daily", _DAYS),
    Metric("followers_gained", "follower_count", "account_daily", _DAYS),
    Metric("followers", "followers_count", "account_lifetime", _USER),
    Metric("following", "follows_count", "account_lifetime", _USER),
    Metric("posts", "media_count", "account_lifetime", _USER),
)  # fmt: skip
