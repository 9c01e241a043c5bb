"""Instagram professional accounts, by Instagram Login or by Facebook Login: the data sheet."""

from datetime import date, timedelta

from platforms.instagram import oauth, oauth_facebook, webhooks
from platforms.instagram.client import VERSION, client, fetches
from platforms.instagram.figures import METRICS
from platforms.instagram.insights import LOOKUP, RESOURCES
from platforms.instagram.publish import comment, delete, find, publish, subscribe
from platforms.platform import Budget, Limit, Login, Platform
from platforms.posting import Kind

DOCS = "developers.facebook.com/docs/instagram-platform"
PUBLISHING = f"{DOCS}/content-publishing"
RATES = "developers.facebook.com/docs/graph-api/overview/rate-limiting"
AS_OF = date(2026, 11, 22)
DAY = timedelta(days=1)
KINDS: tuple[Kind, ...] = ("image", "carousel", "video", "reel", "story")

PLATFORM = Platform(
    name="instagram",
    title="Instagram",
    api_version=VERSION,
    colors=("#DB076F", "#E9588C"),
    day_zone="America/Los_Angeles",
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=client,
    resources=RESOURCES,
    metrics=METRICS,
    limits=(
        Limit("text", 2200, "characters", PUBLISHING, AS_OF),
        Limit("text", 0, "characters", PUBLISHING, AS_OF, "story"),
        Limit("hashtags", 30, "hashtags", PUBLISHING, AS_OF),
        Limit("mentions", 20, "mentions", PUBLISHING, AS_OF),
        Limit("alt_text", 1000, "characters", PUBLISHING, AS_OF),
        Limit("media_count", 10, "items", PUBLISHING, AS_OF, "carousel"),
        Limit("media_size", 8_000_000, "bytes", PUBLISHING, AS_OF, "image"),
        Limit("media_width", 191, "% of the height", PUBLISHING, AS_OF, "image"),
        Limit("media_width", 191, "% of the height", PUBLISHING, AS_OF, "carousel"),
        Limit("media_height", 125, "% of the width", PUBLISHING, AS_OF, "image"),
        Limit("media_height", 125, "% of the width", PUBLISHING, AS_OF, "carousel"),
        Limit("media_size", 300_000_000, "bytes", PUBLISHING, AS_OF, "video"),
        Limit("media_size", 300_000_000, "bytes", PUBLISHING, AS_OF, "reel"),
        Limit("media_size", 100_000_000, "bytes", PUBLISHING, AS_OF, "story"),
        Limit("duration", 900, "seconds", PUBLISHING, AS_OF, "video"),
        Limit("duration", 900, "seconds", PUBLISHING, AS_OF, "reel"),
        Limit("duration", 60, "seconds", PUBLISHING, AS_OF, "story"),
    ),
    kinds=KINDS,
    media_types=("image/jpeg", "video/mp4", "video/quicktime"),
    fetches=fetches,
    link_in_text=("image", "carousel", "video", "reel"),
    prepared=KINDS,
    publish=publish,
    find=find,
    delete=delete,
    comment=comment,
    subscribe=subscribe,
    webhooks=webhooks,
    lookup=LOOKUP,
    logins=(Login("facebook", "Instagram through Facebook", "facebook", oauth_facebook.SCOPES, oauth_facebook),),
    # In the words of Instagram Login; a token of Facebook Login names both. What only Facebook Login has is in its.
    needs={
        "publish": ("instagram_business_content_publish",),
        "comment": ("instagram_business_manage_comments",),
        "delete": ("instagram_content_publish",),
        "lookup": ("instagram_basic",),
    },
    budgets=(
        Budget("*", 200, timedelta(hours=1), "account", RATES, AS_OF),
        Budget("media.create", 400, DAY, "account", PUBLISHING, AS_OF),
        Budget("media_publish", 100, DAY, "account", PUBLISHING, AS_OF),
    ),
    absent={
        "revoke": "Instagram Login has no call that ends a permission, and a Page's token cannot end a person's: "
        "it is ended in the settings of the account",
        "edit": "captions cannot be changed; only comments can be switched off",
        "schedules": "the network keeps no posts for later",
        "text": "every post has a picture or a video",
        "link": "links in captions are not clickable, and there are no cards",
        "short": "a short is YouTube's; the same video goes out as a reel",
        "thread": "threads belong to another network, Threads",
        "article": "the network has none",
    },
)
