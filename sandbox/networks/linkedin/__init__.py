"""LinkedIn's versioned REST API and its sign-in, for a page and for the person who administers it."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.linkedin import insights, member_insights, read, taxonomies
from sandbox.networks.linkedin.comments import Comments
from sandbox.networks.linkedin.contents import Contents
from sandbox.networks.linkedin.faults import fault
from sandbox.networks.linkedin.feed import Feed
from sandbox.networks.linkedin.gate import Answer, Door, Fresh, Gate
from sandbox.networks.linkedin.media import Assets
from sandbox.networks.linkedin.oauth import SCOPES, OAuth
from sandbox.networks.linkedin.posts import Posts
from sandbox.networks.linkedin.reactions import Reactions
from sandbox.networks.linkedin.subscriptions import Subscriptions
from sandbox.world import World

__all__ = ["OPERATIONS", "SCOPES", "fault", "routes"]

# name of the operation, HTTP method, path; `{key}` and `{id}` are percent-encoded keys.
_REST = (
    ("organizationAcls.find", "GET", "/rest/organizationAcls"),
    ("organizations.find", "GET", "/rest/organizations"),
    ("organizations.get", "GET", "/rest/organizations/{key}"),
    ("posts.find", "GET", "/rest/posts"),
    ("posts.create", "POST", "/rest/posts"),
    ("posts.deleteMany", "DELETE", "/rest/posts"),
    ("posts.get", "GET", "/rest/posts/{key}"),
    ("posts.update", "POST", "/rest/posts/{key}"),
    ("posts.delete", "DELETE", "/rest/posts/{key}"),
    ("images.initializeUpload", "POST", "/rest/images"),
    ("images.find", "GET", "/rest/images"),
    ("images.get", "GET", "/rest/images/{key}"),
    ("documents.initializeUpload", "POST", "/rest/documents"),
    ("documents.find", "GET", "/rest/documents"),
    ("documents.get", "GET", "/rest/documents/{key}"),
    ("videos.upload", "POST", "/rest/videos"),
    ("videos.find", "GET", "/rest/videos"),
    ("videos.get", "GET", "/rest/videos/{key}"),
    ("comments.find", "GET", "/rest/socialActions/{key}/comments"),
    ("comments.create", "POST", "/rest/socialActions/{key}/comments"),
    ("comments.get", "GET", "/rest/socialActions/{key}/comments/{id}"),
    ("comments.update", "POST", "/rest/socialActions/{key}/comments/{id}"),
    ("comments.delete", "DELETE", "/rest/socialActions/{key}/comments/{id}"),
    ("reactions.create", "POST", "/rest/reactions"),
    ("reactions.get", "GET", "/rest/reactions/{key}"),
    ("reactions.delete", "DELETE", "/rest/reactions/{key}"),
    ("socialMetadata.find", "GET", "/rest/socialMetadata"),
    ("socialMetadata.get", "GET", "/rest/socialMetadata/{key}"),
    ("organizationalEntityShareStatistics.find", "GET", "/rest/organizationalEntityShareStatistics"),
    ("organizationalEntityFollowerStatistics.find", "GET", "/rest/organizationalEntityFollowerStatistics"),
    ("organizationPageStatistics.find", "GET", "/rest/organizationPageStatistics"),
    ("networkSizes.get", "GET", "/rest/networkSizes/{key}"),
    ("memberCreatorPostAnalytics.find", "GET", "/rest/memberCreatorPostAnalytics"),
    ("eventSubscriptions.put", "PUT", "/rest/eventSubscriptions/{key}"),
    ("eventSubscriptions.find", "GET", "/rest/eventSubscriptions"),
    ("eventSubscriptions.get", "GET", "/rest/eventSubscriptions/{key}"),
    ("eventSubscriptions.delete", "DELETE", "/rest/eventSubscriptions/{key}"),
)
_TAXONOMIES = {"industries": "industry", "functions": "function", "seniorities": "seniority", "geo": "geo"}
_SIGN_IN = ("oauth.authorize", "oauth.token", "oauth.introspect", "oauth.revoke", "userinfo", "me", "uploads.put")
OPERATIONS: tuple[str, ...] = (
    *_SIGN_IN,
    *(name for name, _, _ in _REST),
    *(f"{name}.{act}" for name in _TAXONOMIES for act in ("find", "get")),
)

_ADMIN = ("rw_organization_admin", "r_organization_admin")
_READ = ("r_organization_social", *_ADMIN)
_SOCIAL = (*_READ, "r_organization_social_feed", "r_member_social", "r_member_social_feed")
_WRITE = ("w_organization_social", "w_member_social", "w_organization_social_feed", "w_member_social_feed")
# The scopes of which a token needs one; whether for the page or for the person is looked at later.
_SCOPES = {
    "organizationAcls": _ADMIN,
    "organizations": _READ,
    "networkSizes": _READ,
    "organizationalEntityShareStatistics": _ADMIN,
    "organizationalEntityFollowerStatistics": _ADMIN,
    "organizationPageStatistics": _ADMIN,
    "eventSubscriptions": ("rw_organization_admin",),
    "memberCreatorPostAnalytics": ("r_member_postAnalytics",),
    "socialMetadata": _SOCIAL,
}


def routes(world: World) -> list[Route]:
    """Everything that api.linkedin.com and the sign-in of www.linkedin.com answer."""
    feed, fresh, assets = Feed(world), Fresh(), Assets(world)
    oauth, gate = OAuth(world, fresh), Gate(world, feed, fresh)
    answers = _answers(assets, Subscriptions(world))
    doors = []
    for name, method, path in _REST:
        resource = name.partition(".")[0]
        scopes = _SCOPES.get(resource, (*_SOCIAL, *_WRITE))
        endpoint = gate.endpoint(resource, answers[name], scopes=scopes, keyed=path.endswith("}"))
        doors.append(Door(path, endpoint, methods=[method], name=name))
    for word, sort in _TAXONOMIES.items():
        for root, versioned in (("/rest", True), ("/v2", False)):
            one = gate.endpoint(word, taxonomies.one_of(sort), versioned=versioned)
            several = gate.endpoint(word, taxonomies.several_of(sort), versioned=versioned, keyed=False)
            doors.append(Door(f"{root}/{word}", several, methods=["GET"], name=f"{word}.find"))
            doors.append(Door(f"{root}/{word}/{{key}}", one, methods=["GET"], name=f"{word}.get"))
    userinfo = gate.endpoint("userinfo", read.userinfo, scopes=("openid", "profile"), versioned=False)
    me = gate.endpoint("me", read.me, scopes=("r_basicprofile", "profile"), versioned=False)
    return [
        Route("/oauth/v2/authorization", oauth.authorize, methods=["GET", "POST"], name="oauth.authorize"),
        Route("/oauth/v2/accessToken", oauth.token, methods=["POST"], name="oauth.token"),
        Route("/oauth/v2/introspectToken", oauth.introspect, methods=["POST"], name="oauth.introspect"),
        Route("/oauth/v2/revoke", oauth.revoke, methods=["POST"], name="oauth.revoke"),
        Route("/v2/userinfo", userinfo, name="userinfo"),
        Route("/v2/me", me, name="me"),
        Route("/dms-uploads/{sort}/{name}/{part:int}", assets.receive, methods=["PUT", "POST"], name="uploads.put"),
        *doors,
    ]


def _answers(assets: Assets, subscriptions: Subscriptions) -> dict[str, Answer]:
    """What answers each operation of the versioned API."""
    posts, comments = Posts(Contents(assets), subscriptions), Comments(subscriptions)
    reactions = Reactions(comments, subscriptions)
    return {
        "organizationAcls.find": read.acls,
        "organizations.find": read.organizations,
        "organizations.get": read.one_organization,
        "posts.find": posts.find,
        "posts.create": posts.create,
        "posts.deleteMany": posts.delete_many,
        "posts.get": posts.get,
        "posts.update": posts.update,
        "posts.delete": posts.delete,
        "images.initializeUpload": assets.images,
        "documents.initializeUpload": assets.documents,
        "videos.upload": assets.videos,
        **{f"{sort}.find": assets.find for sort in ("images", "documents", "videos")},
        **{f"{sort}.get": assets.get for sort in ("images", "documents", "videos")},
        "comments.find": comments.find,
        "comments.create": comments.create,
        "comments.get": comments.get,
        "comments.update": comments.update,
        "comments.delete": comments.delete,
        "reactions.create": reactions.create,
        "reactions.get": reactions.get,
        "reactions.delete": reactions.delete,
        "socialMetadata.find": reactions.many_sums,
        "socialMetadata.get": reactions.sums,
        "organizationalEntityShareStatistics.find": insights.shares,
        "organizationalEntityFollowerStatistics.find": insights.followers,
        "organizationPageStatistics.find": insights.visitors,
        "networkSizes.get": insights.network_size,
        "memberCreatorPostAnalytics.find": member_insights.post_analytics,
        "eventSubscriptions.put": subscriptions.put,
        "eventSubscriptions.find": subscriptions.find,
        "eventSubscriptions.get": subscriptions.get,
        "eventSubscriptions.delete": subscriptions.delete,
    }
