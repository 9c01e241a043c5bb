"""Bluesky: the AT Protocol's server of a person's posts, its app, its directory and its videos, behind one address."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.networks.bluesky.dpop import Proofs
from sandbox.networks.bluesky.faults import fault
from sandbox.networks.bluesky.gate import Answer, Gate
from sandbox.networks.bluesky.identity import Identities
from sandbox.networks.bluesky.oauth import SCOPES, OAuth
from sandbox.networks.bluesky.read import Reader
from sandbox.networks.bluesky.repo import Repository
from sandbox.networks.bluesky.sessions import Sessions
from sandbox.networks.bluesky.video import Videos
from sandbox.world import World

__all__ = ["OPERATIONS", "SCOPES", "fault", "routes"]

_XRPC = (
    "com.atproto.server.createSession",
    "com.atproto.server.refreshSession",
    "com.atproto.server.getSession",
    "com.atproto.server.getServiceAuth",
    "com.atproto.identity.resolveHandle",
    "com.atproto.repo.createRecord",
    "com.atproto.repo.putRecord",
    "com.atproto.repo.getRecord",
    "com.atproto.repo.listRecords",
    "com.atproto.repo.deleteRecord",
    "com.atproto.repo.uploadBlob",
    "app.bsky.actor.getProfile",
    "app.bsky.actor.getProfiles",
    "app.bsky.feed.getAuthorFeed",
    "app.bsky.feed.getPosts",
    "app.bsky.feed.getPostThread",
    "app.bsky.notification.listNotifications",
    "app.bsky.video.uploadVideo",
    "app.bsky.video.getJobStatus",
)
OPERATIONS: tuple[str, ...] = (
    "oauth.metadata", "oauth.par", "oauth.authorize", "oauth.token", "oauth.revoke", "directory.read", *_XRPC,
)  # fmt: skip


def routes(world: World) -> list[Route]:
    proofs, identities, sessions = Proofs(world), Identities(world), Sessions(world)
    oauth, gate, reader, repository = (
        OAuth(world, proofs),
        Gate(world, proofs),
        Reader(world, identities),
        Repository(world),
    )
    videos = Videos(world, sessions, repository)
    queries: dict[str, Answer] = {
        "com.atproto.server.getSession": sessions.read,
        "com.atproto.server.getServiceAuth": sessions.service_word,
        "com.atproto.repo.getRecord": repository.read,
        "com.atproto.repo.listRecords": repository.listed,
        "app.bsky.actor.getProfile": reader.profile,
        "app.bsky.actor.getProfiles": reader.profiles,
        "app.bsky.feed.getAuthorFeed": reader.feed,
        "app.bsky.feed.getPosts": reader.posts,
        "app.bsky.feed.getPostThread": reader.thread,
        "app.bsky.notification.listNotifications": reader.notices,
    }
    procedures: dict[str, Answer] = {
        "com.atproto.repo.createRecord": repository.create,
        "com.atproto.repo.putRecord": repository.put,
        "com.atproto.repo.deleteRecord": repository.delete,
    }
    upload = gate.endpoint(repository.upload, reads_body=False)
    return [
        Route("/.well-known/oauth-authorization-server", oauth.metadata, name="oauth.metadata"),
        Route("/oauth/par", oauth.push, methods=["POST"], name="oauth.par"),
        Route("/oauth/authorize", oauth.authorize, methods=["GET", "POST"], name="oauth.authorize"),
        Route("/oauth/token", oauth.token, methods=["POST"], name="oauth.token"),
        Route("/oauth/revoke", oauth.revoke, methods=["POST"], name="oauth.revoke"),
        Route("/did:plc:{id}", identities.document, name="directory.read"),
        _open("com.atproto.server.createSession", sessions.create, "POST"),
        _open("com.atproto.server.refreshSession", sessions.refresh, "POST"),
        _open("com.atproto.identity.resolveHandle", identities.resolve, "GET"),
        _open("app.bsky.video.uploadVideo", videos.upload, "POST"),
        _open("app.bsky.video.getJobStatus", videos.status, "GET"),
        _open("com.atproto.repo.uploadBlob", upload, "POST"),
        *(_open(name, gate.endpoint(answer), "GET") for name, answer in queries.items()),
        *(_open(name, gate.endpoint(answer), "POST") for name, answer in procedures.items()),
    ]


def _open(name: str, endpoint: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    return Route(f"/xrpc/{name}", endpoint, methods=[method], name=name)
