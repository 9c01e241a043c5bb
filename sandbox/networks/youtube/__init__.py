"""YouTube: Data API v3, uploads, Analytics v2, the hub that tells of new videos, and Google's sign-in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.networks.youtube import captions, upload
from sandbox.networks.youtube.analytics import Reports
from sandbox.networks.youtube.batch import batch
from sandbox.networks.youtube.buckets import BUCKETS, Price
from sandbox.networks.youtube.captions import Captions
from sandbox.networks.youtube.comments import Comments
from sandbox.networks.youtube.faults import fault
from sandbox.networks.youtube.gate import READ, REPORTS, STRICT, UPLOAD, WRITE, Answer, Gate, Operation
from sandbox.networks.youtube.groups import Groups
from sandbox.networks.youtube.hub import Hub
from sandbox.networks.youtube.oauth import SCOPES, OAuth
from sandbox.networks.youtube.playlists import Playlists
from sandbox.networks.youtube.read import Reader
from sandbox.networks.youtube.search import Search
from sandbox.networks.youtube.sheets import Sheets
from sandbox.networks.youtube.transfers import Purpose, Transfers
from sandbox.networks.youtube.upload import Uploads
from sandbox.networks.youtube.videos import Videos
from sandbox.world import World

__all__ = ["BUCKETS", "OPERATIONS", "SCOPES", "fault", "routes"]

_WRITE = Price(50)
# Method, path, operation, price and scopes of what takes and gives JSON only.
_Line = tuple[str, str, str, Answer, Price | None, tuple[str, ...]]
_UPLOADS = ("/upload", "/resumable/upload")


def routes(world: World) -> list[Route]:
    """Everything that Google's hosts for YouTube answer, and the consent page."""
    sheets, gate, oauth, transfers = Sheets(world), Gate(world), OAuth(world), Transfers(world)
    hub, reader = Hub(world, sheets), Reader(sheets)
    videos = Videos(sheets, hub)
    found = [
        Route("/o/oauth2/v2/auth", oauth.authorize, methods=["GET", "POST"], name="oauth.authorize"),
        Route("/token", oauth.token, methods=["POST"], name="oauth.token"),
        Route("/revoke", oauth.revoke, methods=["GET", "POST"], name="oauth.revoke"),
        Route("/tokeninfo", oauth.about_token, methods=["GET", "POST"], name="oauth.tokeninfo"),
        Route("/oauth2/v3/userinfo", oauth.person, methods=["GET"], name="oauth.userinfo"),
        Route("/v1/userinfo", oauth.person, methods=["GET"], name="oauth.userinfo"),
        Route("/subscribe", hub.subscribe, methods=["POST"], name="hub.subscribe"),
        *_uploads(gate, transfers, Uploads(sheets, hub), videos, Captions(videos)),
        *_operations(gate, _data(reader, videos, Captions(videos)) + _lists(sheets, reader) + _analytics(sheets)),
    ]
    together = batch(lambda: found)
    paths = ("/batch", "/batch/youtube/v3", "/batch/youtubeAnalytics/v2")
    return [*found, *(Route(path, together, methods=["POST"], name="batch") for path in paths)]


def _operations(gate: Gate, lines: list[_Line]) -> list[Route]:
    return [
        Operation(path, gate.endpoint(answer, scopes=scopes, price=price), methods=[method], name=name)
        for method, path, name, answer, price, scopes in lines
    ]


def _data(reader: Reader, videos: Videos, tracks: Captions) -> list[_Line]:
    one, v3 = Price(), "/youtube/v3"
    return [
        ("GET", f"{v3}/channels", "channels.list", reader.channels, one, READ),
        ("PUT", f"{v3}/channels", "channels.update", reader.update_channel, _WRITE, WRITE),
        ("GET", f"{v3}/videos", "videos.list", reader.videos, one, READ),
        ("PUT", f"{v3}/videos", "videos.update", videos.update, _WRITE, WRITE),
        ("DELETE", f"{v3}/videos", "videos.delete", videos.delete, _WRITE, WRITE),
        ("GET", f"{v3}/videos:batchGetStats", "videos.batchGetStats", reader.stats, one, READ),
        ("GET", f"{v3}/videos/getRating", "videos.getRating", reader.rating, one, READ),
        ("POST", f"{v3}/videos/rate", "videos.rate", reader.rate, _WRITE, WRITE),
        ("GET", f"{v3}/activities", "activities.list", reader.activities, one, READ),
        ("GET", f"{v3}/videoCategories", "videoCategories.list", reader.categories, one, READ),
        ("GET", f"{v3}/i18nLanguages", "i18nLanguages.list", reader.languages, one, READ),
        ("GET", f"{v3}/i18nRegions", "i18nRegions.list", reader.regions, one, READ),
        ("GET", f"{v3}/captions", "captions.list", tracks.every, _WRITE, STRICT),
        ("PUT", f"{v3}/captions", "captions.update", tracks.update, Price(450), STRICT),
        ("DELETE", f"{v3}/captions", "captions.delete", tracks.delete, _WRITE, STRICT),
        ("GET", f"{v3}/captions/{{id}}", "captions.download", tracks.download, Price(200), STRICT),
    ]


def _lists(sheets: Sheets, reader: Reader) -> list[_Line]:
    comments, playlists, search = Comments(sheets, reader), Playlists(sheets, reader), Search(sheets)
    one, v3 = Price(), "/youtube/v3"
    return [
        ("GET", f"{v3}/commentThreads", "commentThreads.list", comments.threads, one, READ),
        ("POST", f"{v3}/commentThreads", "commentThreads.insert", comments.start, _WRITE, STRICT),
        ("GET", f"{v3}/comments", "comments.list", comments.every, one, READ),
        ("POST", f"{v3}/comments", "comments.insert", comments.insert, _WRITE, STRICT),
        ("PUT", f"{v3}/comments", "comments.update", comments.update, _WRITE, STRICT),
        ("DELETE", f"{v3}/comments", "comments.delete", comments.delete, _WRITE, STRICT),
        (
            "POST",
            f"{v3}/comments/setModerationStatus",
            "comments.setModerationStatus",
            comments.moderate,
            _WRITE,
            STRICT,
        ),
        ("GET", f"{v3}/playlists", "playlists.list", playlists.every, one, READ),
        ("POST", f"{v3}/playlists", "playlists.insert", playlists.insert, _WRITE, WRITE),
        ("PUT", f"{v3}/playlists", "playlists.update", playlists.update, _WRITE, WRITE),
        ("DELETE", f"{v3}/playlists", "playlists.delete", playlists.delete, _WRITE, WRITE),
        ("GET", f"{v3}/playlistItems", "playlistItems.list", playlists.items, one, READ),
        ("POST", f"{v3}/playlistItems", "playlistItems.insert", playlists.add, _WRITE, WRITE),
        ("DELETE", f"{v3}/playlistItems", "playlistItems.delete", playlists.remove, _WRITE, WRITE),
        ("GET", f"{v3}/search", "search.list", search.every, Price(1, "searches"), READ),
    ]


def _analytics(sheets: Sheets) -> list[_Line]:
    groups, reports = Groups(), Reports(sheets)
    return [
        ("GET", "/v2/reports", "reports.query", reports.query, None, REPORTS),
        ("GET", "/v2/groups", "groups.list", groups.every, None, REPORTS),
        ("POST", "/v2/groups", "groups.insert", groups.insert, None, REPORTS),
        ("PUT", "/v2/groups", "groups.update", groups.update, None, REPORTS),
        ("DELETE", "/v2/groups", "groups.delete", groups.delete, None, REPORTS),
        ("GET", "/v2/groupItems", "groupItems.list", groups.items, None, REPORTS),
        ("POST", "/v2/groupItems", "groupItems.insert", groups.add, None, REPORTS),
        ("DELETE", "/v2/groupItems", "groupItems.delete", groups.remove, None, REPORTS),
    ]


def _uploads(gate: Gate, transfers: Transfers, films: Uploads, videos: Videos, tracks: Captions) -> list[Route]:
    """What takes bytes. The address of a session is the operation's own, with PUT."""
    film = Purpose("video", upload.TYPES, films.check, films.put, films.again)
    picture = Purpose("thumbnail", ("image/", "application/octet-stream"), videos.check_picture, videos.put_picture)
    track = Purpose("caption", captions.TYPES, tracks.check, tracks.put)
    edited = Purpose("captionUpdate", captions.TYPES, tracks.check_update, tracks.put)
    insert = gate.endpoint(transfers.receive(film), scopes=UPLOAD, price=Price(1, "inserts"))
    show = gate.endpoint(transfers.receive(picture), scopes=UPLOAD, price=_WRITE)
    say = gate.endpoint(transfers.receive(track), scopes=STRICT, price=Price(400))
    correct = gate.endpoint(transfers.receive(edited), scopes=STRICT, price=Price(450))

    async def put_caption(request: Request) -> Response:
        known = "upload_id" in request.query_params
        return await (transfers.put(request) if known else correct(request))

    def both(path: str, name: str, post: Callable[[Request], Awaitable[Response]]) -> list[Route]:
        put = put_caption if name == "captions.insert" else transfers.put
        changed = "captions.update" if name == "captions.insert" else name
        return [
            route
            for root in _UPLOADS
            for route in (
                Route(f"{root}{path}", post, methods=["POST"], name=name),
                Route(f"{root}{path}", put, methods=["PUT"], name=changed),
            )
        ]

    return [
        *both("/youtube/v3/videos", "videos.insert", insert),
        *both("/youtube/v3/thumbnails/set", "thumbnails.set", show),
        *both("/youtube/v3/captions", "captions.insert", say),
        # Without bytes there is nothing to insert, which the operation itself says.
        Operation("/youtube/v3/videos", insert, methods=["POST"], name="videos.insert"),
    ]


OPERATIONS: tuple[str, ...] = (
    *("oauth.authorize oauth.token oauth.revoke oauth.tokeninfo oauth.userinfo hub.subscribe batch".split()),
    *("videos.insert videos.list videos.update videos.delete videos.batchGetStats videos.getRating".split()),
    *("videos.rate thumbnails.set captions.insert captions.list captions.update captions.delete".split()),
    *("captions.download channels.list channels.update activities.list videoCategories.list".split()),
    *("i18nLanguages.list i18nRegions.list commentThreads.list commentThreads.insert comments.list".split()),
    *("comments.insert comments.update comments.delete comments.setModerationStatus playlists.list".split()),
    *("playlists.insert playlists.update playlists.delete playlistItems.list playlistItems.insert".split()),
    *("playlistItems.delete search.list reports.query groups.list groups.insert groups.update".split()),
    *("groups.delete groupItems.list groupItems.insert groupItems.delete".split()),
)
