"""Facebook Pages: what the wire says, what becomes of it, and one whole round through a sandbox."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
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
from platforms.facebook import PLATFORM
from platforms.facebook.client import Client
from platforms.facebook.reading import DAILY_METRICS, POST_METRICS
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import Token
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)
ACCESS = "EAAB-page-token"


def client(wire: Wire, http: httpx.AsyncClient) -> Client:
    return Client(wire.app, Token(ACCESS), "100", http)


def refusal(code: int, subcode: int | None = None, **more: object) -> dict[str, object]:
    error = {"message": f"(#{code}) no", "type": "OAuthException", "code": code} | more
    return {"error": error if subcode is None else error | {"error_subcode": subcode}}


def test_every_metric_of_the_data_sheet_is_asked_for() -> None:
    live = {metric.wire.split(".")[0] for metric in PLATFORM.metrics if metric.valid_to is None}
    assert {name for name in live if name.startswith(("post_", "page_"))} == {*POST_METRICS, *DAILY_METRICS}
    dead = {metric.wire for metric in PLATFORM.metrics if metric.valid_to is not None}
    assert not dead & live


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (refusal(1), 500, Unavailable),
        (refusal(2, is_transient=True), 400, Unavailable),
        (refusal(4), 400, RateLimited),
        (refusal(32), 400, RateLimited),
        (refusal(613), 400, RateLimited),
        (refusal(17), 400, RateLimited),
        (refusal(341), 400, RateLimited),
        (refusal(80014), 400, RateLimited),
        (refusal(80001), 400, RateLimited),
        (refusal(368), 400, RateLimited),
        (refusal(10), 403, ReconnectNeeded),
        (refusal(200), 403, ReconnectNeeded),
        (refusal(190, 463), 401, ReconnectNeeded),
        (refusal(299), 403, ReconnectNeeded),
        (refusal(102), 400, ReconnectNeeded),
        (refusal(190), 400, ReconnectNeeded),
        *((refusal(190, subcode), 400, ReconnectNeeded) for subcode in (458, 459, 460, 464, 467, 492)),
        (refusal(21), 400, ReconnectNeeded),
        (refusal(100, 21), 400, ReconnectNeeded),
        (refusal(100), 500, Rejected),
        (refusal(12), 400, Rejected),
        (refusal(506), 400, Rejected),
        (refusal(1609005), 400, Rejected),
        (refusal(77, is_transient=True), 400, Unavailable),
        (refusal(999_999), 400, Rejected),
        (b"<html>bad gateway</html>", 502, Unavailable),
        (b"<html>welcome</html>", 200, Unavailable),
    ],
)
async def test_a_refusal_is_named_by_its_code(
    wire: Wire, body: object, status: int, expected: type[PlatformError]
) -> None:
    wire.answer(body, status=status)
    async with httpx.AsyncClient() as http:
        with pytest.raises(PlatformError) as caught:
            await client(wire, http).get("/100", {"fields": "id"})
    assert type(caught.value) is expected


@pytest.mark.parametrize("body", [refusal(1), refusal(2, is_transient=True), refusal(506)])
async def test_an_unclear_refusal_of_a_post_leaves_its_outcome_unknown(wire: Wire, body: object) -> None:
    wire.answer(body, status=500)
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await client(wire, http).create("/100/feed", {"message": "hello"}, irreversible=True)


async def test_no_error_shows_the_token(wire: Wire) -> None:
    wire.answer(
        {"error": {"message": f"Malformed access token {ACCESS}", "code": 190, "error_subcode": 463}}, status=401
    )
    async with httpx.AsyncClient() as http:
        with pytest.raises(ReconnectNeeded, match="expired") as caught:
            await client(wire, http).get("/100", {})
    assert ACCESS not in repr((caught.value, caught.value.evidence))


async def test_calls_are_signed_and_name_no_secret_in_their_address(wire: Wire) -> None:
    wire.answer({"id": "100"})
    async with httpx.AsyncClient() as http:
        page = await client(wire, http).page("/100", {"fields": "id,name"})
    assert wire.asked[0].headers["authorization"] == f"Bearer {ACCESS}"
    assert len(wire.asked[0].query["appsecret_proof"]) == 64
    assert page.request == f"GET {wire.base_url}/v26.0/100?fields=id,name"


async def test_the_limit_of_the_wire_closes_the_gate_for_the_minutes_it_names(wire: Wire) -> None:
    usage = {"100": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 12}]}
    wire.answer({"id": "100"}, x_business_use_case_usage=json.dumps(usage))
    async with httpx.AsyncClient() as http:
        await client(wire, http).get("/100", {})
        with pytest.raises(RateLimited) as caught:
            await client(wire, http).get("/100", {})
        wire.answer({"id": "200"})
        await Client(wire.app, Token("other"), "200", http).get("/200", {})
    assert timedelta(minutes=11) < caught.value.retry_after <= timedelta(minutes=12)
    assert len(wire.asked) == 2


async def test_the_limit_of_the_app_holds_for_all_its_accounts(wire: Wire) -> None:
    wire.answer(refusal(4), status=400)
    async with httpx.AsyncClient() as http:
        with pytest.raises(RateLimited):
            await client(wire, http).get("/100", {})
        with pytest.raises(RateLimited):
            await Client(wire.app, Token("other"), "200", http).get("/200", {})
    assert len(wire.asked) == 1


async def test_a_list_goes_on_past_an_empty_page_and_ends_without_next(wire: Wire) -> None:
    entry = {"id": "100_1", "created_time": NOW.strftime("%Y-%m-%dT%H:%M:%S+0000"), "message": "hi"}
    next_url = "https://graph.facebook.com/v26.0/100/published_posts?access_token=other&limit=100&after=A1"
    wire.answer({"data": [], "paging": {"cursors": {"after": "A1"}, "next": next_url}})
    wire.answer({"data": [entry], "paging": {"cursors": {"after": "A2"}}})
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        pages = await fetch(posts, client(wire, http), WEEK, [])
    assert [row["external_id"] for row in extract(posts.contract, *pages)] == ["100_1"]
    assert wire.asked[1].query["after"] == "A1"
    assert "access_token" not in wire.asked[1].query


async def test_a_record_that_breaks_the_contract_still_lands(wire: Wire) -> None:
    wire.answer({"data": [{"id": "100_1"}, {"id": "100_2", "created_time": "yesterday"}]})
    async with httpx.AsyncClient() as http:
        [page] = await fetch(resource(PLATFORM, "posts"), client(wire, http), WEEK, [])
    assert b"yesterday" in page.body


async def test_a_list_that_does_not_advance_is_no_endless_loop(wire: Wire) -> None:
    stuck = {"data": [], "paging": {"next": "https://graph.facebook.com/x?after=A1"}}
    wire.answer(stuck)
    wire.answer(stuck)
    async with httpx.AsyncClient() as http:
        with pytest.raises(Unavailable, match="advance"):
            await fetch(resource(PLATFORM, "posts"), client(wire, http), WEEK, [])


async def test_values_split_by_kind_become_one_record_each_and_deleted_posts_have_none(wire: Wire) -> None:
    wire.answer(refusal(100, 33), status=400)
    wire.answer(
        {
            "data": [
                {"name": "post_media_view", "period": "lifetime", "values": [{"value": 41}]},
                {"name": "post_reactions_by_type_total", "values": [{"value": {"like": 4, "wow": 1}}]},
            ]
        }
    )
    insights = resource(PLATFORM, "post_metrics", "insights")
    refs = [PostRef("100_1", None, NOW), PostRef("100_2", None, NOW)]
    async with httpx.AsyncClient() as http:
        pages = await fetch(insights, client(wire, http), WEEK, refs)
    assert extract(insights.contract, *pages) == [
        {"external_id": "100_2", "metric": "post_media_view", "value": 41},
        {"external_id": "100_2", "metric": "post_reactions_by_type_total.like", "value": 4},
        {"external_id": "100_2", "metric": "post_reactions_by_type_total.wow", "value": 1},
    ]


async def test_a_retired_metric_costs_none_of_the_others(wire: Wire) -> None:
    dead = refusal(100, message="(#100) The value must be a valid insights metric")
    alive = {"data": [{"name": "post_clicks", "values": [{"value": 3}]}]}
    for answer, status in ((dead, 400), (dead, 400), (alive, 200), (dead, 400), (alive, 200), (alive, 200)):
        wire.answer(answer, status=status)
    insights = resource(PLATFORM, "post_metrics", "insights")
    async with httpx.AsyncClient() as http:
        page_client = client(wire, http)
        refs = [PostRef("100_1", None, NOW), PostRef("100_2", None, NOW)]
        pages = await fetch(insights, page_client, WEEK, refs)
    asked = [len(request.query["metric"].split(",")) for request in wire.asked]
    # All four, the first two, the first and the second of them, the last two; then without the parked one.
    assert (asked, len(pages)) == ([4, 2, 1, 1, 2, 3], 3)
    assert list(page_client.parked.reasons) == [wire.asked[3].query["metric"]]


async def test_a_refusal_that_names_no_metric_is_not_taken_for_a_retired_one(wire: Wire) -> None:
    wire.answer(refusal(100, message="(#100) since must be before until"), status=400)
    insights = resource(PLATFORM, "post_metrics", "insights")
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected):
            await fetch(insights, client(wire, http), WEEK, [PostRef("100_1", None, NOW)])


async def test_half_a_year_of_days_is_asked_in_spans_that_the_network_takes(wire: Wire) -> None:
    value = {"value": 7, "end_time": "2026-11-21T08:00:00+0000"}
    wire.answer({"data": [{"name": "page_follows", "period": "day", "values": [value]}]})
    wire.answer({"data": []})
    wire.answer({"data": []})
    found = resource(PLATFORM, "account_metrics")
    window = Window(NOW - timedelta(days=180), NOW)
    async with httpx.AsyncClient() as http:
        pages = await fetch(found, client(wire, http), window, [])
    spans = [(int(asked.query["since"]), int(asked.query["until"])) for asked in wire.asked]
    assert all(until - since <= timedelta(days=90).total_seconds() for since, until in spans)
    assert [since for since, _ in spans[1:]] == [until for _, until in spans[:-1]]
    assert spans[0][0] <= window.start.timestamp() <= window.end.timestamp() <= spans[-1][1]
    assert extract(found.contract, *pages) == [
        {"metric": "page_follows", "end_time": datetime(2026, 11, 21, 8, tzinfo=UTC), "value": 7}
    ]


async def test_counters_that_the_network_leaves_out_stay_unknown(wire: Wire) -> None:
    entry = {"id": "100_1", "created_time": "2026-11-21T08:00:00+0000"}
    wire.answer({"data": [entry | {"reactions": {"data": [], "summary": {"total_count": 0}}}]})
    counters = resource(PLATFORM, "post_metrics")
    async with httpx.AsyncClient() as http:
        pages = await fetch(counters, client(wire, http), WEEK, [PostRef("100_1", None, NOW)])
    assert extract(counters.contract, *pages) == [
        {"external_id": "100_1", "reactions": 0, "comments": None, "shares": None}
    ]


async def test_a_photo_is_uploaded_before_the_one_step_that_cannot_be_undone(wire: Wire, photo: MediaFile) -> None:
    post = Outgoing("Hello", media=(photo,))
    wire.answer({"id": "55"})
    wire.answer({"id": "100_9"})
    wire.answer({"permalink_url": "https://www.facebook.com/100/posts/9", "id": "100_9"})
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        pending = await PLATFORM.publish(client(wire, http), post, None)
        assert isinstance(pending, Pending)
        done = await PLATFORM.publish(client(wire, http), post, pending.state)
    assert done == Published("100_9", "https://www.facebook.com/100/posts/9")
    assert [asked.path for asked in wire.asked] == ["/v26.0/100/photos", "/v26.0/100/feed", "/v26.0/100_9"]
    assert photo.path.read_bytes() in wire.asked[0].body
    assert json.loads(wire.asked[1].form["attached_media"]) == [{"media_fbid": "55"}]


async def test_a_lost_permalink_does_not_undo_a_post(wire: Wire) -> None:
    wire.answer({"id": "100_9"})
    wire.hang_up()
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        done = await PLATFORM.publish(client(wire, http), Outgoing("Hello", link="https://a.test"), None)
    assert done == Published("100_9", None)
    assert wire.asked[0].form == wire.asked[0].form | {"message": "Hello", "link": "https://a.test"}


async def test_a_lost_answer_to_a_post_is_unknown(wire: Wire) -> None:
    wire.hang_up()
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.publish(client(wire, http), Outgoing("Hello"), None)


async def test_a_post_is_found_by_its_text_and_photo_and_not_among_older_ones(wire: Wire) -> None:
    def entry(id_: str, age: timedelta, photo: bool) -> dict[str, object]:
        attached = {"attachments": {"data": [{"media_type": "photo"}]}} if photo else {}
        created = (NOW - age).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {"id": id_, "message": "Hello  world", "created_time": created, **attached}

    minutes = timedelta(minutes=1)
    listed = [
        entry("100_3", 2 * minutes, True),
        entry("100_2", 4 * minutes, False),
        entry("100_1", 90 * minutes, False),
    ]
    wire.answer({"data": listed})
    assert PLATFORM.find is not None
    async with httpx.AsyncClient() as http:
        found = await PLATFORM.find(client(wire, http), Outgoing("Hello world"), NOW - 10 * minutes)
    assert found == Published("100_2", None)


async def test_a_consent_gives_every_page_with_a_token_of_its_own(wire: Wire) -> None:
    wire.answer({"access_token": "short", "expires_in": 3600})
    wire.answer({"access_token": "long", "expires_in": 5183944})
    wire.answer({"data": {"is_valid": True, "scopes": ["pages_show_list", "read_insights"]}})
    wire.answer({"data": [{"id": "1", "name": "A", "access_token": "page-1"}, {"id": "2", "name": "No role"}]})
    async with httpx.AsyncClient() as http:
        connections = await PLATFORM.oauth.connect(wire.app, http, code="c", redirect_uri="http://r.test", verifier="v")
    assert [(found.external_id, found.token.access) for found in connections] == [("1", "page-1")]
    assert connections[0].token.expires_at is None
    assert connections[0].token.scopes == ("pages_show_list", "read_insights")
    assert wire.asked[1].query["fb_exchange_token"] == "short"
    assert wire.asked[3].headers["authorization"] == "Bearer long"


async def test_a_role_that_may_not_post_on_a_page_has_no_permission_to(wire: Wire) -> None:
    wire.answer({"access_token": "short", "expires_in": 3600})
    wire.answer({"access_token": "long", "expires_in": 5183944})
    wire.answer({"data": {"is_valid": True, "scopes": ["pages_show_list", "pages_manage_posts", "read_insights"]}})
    wire.answer({"data": [{"id": "1", "name": "A", "access_token": "page-1", "tasks": ["ANALYZE", "MODERATE"]}]})
    async with httpx.AsyncClient() as http:
        [found] = await PLATFORM.oauth.connect(wire.app, http, code="c", redirect_uri="http://r.test", verifier="v")
    assert found.token.scopes == ("pages_show_list", "read_insights")
    assert not PLATFORM.may("publish", found.token.scopes)
    assert found.token.refresh == "long"


async def test_a_page_token_cannot_be_renewed(wire: Wire) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(ReconnectNeeded):
            await PLATFORM.oauth.refresh(wire.app, http, Token("dead"))
    assert wire.asked == []


async def test_a_whole_round_through_a_sandbox(sandbox: Sandbox, photo: MediaFile) -> None:
    async with connected(PLATFORM, sandbox.app("facebook")) as (page_client, connection):
        now = page_client.now
        window = Window(now - timedelta(days=180), now)
        ledger = sandbox.ledger("facebook")
        truth = {p["external_id"]: p for p in ledger["posts"] if p["account"] == connection.external_id}

        [account] = await rows("accounts", page_client, window)
        assert account["external_id"] == connection.external_id
        assert account["followers"] > 100

        posts = await rows("posts", page_client, window)
        recent = {i for i, p in truth.items() if datetime.fromisoformat(p["created_at"]) >= window.start}
        assert recent <= {post["external_id"] for post in posts} <= truth.keys()
        assert all(post["text"] == truth[post["external_id"]]["text"] for post in posts)

        refs = [PostRef(p["external_id"], p["kind"], p["published_at"]) for p in posts[-5:]]
        for counted in await rows("post_metrics", page_client, window, refs):
            real = truth[counted["external_id"]]["counters"]
            assert counted["reactions"] == pytest.approx(real["reactions"], abs=2)
            assert counted["comments"] == pytest.approx(real["comments"], abs=2)
        insights = await rows("post_metrics", page_client, window, refs, variant="insights")
        views = {r["external_id"]: r["value"] for r in insights if r["metric"] == "post_media_view"}
        assert views.keys() == {ref.external_id for ref in refs}
        assert all(views[i] == pytest.approx(truth[i]["counters"]["views"], abs=5) for i in views)

        days = await rows("account_metrics", page_client, window)
        follows = {row["end_time"]: row["value"] for row in days if row["metric"] == "page_follows"}
        assert 178 <= len(follows) <= 181
        assert all(midnight.hour in (7, 8) for midnight in follows)


@pytest.mark.parametrize("with_photo", [False, True])
async def test_a_post_goes_live_once_and_is_found_again(sandbox: Sandbox, photo: MediaFile, with_photo: bool) -> None:
    post = Outgoing(f"Fresh beans today ☕ {uuid4()}", media=(photo,) if with_photo else ())
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with connected(PLATFORM, sandbox.app("facebook")) as (page_client, _):
        since = page_client.now
        assert await PLATFORM.find(page_client, post, since) is None
        step = await PLATFORM.publish(page_client, post, None)
        if isinstance(step, Pending):
            step = await PLATFORM.publish(page_client, post, step.state)
        assert isinstance(step, Published)
        assert await PLATFORM.find(page_client, post, since) == step
        live = [p for p in sandbox.ledger("facebook")["posts"] if p["text"] == post.text]
        assert [p["external_id"] for p in live] == [step.external_id]


async def rows(
    name: str, page_client: Client, window: Window, refs: Sequence[PostRef] = (), variant: str = ""
) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, page_client, window, list(refs)))
