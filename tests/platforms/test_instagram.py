"""Instagram: what the wire says, what becomes of it, and one whole round through a sandbox."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.instagram import PLATFORM
from platforms.instagram.client import Client
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import Token
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)
QUOTA = {"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]}


def client(wire: Wire, http: httpx.AsyncClient) -> Client:
    return Client(wire.app, Token("IGAA-token"), "17841400000000001", http)


def refusal(code: int, subcode: int | None = None) -> dict[str, object]:
    return {"error": {"message": "no", "type": "OAuthException", "code": code, "error_subcode": subcode}}


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+0000")


@pytest.fixture
def reel(photo: MediaFile) -> MediaFile:
    return replace(photo, content_type="video/mp4", url="http://127.0.0.1:9/reel.mp4")


@pytest.mark.parametrize(
    ("code", "subcode", "expected"),
    [
        (80002, None, RateLimited),
        (9, 2207042, RateLimited),
        (4, 2207051, Rejected),
        (-2, 2207003, Unavailable),
        (-1, 2207001, Unavailable),
        (9004, 2207052, Rejected),
        (36001, 2207005, Rejected),
        (25, 2207050, Rejected),
        (190, 463, ReconnectNeeded),
    ],
)
async def test_a_subcode_can_say_more_than_its_code(
    wire: Wire, code: int, subcode: int | None, expected: type[PlatformError]
) -> None:
    wire.answer(refusal(code, subcode), status=400)
    async with httpx.AsyncClient() as http:
        with pytest.raises(PlatformError) as caught:
            await client(wire, http).create("/1/media", {}, irreversible=False)
    assert type(caught.value) is expected


async def test_called_spam_while_publishing_it_may_be_live_all_the_same(wire: Wire) -> None:
    wire.answer(refusal(4, 2207051), status=400)
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await client(wire, http).create("/1/media_publish", {}, irreversible=True)


async def test_feed_media_are_told_apart_by_type_and_others_by_product(wire: Wire) -> None:
    feed = {"id": "3", "timestamp": stamp(NOW), "media_type": "CAROUSEL_ALBUM", "media_product_type": "FEED"}
    reel = feed | {"id": "2", "media_type": "VIDEO", "media_product_type": "REELS"}
    story = feed | {"id": "1", "media_type": "IMAGE", "media_product_type": "STORY"}
    wire.answer({"data": [feed, reel]})
    wire.answer({"data": [story]})
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        pages = await fetch(posts, client(wire, http), WEEK, [])
    kinds = {row["external_id"]: row["kind"] for row in extract(posts.contract, *pages)}
    assert kinds == {"3": "CAROUSEL_ALBUM", "2": "REELS", "1": "STORY"}


async def test_each_kind_is_asked_for_its_own_metrics_and_a_small_story_has_none(wire: Wire) -> None:
    wire.answer(refusal(10), status=400)
    wire.answer({"data": [{"name": "views", "period": "lifetime", "values": [{"value": 9}]}]})
    wire.answer({"data": [{"name": "views", "period": "lifetime", "total_value": {"value": 0}}]})
    metrics = resource(PLATFORM, "post_metrics")
    refs = [PostRef("1", "STORY", NOW), PostRef("2", "REELS", NOW), PostRef("3", "IMAGE", NOW)]
    async with httpx.AsyncClient() as http:
        pages = await fetch(metrics, client(wire, http), WEEK, refs)
    story, reel, image = (asked.query["metric"].split(",") for asked in wire.asked)
    assert "likes" not in story
    assert "ig_reels_avg_watch_time" in reel
    assert "ig_reels_avg_watch_time" not in image
    assert extract(metrics.contract, *pages) == [
        {"external_id": "2", "metric": "views", "value": 9},
        {"external_id": "3", "metric": "views", "value": 0},
    ]


async def test_a_missing_permission_is_not_taken_for_a_small_story(wire: Wire) -> None:
    wire.answer(refusal(10), status=403)
    metrics = resource(PLATFORM, "post_metrics")
    async with httpx.AsyncClient() as http:
        with pytest.raises(ReconnectNeeded):
            await fetch(metrics, client(wire, http), WEEK, [PostRef("2", "REELS", NOW)])


async def test_a_day_is_one_call_and_no_day_is_older_than_the_network_keeps(wire: Wire) -> None:
    for _ in range(91):
        wire.answer({"data": [{"name": "views", "period": "day", "total_value": {"value": 5}}]})
    days = resource(PLATFORM, "account_metrics")
    async with httpx.AsyncClient() as http:
        pages = await fetch(days, client(wire, http), Window(NOW - timedelta(days=180), NOW), [])
    spans = [(int(asked.query["since"]), int(asked.query["until"])) for asked in wire.asked]
    assert 89 <= len(pages) <= 91
    # The day that still runs is asked for as far as it got.
    assert all(23 * 3600 <= until - since <= 25 * 3600 for since, until in spans[:-1])
    assert spans[0][0] >= (NOW - timedelta(days=90)).timestamp()
    rows = extract(days.contract, *pages)
    assert rows[0].keys() == {"as_of_date", "metric", "value"}
    assert len({row["as_of_date"] for row in rows}) == len(pages)
    assert isinstance(rows[0]["as_of_date"], date)


async def test_demographics_name_their_dimensions_and_are_absent_for_small_accounts(wire: Wire) -> None:
    results = [{"dimension_values": ["25-34"], "value": 41}]
    breakdowns = [{"dimension_keys": ["age"], "results": results}]
    wire.answer({"data": [{"name": "follower_demographics", "total_value": {"breakdowns": breakdowns}}]})
    wire.answer({"data": []})
    wire.answer({"data": [{"name": "follower_demographics", "total_value": {}}]})
    wire.answer({"data": [{"name": "follower_demographics", "total_value": {"breakdowns": []}}]})
    demographics = resource(PLATFORM, "demographics")
    async with httpx.AsyncClient() as http:
        pages = await fetch(demographics, client(wire, http), WEEK, [])
    assert extract(demographics.contract, *pages) == [{"dimension": "age", "value": "25-34", "amount": 41}]
    assert [asked.query["breakdown"] for asked in wire.asked] == ["age", "gender", "city", "country"]


async def test_a_reel_is_published_once_its_container_is_ready(wire: Wire, reel: MediaFile) -> None:
    post = Outgoing("Morning", media=(reel,))
    wire.answer(QUOTA)
    wire.answer({"id": "c1"})
    wire.answer({"status_code": "IN_PROGRESS", "id": "c1"})
    wire.answer({"status_code": "FINISHED", "id": "c1"})
    wire.answer(refusal(9007, 2207027), status=400)
    wire.answer({"status_code": "FINISHED", "id": "c1"})
    wire.answer({"id": "m1"})
    wire.answer({"permalink": "https://www.instagram.com/reel/abc/", "id": "m1"})
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        step = await PLATFORM.publish(client(wire, http), post, None)
        for _ in range(2):
            assert isinstance(step, Pending)
            assert step.state["container_id"] == "c1"
            step = await PLATFORM.publish(client(wire, http), post, step.state)
        assert isinstance(step, Pending)
        done = await PLATFORM.publish(client(wire, http), post, step.state)
    assert done == Published("m1", "https://www.instagram.com/reel/abc/")
    assert wire.asked[1].form == {"caption": "Morning", "media_type": "REELS", "video_url": reel.url}
    assert [asked.path for asked in wire.asked].count("/v26.0/17841400000000001/media") == 1


async def test_after_a_lost_answer_the_container_tells_that_the_picture_is_live(wire: Wire, photo: MediaFile) -> None:
    post = Outgoing("Morning", media=(photo,))
    wire.answer(QUOTA)
    wire.answer({"id": "c1"})
    wire.answer({"status_code": "FINISHED", "id": "c1"})
    wire.hang_up()
    wire.answer({"status_code": "PUBLISHED", "id": "c1"})
    just_now = stamp(datetime.now(UTC))
    live = {"id": "m1", "caption": "Morning", "media_type": "IMAGE", "timestamp": just_now, "permalink": "https://p"}
    wire.answer({"data": [live | {"id": "m2", "caption": "Other"}, live]})
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        step = await PLATFORM.publish(client(wire, http), post, None)
        assert isinstance(step, Pending)
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.publish(client(wire, http), post, step.state)
        done = await PLATFORM.publish(client(wire, http), post, step.state)
    assert done == Published("m1", "https://p")
    assert [asked.path.rpartition("/")[2] for asked in wire.asked if asked.method == "POST"] == [
        "media",
        "media_publish",
    ]


@pytest.mark.parametrize("status", ["ERROR", "EXPIRED"])
async def test_a_failed_container_is_the_end_and_says_why(wire: Wire, photo: MediaFile, status: str) -> None:
    wire.answer({"status_code": status, "status": "Error: 2207026 unsupported format"})
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        state = {"container_id": "c1", "since": NOW.isoformat()}
        with pytest.raises(Rejected, match="2207026"):
            await PLATFORM.publish(client(wire, http), Outgoing("Morning", media=(photo,)), state)


async def test_a_text_alone_is_refused_before_any_call(wire: Wire) -> None:
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected, match="picture"):
            await PLATFORM.publish(client(wire, http), Outgoing("Morning"), None)
    assert wire.asked == []


@pytest.mark.parametrize(
    "short",
    [
        {"access_token": "short", "user_id": 7, "permissions": ["instagram_business_basic"]},
        {"data": [{"access_token": "short", "user_id": "7", "permissions": "instagram_business_basic"}]},
    ],
)
async def test_a_consent_gives_a_token_for_sixty_days(wire: Wire, short: object) -> None:
    wire.answer(short)
    wire.answer({"access_token": "long", "token_type": "bearer", "expires_in": 5184000})
    wire.answer({"id": "7", "user_id": "17841400000000001", "username": "nordlys"})
    async with httpx.AsyncClient() as http:
        [found] = await PLATFORM.oauth.connect(wire.app, http, code="c#_", redirect_uri="http://r.test", verifier="v")
    assert (found.external_id, found.name, found.token.access) == ("17841400000000001", "nordlys", "long")
    assert found.token.scopes == ("instagram_business_basic",)
    assert found.token.expires_at is not None
    assert abs(found.token.expires_at - datetime.now(UTC) - timedelta(days=60)) < timedelta(minutes=5)
    assert wire.asked[0].form["code"] == "c"


async def test_a_token_renews_itself_and_keeps_its_permissions(wire: Wire) -> None:
    wire.answer({"access_token": "newer", "token_type": "bearer", "expires_in": 5184000})
    async with httpx.AsyncClient() as http:
        renewed = await PLATFORM.oauth.refresh(wire.app, http, Token("old", scopes=("a", "b")))
    assert (renewed.access, renewed.scopes) == ("newer", ("a", "b"))
    assert wire.asked[0].path == "/refresh_access_token"


async def test_a_whole_round_through_a_sandbox(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("instagram")) as (account_client, connection):
        now = account_client.now
        window = Window(now - timedelta(days=180), now)
        ledger = sandbox.ledger("instagram")
        truth = {p["external_id"]: p for p in ledger["posts"] if p["account"] == connection.external_id}

        [account] = await rows("accounts", account_client, window)
        assert account["external_id"] == connection.external_id
        assert account["followers"] > 100

        posts = await rows("posts", account_client, window)
        recent = {i for i, p in truth.items() if datetime.fromisoformat(p["created_at"]) >= window.start}
        listed = {post["external_id"] for post in posts}
        assert listed <= truth.keys()
        assert listed >= {post_id for post_id in recent if truth[post_id].get("kind") != "story"}

        refs = [PostRef(p["external_id"], p["kind"], p["published_at"]) for p in posts]
        # The oldest of each kind: their figures have settled.
        some = list({ref.kind: ref for ref in refs}.values())
        metrics = await rows("post_metrics", account_client, window, some)
        views = {r["external_id"]: r["value"] for r in metrics if r["metric"] == "views"}
        assert views.keys() == {ref.external_id for ref in some}
        assert all(views[i] == pytest.approx(truth[i]["counters"]["views"], abs=5) for i in views)

        week = Window(now - timedelta(days=7), now)
        days = await rows("account_metrics", account_client, week)
        assert len({row["as_of_date"] for row in days if row["metric"] == "views"}) in (7, 8)

        groups = await rows("demographics", account_client, window)
        assert {row["dimension"] for row in groups} == {"age", "gender", "city", "country"}
        assert 0 < sum(row["amount"] for row in groups if row["dimension"] == "country") <= account["followers"]


@pytest.mark.parametrize(("content_type", "name"), [("image/jpeg", "sample.jpg"), ("video/mp4", "sample.mp4")])
async def test_a_post_goes_live_once_and_is_found_again(
    sandbox: Sandbox, photo: MediaFile, content_type: str, name: str
) -> None:
    media = MediaFile(content_type, photo.path, f"{sandbox.control}/{name}")
    post = Outgoing(f"Fresh beans today ☕ {uuid4()}", media=(media,))
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with connected(PLATFORM, sandbox.app("instagram")) as (account_client, _):
        since = account_client.now
        assert await PLATFORM.find(account_client, post, since) is None
        step = await PLATFORM.publish(account_client, post, None)
        assert isinstance(step, Pending)
        state = step.state
        for _ in range(5):
            if isinstance(step, Pending):
                sandbox.advance("PT1M")
                step = await PLATFORM.publish(account_client, post, state)
        assert isinstance(step, Published)
        assert await PLATFORM.find(account_client, post, since) == step
        # Called once more after a crash: the container says that it is published.
        assert await PLATFORM.publish(account_client, post, state) == step
        live = [p for p in sandbox.ledger("instagram")["posts"] if p["text"] == post.text]
        assert [p["external_id"] for p in live] == [step.external_id]


async def rows(name: str, account_client: Client, window: Window, refs: Sequence[PostRef] = ()) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name)
    return extract(found.contract, *await fetch(found, account_client, window, list(refs)))
