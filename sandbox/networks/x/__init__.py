"""X API v2 in both of its vocabularies."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.x import publish, read
from sandbox.networks.x.analytics import analytics
from sandbox.networks.x.gate import READ, Door, Gate
from sandbox.networks.x.media import Uploads
from sandbox.networks.x.oauth import SCOPES, OAuth
from sandbox.networks.x.publish import Publisher
from sandbox.world import World

__all__ = ["SCOPES", "routes"]

_WRITE = (*READ, "tweet.write")
_MEDIA = ("media.write",)


def routes(world: World) -> list[Route]:
    """Everything that api.x.com and the consent page of x.com answer. Limits are per user and 15 minutes."""
    oauth, gate, uploads = OAuth(world), Gate(world), Uploads()
    publisher = Publisher(uploads)
    doors = [
        ("GET", "/2/users/me", Door("me", 75), read.me),
        ("GET", "/2/users/by/username/{username}", Door("user by username", 900), read.user_by_name),
        ("GET", "/2/users/{id}", Door("user", 900), read.user_by_id),
        ("GET", "/2/users/{id}/tweets", Door("timeline", 900), read.timeline),
        ("GET", "/2/users/{id}/mentions", Door("mentions", 300), read.mentions),
        ("GET", "/2/tweets", Door("lookup", 5000), read.lookup),
        ("GET", "/2/tweets/analytics", Door("analytics", 300), analytics),
        ("GET", "/2/tweets/{id}", Door("single", 900), read.single),
        ("POST", "/2/tweets", Door("create", 100, _WRITE), publisher.create),
        ("DELETE", "/2/tweets/{id}", Door("delete", 50, _WRITE), publish.delete),
        ("POST", "/2/media/upload/initialize", Door("initialize", 1875, _MEDIA), uploads.initialize),
        ("POST", "/2/media/upload/{id}/append", Door("append", 1875, _MEDIA), uploads.append),
        ("POST", "/2/media/upload/{id}/finalize", Door("finalize", 1875, _MEDIA), uploads.finalize),
        ("POST", "/2/media/upload", Door("upload", 500, _MEDIA), uploads.once),
        ("GET", "/2/media/upload", Door("status", 1000, _MEDIA), uploads.status),
    ]
    return [
        Route("/i/oauth2/authorize", oauth.authorize, methods=["GET", "POST"]),
        Route("/2/oauth2/authorize", oauth.authorize, methods=["GET", "POST"]),
        Route("/2/oauth2/token", oauth.token, methods=["POST"]),
        Route("/2/oauth2/revoke", oauth.revoke, methods=["POST"]),
        *(Route(path, gate.endpoint(door, answer), methods=[method]) for method, path, door, answer in doors),
    ]
