"""Google's own client and sign-in against the sandbox: what it takes for YouTube must be what it gets."""

import copy
import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import google.auth.exceptions
import httplib2
import httpx
import jsonschema_rs
import pytest
from google.auth.transport.requests import Request
from google.oauth2 import credentials as signed
from google_auth_httplib2 import AuthorizedHttp
from google_auth_oauthlib.flow import Flow
from googleapiclient.discovery import build_from_document
from googleapiclient.errors import HttpError, ResumableUploadError
from googleapiclient.http import MediaFileUpload, MediaInMemoryUpload

from tests.sandbox.stage import REDIRECT, Stage, approve, running

CHUNK = 256 * 1024
SCOPE = "https://www.googleapis.com/auth/"
SCOPES = [SCOPE + name for name in ("youtube.upload", "youtube.readonly", "youtube.force-ssl", "yt-analytics.readonly")]
Service = Any
Credentials: Any = signed.Credentials


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@cache
def document(name: str) -> dict[str, Any]:
    text = (files("googleapiclient") / "discovery_cache" / "documents" / f"{name}.json").read_text()
    return dict(json.loads(text))


@cache
def schema(name: str, of: str) -> jsonschema_rs.Validator:
    """A schema of a discovery document as JSON Schema: nothing that it does not name is allowed."""

    def translated(node: Any) -> Any:
        if isinstance(node, list):
            return [translated(one) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return {"$ref": f"#/$defs/{node['$ref']}"}
        kept = {key: translated(value) for key, value in node.items() if key in ("type", "items", "enum")}
        if kept.get("type") == "any":
            del kept["type"]
        if node.get("type") == "string" and node.get("format") in ("uint64", "int64"):
            kept["pattern"] = "^-?[0-9]+$"
        if "properties" in node:
            kept["properties"] = {key: translated(value) for key, value in node["properties"].items()}
            kept["additionalProperties"] = False
        return kept

    defined = {key: translated(value) for key, value in document(of)["schemas"].items()}
    return jsonschema_rs.validator_for({"$ref": f"#/$defs/{name}", "$defs": defined})


class Watched(httplib2.Http):
    """Google's transport; `before` may answer in the network's place, `after` sees what came."""

    before: Callable[[str, str, Any, dict[str, str]], Any] | None = None
    opened: ClassVar[list["Watched"]] = []

    def __init__(self) -> None:
        super().__init__()
        # As Google's own does: 308 says that an upload goes on.
        self.redirect_codes: frozenset[int] = frozenset({300, 301, 302, 303, 307})
        self.opened.append(self)

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **more: Any) -> Any:
        if self.before and (answer := self.before(uri, method, body, headers)):
            return answer
        return super().request(uri, method, body, headers, **more)


@pytest.fixture(autouse=True)
def no_open_connections() -> Iterator[None]:
    yield
    while Watched.opened:
        Watched.opened.pop().close()


def service(stage: Stage, name: str = "youtube.v3", http: Any = None, credentials: Any = None) -> Service:
    """Google's client, its document's addresses turned to the sandbox."""
    told, base = copy.deepcopy(document(name)), stage.networks["youtube"]["base_url"] + "/"
    told |= {"rootUrl": base, "baseUrl": base + told["servicePath"], "mtlsRootUrl": base}
    token = Credentials(stage.networks["youtube"]["accounts"][0]["access_token"])
    return build_from_document(told, http=http or AuthorizedHttp(credentials or token, http=Watched()))


def checked(body: dict[str, Any], name: str, of: str = "youtube.v3") -> dict[str, Any]:
    """The body, which must be what the document says."""
    schema(name, of).validate(body)
    return body


def refused(call: Any) -> tuple[int, str]:
    with pytest.raises((HttpError, ResumableUploadError)) as caught:
        call.execute()
    return int(caught.value.resp.status), json.loads(caught.value.content)["error"]["errors"][0]["reason"]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Three chunks, the last one short."""
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(n % 251 for n in range(CHUNK)) * 2 + b"end of film")
    return path


def described(title: str = "A film", **status: Any) -> dict[str, Any]:
    return {"snippet": {"title": title, "description": "About cups", "tags": ["cups", "beans"]}, "status": status}


def uploaded(youtube: Service, title: str = "A film", **status: Any) -> dict[str, Any]:
    media = MediaInMemoryUpload(b"not really a film", mimetype="video/mp4")
    made = youtube.videos().insert(part="snippet,status", body=described(title, **status), media_body=media).execute()
    return checked(made, "Video")


def test_a_person_consents_and_the_token_is_renewed_and_ended(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    app = stage.networks["youtube"]
    base = app["base_url"]
    config = {
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "auth_uri": f"{base}/o/oauth2/v2/auth",
        "token_uri": f"{base}/token",
    }
    flow = Flow.from_client_config({"web": config}, scopes=SCOPES, redirect_uri=REDIRECT)
    address, state = flow.authorization_url(access_type="offline", prompt="consent", include_granted_scopes="true")
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    with stage.bare("youtube") as browser:
        answer = approve(browser, "/o/oauth2/v2/auth", query)
    assert answer["state"] == state
    flow.fetch_token(code=answer["code"])
    credentials = flow.credentials
    first = credentials.token
    credentials.refresh(Request())
    assert credentials.token != first
    youtube = service(stage, credentials=credentials)
    [channel] = youtube.channels().list(part="id", mine=True).execute()["items"]
    assert channel["id"] == stage.account("youtube")
    about = httpx.get(f"{base}/tokeninfo", params={"access_token": credentials.token}).json()
    assert set(about["scope"].split()) == set(SCOPES)
    assert httpx.post(f"{base}/revoke", params={"token": credentials.refresh_token}).status_code == 200
    with pytest.raises(google.auth.exceptions.RefreshError, match="invalid_grant"):
        credentials.refresh(Request())
    with stage.bare("youtube", authorization=f"Bearer {first}") as ended:
        assert ended.get("/youtube/v3/channels?part=id&mine=true").status_code == 401


def test_three_chunks_through_a_503_and_a_short_308_make_one_video(stage: Stage, film: Path) -> None:
    puts: list[str] = []

    def broken(uri: str, method: str, body: Any, headers: dict[str, str]) -> Any:
        if method != "PUT":
            return None
        puts.append(headers["Content-Range"])
        if len(puts) == 2:
            told = json.dumps({"error": {"code": 503, "message": "Backend Error"}}).encode()
            return httplib2.Response({"status": "503", "content-type": "application/json"}), told
        return None

    http = Watched()
    http.before = broken
    token = Credentials(stage.networks["youtube"]["accounts"][0]["access_token"])
    youtube = service(stage, http=AuthorizedHttp(token, http=http))
    media = MediaFileUpload(str(film), mimetype="video/mp4", chunksize=CHUNK, resumable=True)
    request = youtube.videos().insert(part="snippet,status", body=described(), media_body=media)
    status, body = request.next_chunk()
    assert (status.resumable_progress, body) == (CHUNK, None)
    with pytest.raises(HttpError):
        request.next_chunk()
    seen = []
    while body is None:
        status, body = request.next_chunk()
        seen += [status.resumable_progress] if status else []
    assert seen == [2 * CHUNK]
    size = film.stat().st_size
    second = f"bytes {CHUNK}-{2 * CHUNK - 1}/{size}"
    assert puts == [
        f"bytes 0-{CHUNK - 1}/{size}",
        second,
        f"bytes */{size}",
        second,
        f"bytes {2 * CHUNK}-{size - 1}/{size}",
    ]
    assert checked(body, "Video")["status"]["uploadStatus"] == "uploaded"
    assert stage.ledger("youtube")[body["id"]]["text"] == "About cups"


def test_a_server_that_took_fewer_bytes_than_were_sent_gets_the_rest(stage: Stage, film: Path) -> None:
    base = stage.networks["youtube"]["base_url"]
    youtube = service(stage)
    media = MediaFileUpload(str(film), mimetype="video/mp4", chunksize=2 * CHUNK, resumable=True)
    request = youtube.videos().insert(part="snippet,status", body=described("Short"), media_body=media)
    size = film.stat().st_size
    # A request whose connection ends in its middle: whole pieces of 256 KiB are kept.
    opened = httpx.post(
        f"{base}/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status",
        json=described("Short"),
        headers={
            "authorization": f"Bearer {stage.networks['youtube']['accounts'][0]['access_token']}",
            "x-upload-content-length": str(size),
            "x-upload-content-type": "video/mp4",
        },
    )
    request.resumable_uri = opened.headers["location"]
    broken_off(request.resumable_uri, film.read_bytes()[: CHUNK + 1000], 2 * CHUNK, size)
    request._in_error_state = True
    body, seen = None, []
    while body is None:
        status, body = request.next_chunk()
        seen += [status.resumable_progress] if status else []
    assert seen == []
    assert body["snippet"]["title"] == "Short"


def broken_off(address: str, content: bytes, announced: int, size: int) -> None:
    """Announce more bytes than are sent, and hang up."""
    parts = urlsplit(address)
    head = (
        f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nhost: {parts.netloc}\r\ncontent-length: {announced}\r\n"
        f"content-range: bytes 0-{announced - 1}/{size}\r\n\r\n"
    )
    with socket.create_connection((parts.hostname or "", parts.port or 80)) as wire:
        wire.sendall(head.encode() + content)
    for _ in range(50):
        answer = httpx.put(address, headers={"content-range": f"bytes */{size}"})
        if "range" in answer.headers:
            break
    assert answer.headers["range"] == f"bytes=0-{CHUNK - 1}"


@pytest.mark.parametrize("with_description", [True, False])
def test_bytes_may_come_at_once(stage: Stage, film: Path, with_description: bool) -> None:
    youtube = service(stage)
    media = MediaFileUpload(str(film), mimetype="video/mp4")
    body = described("At once") if with_description else None
    made = youtube.videos().insert(part="snippet,status", body=body, media_body=media).execute()
    assert checked(made, "Video")["snippet"]["title"] == ("At once" if with_description else "unknown")
    youtube.videos().delete(id=made["id"]).execute()
    assert refused(youtube.videos().delete(id=made["id"])) == (404, "videoNotFound")


def test_an_update_erases_what_it_does_not_send(stage: Stage) -> None:
    youtube = service(stage)
    made = uploaded(youtube, selfDeclaredMadeForKids=False)
    sent = {"id": made["id"], "snippet": {"title": "Other", "categoryId": "24"}}
    changed = checked(youtube.videos().update(part="snippet", body=sent).execute(), "Video")
    assert (changed["snippet"]["title"], changed["snippet"]["description"]) == ("Other", "")
    assert "tags" not in changed["snippet"]
    assert refused(youtube.videos().update(part="snippet", body={**sent, "snippet": {"title": "x"}})) == (
        400,
        "invalidCategoryId",
    )
    youtube.videos().update(part="status", body={"id": made["id"], "status": {"privacyStatus": "unlisted"}}).execute()
    [shown] = youtube.videos().list(part="status", id=made["id"]).execute()["items"]
    assert shown["status"]["privacyStatus"] == "unlisted"
    assert "selfDeclaredMadeForKids" not in shown["status"]
    assert stage.ledger("youtube")[made["id"]]["text"] == ""


def test_a_video_goes_public_at_its_moment(stage: Stage) -> None:
    youtube = service(stage)
    moment = stage.now() + timedelta(hours=3)
    made = uploaded(youtube, "Later", privacyStatus="private", publishAt=moment.isoformat())
    assert made["status"]["privacyStatus"] == "private"
    assert datetime.fromisoformat(made["status"]["publishAt"]) == moment.replace(microsecond=0)
    assert made["id"] not in stage.ledger("youtube")
    with stage.http("youtube", 1) as other:
        assert "items" not in other.get("/youtube/v3/videos", params={"part": "id", "id": made["id"]}).json()
        later = (moment + timedelta(hours=2)).isoformat()
        body: dict[str, Any] = {"id": made["id"], "status": {"privacyStatus": "private", "publishAt": later}}
        youtube.videos().update(part="status", body=body).execute()
        stage.advance("PT4H")
        assert made["id"] not in stage.ledger("youtube")
        stage.advance("PT2H")
        [shown] = other.get("/youtube/v3/videos", params={"part": "status,snippet", "id": made["id"]}).json()["items"]
    assert shown["status"]["privacyStatus"] == "public"
    assert stage.ledger("youtube")[made["id"]]["counters"]["views"] >= 0
    body["status"]["publishAt"] = (stage.now() + timedelta(hours=1)).isoformat()
    assert refused(youtube.videos().update(part="status", body=body)) == (400, "invalidPublishAt")


def test_lists_and_single_things_are_what_the_document_says(stage: Stage) -> None:
    youtube = service(stage)
    parts = "id,snippet,statistics,contentDetails,status,brandingSettings"
    channels = checked(youtube.channels().list(part=parts, mine=True).execute(), "ChannelListResponse")
    playlist = channels["items"][0]["contentDetails"]["relatedPlaylists"]["uploads"]
    handle = channels["items"][0]["snippet"]["customUrl"]
    for more in ({"forHandle": handle}, {"forUsername": handle[1:]}, {"id": stage.account("youtube", 1)}):
        assert checked(youtube.channels().list(part="statistics", **more).execute(), "ChannelListResponse")["items"]
    request = youtube.playlistItems().list(part="snippet,contentDetails,status", playlistId=playlist, maxResults=50)
    ids: list[str] = []
    while request is not None:
        page = checked(request.execute(), "PlaylistItemListResponse")
        ids += [item["contentDetails"]["videoId"] for item in page["items"]]
        request = youtube.playlistItems().list_next(request, page)
    assert set(ids) == {i for i, p in stage.ledger("youtube").items() if p["account"] == stage.account("youtube")}
    every = "snippet,statistics,status,contentDetails,processingDetails,player,topicDetails,localizations"
    videos = checked(youtube.videos().list(part=every, id=ids[:50]).execute(), "VideoListResponse")
    assert [video["id"] for video in videos["items"]] == ids[:50]
    stats = youtube.videos().batchGetStats(part="statistics,snippet,contentDetails", id=ids[:50]).execute()
    assert len(checked(stats, "BatchGetStatsResponse")["items"]) == 50
    some = youtube.videos().list(part="snippet", id=ids[0], fields="items(id,snippet/title)").execute()
    assert set(some) == {"items"}
    assert set(some["items"][0]) == {"id", "snippet"}
    assert set(some["items"][0]["snippet"]) == {"title"}
    found = youtube.search().list(part="snippet", channelId=stage.account("youtube"), type="video", order="date")
    assert checked(found.execute(), "SearchListResponse")["items"]
    activities = youtube.activities().list(part="snippet,contentDetails", mine=True)
    assert checked(activities.execute(), "ActivityListResponse")["items"][0]["contentDetails"]["upload"]
    assert checked(
        youtube.videoCategories().list(part="snippet", regionCode="NO").execute(), "VideoCategoryListResponse"
    )
    assert checked(youtube.i18nLanguages().list(part="snippet").execute(), "I18nLanguageListResponse")["items"]
    assert checked(youtube.i18nRegions().list(part="snippet").execute(), "I18nRegionListResponse")["items"]
    popular = youtube.videos().list(part="id", chart="mostPopular", maxResults=3)
    assert len(checked(popular.execute(), "VideoListResponse")["items"]) == 3


def test_refusals_name_their_reason(stage: Stage) -> None:
    youtube = service(stage)
    for call, expected in (
        (youtube.videos().list(part="nothing", id="a"), (400, "unknownPart")),
        (youtube.videos().list(part="id"), (400, "missingRequiredParameter")),
        (youtube.channels().list(part="id", mine=True, id="UC1"), (400, "incompatibleParameters")),
        (youtube.playlistItems().list(part="id", playlistId="UUnone"), (404, "playlistNotFound")),
        (youtube.commentThreads().list(part="id", videoId="none"), (404, "videoNotFound")),
        (youtube.comments().delete(id="none"), (404, "commentNotFound")),
        (youtube.videos().insert(part="snippet", body={"snippet": {"title": "x"}}), (400, "mediaBodyRequired")),
        (youtube.videos().list(part="id", id="a", fields="items("), (400, "invalidParameter")),
    ):
        assert refused(call) == expected


def test_comments_are_written_answered_moderated_and_deleted(stage: Stage) -> None:
    youtube = service(stage)
    made = uploaded(youtube, "Talked about")
    top = {"snippet": {"textOriginal": "First & best"}}
    body = {"snippet": {"videoId": made["id"], "topLevelComment": top}}
    thread = checked(youtube.commentThreads().insert(part="snippet", body=body).execute(), "CommentThread")
    reply = {"snippet": {"parentId": thread["id"], "textOriginal": "Indeed"}}
    answer = checked(youtube.comments().insert(part="snippet", body=reply).execute(), "Comment")
    listed = youtube.commentThreads().list(part="snippet,replies", videoId=made["id"], order="time", maxResults=100)
    [found] = checked(listed.execute(), "CommentThreadListResponse")["items"]
    assert found["snippet"]["topLevelComment"]["snippet"]["textOriginal"] == "First & best"
    assert [one["id"] for one in found["replies"]["comments"]] == [answer["id"]]
    replies = youtube.comments().list(part="snippet", parentId=thread["id"]).execute()
    assert [one["id"] for one in checked(replies, "CommentListResponse")["items"]] == [answer["id"]]
    edited = {"id": answer["id"], "snippet": {"textOriginal": "Indeed!"}}
    assert youtube.comments().update(part="snippet", body=edited).execute()["snippet"]["textOriginal"] == "Indeed!"
    youtube.comments().setModerationStatus(id=[thread["id"]], moderationStatus="heldForReview").execute()
    assert "items" not in listed.execute()
    held = youtube.commentThreads().list(part="id", videoId=made["id"], moderationStatus="heldForReview")
    assert [one["id"] for one in held.execute()["items"]] == [thread["id"]]
    youtube.comments().delete(id=thread["id"]).execute()
    assert "items" not in held.execute()
    all_of = youtube.commentThreads().list(
        part="snippet,replies", allThreadsRelatedToChannelId=stage.account("youtube"), maxResults=100
    )
    moments = [
        one["snippet"]["topLevelComment"]["snippet"]["publishedAt"]
        for one in checked(all_of.execute(), "CommentThreadListResponse")["items"]
    ]
    assert len(moments) == 100
    assert moments == sorted(moments, reverse=True)


def test_a_film_for_children_has_no_comments_and_hidden_likes_are_absent(stage: Stage) -> None:
    youtube = service(stage)
    made = uploaded(youtube, "For children", selfDeclaredMadeForKids=True, publicStatsViewable=False)
    assert refused(youtube.commentThreads().list(part="id", videoId=made["id"])) == (403, "commentsDisabled")
    with stage.http("youtube", 1) as other:
        [shown] = other.get("/youtube/v3/videos", params={"part": "statistics", "id": made["id"]}).json()["items"]
    assert set(shown["statistics"]) == {"viewCount", "favoriteCount"}


def test_pictures_captions_ratings_and_playlists(stage: Stage, tmp_path: Path) -> None:
    youtube = service(stage)
    video = uploaded(youtube, "Furnished")["id"]
    picture = tmp_path / "cover.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300))
    for resumable in (False, True):
        media = MediaFileUpload(str(picture), mimetype="image/png", resumable=resumable)
        set_ = youtube.thumbnails().set(videoId=video, media_body=media).execute()
        assert checked(set_, "ThumbnailSetResponse")["items"][0]["default"]["url"]
    text = b"1\n00:00:00,000 --> 00:00:01,000\nCups\n"
    track = {"snippet": {"videoId": video, "language": "en", "name": "English"}}
    media = MediaInMemoryUpload(text, mimetype="application/octet-stream")
    caption = checked(youtube.captions().insert(part="snippet", body=track, media_body=media).execute(), "Caption")
    assert refused(youtube.captions().insert(part="snippet", body=track, media_body=media))[1] == "captionExists"
    assert youtube.captions().download(id=caption["id"]).execute() == text
    assert (
        len(checked(youtube.captions().list(part="snippet", videoId=video).execute(), "CaptionListResponse")["items"])
        == 1
    )
    youtube.captions().delete(id=caption["id"]).execute()
    youtube.videos().rate(id=video, rating="like").execute()
    assert youtube.videos().getRating(id=video).execute()["items"] == [{"videoId": video, "rating": "like"}]
    playlist = youtube.playlists().insert(part="snippet,status", body={"snippet": {"title": "Cups"}}).execute()
    checked(playlist, "Playlist")
    place = {"snippet": {"playlistId": playlist["id"], "resourceId": {"kind": "youtube#video", "videoId": video}}}
    item = checked(youtube.playlistItems().insert(part="snippet", body=place).execute(), "PlaylistItem")
    assert [
        one["id"] for one in youtube.playlistItems().list(part="id", playlistId=playlist["id"]).execute()["items"]
    ] == [item["id"]]
    youtube.playlistItems().delete(id=item["id"]).execute()
    assert checked(youtube.playlists().list(part="snippet,contentDetails", mine=True).execute(), "PlaylistListResponse")
    youtube.playlists().delete(id=playlist["id"]).execute()
    changed = {
        "id": stage.account("youtube"),
        "brandingSettings": {"channel": {"description": "Cups.", "country": "NO"}},
    }
    assert checked(youtube.channels().update(part="brandingSettings", body=changed).execute(), "Channel")


def test_reports_and_their_refusals(stage: Stage) -> None:
    analytics = service(stage, "youtubeAnalytics.v2")
    last = stage.now().date()
    span = {"ids": "channel==MINE", "startDate": f"{last - timedelta(days=60)}", "endDate": f"{last}"}

    def report(metrics: str, **more: Any) -> dict[str, Any]:
        found = analytics.reports().query(**span, metrics=metrics, **more).execute()
        return checked(found, "QueryResponse", "youtubeAnalytics.v2")

    watched = "views,engagedViews,estimatedMinutesWatched"
    days = report(
        f"{watched},likes,dislikes,comments,shares,subscribersGained,subscribersLost", dimensions="day", sort="day"
    )
    assert days["columnHeaders"][0]["name"] == "day"
    total = sum(row[1] for row in days["rows"])
    for dimension in ("insightTrafficSourceType", "deviceType", "country", "subscribedStatus"):
        assert sum(row[1] for row in report("views", dimensions=dimension)["rows"]) == total
    assert sum(row[2] for row in report("views", dimensions="day,deviceType")["rows"]) == total
    ids = [row[0] for row in report("views", dimensions="video", sort="-views", maxResults=200)["rows"]]
    one = report(
        "views,averageViewPercentage",
        dimensions="video",
        sort="-views",
        maxResults=2,
        filters=f"video=={','.join(ids)}",
    )
    assert [row[0] for row in one["rows"]] == ids[:2]
    assert sum(row[2] for row in report("viewerPercentage", dimensions="ageGroup,gender")["rows"]) == pytest.approx(
        100, abs=2
    )
    for metrics, more in (
        ("views", {"dimensions": "ageGroup"}),
        ("views", {"dimensions": "video"}),
        ("views", {"dimensions": "day,video"}),
        ("subscribersGained", {"dimensions": "deviceType"}),
        ("mystery", {}),
    ):
        assert refused(analytics.reports().query(**span, metrics=metrics, **more)) == (400, "badRequest")
    assert refused(analytics.reports().query(**span, metrics="estimatedRevenue"))[0] == 403
    group = {"snippet": {"title": "Best"}, "contentDetails": {"itemType": "youtube#video"}}
    made = checked(analytics.groups().insert(body=group).execute(), "Group", "youtubeAnalytics.v2")
    member = {"groupId": made["id"], "resource": {"kind": "youtube#video", "id": ids[0]}}
    item = checked(analytics.groupItems().insert(body=member).execute(), "GroupItem", "youtubeAnalytics.v2")
    alone = report("views", filters=f"video=={ids[0]}")["rows"]
    assert report("views", filters=f"group=={made['id']}")["rows"] == alone
    analytics.groupItems().delete(id=item["id"]).execute()
    analytics.groups().delete(id=made["id"]).execute()


def test_an_address_that_is_too_long_is_posted(stage: Stage) -> None:
    analytics = service(stage, "youtubeAnalytics.v2")
    ids = list(stage.ledger("youtube"))[:100] + [f"none{n:07d}" for n in range(300)]
    last = stage.now().date()
    found = analytics.reports().query(
        ids="channel==MINE",
        startDate=f"{last - timedelta(days=60)}",
        endDate=f"{last}",
        metrics="views",
        filters=f"video=={','.join(ids)}",
    )
    assert found.execute()["rows"]


def test_several_calls_in_one(stage: Stage) -> None:
    youtube = service(stage)
    answers: dict[str, Any] = {}
    batch = youtube.new_batch_http_request(callback=lambda key, body, error: answers.update({key: error or body}))
    batch.add(youtube.channels().list(part="snippet", mine=True), request_id="mine")
    batch.add(youtube.videos().list(part="nothing", id="a"), request_id="wrong")
    batch.add(youtube.playlists().insert(part="snippet", body={"snippet": {"title": "Grüße ☕"}}), request_id="made")
    batch.execute()
    assert answers["mine"]["items"][0]["id"] == stage.account("youtube")
    assert answers["wrong"].resp.status == 400
    assert answers["made"]["snippet"]["title"] == "Grüße ☕"


def test_an_unaudited_project_uploads_in_private_and_is_forgotten_after_a_week(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    app = stage.networks["youtube"]
    client_id, base = f"{app['client_id']}-testing", app["base_url"]
    asked = {"response_type": "code", "client_id": client_id, "redirect_uri": REDIRECT, "scope": " ".join(SCOPES)}
    with stage.bare("youtube") as browser:
        code = approve(browser, "/o/oauth2/v2/auth", {**asked, "access_type": "offline", "prompt": "consent"})["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        token = browser.post("/token", data=form, auth=(client_id, app["client_secret"])).json()
    credentials = Credentials(
        token["access_token"], token["refresh_token"], None, f"{base}/token", client_id, app["client_secret"]
    )
    made = uploaded(service(stage, credentials=credentials), "Locked", privacyStatus="public")
    assert made["status"]["privacyStatus"] == "private"
    stage.advance("P7D")
    with pytest.raises(google.auth.exceptions.RefreshError):
        credentials.refresh(Request())
