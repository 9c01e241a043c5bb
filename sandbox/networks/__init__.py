"""The six networks, in the order of their ports, and what a lasting token of each may do."""

from types import ModuleType

from sandbox.networks import facebook, instagram, linkedin, tiktok, x, youtube

NETWORKS: dict[str, ModuleType] = {
    "facebook": facebook,
    "instagram": instagram,
    "x": x,
    "linkedin": linkedin,
    "tiktok": tiktok,
    "youtube": youtube,
}

_GOOGLE = "https://www.googleapis.com/auth/"
SCOPES: dict[str, tuple[str, ...]] = {
    "facebook": (
        "pages_show_list",
        "pages_read_engagement",
        "pages_manage_posts",
        "pages_manage_engagement",
        "pages_read_user_content",
        "pages_manage_metadata",
        "read_insights",
        "business_management",
        "instagram_basic",
        "instagram_content_publish",
        "instagram_manage_comments",
        "instagram_manage_insights",
    ),
    "instagram": (
        "instagram_business_basic",
        "instagram_business_content_publish",
        "instagram_business_manage_comments",
        "instagram_business_manage_insights",
    ),
    "x": (
        "tweet.read",
        "tweet.write",
        "tweet.moderate.write",
        "users.read",
        "offline.access",
        "like.read",
        "like.write",
        "media.write",
        "follows.read",
    ),
    "linkedin": (
        "openid",
        "profile",
        "email",
        "w_member_social",
        "w_organization_social",
        "r_organization_social",
        "rw_organization_admin",
        "r_organization_social_feed",
        "w_organization_social_feed",
    ),
    "tiktok": (
        "user.info.basic",
        "user.info.profile",
        "user.info.stats",
        "video.list",
        "video.upload",
        "video.publish",
    ),
    "youtube": (
        f"{_GOOGLE}youtube.upload",
        f"{_GOOGLE}youtube.readonly",
        f"{_GOOGLE}youtube.force-ssl",
        f"{_GOOGLE}yt-analytics.readonly",
    ),
}
