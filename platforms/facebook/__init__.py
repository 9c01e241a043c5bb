"""Facebook Pages: the data sheet."""

from datetime import date, timedelta

from platforms.facebook import oauth, webhooks
from platforms.facebook.client import SUNSET, VERSION, Client
from platforms.facebook.figures import METRICS
from platforms.facebook.insights import LOOKUP, RESOURCES
from platforms.facebook.publish import comment, delete, edit, find, publish, subscribe
from platforms.platform import Budget, Limit, Platform
from platforms.posting import Kind

POSTS = "developers.facebook.com/docs/pages-api/posts"
REELS = "developers.facebook.com/docs/video-api/guides/reels-publishing"
RATES = "developers.facebook.com/docs/graph-api/overview/rate-limiting"
AS_OF = date(2026, 11, 22)
DAY = timedelta(days=1)
PREPARED: tuple[Kind, ...] = ("image", "carousel", "video", "reel", "story")

PLATFORM = Platform(
    name="facebook",
    title="Facebook",
    api_version=VERSION,
    colors=("#1F47BC", "#6183F5"),
    day_zone="America/Los_Angeles",
    scopes=oauth.SCOPES,
    oauth=oauth,
    client=Client,
    resources=RESOURCES,
    metrics=METRICS,
    limits=(
        Limit("text", 63_206, "characters", "facebook.com/help, not in the API's own pages", AS_OF),
        Limit("text", 0, "characters", "developers.facebook.com/docs/page-stories-api", AS_OF, "story"),
        Limit("media_size", 10_000_000, "bytes", POSTS, AS_OF, "image"),
        Limit("media_size", 10_000_000, "bytes", POSTS, AS_OF, "carousel"),
        Limit("duration", 90, "seconds", REELS, AS_OF, "reel"),
        Limit("duration", 60, "seconds", "developers.facebook.com/docs/page-stories-api", AS_OF, "story"),
    ),
    kinds=("text", "link", *PREPARED),
    link_in_text=("image", "carousel", "video", "reel"),
    prepared=PREPARED,
    publish=publish,
    find=find,
    edit=edit,
    delete=delete,
    comment=comment,
    schedules=("text", "link", "image", "carousel", "video", "reel"),
    revoke=oauth.revoke,
    subscribe=subscribe,
    webhooks=webhooks,
    lookup=LOOKUP,
    needs={
        "publish": ("pages_manage_posts",),
        "edit": ("pages_manage_posts",),
        "delete": ("pages_manage_posts",),
        "schedules": ("pages_manage_posts",),
        "comment": ("pages_manage_engagement",),
        "webhooks": ("pages_manage_metadata",),
        "lookup": ("pages_read_engagement",),
    },
    budgets=(
        # 4,800 times the people who engaged with the Page, within a day: this is for one of them.
        Budget("*", 4800, DAY, "account", RATES, AS_OF),
        Budget("video_reels.create", 30, DAY, "account", REELS, AS_OF),
    ),
    sunset=SUNSET,
    absent={
        "refresh": "a Page's token does not expire; when it dies a person must connect the Page again",
        "demographics": "age and gender are gone, and Meta's own pages name followers by city and country both as "
        "live and as removed: not read until that is known",
        "short": "a short is YouTube's; the same film goes out as a reel",
        "thread": "the network has none",
        "article": "the network has none any more",
    },
)
