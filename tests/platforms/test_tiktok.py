"""TikTok: what the wire says, what becomes of it, and one whole round through a sandbox."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
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
from platforms.tiktok import PLATFORM
from platforms.tiktok.client import Client
from platforms.tiktok.publish import chunks
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC).replace(microsecond=0)
WEEK = Window(NOW - timedelta(days=7), NOW)
ACCESS = "tt-access-token"
CREATOR = {"privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"], "creator_username": "nordlys"}


def client(wire: Wire, http: httpx.AsyncClient, scopes: tuple[str, ...] = ()) -> Client:
    return Client(wire.app, Token(ACCESS, scopes=scopes), "open-1", http)


def ok(**data: object) -> dict[str, object]:
    return {"data": data, "error": {"code": "ok", "message": "", "log_id": "L1"}}


def refusal(code: str) -> dict[str, object]:
    return {"data": {}, "error": {"code": code, "message": "no", "log_id": "L1"}}


@pytest.fixture
def video(tmp_path: Path) -> MediaFile:
    path = tmp_path / "clip.mp4"
    path.write_bytes(bytes(range(256)) * 40)
    return MediaFile("video/mp4", path, "http://127.0.0.1:9/clip.mp4")


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("access_token_invalid", ReconnectNeeded),
        ("scope_not_authorized", ReconnectNeeded),
        ("scope_permission_missed", ReconnectNeeded),
        ("rate_limit_exceeded", RateLimited),
        ("spam_risk_too_many_posts", RateLimited),
        ("reached_active_user_cap", RateLimited),
        ("invalid_params", Rejected),
        ("spam_risk_user_banned_from_posting", Rejected),
        ("unaudited_client_can_only_post_to_private_accounts", Rejected),
        ("internal_error", Unavailable),
    ],
)
async def test_a_refusal_is_named_by_its_code_whatever_the_status(
    wire: Wire, code: str, status: int, expected: type[PlatformError]
) -> None:
    wire.answer(refusal(code), status=status)
    async with httpx.AsyncClient() as http:
        with pytest.raises(PlatformError) as caught:
            await client(wire, http).get("/v2/user/info/", {"fields": "open_id"})
    assert type(caught.value) is expected
    assert ACCESS not in repr((caught.value, caught.value.evidence))


async def test_an_answer_that_is_none_of_tiktoks_is_no_success(wire: Wire) -> None:
    wire.answer(b"<html>welcome</html>")
    wire.answer(b"<html>bad gateway</html>", status=502)
    async with httpx.AsyncClient() as http:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await client(wire, http).get("/v2/user/info/", {"fields": "open_id"})


def clip(id_: str, age: timedelta, **more: object) -> dict[str, Any]:
    counters = {"like_count": 4, "comment_count": 1, "share_count": 0, "view_count": 90}
    created = int((NOW - age).timestamp())
    return {"id": id_, "create_time": created, "video_description": "Hello #fyp", "duration": 9, **counters, **more}


async def test_videos_are_read_from_the_end_of_the_window_to_its_start(wire: Wire) -> None:
    day = timedelta(days=1)
    photo = clip("1", 2 * day, duration=0, title="A photo", video_description="")
    wire.answer(ok(videos=[clip("2", day), photo], cursor=1_700_000_000_000, has_more=True))
    wire.answer(ok(videos=[clip("0", 20 * day)], cursor=1_600_000_000_000, has_more=True))
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        pages = await fetch(posts, client(wire, http), WEEK, [])
    found = extract(posts.contract, *pages)
    assert [(row["external_id"], row["kind"], row["text"]) for row in found[:2]] == [
        ("2", "video", "Hello #fyp"),
        ("1", "photo", "A photo"),
    ]
    asked = [json.loads(request.body) for request in wire.asked]
    assert asked[0] == {"max_count": 20, "cursor": int(WEEK.end.timestamp() * 1000)}
    assert asked[1]["cursor"] == 1_700_000_000_000
    assert len(asked) == 2


async def test_counters_are_asked_by_twenties_and_a_hidden_video_is_absent(wire: Wire) -> None:
    wire.answer(ok(videos=[clip("1", timedelta(days=1)), {"id": "2", "view_count": 0}]))
    wire.answer(ok(videos=[]))
    counters = resource(PLATFORM, "post_metrics")
    refs = [PostRef(str(n), "video", NOW) for n in range(25)]
    async with httpx.AsyncClient() as http:
        found = extract(counters.contract, *await fetch(counters, client(wire, http), WEEK, refs))
    assert found == [
        {"external_id": "1", "views": 90, "likes": 4, "comments": 1, "shares": 0},
        {"external_id": "2", "views": 0, "likes": None, "comments": None, "shares": None},
    ]
    assert [len(json.loads(asked.body)["filters"]["video_ids"]) for asked in wire.asked] == [20, 5]
    assert "view_count" in wire.asked[0].query["fields"]


async def test_only_what_the_person_allowed_is_asked_of_the_account(wire: Wire) -> None:
    wire.answer(ok(user={"open_id": "open-1", "display_name": "Nordlys", "follower_count": 12}))
    accounts = resource(PLATFORM, "accounts")
    async with httpx.AsyncClient() as http:
        creator = client(wire, http, ("user.info.basic", "user.info.stats"))
        [row] = extract(accounts.contract, *await fetch(accounts, creator, WEEK, []))
    assert (row["external_id"], row["followers"], row["username"]) == ("open-1", 12, None)
    assert "username" not in wire.asked[0].query["fields"]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (1_000, (1_000, 1)),
        (64_000_000, (64_000_000, 1)),
        (64_000_001, (10_000_000, 6)),
        (129_999_999, (10_000_000, 12)),
    ],
)
def test_the_rest_that_fills_no_chunk_joins_the_last(size: int, expected: tuple[int, int]) -> None:
    assert chunks(size) == expected


async def test_a_video_has_its_handle_before_its_bytes_and_is_never_started_twice(wire: Wire, video: MediaFile) -> None:
    outgoing = Outgoing("Hello", media=(video,))
    wire.answer(ok(**CREATOR))
    wire.answer(ok(publish_id="v_pub~1", upload_url=f"{wire.base_url}/upload/1"))
    wire.answer(ok(status="PROCESSING_UPLOAD", uploaded_bytes=0))
    wire.answer(b"", status=201)
    wire.answer(ok(status="PROCESSING_UPLOAD", uploaded_bytes=video.size))
    wire.answer(ok(status="PUBLISH_COMPLETE", publicaly_available_post_id=[7_400_000_000_000_000_001]))
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        step = await PLATFORM.publish(client(wire, http), outgoing, None)
        for _ in range(3):
            assert isinstance(step, Pending)
            assert step.handle
            step = await PLATFORM.publish(client(wire, http), outgoing, json.loads(json.dumps(step.state)))
    assert step == Published("7400000000000000001")
    start = json.loads(wire.asked[1].body)
    assert start["source_info"] == {
        "source": "FILE_UPLOAD",
        "video_size": 10240,
        "chunk_size": 10240,
        "total_chunk_count": 1,
    }
    assert start["post_info"]["privacy_level"] == "PUBLIC_TO_EVERYONE"
    assert wire.asked[3].headers["content-range"] == "bytes 0-10239/10240"
    assert wire.asked[3].body == video.path.read_bytes()
    assert len(wire.asked) == 6


async def test_a_post_may_be_live_without_an_id_and_a_failed_one_is_refused(wire: Wire, video: MediaFile) -> None:
    wire.answer(ok(status="PUBLISH_COMPLETE", publicaly_available_post_id=[]))
    wire.answer(ok(status="FAILED", fail_reason="duration_check_failed"))
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        state = {"publish_id": "v_pub~1", "upload_url": f"{wire.base_url}/upload/1"}
        outgoing = Outgoing("Hello", media=(video,))
        assert await PLATFORM.publish(client(wire, http), outgoing, state) == Published(None)
        with pytest.raises(Rejected, match="duration_check_failed"):
            await PLATFORM.publish(client(wire, http), outgoing, state)


async def test_an_account_that_may_not_post_publicly_is_told_so_before_anything_is_sent(
    wire: Wire, video: MediaFile
) -> None:
    wire.answer(ok(privacy_level_options=["SELF_ONLY"]))
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected, match="SELF_ONLY"):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(video,)), None)
        with pytest.raises(Rejected):
            await PLATFORM.publish(client(wire, http), Outgoing("Only text"), None)


async def test_a_photo_is_pulled_so_a_lost_answer_is_unknown(wire: Wire, photo: MediaFile, video: MediaFile) -> None:
    wire.answer(ok(**CREATOR))
    wire.hang_up()
    wire.answer(ok(**CREATOR))
    wire.hang_up()
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(photo,)), None)
        with pytest.raises(Unavailable):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello", media=(video,)), None)
    assert json.loads(wire.asked[1].body)["source_info"]["photo_images"] == [photo.url]


async def test_a_video_is_found_by_its_text_and_not_among_older_ones(wire: Wire, video: MediaFile) -> None:
    minute = timedelta(minutes=1)
    videos = [
        clip("3", minute, video_description="Hello"),
        clip("2", 2 * minute, share_url="https://t.test/2"),
        clip("1", 90 * minute),
    ]
    wire.answer(ok(videos=videos, has_more=False))
    assert PLATFORM.find is not None
    async with httpx.AsyncClient() as http:
        found = await PLATFORM.find(client(wire, http), Outgoing("Hello  #fyp", media=(video,)), NOW - 10 * minute)
    assert found == Published("2", "https://t.test/2")


async def test_a_consent_is_proven_in_hexadecimal_and_refused_with_http_200(wire: Wire) -> None:
    oauth = PLATFORM.oauth
    async with httpx.AsyncClient() as http:
        url = await oauth.authorize_url(wire.app, http, state="s", redirect_uri="https://r.test", verifier="v" * 43)
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert query["code_challenge"] == hashlib.sha256(b"v" * 43).hexdigest()
    assert query["client_key"] == wire.client_id
    assert "user.info.basic,user.info.profile" in query["scope"]

    pair = {"access_token": "a1", "refresh_token": "r1", "expires_in": 7200, "refresh_expires_in": 15_552_000}
    wire.answer(pair | {"open_id": "open-1", "scope": "user.info.basic,video.list", "token_type": "Bearer"})
    wire.answer(ok(user={"open_id": "open-1", "display_name": "Nordlys", "avatar_url": "https://p.test"}))
    wire.answer({"error": "invalid_grant", "error_description": "Refresh token is invalid.", "log_id": "L"})
    async with httpx.AsyncClient() as http:
        [connection] = await oauth.connect(wire.app, http, code="c", redirect_uri="https://r.test", verifier="v" * 43)
        with pytest.raises(ReconnectNeeded):
            await oauth.refresh(wire.app, http, connection.token)
    assert (connection.external_id, connection.name, connection.username) == ("open-1", "Nordlys", None)
    assert connection.token.scopes == ("user.info.basic", "video.list")
    assert connection.token.refresh_expires_at is not None
    assert wire.asked[0].form["client_key"] == wire.client_id


async def rows(name: str, creator: Client, window: Window, refs: Sequence[PostRef] = ()) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name)
    return extract(found.contract, *await fetch(found, creator, window, list(refs)))


async def test_a_whole_round_through_a_sandbox(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("tiktok")) as (creator, connection):
        window = Window(creator.now - timedelta(days=180), creator.now + timedelta(seconds=1))
        [account] = await rows("accounts", creator, window)
        assert (account["external_id"], account["username"]) == (connection.external_id, connection.username)
        assert account["followers"] > 100

        posts = await rows("posts", creator, window)
        ledger = {p["external_id"]: p for p in sandbox.ledger("tiktok")["posts"]}
        mine = {ledger[post["external_id"]]["account"] for post in posts}
        assert len(mine) == 1
        recent = {
            i
            for i, p in ledger.items()
            if p["account"] in mine and datetime.fromisoformat(p["created_at"]) >= window.start
        }
        assert recent <= {post["external_id"] for post in posts}
        assert all(post["text"] == ledger[post["external_id"]]["text"] for post in posts)

        refs = [PostRef(p["external_id"], p["kind"], NOW) for p in posts]
        counted = {row["external_id"]: row for row in await rows("post_metrics", creator, window, refs)}
        assert counted.keys() == {ref.external_id for ref in refs}
        old = refs[-1].external_id
        assert counted[old]["views"] == pytest.approx(ledger[old]["counters"]["views"], abs=2)


@pytest.mark.parametrize("sort", ["video", "photo"])
async def test_a_post_goes_live_once_and_is_found_again(sandbox: Sandbox, tmp_path: Path, sort: str) -> None:
    name, content_type = ("sample.mp4", "video/mp4") if sort == "video" else ("sample.jpg", "image/jpeg")
    path = tmp_path / name
    path.write_bytes(httpx.get(f"{sandbox.control}/{name}").content)
    outgoing = Outgoing(
        f"Fresh beans today ☕ {uuid4()}", media=(MediaFile(content_type, path, f"{sandbox.control}/{name}"),)
    )
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with connected(PLATFORM, sandbox.app("tiktok")) as (creator, _):
        since = creator.now
        step: Pending | Published = await PLATFORM.publish(creator, outgoing, None)
        for _ in range(40):
            if isinstance(step, Published):
                break
            await asyncio.sleep(0.1)
            step = await PLATFORM.publish(creator, outgoing, step.state)
        assert isinstance(step, Published)
        live = [p["external_id"] for p in sandbox.ledger("tiktok")["posts"] if p["text"] == outgoing.text]
        assert len(live) == 1
        assert step.external_id in (None, live[0])
        found = await PLATFORM.find(creator, outgoing, since)
        assert found is not None
        assert found.external_id == live[0]
