"""TikTok: Login Kit, Display API and Content Posting API, version 2."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.tiktok.display import Display
from sandbox.networks.tiktok.faults import fault
from sandbox.networks.tiktok.gate import Gate
from sandbox.networks.tiktok.hooks import Hooks
from sandbox.networks.tiktok.oauth import SCOPES, OAuth
from sandbox.networks.tiktok.posting import Posting
from sandbox.networks.tiktok.sessions import Sessions
from sandbox.networks.tiktok.transfer import Transfer
from sandbox.world import World

__all__ = ["OPERATIONS", "SCOPES", "fault", "routes"]

_PUBLISH = "/v2/post/publish"
_POST, _ANY = ("video.publish",), ("video.publish", "video.upload")
# Operation, method, path, scopes of which one is needed, calls a minute and user.
_DOORS = (
    ("user.info", "GET", "/v2/user/info/", ("user.info.basic",), 600),
    ("video.list", "POST", "/v2/video/list/", ("video.list",), 600),
    ("video.query", "POST", "/v2/video/query/", ("video.list",), 600),
    ("creator_info.query", "POST", f"{_PUBLISH}/creator_info/query/", _POST, 20),
    ("video.init", "POST", f"{_PUBLISH}/video/init/", _POST, 6),
    ("inbox.video.init", "POST", f"{_PUBLISH}/inbox/video/init/", ("video.upload",), 6),
    ("content.init", "POST", f"{_PUBLISH}/content/init/", _ANY, 6),
    ("status.fetch", "POST", f"{_PUBLISH}/status/fetch/", _ANY, 30),
    ("post.cancel", "POST", f"{_PUBLISH}/cancel/", _ANY, 30),
)
_OTHERS = ("oauth.authorize", "oauth.token", "oauth.revoke", "video.upload", "portal.webhooks")
OPERATIONS: tuple[str, ...] = (*_OTHERS, *(name for name, *_ in _DOORS))


def routes(world: World) -> list[Route]:
    """Everything that open.tiktokapis.com, its upload host, the consent page and the developer portal answer."""
    hooks, gate = Hooks(world), Gate(world)
    sessions = Sessions(world, hooks)
    transfer, display, oauth = Transfer(sessions), Display(sessions), OAuth(world, sessions, hooks)
    posting = Posting(sessions, transfer)
    answers = {
        "user.info": display.user,
        "video.list": display.videos,
        "video.query": display.query,
        "creator_info.query": posting.creator,
        "video.init": posting.video,
        "inbox.video.init": posting.draft,
        "content.init": posting.photos,
        "status.fetch": posting.status,
        "post.cancel": posting.cancel,
    }
    return [
        Route("/v2/auth/authorize/", oauth.authorize, methods=["GET", "POST"], name="oauth.authorize"),
        Route("/v2/oauth/token/", oauth.token, methods=["POST"], name="oauth.token"),
        Route("/v2/oauth/revoke/", oauth.revoke, methods=["POST"], name="oauth.revoke"),
        Route("/upload", transfer.put, methods=["PUT"], name="video.upload"),
        Route("/portal/webhooks", hooks.portal, methods=["POST"], name="portal.webhooks"),
        *(
            Route(
                path,
                gate.endpoint(name, answers[name], scopes=scopes, per_minute=limit),
                methods=[method],
                name=name,
            )
            for name, method, path, scopes, limit in _DOORS
        ),
    ]
