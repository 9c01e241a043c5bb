"""TikTok: Login Kit, Display API and Content Posting API, version 2."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.tiktok.display import Display
from sandbox.networks.tiktok.gate import Gate
from sandbox.networks.tiktok.oauth import SCOPES, OAuth
from sandbox.networks.tiktok.posting import Posting
from sandbox.networks.tiktok.sessions import Sessions
from sandbox.world import World

__all__ = ["SCOPES", "routes"]


def routes(world: World) -> list[Route]:
    """Everything that open.tiktokapis.com, its upload host and the consent page answer. Limits are per minute."""
    oauth, gate, sessions = OAuth(world), Gate(world), Sessions(world)
    display, posting = Display(sessions.private), Posting(sessions)
    publish = "/v2/post/publish"
    doors = [
        ("GET", "/v2/user/info/", display.user, "user.info.basic", 600),
        ("POST", "/v2/video/list/", display.videos, "video.list", 600),
        ("POST", "/v2/video/query/", display.query, "video.list", 600),
        ("POST", f"{publish}/creator_info/query/", posting.creator, "video.publish", 20),
        ("POST", f"{publish}/video/init/", posting.video, "video.publish", 6),
        ("POST", f"{publish}/content/init/", posting.photos, "video.publish", 6),
        ("POST", f"{publish}/status/fetch/", posting.status, "video.publish", 30),
    ]
    return [
        Route("/v2/auth/authorize/", oauth.authorize, methods=["GET", "POST"]),
        Route("/v2/oauth/token/", oauth.token, methods=["POST"]),
        Route("/v2/oauth/revoke/", oauth.revoke, methods=["POST"]),
        Route("/upload", sessions.put, methods=["PUT"]),
        *(
            Route(path, gate.endpoint(path, answer, scope=scope, per_minute=limit), methods=[method])
            for method, path, answer, scope, limit in doors
        ),
    ]
