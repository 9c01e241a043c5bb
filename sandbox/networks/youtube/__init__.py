"""YouTube: Data API v3, resumable uploads, Analytics v2, and Google's sign-in."""

from __future__ import annotations

from starlette.routing import Route

from sandbox.networks.youtube.analytics import reports
from sandbox.networks.youtube.gate import REPORTS, UPLOAD, WRITE, Gate, Price
from sandbox.networks.youtube.oauth import SCOPES, OAuth
from sandbox.networks.youtube.read import Reader
from sandbox.networks.youtube.shapes import Sheets
from sandbox.networks.youtube.upload import Uploads
from sandbox.world import World

__all__ = ["SCOPES", "routes"]


def routes(world: World) -> list[Route]:
    """Everything that Google's hosts for YouTube answer, and the consent page."""
    sheets = Sheets(world)
    oauth, gate, reader, uploads = OAuth(world), Gate(world), Reader(sheets), Uploads(world, sheets)
    insert = gate.endpoint(uploads.start, scopes=UPLOAD, price=Price(1, "inserts"))
    delete = gate.endpoint(reader.delete, scopes=WRITE, price=Price(50))
    data = {
        "/youtube/v3/channels": reader.channels,
        "/youtube/v3/playlistItems": reader.playlist_items,
        "/youtube/v3/videos": reader.videos,
        "/youtube/v3/videos:batchGetStats": reader.stats,
    }
    upload_paths = ("/upload/youtube/v3/videos", "/resumable/upload/youtube/v3/videos")
    return [
        Route("/o/oauth2/v2/auth", oauth.authorize, methods=["GET", "POST"]),
        Route("/token", oauth.token, methods=["POST"]),
        Route("/revoke", oauth.revoke, methods=["POST"]),
        *(Route(path, insert, methods=["POST"]) for path in upload_paths),
        *(Route(path, uploads.put, methods=["PUT"]) for path in upload_paths),
        Route("/youtube/v3/videos", delete, methods=["DELETE"]),
        *(Route(path, gate.endpoint(answer, price=Price()), methods=["GET"]) for path, answer in data.items()),
        Route("/v2/reports", gate.endpoint(reports, scopes=REPORTS), methods=["GET"]),
    ]
