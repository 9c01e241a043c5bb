"""LinkedIn pages: what the wire says, what becomes of it, and one whole round through a sandbox."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.errors import (
    OutcomeUnknown,
    PlatformError,
    RateLimited,
    ReconnectNeeded,
    Rejected,
    Unavailable,
)
from platforms.linkedin import PLATFORM
from platforms.linkedin.client import Client
from platforms.linkedin.little_text import escape, unescape
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import Token
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)
ACCESS = "li-access-token"
PAGE = "urn:li:organization:77"


def client(wire: Wire, http: httpx.AsyncClient) -> Client:
    return Client(wire.app, Token(ACCESS), PAGE, http)


def refusal(status: int, code: str | None = None, service: int | None = None, **more: object) -> dict[str, object]:
    body: dict[str, object] = {"message": "no", "status": status, **more}
    return body | ({"code": code} if code else {}) | ({"serviceErrorCode": service} if service else {})


DUPLICATE = refusal(
    422,
    message="Content is a duplicate of urn:li:share:7001",
    errorDetails={"inputErrors": [{"description": "Duplicate post is detected", "code": "DUPLICATE_POST"}]},
)


@pytest.mark.parametrize(
    ("body", "status", "expected"),
    [
        (refusal(401, "INVALID_ACCESS_TOKEN", 65600), 401, ReconnectNeeded),
        (refusal(401, "EXPIRED_ACCESS_TOKEN", 65602), 401, ReconnectNeeded),
        (refusal(403, "ACCESS_DENIED", 100), 403, ReconnectNeeded),
        (refusal(426, "NONEXISTENT_VERSION"), 426, Rejected),
        (refusal(400, "FIELD_LENGTH_TOO_LONG"), 400, Rejected),
        (refusal(404, "NOT_FOUND"), 404, Rejected),
        (refusal(429), 429, RateLimited),
        (refusal(503), 503, Unavailable),
        (DUPLICATE, 422, Rejected),
        (b"<html>welcome</html>", 200, Unavailable),
        (b"<html>gateway</html>", 502, Unavailable),
    ],
)
async def test_a_refusal_is_named_by_its_code(
    wire: Wire, body: object, status: int, expected: type[PlatformError]
) -> None:
    wire.answer(body, status=status)
    async with httpx.AsyncClient() as http:
        with pytest.raises(PlatformError) as caught:
            await client(wire, http).get("/rest/posts", {})
    assert type(caught.value) is expected
    assert ACCESS not in repr((caught.value, caught.value.evidence))


async def test_a_new_token_that_is_called_revoked_is_tried_again(wire: Wire) -> None:
    wire.answer(refusal(401, "REVOKED_ACCESS_TOKEN", 65601), status=401)
    wire.answer({"localizedName": "Nordlys"})
    async with httpx.AsyncClient() as http:
        response = await client(wire, http).get("/rest/organizations/77", {})
    assert response.json() == {"localizedName": "Nordlys"}
    headers = wire.asked[1].headers
    assert headers["linkedin-version"] == PLATFORM.api_version
    assert headers["x-restli-protocol-version"] == "2.0.0"


async def test_a_spent_day_ends_at_midnight_utc(wire: Wire) -> None:
    wire.answer(refusal(429), status=429, date="Fri, 20 Nov 2026 21:00:00 GMT")
    async with httpx.AsyncClient() as http:
        with pytest.raises(RateLimited) as caught:
            await client(wire, http).get("/rest/posts", {})
        with pytest.raises(RateLimited):
            await client(wire, http).get("/rest/posts", {})
    assert caught.value.retry_after == timedelta(hours=3)
    assert len(wire.asked) == 1


def ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def post(number: int, age: timedelta, commentary: str = "Hello", **more: object) -> dict[str, Any]:
    created = ms(NOW - age)
    return {"id": f"urn:li:share:{number}", "commentary": commentary, "createdAt": created, **more}


def listing(*posts: dict[str, Any], start: int = 0, following: bool = False) -> dict[str, object]:
    links = [{"rel": "next", "href": "/rest/posts?start=100", "type": "application/json"}] if following else []
    return {"elements": list(posts), "paging": {"start": start, "count": 100, "links": links}}


async def test_posts_are_read_until_the_window_starts_with_their_kind_and_plain_text(wire: Wire) -> None:
    written = escape("Fresh #beans_now (today) @ the [bar] ~ 5 * 3 \\ {x}")
    day = timedelta(days=1)
    wire.answer(
        listing(
            post(5, day, written, content={"media": {"id": "urn:li:image:D4"}}, publishedAt=ms(NOW - day)),
            post(4, day, "Hi @[Nordlys](urn:li:organization:1)", content={"multiImage": {"images": []}}),
            post(3, 2 * day, content={"article": {"source": "https://a.test", "title": "T"}}),
            post(2, 2 * day, reshareContext={"parent": "urn:li:share:1"}),
            following=True,
        )
    )
    wire.answer(listing(post(1, 30 * day), start=100, following=True))
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        found = extract(posts.contract, *await fetch(posts, client(wire, http), WEEK, []))
    assert [(row["external_id"][-1], row["kind"]) for row in found] == [
        ("5", "image"),
        ("4", "multiImage"),
        ("3", "article"),
        ("2", "reshare"),
    ]
    assert found[0]["text"] == "Fresh #beans_now (today) @ the [bar] ~ 5 * 3 \\ {x}"
    assert found[1]["text"] == "Hi Nordlys"
    assert (found[2]["link"], found[2]["title"]) == ("https://a.test", "T")
    assert found[0]["permalink"] == "https://www.linkedin.com/feed/update/urn:li:share:5"
    assert wire.asked[0].headers["x-restli-method"] == "FINDER"
    assert (wire.asked[1].query["start"], wire.asked[1].query["author"]) == ("100", PAGE)


async def test_a_post_without_a_moment_still_lands_for_the_contract_to_refuse(wire: Wire) -> None:
    wire.answer(listing({"id": "urn:li:share:9", "createdAt": "yesterday"}))
    async with httpx.AsyncClient() as http:
        [page] = await fetch(resource(PLATFORM, "posts"), client(wire, http), WEEK, [])
    assert b"yesterday" in page.body


async def test_a_page_without_posts_is_empty(wire: Wire) -> None:
    wire.answer(listing())
    posts = resource(PLATFORM, "posts")
    async with httpx.AsyncClient() as http:
        assert extract(posts.contract, *await fetch(posts, client(wire, http), WEEK, [])) == []


async def test_counters_are_asked_by_kind_of_urn_and_a_post_nobody_met_is_absent(wire: Wire) -> None:
    counts = {"impressionCount": 40, "uniqueImpressionsCount": 30, "likeCount": -1, "engagement": 0.1}
    wire.answer({"elements": [{"share": "urn:li:share:1", "totalShareStatistics": counts}], "paging": {}})
    wire.answer({"elements": [{"ugcPost": "urn:li:ugcPost:2", "totalShareStatistics": counts}], "paging": {}})
    counters = resource(PLATFORM, "post_metrics")
    refs = [PostRef(urn, "text", NOW) for urn in ("urn:li:share:1", "urn:li:ugcPost:2", "urn:li:share:3")]
    async with httpx.AsyncClient() as http:
        pages = await fetch(counters, client(wire, http), WEEK, refs)
    found = extract(counters.contract, *pages)
    assert [row["external_id"] for row in found] == ["urn:li:share:1", "urn:li:ugcPost:2"]
    assert (found[0]["impressions"], found[0]["reach"], found[0]["likes"]) == (40, 30, -1)
    assert found[0]["shares"] is None
    assert "shares=List(urn%3Ali%3Ashare%3A1,urn%3Ali%3Ashare%3A3)" in pages[0].request.replace(":", "%3A").replace(
        "http%3A", "http:"
    )


async def test_days_are_asked_as_whole_utc_days(wire: Wire) -> None:
    start = datetime(2026, 11, 18, tzinfo=UTC)
    span = {"start": ms(start), "end": ms(start + timedelta(days=1))}
    wire.answer({"elements": [{"timeRange": span, "totalShareStatistics": {"impressionCount": 5}}]})
    wire.answer({"elements": [{"timeRange": span, "followerGains": {"organicFollowerGain": -2}}]})
    wire.answer({"elements": []})
    window = Window(start + timedelta(hours=9), start + timedelta(hours=30))
    async with httpx.AsyncClient() as http:
        for variant, name, value in (("", "impressions", 5), ("followers", "organic_followers_gained", -2)):
            days = resource(PLATFORM, "account_metrics", variant)
            [row] = extract(days.contract, *await fetch(days, client(wire, http), window, []))
            assert (row["as_of_date"], row[name]) == (date(2026, 11, 18), value)
        assert extract(days.contract, *await fetch(days, client(wire, http), window, [])) == []
    end = ms(start + timedelta(days=2))
    expected = f"(timeRange:(start:{ms(start)},end:{end}),timeGranularityType:DAY)"
    assert wire.asked[0].query["timeIntervals"] == expected


async def test_followers_are_told_apart_by_every_facet(wire: Wire) -> None:
    def group(word: str, value: str, count: int) -> dict[str, object]:
        return {word: value, "followerCounts": {"organicFollowerCount": count, "paidFollowerCount": 0}}

    element = {
        "organizationalEntity": PAGE,
        "followerCountsByAssociationType": [],
        "followerCountsByIndustry": [group("industry", "urn:li:industry:4", 90)],
        "followerCountsByStaffCountRange": [group("staffCountRange", "SIZE_2_TO_10", 8)],
        "followerCountsByGeoCountry": [group("geo", "urn:li:geo:1", 3), group("geo", "urn:li:geo:2", 2)],
    }
    wire.answer({"elements": [element]})
    wire.answer({"elements": []})
    facets = resource(PLATFORM, "demographics")
    async with httpx.AsyncClient() as http:
        found = extract(facets.contract, *await fetch(facets, client(wire, http), WEEK, []))
        assert extract(facets.contract, *await fetch(facets, client(wire, http), WEEK, [])) == []
    assert [(row["dimension"], row["value"], row["amount"]) for row in found] == [
        ("Industry", "urn:li:industry:4", 90),
        ("StaffCountRange", "SIZE_2_TO_10", 8),
        ("GeoCountry", "urn:li:geo:1", 3),
        ("GeoCountry", "urn:li:geo:2", 2),
    ]


async def test_an_account_is_read_in_two_calls_that_never_overwrite_each_other(wire: Wire) -> None:
    wire.answer({"id": 77, "localizedName": "Nordlys", "vanityName": "nordlys"})
    wire.answer({"firstDegreeSize": 4321})
    async with httpx.AsyncClient() as http:
        profile = resource(PLATFORM, "accounts")
        [row] = extract(profile.contract, *await fetch(profile, client(wire, http), WEEK, []))
        assert (row["external_id"], row["name"], row["username"]) == (PAGE, "Nordlys", "nordlys")
        followers = resource(PLATFORM, "accounts", "followers")
        assert extract(followers.contract, *await fetch(followers, client(wire, http), WEEK, [])) == [
            {"external_id": PAGE, "followers": 4321}
        ]


async def test_an_image_is_uploaded_and_ready_before_the_one_step_that_cannot_be_undone(
    wire: Wire, photo: MediaFile
) -> None:
    outgoing = Outgoing("Hello (you)", media=(photo,))
    place = {"uploadUrl": f"{wire.base_url}/upload/1", "image": "urn:li:image:D4", "uploadUrlExpiresAt": 1}
    wire.answer({"value": place})
    wire.answer(b"", status=201)
    wire.answer({"status": "PROCESSING"})
    wire.answer({"status": "AVAILABLE"})
    wire.answer(b"", status=201, x_restli_id="urn:li:share:42")
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        states: list[dict[str, Any] | None] = [None]
        for safe in (True, True, False):
            step = await PLATFORM.publish(client(wire, http), outgoing, states[-1])
            assert isinstance(step, Pending)
            # Only from the last state on the post may be live.
            assert step.handle is safe
            states.append(step.state)
        step = await PLATFORM.publish(client(wire, http), outgoing, states[-1])
    assert step == Published("urn:li:share:42", "https://www.linkedin.com/feed/update/urn:li:share:42")
    assert wire.asked[1].body == photo.path.read_bytes()
    body = json.loads(wire.asked[4].body)
    assert (body["author"], body["commentary"]) == (PAGE, "Hello \\(you\\)")
    assert body["content"] == {"media": {"id": "urn:li:image:D4"}}


async def test_a_link_becomes_the_article_of_a_post(wire: Wire) -> None:
    wire.answer(b"", status=201, x_restli_id="urn:li:share:43")
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        outgoing = Outgoing("Read", title="Beans", link="https://a.test")
        assert isinstance(await PLATFORM.publish(client(wire, http), outgoing, None), Published)
    assert json.loads(wire.asked[0].body)["content"] == {"article": {"source": "https://a.test", "title": "Beans"}}


async def test_a_lost_answer_or_a_duplicate_leaves_the_outcome_unknown(wire: Wire) -> None:
    wire.hang_up()
    wire.answer(DUPLICATE, status=422)
    wire.answer(b"", status=201)
    assert PLATFORM.publish is not None
    raised = []
    async with httpx.AsyncClient() as http:
        for _ in range(3):
            with pytest.raises(OutcomeUnknown) as caught:
                await PLATFORM.publish(client(wire, http), Outgoing("Hello"), None)
            raised.append(caught.value)
    assert raised[1].evidence["duplicate_of"] == "urn:li:share:7001"


async def test_a_post_is_found_by_its_plain_text_and_image_and_not_among_older_ones(wire: Wire) -> None:
    minute = timedelta(minutes=1)
    written = escape("Hello #beans (new)")
    with_image = {"content": {"media": {"id": "urn:li:image:1"}}}
    wire.answer(
        listing(post(3, minute, written, **with_image), post(2, 2 * minute, written), post(1, 90 * minute, written))
    )
    assert PLATFORM.find is not None
    async with httpx.AsyncClient() as http:
        found = await PLATFORM.find(client(wire, http), Outgoing("Hello #beans  (new)"), NOW - 10 * minute)
    assert found == Published("urn:li:share:2", "https://www.linkedin.com/feed/update/urn:li:share:2")


async def test_a_consent_gives_every_organisation_and_is_renewed_where_linkedin_lets(wire: Wire) -> None:
    wire.answer({"access_token": "a1", "expires_in": 5184000, "scope": "r_organization_social,w_organization_social"})
    wire.answer({"elements": [{"organization": PAGE, "role": "ADMINISTRATOR", "state": "APPROVED"}], "paging": {}})
    wire.answer({"id": 77, "localizedName": "Nordlys", "vanityName": "nordlys"})
    oauth = PLATFORM.oauth
    async with httpx.AsyncClient() as http:
        [connection] = await oauth.connect(wire.app, http, code="c", redirect_uri="http://r.test", verifier="v")
        with pytest.raises(ReconnectNeeded):
            await oauth.refresh(wire.app, http, connection.token)
        wire.answer({"access_token": "a2", "expires_in": 60, "refresh_token": "r", "refresh_token_expires_in": 120})
        renewed = await oauth.refresh(wire.app, http, Token("a1", refresh="r"))
    assert (connection.external_id, connection.username) == (PAGE, "nordlys")
    assert connection.token.scopes == ("r_organization_social", "w_organization_social")
    assert renewed.access == "a2"
    assert renewed.refresh_expires_at is not None


@given(st.text())
def test_little_text_says_what_was_written(text: str) -> None:
    assert unescape(escape(text)) == text


async def rows(
    name: str, page: Client, window: Window, refs: Sequence[PostRef] = (), variant: str = ""
) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, page, window, list(refs)))


async def test_a_whole_round_through_a_sandbox(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("linkedin")) as (page, connection):
        window = Window(page.now - timedelta(days=180), page.now)
        ledger = sandbox.ledger("linkedin")
        own = {p["external_id"]: p for p in ledger["posts"] if connection.external_id.endswith(p["account"])}

        [account] = await rows("accounts", page, window)
        assert (account["external_id"], account["name"]) == (connection.external_id, connection.name)
        [total] = await rows("accounts", page, window, variant="followers")
        assert total["followers"] > 100

        posts = await rows("posts", page, window)
        recent = {i for i, p in own.items() if datetime.fromisoformat(p["created_at"]) >= window.start}
        assert recent <= {post["external_id"] for post in posts} <= own.keys()
        assert all(post["text"] == own[post["external_id"]]["text"] for post in posts)
        assert {"text", "image", "article"} & {post["kind"] for post in posts}

        refs = [PostRef(p["external_id"], p["kind"], p["published_at"]) for p in posts]
        counted = {row["external_id"]: row for row in await rows("post_metrics", page, window, refs)}
        assert len(counted) >= len(refs) - 2
        old = refs[-1].external_id
        assert counted[old]["impressions"] == pytest.approx(own[old]["counters"]["impressions"], abs=2)

        days = {row["as_of_date"]: row for row in await rows("account_metrics", page, window)}
        assert 180 <= len(days) <= 181
        gains = await rows("account_metrics", page, window, variant="followers")
        assert {row["as_of_date"] for row in gains} == days.keys()
        facets = {row["dimension"] for row in await rows("demographics", page, window)}
        assert {"Industry", "Seniority", "Function", "StaffCountRange", "GeoCountry"} <= facets


@pytest.mark.parametrize("with_photo", [False, True])
async def test_a_post_goes_live_once_and_is_found_again(sandbox: Sandbox, photo: MediaFile, with_photo: bool) -> None:
    outgoing = Outgoing(f"Fresh #beans_now (today) ☕ [x] {uuid4()}", media=(photo,) if with_photo else ())
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    async with connected(PLATFORM, sandbox.app("linkedin")) as (page, _):
        since = page.now
        assert await PLATFORM.find(page, outgoing, since) is None
        step = await PLATFORM.publish(page, outgoing, None)
        while isinstance(step, Pending):
            step = await PLATFORM.publish(page, outgoing, step.state)
        assert isinstance(step, Published)
        assert await PLATFORM.find(page, outgoing, since) == step
        live = [p for p in sandbox.ledger("linkedin")["posts"] if p["text"] == outgoing.text]
        assert [p["external_id"] for p in live] == [step.external_id]
