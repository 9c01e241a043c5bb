"""X API v2 in both of its vocabularies."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.x import analytics, crowd, publish, read, search
from sandbox.networks.x.articles import Articles
from sandbox.networks.x.faults import fault
from sandbox.networks.x.gate import READ, Door, Gate
from sandbox.networks.x.media import Uploads
from sandbox.networks.x.oauth import SCOPES, OAuth
from sandbox.networks.x.publish import Publisher
from sandbox.networks.x.usage import usage
from sandbox.networks.x.webhooks import Hooks
from sandbox.world import World

__all__ = ["OPERATIONS", "SCOPES", "fault", "routes"]

_WRITE = (*READ, "tweet.write")
_MODERATE = (*READ, "tweet.moderate.write")
_MEDIA = ("media.write",)
_ARTICLE = ("tweet.write",)
_ACTIVITY = ("tweet.read",)
# Paths by operation, named as the published spec does. Limits are per user and 15 minutes, then those of the app.
_DOORS: dict[str, tuple[str, str, Door]] = {
    door.name: (method, path, door)
    for method, path, door in (
        ("GET", "/2/users/me", Door("getUsersMe", 75)),
        ("GET", "/2/users/by", Door("getUsersByUsernames", 900, READ, 300)),
        ("GET", "/2/users/by/username/{username}", Door("getUsersByUsername", 900, READ, 300)),
        ("GET", "/2/users", Door("getUsersByIds", 900, READ, 300)),
        ("GET", "/2/users/{id}", Door("getUsersById", 900, READ, 300)),
        ("GET", "/2/users/{id}/tweets", Door("getUsersPosts", 900, READ, 1500)),
        ("GET", "/2/users/{id}/mentions", Door("getUsersMentions", 300, READ, 450)),
        ("GET", "/2/tweets", Door("getPostsByIds", 5000, READ, 3500)),
        ("GET", "/2/tweets/analytics", Door("getPostsAnalytics", 300)),
        ("GET", "/2/tweets/search/recent", Door("searchPostsRecent", 300, READ, 450)),
        ("GET", "/2/tweets/counts/recent", Door("getPostsCountsRecent", 300, (), 300)),
        ("GET", "/2/tweets/{id}/quote_tweets", Door("getPostsQuotedPosts", 75, READ, 75)),
        ("GET", "/2/tweets/{id}/retweeted_by", Door("getPostsRepostedBy", 75, READ, 75)),
        ("GET", "/2/tweets/{id}/liking_users", Door("getPostsLikingUsers", 75, (*READ, "like.read"))),
        ("PUT", "/2/tweets/{tweet_id}/hidden", Door("hidePostsReply", 50, _MODERATE)),
        ("GET", "/2/tweets/{id}", Door("getPostsById", 900, READ, 450)),
        ("POST", "/2/tweets", Door("createPosts", 100, _WRITE)),
        ("DELETE", "/2/tweets/{id}", Door("deletePosts", 50, _WRITE)),
        ("POST", "/2/media/upload/initialize", Door("initializeMediaUpload", 1875, _MEDIA)),
        ("POST", "/2/media/upload/{id}/append", Door("appendMediaUpload", 1875, _MEDIA)),
        ("POST", "/2/media/upload/{id}/finalize", Door("finalizeMediaUpload", 1875, _MEDIA)),
        ("POST", "/2/media/upload", Door("mediaUpload", 500, _MEDIA)),
        ("GET", "/2/media/upload", Door("getMediaUploadStatus", 1000, _MEDIA)),
        ("POST", "/2/media/metadata", Door("createMediaMetadata", 500, _MEDIA)),
        ("GET", "/2/media/analytics", Door("getMediaAnalytics", 300, ("tweet.read",))),
        ("GET", "/2/media", Door("getMediaByMediaKeys", 300, ("tweet.read",), 300)),
        ("GET", "/2/media/{media_key}", Door("getMediaByMediaKey", 300, ("tweet.read",), 300)),
        ("POST", "/2/articles/draft", Door("articleCreateDraft", 100, _ARTICLE)),
        ("POST", "/2/articles/{article_id}/publish", Door("articlePublish", 100, _ARTICLE)),
        ("GET", "/2/usage/tweets", Door("getUsage", 0, (), 50)),
        ("GET", "/2/webhooks", Door("getWebhooks", 0, (), 450)),
        ("POST", "/2/webhooks", Door("createWebhooks", 0, (), 450)),
        ("DELETE", "/2/webhooks/{webhook_id}", Door("deleteWebhooks", 0, (), 450)),
        ("PUT", "/2/webhooks/{webhook_id}", Door("validateWebhooks", 0, (), 450)),
        ("GET", "/2/activity/subscriptions", Door("getActivitySubscriptions", 500, _ACTIVITY, 500)),
        ("POST", "/2/activity/subscriptions", Door("createActivitySubscription", 500, (), 500)),
        ("DELETE", "/2/activity/subscriptions", Door("deleteActivitySubscriptionsByIds", 0, (), 500)),
        ("DELETE", "/2/activity/subscriptions/{subscription_id}", Door("deleteActivitySubscription", 0, (), 500)),
        ("PUT", "/2/activity/subscriptions/{subscription_id}", Door("updateActivitySubscription", 0, (), 500)),
    )
}
_OAUTH = (
    ("oauth2.authorize", "/i/oauth2/authorize", ["GET", "POST"]),
    ("oauth2.authorize", "/2/oauth2/authorize", ["GET", "POST"]),
    ("oauth2.token", "/2/oauth2/token", ["POST"]),
    ("oauth2.revoke", "/2/oauth2/revoke", ["POST"]),
    ("oauth2.app_token", "/oauth2/token", ["POST"]),
)
OPERATIONS: tuple[str, ...] = (*_DOORS, *dict.fromkeys(name for name, _, _ in _OAUTH))


def routes(world: World) -> list[Route]:
    """Everything that api.x.com and the consent page of x.com answer."""
    oauth, gate, uploads, hooks = OAuth(world), Gate(world), Uploads(), Hooks()
    publisher, articles = Publisher(uploads, hooks), Articles(uploads)
    answers = {
        "getUsersMe": read.me,
        "getUsersByUsernames": read.users_by_names,
        "getUsersByUsername": read.user_by_name,
        "getUsersByIds": read.users_by_ids,
        "getUsersById": read.user_by_id,
        "getUsersPosts": read.timeline,
        "getUsersMentions": read.mentions,
        "getPostsByIds": read.lookup,
        "getPostsAnalytics": analytics.analytics,
        "searchPostsRecent": search.recent,
        "getPostsCountsRecent": search.counts,
        "getPostsQuotedPosts": read.quoted,
        "getPostsRepostedBy": crowd.reposters,
        "getPostsLikingUsers": crowd.likers,
        "hidePostsReply": publish.hide,
        "getPostsById": read.single,
        "createPosts": publisher.create,
        "deletePosts": publisher.delete,
        "initializeMediaUpload": uploads.initialize,
        "appendMediaUpload": uploads.append,
        "finalizeMediaUpload": uploads.finalize,
        "mediaUpload": uploads.once,
        "getMediaUploadStatus": uploads.status,
        "createMediaMetadata": uploads.describe,
        "getMediaAnalytics": analytics.media_analytics,
        "getMediaByMediaKeys": read.media_by_keys,
        "getMediaByMediaKey": read.medium_by_key,
        "articleCreateDraft": articles.draft,
        "articlePublish": articles.publish,
        "getUsage": usage,
        "getWebhooks": hooks.list,
        "createWebhooks": hooks.create,
        "deleteWebhooks": hooks.delete,
        "validateWebhooks": hooks.validate,
        "getActivitySubscriptions": hooks.subscriptions,
        "createActivitySubscription": hooks.subscribe,
        "deleteActivitySubscriptionsByIds": hooks.unsubscribe_many,
        "deleteActivitySubscription": hooks.unsubscribe,
        "updateActivitySubscription": hooks.update,
    }
    consents = {
        "oauth2.authorize": oauth.authorize,
        "oauth2.token": oauth.token,
        "oauth2.revoke": oauth.revoke,
        "oauth2.app_token": oauth.app_token,
    }
    return [
        *(Route(path, consents[name], methods=methods, name=name) for name, path, methods in _OAUTH),
        *(
            Route(path, gate.endpoint(door, answers[name]), methods=[method], name=name)
            for name, (method, path, door) in _DOORS.items()
        ),
    ]
