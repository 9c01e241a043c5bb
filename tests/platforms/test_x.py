"""X: what the wire says, what becomes of it, how it counts a text, and one whole round through a sandbox."""

import base64
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
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
from platforms.x import PLATFORM
from platforms.x.client import Client
from platforms.x.text import text_length
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)
ACCESS = "x-access-token"
VECTORS = Path(__file__).parents[3] / "shared" / "contracts" / "x" / "twitter-text-validate.yml"


def client(wire: Wire, http: httpx.AsyncClient) -> Client:
    return Client(wire.app, Token(ACCESS), "2244", http)


def problem(kind: str, status: int, **more: object) -> dict[str, object]:
    type_ = kind if kind == "about:blank" else f"https://api.x.com/2/problems/{kind}"
    return {"title": "No", "type": type_, "status": status, "detail": "not today", **more}


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (problem("about:blank", 401), 401, ReconnectNeeded),
        (problem("about:blank", 403, detail="Forbidden"), 403, ReconnectNeeded),
        (problem("about:blank", 403), 403, Rejected),
        (problem("about:blank", 402), 402, RateLimited),
        (problem("about:blank", 429), 429, RateLimited),
        (problem("about:blank", 503), 503, Unavailable),
        (problem("rate-limit-exceeded", 429), 429, RateLimited),
        (problem("usage-capped", 429, period="Monthly"), 429, RateLimited),
        (problem("invalid-request", 400), 400, Rejected),
        (problem("client-forbidden", 403), 403, Rejected),
        ({**problem("resource-not-found", 404), "type": "https://api.twitter.com/2/problems/x"}, 404, Rejected),
        ({"errors": [{"code": 88, "message": "Rate limit exceeded"}]}, 429, RateLimited),
        ({"errors": [{"code": 89, "message": "Invalid or expired token"}]}, 401, ReconnectNeeded),
        ({"code": 131, "message": "Internal error"}, 500, Unavailable),
        ({"title": "Unauthorized", "status": 401}, 401, ReconnectNeeded),
        (b"<html>welcome</html>", 200, Unavailable),
        (b"<html>over capacity</html>", 503, Unavailable),
    ],
)
async def test_a_refusal_is_named_by_its_problem(
    wire: Wire, body: object, status: int, expected: type[PlatformError]
) -> None:
    wire.answer(body, status=status)
    async with httpx.AsyncClient() as http:
        with pytest.raises(PlatformError) as caught:
            await client(wire, http).get("/2/users/me", {})
    assert type(caught.value) is expected
    assert ACCESS not in repr((caught.value, caught.value.evidence))


async def test_a_spent_window_closes_its_own_endpoint_until_it_opens(wire: Wire) -> None:
    reset = str(int((datetime.now(UTC) + timedelta(minutes=12)).timestamp()))
    wire.answer({"data": {"id": "2244"}}, x_rate_limit_remaining="0", x_rate_limit_reset=reset)
    wire.answer({"data": []})
    async with httpx.AsyncClient() as http:
        x = client(wire, http)
        await x.get("/2/users/me", {})
        with pytest.raises(RateLimited) as caught:
            await x.get("/2/users/me", {})
        await x.get("/2/tweets", {"ids": "1"})
    assert timedelta(minutes=11) < caught.value.retry_after <= timedelta(minutes=12)
    assert len(wire.asked) == 2


async def test_a_monthly_cap_is_no_window_of_minutes_and_holds_everywhere(wire: Wire) -> None:
    capped = problem("usage-capped", 429, period="Monthly", title="UsageCapExceeded")
    wire.answer(
        capped, status=429, x_rate_limit_remaining="70", x_rate_limit_reset="1", date="Fri, 20 Nov 2026 00:00:00 GMT"
    )
    async with httpx.AsyncClient() as http:
        with pytest.raises(RateLimited) as caught:
            await client(wire, http).get("/2/users/me", {})
        with pytest.raises(RateLimited):
            await client(wire, http).get("/2/tweets", {"ids": "1"})
    assert caught.value.retry_after == timedelta(days=11)


def post(words: str, id_: str, **more: object) -> dict[str, Any]:
    counters = {f"re{'post' if words == 'new' else 'tweet'}_count": 3, "reply_count": 2, "like_count": 9}
    counters |= {"quote_count": 1, "bookmark_count": 4, "impression_count": 500}
    return {"id": id_, "text": f"post {id_}", "created_at": "2026-11-20T08:00:00.000Z", **more} | {
        "public_metrics": counters
    }


async def test_posts_are_read_with_their_kind_and_a_list_without_data_is_empty(wire: Wire) -> None:
    includes = {"media": [{"media_key": "3_1", "type": "photo", "url": "https://p.test/1.jpg"}]}
    reply = {"referenced_posts": [{"type": "replied_to", "id": "9"}], "note_post": {"text": "a long one"}}
    with_photo = post("new", "11", attachments={"media_keys": ["3_1"]})
    wire.answer({"data": [with_photo, post("new", "10", **reply)], "includes": includes, "meta": {"next_token": "n1"}})
    wire.answer({"meta": {"result_count": 0}})
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        pages = await fetch(posts, client(wire, http), WEEK, [])
    found = extract(posts.contract, *pages)
    assert [(row["external_id"], row["kind"], row["refers_as"]) for row in found] == [
        ("11", "photo", None),
        ("10", "text", "replied_to"),
    ]
    assert found[0]["thumbnail_url"] == "https://p.test/1.jpg"
    assert found[1]["text"] == "a long one"
    assert found[0]["permalink"] == "https://x.com/i/status/11"
    assert wire.asked[1].query["pagination_token"] == "n1"
    assert "post.fields" in wire.asked[0].query
    assert "tweet.fields" not in wire.asked[0].query


async def test_counters_are_read_in_both_vocabularies_and_unknown_stays_unknown(wire: Wire) -> None:
    gone = {"value": "3", "detail": "Could not find post", "type": "https://api.x.com/2/problems/resource-not-found"}
    bare: dict[str, object] = {"id": "4", "public_metrics": {"like_count": 0}}
    wire.answer({"data": [post("new", "1"), post("old", "2"), bare], "errors": [gone]})
    counters = resource(PLATFORM, "post_metrics")
    refs = [PostRef(str(n), "text", NOW) for n in range(1, 5)]
    async with httpx.AsyncClient() as http:
        found = extract(counters.contract, *await fetch(counters, client(wire, http), WEEK, refs))
    numbers = {"impressions": 500, "likes": 9, "comments": 2, "reposts": 3, "quotes": 1, "saves": 4}
    assert found == [
        {"external_id": "1", **numbers},
        {"external_id": "2", **numbers},
        {"external_id": "4", **dict.fromkeys(numbers), "likes": 0},
    ]


async def test_more_posts_than_a_call_takes_are_asked_in_several(wire: Wire) -> None:
    wire.answer({"data": []})
    wire.answer({"data": []})
    async with httpx.AsyncClient() as http:
        refs = [PostRef(str(n), "text", NOW) for n in range(150)]
        await fetch(resource(PLATFORM, "post_metrics"), client(wire, http), WEEK, refs)
    assert [len(asked.query["ids"].split(",")) for asked in wire.asked] == [100, 50]


async def test_days_of_a_post_are_whole_days_up_to_the_networks_own_now(wire: Wire) -> None:
    clock = "Fri, 20 Nov 2026 12:00:00 GMT"
    window = Window(datetime(2026, 11, 18, 9, tzinfo=UTC), datetime(2026, 11, 20, 23, tzinfo=UTC))
    day = {"timestamp": "2026-11-19T00:00:00.000Z", "metrics": {"impressions": 12, "url_clicks": None, "retweets": 1}}
    wire.answer({"data": {"id": "2244"}}, date=clock)
    wire.answer({"data": [{"id": "1", "timestamped_metrics": [day]}, {"id": "2"}]}, date=clock)
    daily = resource(PLATFORM, "post_metrics", "daily")
    refs = [PostRef(str(n), "text", datetime(2026, 11, 1, tzinfo=UTC)) for n in (1, 2)]
    async with httpx.AsyncClient() as http:
        [row] = extract(daily.contract, *await fetch(daily, client(wire, http), window, refs))
    assert (row["external_id"], row["as_of_date"]) == ("1", date(2026, 11, 19))
    assert (row["impressions"], row["reposts"], row["clicks"]) == (12, 1, None)
    query = wire.asked[1].query
    assert (query["start_time"], query["end_time"]) == ("2026-11-18T00:00:00Z", "2026-11-20T12:00:00Z")
    assert query["granularity"] == "daily"


async def test_an_account_is_read_in_both_vocabularies(wire: Wire) -> None:
    profile: dict[str, Any] = {"id": "2244", "name": "Nordlys", "username": "nordlys"}
    wire.answer({"data": profile | {"public_metrics": {"followers_count": 7, "post_count": 3}}})
    wire.answer({"data": profile | {"public_metrics": {"followers_count": 7, "tweet_count": 3}}})
    accounts = resource(PLATFORM, "accounts")
    async with httpx.AsyncClient() as http:
        for _ in range(2):
            [row] = extract(accounts.contract, *await fetch(accounts, client(wire, http), WEEK, []))
            assert (row["external_id"], row["followers"], row["posts"], row["following"]) == ("2244", 7, 3, None)


async def test_an_image_is_uploaded_before_the_one_step_that_cannot_be_undone(wire: Wire, photo: MediaFile) -> None:
    outgoing = Outgoing("Hello", link="https://a.test/b", media=(photo,))
    wire.answer({"data": {"id": "71", "processing_info": {"state": "pending", "check_after_secs": 2}}})
    wire.answer({"data": {"id": "71", "processing_info": {"state": "succeeded"}}})
    wire.answer({"data": {"id": "900", "text": "Hello"}}, status=201)
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        step = await PLATFORM.publish(client(wire, http), outgoing, None)
        assert isinstance(step, Pending)
        assert step.check_after == timedelta(seconds=2)
        step = await PLATFORM.publish(client(wire, http), outgoing, step.state)
        assert isinstance(step, Pending)
        done = await PLATFORM.publish(client(wire, http), outgoing, json.loads(json.dumps(step.state)))
    assert done == Published("900", "https://x.com/i/status/900")
    assert [asked.path for asked in wire.asked] == ["/2/media/upload", "/2/media/upload", "/2/tweets"]
    assert photo.path.read_bytes() in wire.asked[0].body
    assert json.loads(wire.asked[2].body) == {"text": "Hello\n\nhttps://a.test/b", "media": {"media_ids": ["71"]}}


async def test_a_lost_answer_or_a_duplicate_leaves_the_outcome_unknown(wire: Wire) -> None:
    detail = "You are not allowed to create a Tweet with duplicate content."
    wire.hang_up()
    wire.answer(problem("about:blank", 403, detail=detail), status=403)
    wire.answer({}, status=201)
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        for _ in range(3):
            with pytest.raises(OutcomeUnknown):
                await PLATFORM.publish(client(wire, http), Outgoing("Hello"), None)


async def test_a_refused_connection_surely_posted_nothing(nobody: str, wire: Wire) -> None:
    app = type(wire.app)(wire.client_id, "s", nobody)
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(Unavailable):
            await PLATFORM.publish(Client(app, Token(ACCESS), "2244", http), Outgoing("Hello"), None)


async def test_a_post_is_found_behind_short_links_and_escapes(wire: Wire) -> None:
    shown = {
        "text": "Tea &amp; coffee https://t.co/aa https://t.co/bb",
        "entities": {
            "urls": [
                {"url": "https://t.co/aa", "expanded_url": "https://a.test/b"},
                {"url": "https://t.co/bb", "expanded_url": "https://x.com/n/status/1/photo/1", "media_key": "3_1"},
            ]
        },
    }
    with_photo = {"attachments": {"media_keys": ["3_1"]}, **shown}
    wire.answer({"data": [post("new", "3", **shown), post("new", "2", **with_photo), post("new", "1")]})
    assert PLATFORM.find is not None
    async with httpx.AsyncClient() as http:
        found = await PLATFORM.find(client(wire, http), Outgoing("Tea & coffee  https://a.test/b"), NOW)
    assert found == Published("3", "https://x.com/i/status/3")


async def test_a_consent_is_proven_and_renewed(wire: Wire) -> None:
    wire.answer(
        {
            "access_token": "a1",
            "refresh_token": "r1",
            "expires_in": 7200,
            "scope": "tweet.read users.read",
            "token_type": "bearer",
        },
        date="Fri, 20 Nov 2026 12:00:00 GMT",
    )
    wire.answer({"data": {"id": "2244", "name": "Nordlys", "username": "nordlys"}})
    wire.answer({"access_token": "a2", "refresh_token": "r2", "expires_in": 7200})
    wire.answer({"error": "invalid_request", "error_description": "Value passed for the token was invalid."}, 400)
    oauth = PLATFORM.oauth
    async with httpx.AsyncClient() as http:
        [connection] = await oauth.connect(wire.app, http, code="c", redirect_uri="http://r.test", verifier="v" * 43)
        renewed = await oauth.refresh(wire.app, http, connection.token)
        with pytest.raises(ReconnectNeeded) as caught:
            await oauth.refresh(wire.app, http, connection.token)
    assert connection.token.expires_at == datetime(2026, 11, 20, 14, tzinfo=UTC)
    assert connection.token.scopes == renewed.scopes == ("tweet.read", "users.read")
    assert (renewed.access, renewed.refresh) == ("a2", "r2")
    assert wire.asked[0].form["code_verifier"] == "v" * 43
    basic = base64.b64encode(f"{wire.client_id}:client-secret".encode()).decode()
    assert wire.asked[0].headers["authorization"] == f"Basic {basic}"
    assert "r1" not in repr((caught.value, caught.value.evidence))


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("Hello", 5),
        ("see nordlys.coffee/spring and a@b.com", 37 - 21 + 23),
        ("https://nordlys.coffee/a?b=c#d.", 24),
        ("コーヒー", 8),
        ("☕", 2),
        ("👩🏽‍🚀🇳🇴", 4),
        ("e\u0301", 1),
    ],
)
def test_a_text_is_counted_as_x_counts(text: str, length: int) -> None:
    assert text_length(text) == length


@pytest.mark.skipif(not VECTORS.exists(), reason="X's own vectors for text lengths are not on this machine")
@pytest.mark.parametrize(
    "suite", ["WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"]
)
def test_lengths_equal_xs_own_vectors(suite: str) -> None:
    yaml = pytest.importorskip("yaml")
    cases = yaml.safe_load(VECTORS.read_text("utf-8"))["tests"][suite]
    assert len(cases) >= 2
    wrong = {c["description"] for c in cases if text_length(c["text"]) != c["expected"]["weightedLength"]}
    assert wrong == set()


async def rows(
    name: str, x: Client, window: Window, refs: Sequence[PostRef] = (), variant: str = ""
) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, x, window, list(refs)))


async def test_a_whole_round_through_a_sandbox(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, connection):
        window = Window(x.now - timedelta(days=180), x.now)
        truth = {p["external_id"]: p for p in sandbox.ledger("x")["posts"] if p["account"] == connection.external_id}

        [account] = await rows("accounts", x, window)
        assert account["external_id"] == connection.external_id
        assert account["followers"] > 100
        assert account["posts"] >= len(truth)

        posts = await rows("posts", x, window)
        recent = {i for i, p in truth.items() if datetime.fromisoformat(p["created_at"]) >= window.start}
        assert recent <= {post["external_id"] for post in posts} <= truth.keys()
        assert all(post["text"] == truth[post["external_id"]]["text"] for post in posts)
        assert {"text", "photo"} <= {post["kind"] for post in posts}

        refs = [PostRef(p["external_id"], p["kind"], p["published_at"]) for p in posts]
        counted = {row["external_id"]: row for row in await rows("post_metrics", x, window, refs)}
        assert counted.keys() == {ref.external_id for ref in refs}
        old = refs[-1]
        assert counted[old.external_id]["impressions"] == pytest.approx(
            truth[old.external_id]["counters"]["impressions"], abs=2
        )

        since = Window(old.published_at, x.now)
        days = await rows("post_metrics", x, since, [old], variant="daily")
        assert sum(day["impressions"] for day in days) == pytest.approx(counted[old.external_id]["impressions"], abs=2)
        assert len({day["as_of_date"] for day in days}) == len(days) >= 150

        async with httpx.AsyncClient() as http:
            renewed = await PLATFORM.oauth.refresh(x.app, http, connection.token)
            assert renewed.access != connection.token.access
            with pytest.raises(ReconnectNeeded):
                await PLATFORM.oauth.refresh(x.app, http, connection.token)


@pytest.mark.parametrize("with_photo", [False, True])
async def test_a_post_goes_live_once_and_is_found_again(sandbox: Sandbox, photo: MediaFile, with_photo: bool) -> None:
    outgoing = Outgoing(f"Fresh beans & tea today ☕ {uuid4()}", media=(photo,) if with_photo else ())
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with connected(PLATFORM, sandbox.app("x")) as (x, _):
        since = x.now
        assert await PLATFORM.find(x, outgoing, since) is None
        step = await PLATFORM.publish(x, outgoing, None)
        if isinstance(step, Pending):
            step = await PLATFORM.publish(x, outgoing, step.state)
        assert isinstance(step, Published)
        assert await PLATFORM.find(x, outgoing, since) == step
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.publish(x, Outgoing(outgoing.text), None)
        live = [p for p in sandbox.ledger("x")["posts"] if p["text"] == outgoing.text]
        assert [p["external_id"] for p in live] == [step.external_id]
