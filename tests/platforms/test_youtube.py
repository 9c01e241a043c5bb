"""YouTube: what the wire says, what becomes of it, and one whole round through a sandbox."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    ReconnectNeeded,
    Rejected,
    Unavailable,
)
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import Token
from platforms.youtube import PLATFORM
from platforms.youtube.client import Client
from platforms.youtube.publish import CHUNK
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)
ACCESS = "ya29-access-token"
CHANNEL = {"items": [{"id": "UC1", "contentDetails": {"relatedPlaylists": {"uploads": "UU1"}}}]}


def client(wire: Wire, http: httpx.AsyncClient) -> Client:
    return Client(wire.app, Token(ACCESS), "UC1", http)


def refusal(reason: str, code: int = 403) -> dict[str, Any]:
    return {
        "error": {"code": code, "message": "no", "errors": [{"reason": reason, "domain": "youtube", "message": "m"}]}
    }


@pytest.fixture
def video(tmp_path: Path) -> MediaFile:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\x01\x02\x03" * (CHUNK // 3 + 100))
    return MediaFile("video/mp4", path, "http://127.0.0.1:9/clip.mp4")


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (refusal("quotaExceeded"), 403, RateLimited),
        (refusal("dailyLimitExceeded"), 403, RateLimited),
        (refusal("rateLimitExceeded", 429), 429, RateLimited),
        (refusal("userRateLimitExceeded"), 403, RateLimited),
        (refusal("uploadLimitExceeded", 400), 400, RateLimited),
        (refusal("authError", 401), 401, ReconnectNeeded),
        (refusal("youtubeSignupRequired", 401), 401, ReconnectNeeded),
        (refusal("insufficientPermissions"), 403, ReconnectNeeded),
        (refusal("forbidden"), 403, Rejected),
        (refusal("invalidTitle", 400), 400, Rejected),
        (refusal("backendError", 500), 500, Unavailable),
        (refusal("somethingNew", 503), 503, Unavailable),
        (b"<html>welcome</html>", 200, Unavailable),
        (b"<html>bad gateway</html>", 502, Unavailable),
    ],
)
async def test_a_refusal_is_named_by_its_reason(
    wire: Wire, body: object, status: int, expected: type[PlatformError]
) -> None:
    wire.answer(body, status=status)
    async with httpx.AsyncClient() as http:
        with pytest.raises(PlatformError) as caught:
            await client(wire, http).get("/youtube/v3/channels", {})
    assert type(caught.value) is expected
    assert ACCESS not in repr((caught.value, caught.value.evidence))


async def test_a_spent_quota_holds_for_the_whole_app_until_midnight_in_california(wire: Wire) -> None:
    wire.answer(refusal("quotaExceeded"), status=403, date="Fri, 20 Nov 2026 20:00:00 GMT")
    async with httpx.AsyncClient() as http:
        with pytest.raises(RateLimited) as caught:
            await client(wire, http).get("/youtube/v3/channels", {})
        with pytest.raises(RateLimited):
            await Client(wire.app, Token("other"), "UC2", http).get("/youtube/v3/channels", {})
    assert caught.value.retry_after == timedelta(hours=12)
    assert len(wire.asked) == 1


def listed(id_: str, moment: datetime | None) -> dict[str, Any]:
    published = {"videoPublishedAt": moment.strftime("%Y-%m-%dT%H:%M:%SZ")} if moment else {}
    return {"snippet": {"publishedAt": "2020-01-01T00:00:00Z"}, "contentDetails": {"videoId": id_, **published}}


def shown(id_: str, **more: object) -> dict[str, Any]:
    snippet: dict[str, Any] = {
        "title": "Beans",
        "description": "Hello",
        "publishedAt": "2026-11-20T08:00:00Z",
        "tags": ["a", "b"],
    }
    snippet |= {"thumbnails": {"default": {"url": "https://i.test/a.jpg"}}}
    return {"kind": "youtube#video", "id": id_, "snippet": snippet, "contentDetails": {"duration": "PT41S"}, **more}


async def test_videos_are_found_through_the_uploads_list_until_the_window_starts(wire: Wire) -> None:
    day = timedelta(days=1)
    wire.answer(CHANNEL)
    wire.answer({"items": [listed("a", NOW - day), listed("b", NOW - 20 * day)], "nextPageToken": "P2"})
    wire.answer({"items": [shown("a")]})
    wire.answer({"items": [listed("c", NOW - 30 * day)], "nextPageToken": "P3"})
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        [row] = extract(posts.contract, *await fetch(posts, client(wire, http), WEEK, []))
    assert (row["external_id"], row["title"], row["text"], row["duration"]) == ("a", "Beans", "Hello", "PT41S")
    assert row["thumbnail_url"] == "https://i.test/a.jpg"
    assert row["published_at"] == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert [asked.path.rsplit("/", 1)[-1] for asked in wire.asked] == [
        "channels",
        "playlistItems",
        "videos",
        "playlistItems",
    ]
    assert wire.asked[2].query["id"] == "a"


async def test_a_channel_without_videos_is_empty(wire: Wire) -> None:
    wire.answer(CHANNEL)
    wire.answer(refusal("playlistNotFound", 404), status=404)
    async with httpx.AsyncClient() as http:
        assert await fetch(resource(PLATFORM, "posts"), client(wire, http), WEEK, []) == []


async def test_counters_are_numbers_in_text_and_hidden_ones_unknown(wire: Wire) -> None:
    wire.answer({"items": [shown("a", statistics={"viewCount": "18446744073", "commentCount": "0"})]})
    wire.answer({"items": []})
    counters = resource(PLATFORM, "post_metrics")
    refs = [PostRef(f"v{n}", None, NOW) for n in range(60)]
    async with httpx.AsyncClient() as http:
        [row] = extract(counters.contract, *await fetch(counters, client(wire, http), WEEK, refs))
    assert row == {"external_id": "a", "views": 18446744073, "likes": None, "dislikes": None, "comments": 0}
    assert [len(asked.query["id"].split(",")) for asked in wire.asked] == [50, 10]


def report(names: list[str], *rows: list[object]) -> dict[str, object]:
    headers = [{"name": name, "columnType": "METRIC", "dataType": "INTEGER"} for name in names]
    return {"kind": "youtubeAnalytics#resultTable", "columnHeaders": headers} | ({"rows": list(rows)} if rows else {})


async def test_days_of_all_videos_cost_a_call_each_from_the_first_videos_day(wire: Wire) -> None:
    wire.answer(report(["views", "video", "averageViewDuration"], [7, "v0", 12.5], [0, "v1", 0]))
    wire.answer(report(["video", "views"]))
    daily = resource(PLATFORM, "post_metrics", "daily")
    window = Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC))
    moments = (datetime(2026, 11, 19, 9, tzinfo=UTC), datetime(2026, 11, 20, 9, tzinfo=UTC))
    refs = [PostRef(f"v{n}", None, moment) for n, moment in enumerate(moments)]
    async with httpx.AsyncClient() as http:
        found = extract(daily.contract, *await fetch(daily, client(wire, http), window, refs))
    assert [(row["external_id"], row["as_of_date"], row["views"], row["likes"]) for row in found] == [
        ("v0", date(2026, 11, 19), 7, None),
        ("v1", date(2026, 11, 19), 0, None),
    ]
    assert found[0]["average_view_duration_s"] == 12.5
    asked = [(one.query["filters"], one.query["startDate"], one.query["endDate"]) for one in wire.asked]
    assert asked == [("video==v0", "2026-11-19", "2026-11-19"), ("video==v0,v1", "2026-11-20", "2026-11-20")]
    assert {one.query["maxResults"] for one in wire.asked} == {"200"}


async def test_a_metric_that_died_is_parked_and_a_day_stays_one_record(wire: Wire) -> None:
    dead = refusal("badRequest", 400)
    dead["error"]["message"] = "Unknown identifier (dislikes) given in field parameters.metrics."
    days = resource(PLATFORM, "account_metrics")
    window = Window(datetime(2026, 11, 19, 9, tzinfo=UTC), datetime(2026, 11, 19, 12, tzinfo=UTC))
    async with httpx.AsyncClient() as http:
        channel = client(wire, http)
        # Halved until it stands alone, then asked once more without it.
        for bad in (True, False, True, True, False, True, True, False, False, False):
            wire.answer(dead, 400) if bad else wire.answer(report(["day", "views"], ["2026-11-19", 5]))
        pages = await fetch(days, channel, window, [])
    assert list(channel.parked.reasons) == ["dislikes"]
    assert len(pages) == 1
    assert wire.asked[-1].query["metrics"].count(",") == 9


async def test_days_of_the_channel_are_those_of_california(wire: Wire) -> None:
    wire.answer(report(["day", "views", "subscribersGained"], ["2026-11-18", 5, 1]))
    days = resource(PLATFORM, "account_metrics")
    window = Window(datetime(2026, 11, 19, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC))
    async with httpx.AsyncClient() as http:
        [row] = extract(days.contract, *await fetch(days, client(wire, http), window, []))
    assert (row["as_of_date"], row["views"], row["followers_gained"]) == (date(2026, 11, 18), 5, 1)
    assert (wire.asked[0].query["startDate"], wire.asked[0].query["endDate"]) == ("2026-11-18", "2026-11-19")


async def test_viewers_are_told_apart_and_withheld_groups_are_absent(wire: Wire) -> None:
    wire.answer(report(["country", "views"], ["NO", 70], ["DE", 3]))
    wire.answer(report(["ageGroup", "viewerPercentage"]))
    wire.answer(report(["gender", "viewerPercentage"], ["female", 51.5]))
    groups = resource(PLATFORM, "demographics")
    async with httpx.AsyncClient() as http:
        found = extract(groups.contract, *await fetch(groups, client(wire, http), WEEK, []))
    assert [(row["dimension"], row["value"], row["amount"], row["unit"]) for row in found] == [
        ("country", "NO", 70, "views"),
        ("country", "DE", 3, "views"),
        ("gender", "female", 51.5, "viewerPercentage"),
    ]
    # Ninety times 24 hours, which end an hour nearer to midnight where clocks changed between.
    assert (found[0]["end_date"] - found[0]["start_date"]).days in (89, 90)


async def test_an_account_may_hide_its_followers(wire: Wire) -> None:
    statistics = {"viewCount": "9", "hiddenSubscriberCount": True, "videoCount": "2"}
    wire.answer(
        {"items": [{"id": "UC1", "snippet": {"title": "Nordlys", "customUrl": "@n"}, "statistics": statistics}]}
    )
    accounts = resource(PLATFORM, "accounts")
    async with httpx.AsyncClient() as http:
        [row] = extract(accounts.contract, *await fetch(accounts, client(wire, http), WEEK, []))
    assert (row["name"], row["followers"], row["followers_hidden"], row["views"]) == ("Nordlys", None, True, 9)


async def test_a_video_has_its_session_before_its_bytes_and_goes_on_where_it_stopped(
    wire: Wire, video: MediaFile
) -> None:
    outgoing = Outgoing("Hello\nworld", media=(video,))
    session = f"{wire.base_url}/upload/youtube/v3/videos?uploadType=resumable&upload_id=s1"
    wire.answer(b"", location=session)
    wire.answer(b"", status=308)
    wire.answer(b"", status=308, range=f"bytes=0-{CHUNK - 1}")
    wire.hang_up()
    wire.answer(b"", status=308, range=f"bytes=0-{CHUNK - 1}")
    wire.answer({"id": "dQw4w9WgXcQ", "snippet": {"title": "Hello"}})
    wire.answer({"items": [{"id": "dQw4w9WgXcQ", "status": {"uploadStatus": "uploaded"}}]})
    wire.answer({"items": [{"id": "dQw4w9WgXcQ", "status": {"uploadStatus": "processed"}}]})
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        step = await PLATFORM.publish(client(wire, http), outgoing, None)
        assert isinstance(step, Pending)
        assert step.handle
        with pytest.raises(Unavailable) as caught:
            await PLATFORM.publish(client(wire, http), outgoing, step.state)
        there = await PLATFORM.publish(client(wire, http), outgoing, step.state)
        assert isinstance(there, Pending)
        waits = await PLATFORM.publish(client(wire, http), outgoing, there.state)
        assert isinstance(waits, Pending)
        assert waits.check_after > timedelta(0)
        done = await PLATFORM.publish(client(wire, http), outgoing, waits.state)
    assert done == Published("dQw4w9WgXcQ", "https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    assert "s1" not in str(caught.value)
    sent = [asked.headers.get("content-range") for asked in wire.asked[1:-2]]
    rest = f"bytes {CHUNK}-{video.size - 1}/{video.size}"
    ask = f"bytes */{video.size}"
    assert sent == [ask, f"bytes 0-{CHUNK - 1}/{video.size}", rest, ask, rest]
    assert wire.asked[2].body + wire.asked[5].body == video.path.read_bytes()
    metadata = json.loads(wire.asked[0].body)
    assert (metadata["snippet"]["title"], metadata["snippet"]["description"]) == ("Hello", "Hello\nworld")


async def test_a_session_that_is_gone_leaves_the_outcome_unknown(wire: Wire, video: MediaFile) -> None:
    wire.answer(b"", status=404)
    assert PLATFORM.publish is not None
    state = {"session": f"{wire.base_url}/upload?upload_id=s1"}
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(video,)), state)


async def test_an_upload_that_does_not_advance_is_no_endless_loop(wire: Wire, video: MediaFile) -> None:
    for _ in range(2):
        wire.answer(b"", status=308)
    assert PLATFORM.publish is not None
    state = {"session": f"{wire.base_url}/upload?upload_id=s1"}
    async with httpx.AsyncClient() as http:
        with pytest.raises(Unavailable, match="advance"):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(video,)), state)


async def test_a_video_is_found_by_its_title_and_description(wire: Wire, video: MediaFile) -> None:
    wire.answer(CHANNEL)
    wire.answer({"items": [listed("b", NOW), listed("a", NOW)]})
    other = {"title": "Other", "description": "Hello", "publishedAt": "2026-11-20T08:00:00Z"}
    wire.answer({"items": [shown("b") | {"snippet": other}, shown("a")]})
    assert PLATFORM.find is not None
    async with httpx.AsyncClient() as http:
        found = await PLATFORM.find(client(wire, http), Outgoing("Hello", title="Beans", media=(video,)), NOW)
    assert found == Published("a", "https://www.youtube.com/watch?v=a")


async def test_a_consent_gives_the_channel_and_keeps_its_refresh_token(wire: Wire) -> None:
    wire.answer({"access_token": "a1", "refresh_token": "r1", "expires_in": 3599, "scope": "s1 s2"})
    wire.answer({"items": [{"id": "UC1", "snippet": {"title": "Nordlys", "customUrl": "@n"}}]})
    wire.answer({"access_token": "a2", "expires_in": 3599, "scope": "s1 s2"})
    wire.answer({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
    oauth = PLATFORM.oauth
    async with httpx.AsyncClient() as http:
        [connection] = await oauth.connect(wire.app, http, code="c", redirect_uri="http://r.test", verifier="v" * 43)
        renewed = await oauth.refresh(wire.app, http, connection.token)
        with pytest.raises(ReconnectNeeded):
            await oauth.refresh(wire.app, http, renewed)
    assert (connection.external_id, connection.name, connection.username) == ("UC1", "Nordlys", "@n")
    assert (renewed.access, renewed.refresh) == ("a2", "r1")


async def test_a_google_account_without_a_channel_is_told_so(wire: Wire) -> None:
    wire.answer({"access_token": "a1", "expires_in": 3599, "scope": "s1"})
    wire.answer({"kind": "youtube#channelListResponse", "pageInfo": {"totalResults": 0}})
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected, match="no YouTube channel"):
            await PLATFORM.oauth.connect(wire.app, http, code="c", redirect_uri="http://r.test", verifier="v")


async def rows(
    name: str, channel: Client, window: Window, refs: Sequence[PostRef] = (), variant: str = ""
) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, channel, window, list(refs)))


async def test_a_whole_round_through_a_sandbox(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("youtube")) as (channel, connection):
        window = Window(channel.now - timedelta(days=180), channel.now)
        ledger = sandbox.ledger("youtube")
        own = {p["external_id"]: p for p in ledger["posts"] if p["account"] == connection.external_id}

        [account] = await rows("accounts", channel, window)
        assert account["external_id"] == connection.external_id
        assert account["followers"] > 100

        posts = await rows("posts", channel, window)
        recent = {i for i, p in own.items() if datetime.fromisoformat(p["created_at"]) >= window.start}
        assert recent <= {post["external_id"] for post in posts} <= own.keys()
        assert all(post["text"] == own[post["external_id"]]["text"] for post in posts)

        refs = [PostRef(p["external_id"], p["kind"], p["published_at"]) for p in posts]
        counted = {row["external_id"]: row for row in await rows("post_metrics", channel, window, refs)}
        assert counted.keys() == {ref.external_id for ref in refs}
        old = refs[-1]
        assert counted[old.external_id]["views"] == pytest.approx(own[old.external_id]["counters"]["views"], abs=2)

        first_days = Window(old.published_at, old.published_at + timedelta(days=9))
        days = await rows("post_metrics", channel, first_days, [old], variant="daily")
        assert {day["external_id"] for day in days} == {old.external_id}
        assert 0 < sum(day["views"] for day in days) <= counted[old.external_id]["views"]

        of_channel = {row["as_of_date"] for row in await rows("account_metrics", channel, window)}
        assert 170 <= len(of_channel) <= 181
        dimensions = {row["dimension"] for row in await rows("demographics", channel, window)}
        assert dimensions == {"country", "ageGroup", "gender"}


async def test_a_video_that_youtube_cannot_read_is_rejected(wire: Wire, video: MediaFile) -> None:
    wire.answer({"items": [{"id": "v", "status": {"uploadStatus": "failed", "failureReason": "codec"}}]})
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        state = {"session": "http://s.test", "video": "v"}
        with pytest.raises(Rejected, match="codec"):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(video,)), state)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"options": {"privacyStatuss": "public"}}, "privacyStatuss"),
        ({"options": {"privacyStatus": "public"}, "publish_at": NOW}, "private until then"),
        ({"format": "short"}, "180 seconds"),
    ],
)
async def test_a_video_that_youtube_would_never_take_is_not_sent(
    wire: Wire, video: MediaFile, more: dict[str, Any], why: str
) -> None:
    media = dataclasses.replace(video, seconds=181)
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected, match=why):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(media,), **more), None)
    assert wire.asked == []


async def test_an_edit_sends_again_what_is_to_stay(wire: Wire) -> None:
    snippet = {"title": "Old", "description": "Old", "tags": ["a"], "categoryId": "27", "channelId": "UC1"}
    status = {"privacyStatus": "unlisted", "license": "creativeCommon", "uploadStatus": "processed"}
    wire.answer({"items": [{"id": "v", "snippet": snippet, "status": status}]})
    wire.answer({"id": "v"})
    assert PLATFORM.edit is not None
    async with httpx.AsyncClient() as http:
        channel = client(wire, http)
        await PLATFORM.edit(channel, "v", Outgoing("New", title="Newer", options={"embeddable": False}))
    assert wire.asked[1].query["part"] == "snippet,status"
    assert json.loads(wire.asked[1].body) == {
        "id": "v",
        "snippet": {"title": "Newer", "description": "New", "tags": ["a"], "categoryId": "27"},
        "status": {"privacyStatus": "unlisted", "license": "creativeCommon", "embeddable": False},
    }
    assert channel.spent.totals == {"units": Decimal(51)}


async def test_a_lost_comment_is_in_doubt_and_a_lost_edit_is_not(wire: Wire) -> None:
    assert PLATFORM.comment is not None
    assert PLATFORM.delete is not None
    wire.hang_up()
    wire.answer(refusal("backendError", 500), status=500)
    wire.hang_up()
    wire.answer(refusal("videoNotFound", 404), status=404)
    async with httpx.AsyncClient() as http:
        for _ in range(2):
            with pytest.raises(OutcomeUnknown):
                await PLATFORM.comment(client(wire, http), "v", "First")
        with pytest.raises(Unavailable):
            await PLATFORM.delete(client(wire, http), "v")
        await PLATFORM.delete(client(wire, http), "v")


async def test_hidden_subscribers_of_others_are_unknown(wire: Wire) -> None:
    statistics = {"viewCount": "9", "subscriberCount": "0", "hiddenSubscriberCount": True, "videoCount": "2"}
    wire.answer({"items": [{"id": "UC2", "snippet": {"title": "Rival"}, "statistics": statistics}]})
    wire.answer({"kind": "youtube#channelListResponse"})
    lookup = PLATFORM.lookup
    assert lookup is not None
    async with httpx.AsyncClient() as http:
        pages = [page async for page in lookup.fetch(client(wire, http), ["rival", "@nobody"])]
    [row] = extract(lookup.contract, *pages)
    assert (row["handle"], row["external_id"], row["followers"], row["views"]) == ("rival", "UC2", None, 9)
    assert [asked.query["forHandle"] for asked in wire.asked] == ["@rival", "@nobody"]


async def test_a_permission_that_is_over_already_ends_quietly(wire: Wire) -> None:
    wire.answer({})
    wire.answer({"error": "invalid_token"}, 400)
    wire.answer(b"", 503)
    revoke = PLATFORM.revoke
    assert revoke is not None
    async with httpx.AsyncClient() as http:
        await revoke(wire.app, http, Token("a", "r"))
        await revoke(wire.app, http, Token("a"))
        with pytest.raises(Unavailable):
            await revoke(wire.app, http, Token("a"))
    assert [asked.form["token"] for asked in wire.asked] == ["r", "a", "a"]


@pytest.fixture
def sample(sandbox: Sandbox, tmp_path: Path) -> MediaFile:
    path = tmp_path / "sample.mp4"
    path.write_bytes(httpx.get(f"{sandbox.control}/sample.mp4").content)
    return MediaFile("video/mp4", path, f"{sandbox.control}/sample.mp4", seconds=4)


async def publish(channel: Client, outgoing: Outgoing) -> Published:
    step: Published | Pending | None = None
    assert PLATFORM.publish is not None
    for _ in range(9):
        step = await PLATFORM.publish(channel, outgoing, step.state if isinstance(step, Pending) else None)
        if isinstance(step, Published):
            return step
    raise AssertionError(step)


async def test_a_video_goes_live_once_and_is_found_again(sandbox: Sandbox, sample: MediaFile, photo: MediaFile) -> None:
    outgoing = Outgoing(
        f"Fresh beans today ☕\n{uuid4()}",
        title=f"Beans {uuid4()}",
        media=(sample, photo),
        format="short",
        options={"tags": ["beans", "fresh coffee"], "selfDeclaredMadeForKids": False, "notifySubscribers": False},
    )
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with connected(PLATFORM, sandbox.app("youtube")) as (channel, _):
        since = channel.now
        assert await PLATFORM.find(channel, outgoing, since) is None
        before = dict(channel.spent.totals)
        pending = await PLATFORM.publish(channel, outgoing, None)
        assert isinstance(pending, Pending)
        # A crash after the last byte: the session names the same video again.
        twice = [await PLATFORM.publish(channel, outgoing, pending.state) for _ in range(2)]
        assert twice[0] == twice[1]
        assert isinstance(twice[0], Pending)
        pictured = await PLATFORM.publish(channel, outgoing, twice[0].state)
        assert isinstance(pictured, Pending)
        done = await PLATFORM.publish(channel, outgoing, pictured.state)
        assert channel.spent.totals == {"units": before["units"] + 51, "uploads": Decimal(1)}
        assert done == await PLATFORM.find(channel, outgoing, since)
        live = [p["external_id"] for p in sandbox.ledger("youtube")["posts"] if p["text"] == outgoing.text]
        assert [Published(i, f"https://www.youtube.com/watch?v={i}") for i in live] == [done]


async def test_a_live_video_is_edited_commented_and_deleted(sandbox: Sandbox, sample: MediaFile) -> None:
    assert PLATFORM.edit is not None
    assert PLATFORM.comment is not None
    assert PLATFORM.delete is not None
    assert PLATFORM.find is not None
    outgoing = Outgoing(f"Cups {uuid4()}", title="Cups", media=(sample,), options={"tags": ["cups"]})
    async with connected(PLATFORM, sandbox.app("youtube")) as (channel, connection):
        start = channel.now
        made = await publish(channel, outgoing)
        assert made.external_id is not None
        edited = Outgoing(f"Better cups {uuid4()}", title="Better", media=(sample,))
        assert await PLATFORM.edit(channel, made.external_id, edited) == made
        assert await PLATFORM.find(channel, edited, start) == made
        answer = await channel.get("/youtube/v3/videos", {"part": "snippet", "id": made.external_id})
        assert answer.json()["items"][0]["snippet"]["tags"] == ["cups"]
        key = await PLATFORM.comment(channel, made.external_id, "Which colour?")
        window = Window(start - timedelta(days=3), channel.now)
        found = {row["external_id"]: row for row in await rows("comments", channel, window)}
        assert (found[key]["text"], found[key]["post_external_id"]) == ("Which colour?", made.external_id)
        assert found[key]["author_external_id"] == connection.external_id
        assert any(row["parent_external_id"] in found for row in found.values() if row["parent_external_id"])
        for _ in range(2):
            await PLATFORM.delete(channel, made.external_id)
        assert await PLATFORM.find(channel, edited, start) is None


async def test_a_video_is_handed_over_to_go_public_later(sandbox: Sandbox, sample: MediaFile) -> None:
    async with connected(PLATFORM, sandbox.app("youtube")) as (channel, _):
        moment = channel.now + timedelta(hours=2)
        made = await publish(channel, Outgoing(f"Later {uuid4()}", media=(sample,), publish_at=moment))
        assert made.external_id not in {post["external_id"] for post in sandbox.ledger("youtube")["posts"]}
        answer = await channel.get("/youtube/v3/videos", {"part": "status", "id": made.external_id})
        [shown] = answer.json()["items"]
        assert (shown["status"]["privacyStatus"], "publishAt" in shown["status"]) == ("private", True)
        sandbox.advance("PT3H")
        assert made.external_id in {post["external_id"] for post in sandbox.ledger("youtube")["posts"]}


async def test_a_permission_is_ended_at_google(sandbox: Sandbox) -> None:
    assert PLATFORM.revoke is not None
    app = sandbox.app("youtube")
    async with connected(PLATFORM, app) as (channel, connection), httpx.AsyncClient() as http:
        await PLATFORM.revoke(app, http, connection.token)
        await PLATFORM.revoke(app, http, connection.token)
        with pytest.raises(ReconnectNeeded):
            await PLATFORM.oauth.refresh(app, http, connection.token)
        with pytest.raises(ReconnectNeeded):
            await channel.get("/youtube/v3/channels", {"part": "id", "mine": "true"})
