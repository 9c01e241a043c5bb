"""YouTube as its contract says it answers, over HTTP."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.sandbox.stage import REDIRECT, Stage, approve, running

PACIFIC = ZoneInfo("America/Los_Angeles")
SCOPES = "https://www.googleapis.com/auth/youtube.readonly https://www.googleapis.com/auth/yt-analytics.readonly"
CHUNK = 256 * 1024
FILM = bytes(2 * CHUNK + 100)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("youtube") as client:
        yield client


def own(stage: Stage) -> dict[str, Any]:
    return {id_: p for id_, p in stage.ledger("youtube").items() if p["account"] == stage.account("youtube")}


def consented(stage: Stage, http: httpx.Client, **more: str) -> dict[str, Any]:
    app = stage.networks["youtube"]
    asked = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": SCOPES}
    code = approve(http, "/o/oauth2/v2/auth", {**asked, **more})["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    answer = http.post("/token", data=form, auth=(app["client_id"], app["client_secret"]))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def report(http: httpx.Client, metrics: str, **more: Any) -> httpx.Response:
    params = {"ids": "channel==MINE", "startDate": "2020-01-01", "endDate": "2999-01-01", "metrics": metrics}
    return http.get("/v2/reports", params={**params, **more})


def rows(http: httpx.Client, metrics: str, **more: Any) -> list[list[Any]]:
    answer = report(http, metrics, **more)
    assert answer.status_code == 200, answer.text
    return list(answer.json().get("rows", []))


def started(http: httpx.Client, title: str = "A film", **status: Any) -> httpx.Response:
    return http.post(
        "/upload/youtube/v3/videos",
        params={"uploadType": "resumable", "part": "snippet,status"},
        json={"snippet": {"title": title, "description": "About cups #coffee"}, "status": status},
        headers={"X-Upload-Content-Type": "video/mp4", "X-Upload-Content-Length": str(len(FILM))},
    )


def test_a_refresh_token_comes_with_the_first_or_a_forced_consent(stage: Stage) -> None:
    app = stage.networks["youtube"]
    with stage.bare("youtube") as http:
        # Taking access back ends whatever was consented before.
        earlier = consented(stage, http)["access_token"]
        assert http.post("/revoke", params={"token": earlier}).status_code == 200
        first = consented(stage, http, access_type="offline")
        second = consented(stage, http, access_type="offline")
        forced = consented(stage, http, access_type="offline", prompt="consent")
        online = consented(stage, http, prompt="consent")
        form = {"grant_type": "refresh_token", "refresh_token": forced["refresh_token"]}
        form |= {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        fresh = http.post("/token", data=form).json()
        me = http.get(
            "/youtube/v3/channels?part=id&mine=True", headers={"authorization": f"Bearer {fresh['access_token']}"}
        )
        assert http.post("/revoke", params={"token": forced["refresh_token"]}).status_code == 200
        dead = http.post("/token", data=form)
    assert "refresh_token" in first
    assert "refresh_token" not in {**second, **online, **fresh}
    assert fresh["expires_in"] == 3599
    assert me.json()["items"][0]["id"] == stage.account("youtube")
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")


def test_pkce_is_checked_when_it_is_used(stage: Stage) -> None:
    app = stage.networks["youtube"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"right").digest()).decode().rstrip("=")
    asked = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": SCOPES}
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    answers = {}
    with stage.bare("youtube") as http:
        for verifier in ("wrong", "right"):
            code = approve(http, "/o/oauth2/v2/auth", asked)["code"]
            form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
            form |= {"client_id": app["client_id"], "client_secret": app["client_secret"]}
            answers[verifier] = http.post("/token", data={**form, "code_verifier": verifier}).status_code
    assert answers == {"wrong": 400, "right": 200}


def test_refusals_carry_a_reason(stage: Stage, http: httpx.Client) -> None:
    with stage.bare("youtube") as stranger:
        unknown = stranger.get("/youtube/v3/channels?part=id&mine=true")
        token = consented(stage, stranger)["access_token"]
        weak = stranger.delete("/youtube/v3/videos?id=x", headers={"authorization": f"Bearer {token}"})
    cases = [
        (unknown, 401, "authError"),
        (weak, 403, "insufficientPermissions"),
        (http.get("/youtube/v3/channels?part=id"), 400, "missingRequiredParameter"),
        (http.get("/youtube/v3/channels?mine=true"), 400, "missingRequiredParameter"),
        (http.get("/youtube/v3/playlistItems?part=id&playlistId=UUnone"), 404, "playlistNotFound"),
        (http.delete("/youtube/v3/videos?id=none"), 404, "videoNotFound"),
    ]
    for answer, status, reason in cases:
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["errors"][0]["reason"]) == (status, status, reason)


def test_the_channel_leads_to_every_video_of_the_ledger(stage: Stage, http: httpx.Client) -> None:
    channel = http.get("/youtube/v3/channels?part=snippet,statistics,contentDetails&mine=true").json()["items"][0]
    playlist = channel["contentDetails"]["relatedPlaylists"]["uploads"]
    seen, token = [], ""
    while token is not None:
        params = {"part": "contentDetails", "playlistId": playlist, "maxResults": 50}
        page = http.get("/youtube/v3/playlistItems", params=params | ({"pageToken": token} if token else {})).json()
        seen += [item["contentDetails"]["videoId"] for item in page["items"]]
        token = page.get("nextPageToken")
    assert sorted(seen) == sorted(own(stage))
    assert channel["statistics"]["videoCount"] == str(len(seen))
    subscribers = channel["statistics"]["subscriberCount"]
    assert subscribers[3:] == "0" * len(subscribers[3:])
    bad = http.get("/youtube/v3/playlistItems", params={"part": "id", "playlistId": playlist, "pageToken": "?"})
    assert bad.json()["error"]["errors"][0]["reason"] == "invalidPageToken"
    rival = http.get(f"/youtube/v3/channels?part=statistics&id={stage.account('youtube', 1)}").json()
    assert "items" in rival
    assert "items" not in http.get("/youtube/v3/channels?part=id&id=UCnone").json()


def test_counters_are_strings_and_equal_the_ledger(stage: Stage, http: httpx.Client) -> None:
    posts = dict(list(own(stage).items())[-3:])
    params = {"part": "statistics,snippet,contentDetails,status", "id": ",".join([*posts, "unknown0000"])}
    items = http.get("/youtube/v3/videos", params=params).json()["items"]
    brief = http.get("/youtube/v3/videos:batchGetStats", params={"part": "statistics", "id": list(posts)}).json()
    assert [item["id"] for item in items] == [item["id"] for item in brief["items"]] == list(posts)
    for item, short in zip(items, brief["items"], strict=True):
        counters = posts[item["id"]]["counters"]
        assert item["statistics"]["viewCount"] == short["statistics"]["viewCount"] == str(counters["views"])
        assert item["statistics"]["likeCount"] == str(counters["likes"])
        assert item["contentDetails"]["duration"].startswith("PT")
        assert "snippet" not in short


def test_an_unchanged_answer_is_not_sent_again(stage: Stage, http: httpx.Client) -> None:
    url = f"/youtube/v3/videos?part=snippet&id={next(iter(own(stage)))}"
    first = http.get(url)
    again = http.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.json()["etag"] == first.headers["etag"].strip('"')


def test_days_add_up_to_the_settled_lifetime(stage: Stage, http: httpx.Client) -> None:
    days = rows(http, "views,likes,estimatedMinutesWatched,subscribersGained", dimensions="day")
    (total,) = rows(http, "views,likes")
    videos = rows(http, "views", dimensions="video", sort="-views", maxResults=200)
    assert [sum(day[1] for day in days), sum(day[2] for day in days)] == total
    assert sum(video[1] for video in videos) == total[0]
    assert videos == sorted(videos, key=lambda row: -row[1])
    old = [(id_, post) for id_, post in own(stage).items() if post["counters"]["views"]][-1]
    (lone,) = rows(http, "views", filters=f"video=={old[0]}")
    assert 0 < lone[0] <= old[1]["counters"]["views"]


def test_the_last_days_are_not_told_yet(stage: Stage, http: httpx.Client) -> None:
    days = rows(http, "views", dimensions="day")
    newest = date.fromisoformat(days[-1][0])
    assert timedelta(days=2) < stage.now().astimezone(PACIFIC).date() - newest <= timedelta(days=4)
    today = f"{stage.now():%Y-%m-%d}"
    assert "rows" not in report(http, "views", dimensions="day", startDate=today, endDate=today).json()


def test_days_of_one_video_begin_with_it(stage: Stage, http: httpx.Client) -> None:
    id_, post = list(own(stage).items())[-1]
    days = rows(http, "views,averageViewDuration,averageViewPercentage", dimensions="day", filters=f"video=={id_}")
    born = datetime.fromisoformat(post["created_at"]).astimezone(PACIFIC).date()
    assert days[0][0] == born.isoformat()
    assert all(0 <= day[3] for day in days)
    assert rows(http, "views", dimensions="day", filters="video==unknown0000") == []


def test_demographics_are_percentages_only(http: httpx.Client) -> None:
    answer = report(http, "viewerPercentage", dimensions="ageGroup,gender").json()
    assert [(c["name"], c["columnType"], c["dataType"]) for c in answer["columnHeaders"]] == [
        ("ageGroup", "DIMENSION", "STRING"),
        ("gender", "DIMENSION", "STRING"),
        ("viewerPercentage", "METRIC", "FLOAT"),
    ]
    assert sum(row[2] for row in answer["rows"]) == pytest.approx(100, abs=1.5)
    assert {row[0] for row in answer["rows"]} >= {"age18-24", "age65-"}


def test_countries_share_all_views(http: httpx.Client) -> None:
    (total,) = rows(http, "views")
    assert sum(row[1] for row in rows(http, "views", dimensions="country")) == total[0]


@pytest.mark.parametrize(
    ("metrics", "more"),
    [
        ("views", {"dimensions": "ageGroup,gender"}),
        ("viewerPercentage", {}),
        ("views", {"dimensions": "day,video"}),
        ("views", {"dimensions": "video"}),
        ("nothing", {}),
        ("views", {"startDate": "1.1.2026"}),
        ("views", {"startDate": "2026-02-02", "endDate": "2026-02-01"}),
        ("views", {"sort": "likes"}),
        ("views", {"filters": "continent==150"}),
    ],
)
def test_a_query_that_is_not_supported(http: httpx.Client, metrics: str, more: dict[str, str]) -> None:
    answer = report(http, metrics, **more)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)


def test_reports_of_another_channel_are_forbidden(stage: Stage, http: httpx.Client) -> None:
    assert report(http, "views", ids=f"channel=={stage.account('youtube', 1)}").status_code == 403


def test_an_upload_resumes_where_it_stopped(stage: Stage, http: httpx.Client) -> None:
    begun = started(http, privacyStatus="public")
    assert begun.status_code == 200
    url, total = begun.headers["location"], len(FILM)
    nothing = http.put(url, headers={"Content-Range": f"bytes */{total}"})
    assert nothing.status_code == 308
    assert "range" not in nothing.headers
    odd = http.put(url, content=FILM[:1000], headers={"Content-Range": f"bytes 0-999/{total}"})
    assert odd.status_code == 400
    first = http.put(url, content=FILM[:CHUNK], headers={"Content-Range": f"bytes 0-{CHUNK - 1}/{total}"})
    assert (first.status_code, first.headers["range"]) == (308, f"bytes=0-{CHUNK - 1}")
    asked = http.put(url, headers={"Content-Range": f"bytes */{total}"})
    assert asked.headers["range"] == f"bytes=0-{CHUNK - 1}"
    last = http.put(url, content=FILM[CHUNK:], headers={"Content-Range": f"bytes {CHUNK}-{total - 1}/{total}"})
    assert last.status_code == 200
    video = last.json()
    assert video["snippet"]["title"] == "A film"
    assert http.put(url, headers={"Content-Range": f"bytes */{total}"}).json()["id"] == video["id"]
    assert stage.ledger("youtube")[video["id"]]["text"] == "About cups #coffee"
    stage.advance("P1D")
    shown = http.get(f"/youtube/v3/videos?part=statistics&id={video['id']}").json()["items"][0]
    assert int(shown["statistics"]["viewCount"]) > 0
    assert http.delete(f"/youtube/v3/videos?id={video['id']}").status_code == 204
    assert "items" not in http.get(f"/youtube/v3/videos?part=id&id={video['id']}").json()
    assert http.put(url + "x", content=b"").status_code == 404


def test_a_private_video_is_only_for_its_owner(stage: Stage, http: httpx.Client) -> None:
    url = started(http, "Hidden", privacyStatus="private").headers["location"]
    video = http.put(url, content=FILM).json()
    with stage.http("youtube", 1) as other:
        assert "items" not in other.get(f"/youtube/v3/videos?part=id&id={video['id']}").json()
    assert (
        http.get(f"/youtube/v3/videos?part=status&id={video['id']}").json()["items"][0]["status"]["privacyStatus"]
        == "private"
    )


@pytest.mark.parametrize(
    ("title", "status", "reason"),
    [
        ("", {}, "invalidTitle"),
        ("a" * 101, {}, "invalidTitle"),
        ("fine", {"privacyStatus": "secret"}, "invalidVideoMetadata"),
        ("fine", {"privacyStatus": "public", "publishAt": "2027-01-01T00:00:00Z"}, "invalidPublishAt"),
    ],
)
def test_an_upload_that_youtube_refuses(http: httpx.Client, title: str, status: dict[str, str], reason: str) -> None:
    answer = started(http, title, **status)
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (400, reason)


def test_the_quota_of_a_day_ends_with_it(stage: Stage) -> None:
    with stage.http("youtube", 1) as http:
        reasons = []
        for _ in range(201):
            answer = http.delete("/youtube/v3/videos?id=none")
            reasons.append(answer.json()["error"]["errors"][0]["reason"])
        assert reasons[-1] == "quotaExceeded"
        assert answer.status_code == 403
        assert "retry-after" not in answer.headers
        stage.advance("P1D")
        assert http.get("/youtube/v3/channels?part=id&mine=true").status_code == 200


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff", b'{"snippet": "x"}'])
def test_a_broken_body_is_refused(http: httpx.Client, body: bytes) -> None:
    answer = http.post("/upload/youtube/v3/videos?uploadType=resumable&part=snippet", content=body)
    assert answer.status_code == 400
