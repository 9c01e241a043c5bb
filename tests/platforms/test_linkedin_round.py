"""LinkedIn through a sandbox: pages and people, every kind of post, what comes back, and what goes wrong."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, ReconnectNeeded, Rejected
from platforms.linkedin import PLATFORM
from platforms.linkedin.client import VERSION, Client
from platforms.linkedin.insights import OF_PERSON
from platforms.platform import Login, PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import Token
from tests.platforms.conftest import Sandbox, Wire, approve, connected, extract, fetch, resource

WAYS = {way.name: way for way in PLATFORM.ways}
PERSON = "urn:li:person:"


@asynccontextmanager
async def signed_in(login: Login, sandbox: Sandbox) -> AsyncIterator[list[Any]]:
    """The connections of one way in, and a client for the last of them: the person."""
    app, redirect = sandbox.app("linkedin"), "http://127.0.0.1:9/callback"
    async with httpx.AsyncClient() as http:
        url = await login.oauth.authorize_url(app, http, state="s-1", redirect_uri=redirect, verifier="v" * 64)
        code = (await approve(http, url))["code"]
        connections = await login.oauth.connect(app, http, code=code, redirect_uri=redirect, verifier="v" * 64)
        yield [*connections, PLATFORM.client(app, connections[-1].token, connections[-1].external_id, http)]


async def rows(name: str, client: Client, refs: list[PostRef] | None = None, variant: str = "") -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    window = Window(client.now - timedelta(days=60), client.now)
    return extract(found.contract, *await fetch(found, client, window, refs or []))


async def live(client: Client, sandbox: Sandbox, post: Outgoing) -> str:
    """Publish to the end; its id."""
    assert PLATFORM.publish is not None
    state = None
    for _ in range(40):
        step = await PLATFORM.publish(client, post, state)
        if isinstance(step, Published):
            assert step.external_id is not None
            return step.external_id
        state = json.loads(json.dumps(step.state))
        if step.check_after:
            sandbox.advance("PT3S")
    raise AssertionError("it never went live")


def said(words: str) -> str:
    return f"{words} {uuid4()}"


@pytest.fixture
def film(tmp_path: Path) -> MediaFile:
    """Two parts long; only its first bytes are those of a film."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(4_194_304 + 100))
    return MediaFile("video/mp4", path, "http://127.0.0.1:9/film.mp4", seconds=4)


async def test_one_way_gives_pages_and_another_the_person(sandbox: Sandbox) -> None:
    async with signed_in(WAYS["linkedin"], sandbox) as (page, _):
        assert page.external_id.startswith("urn:li:organization:")
    async with signed_in(WAYS["linkedin_profile"], sandbox) as (alone, client):
        assert alone.external_id.startswith(PERSON)
        assert PLATFORM.login_of(alone.token.scopes).name == "linkedin_profile"
        with pytest.raises(ReconnectNeeded, match="60 days"):
            await PLATFORM.oauth.refresh(client.app, httpx.AsyncClient(), alone.token)
        assert [row["name"] for row in await rows("accounts", client)] == [alone.name]
        # What it may not read, and what only pages have, is not asked.
        for name, variant in [("posts", ""), ("accounts", "followers"), ("account_metrics", ""), ("demographics", "")]:
            assert await rows(name, client, variant=variant) == []


async def test_an_approved_app_reads_a_persons_posts_and_figures_and_is_renewed(sandbox: Sandbox) -> None:
    async with signed_in(WAYS["linkedin_creator"], sandbox) as (person, client):
        assert PLATFORM.login_of(person.token.scopes).name == "linkedin_creator"
        posts = await rows("posts", client)
        assert posts
        refs = [PostRef(post["external_id"], post["kind"], post["published_at"]) for post in posts[:2]]
        figures = await rows("post_metrics", client, refs, "person")
        assert {(row["external_id"], row["metric"]) for row in figures} == {
            (ref.external_id, metric) for ref in refs for metric in OF_PERSON
        }
        days = await rows("account_metrics", client, variant="person")
        assert {row["metric"] for row in days} == set(OF_PERSON) - {"MEMBERS_REACHED"}
        assert 59 <= len({row["as_of_date"] for row in days}) <= 61
        async with httpx.AsyncClient() as http:
            renewed = await WAYS["linkedin_creator"].oauth.refresh(client.app, http, person.token)
        assert renewed.access != person.token.access
        assert renewed.refresh == person.token.refresh


async def test_one_refused_metric_of_a_person_is_parked_and_the_others_are_read(wire: Wire) -> None:
    refused = {"status": 400, "code": "PARAM_INVALID", "message": "Parameter 'queryType' is invalid: MEMBERS_REACHED"}
    for metric in OF_PERSON:
        if metric == "MEMBERS_REACHED":
            wire.answer(refused, status=400)
        else:
            wire.answer({"elements": [{"count": 7, "metricType": metric}], "paging": {}})
    refs = [PostRef("urn:li:ugcPost:5", "video", datetime.now(UTC))]
    async with httpx.AsyncClient() as http:
        client = Client(wire.app, Token("t"), f"{PERSON}a1", http)
        found = await rows("post_metrics", client, refs, "person")
    assert {row["metric"]: row["amount"] for row in found} == {
        metric: 7 for metric in OF_PERSON if metric != "MEMBERS_REACHED"
    }
    assert list(client.parked.reasons) == ["MEMBERS_REACHED"]
    assert wire.asked[0].query["entity"] == "(ugc:urn:li:ugcPost:5)"
    assert client.spent.totals == {"calls": len(OF_PERSON)}


@pytest.mark.parametrize("as_person", [False, True])
async def test_every_kind_goes_live_is_found_edited_and_taken_down(
    sandbox: Sandbox, photo: MediaFile, film: MediaFile, as_person: bool
) -> None:
    assert PLATFORM.find is not None
    assert PLATFORM.edit is not None
    assert PLATFORM.delete is not None
    drafts = [
        Outgoing(said("Words (all of them)")),
        Outgoing(said("A link"), title="Beans", link="https://shop.example/beans", format="link"),
        Outgoing(said("A picture"), media=(MediaFile("image/jpeg", photo.path, photo.url, alt_text="Teal"),)),
        Outgoing(said("Pictures"), media=(photo, photo, photo)),
        Outgoing(said("A film"), title="Film", media=(film,)),
        Outgoing(said("A poll"), options={"poll": {"question": "More?", "options": [{"text": "A"}, {"text": "B"}]}}),
    ]
    async with signed_in(WAYS["linkedin_creator" if as_person else "linkedin"], sandbox) as found:
        client = (
            found[-1] if as_person else Client(found[-1].app, found[0].token, found[0].external_id, found[-1]._http)
        )
        for post in drafts:
            since = client.now
            urn = await live(client, sandbox, post)
            there = await PLATFORM.find(client, post, since)
            if not as_person or client.may("r_member_social"):
                assert there is not None
                assert there.external_id == urn
            other = Outgoing(said("Other [words]"), media=post.media)
            assert (await PLATFORM.edit(client, urn, other)).external_id == urn
            shown = (await client.get(f"/rest/posts/{quote(urn, safe='')}", {})).json()
            assert shown["commentary"] == other.text.replace("[", "\\[").replace("]", "\\]")
            for _ in range(2):
                await PLATFORM.delete(client, urn)
            assert await PLATFORM.find(client, other, since) is None


async def test_a_video_goes_on_where_it_broke_off(sandbox: Sandbox, film: MediaFile) -> None:
    assert PLATFORM.publish is not None
    post = Outgoing(said("Broken off"), media=(film,))
    async with connected(PLATFORM, sandbox.app("linkedin")) as (client, _):
        first = await PLATFORM.publish(client, post, None)
        assert isinstance(first, Pending)
        second = await PLATFORM.publish(client, post, first.state)
        assert isinstance(second, Pending)
        assert len(second.state["video"]["tags"]) == 1
        # A worker that knew only the first state sends the same part again: LinkedIn counts it once.
        again = await PLATFORM.publish(client, post, first.state)
        assert isinstance(again, Pending)
        assert again.state == second.state
        closed = {**second.state, "video": {**second.state["video"], "expires_at": 1}}
        assert await PLATFORM.publish(client, post, closed) == Pending({"assets": []}, handle=True)


async def test_a_comment_is_written_and_read_with_its_answers(sandbox: Sandbox) -> None:
    assert PLATFORM.comment is not None
    async with connected(PLATFORM, sandbox.app("linkedin")) as (client, connection):
        urn = await live(client, sandbox, Outgoing(said("Talk to us")))
        ref = PostRef(urn, "text", client.now)
        named = await PLATFORM.comment(client, urn, "First (and *plain*) comment")
        await PLATFORM.comment(client, named, "An answer")
        found = await rows("comments", client, [ref])
        assert [(row["text"], row["parent_id"], row["author_id"]) for row in found] == [
            ("First (and *plain*) comment", None, connection.external_id),
            ("An answer", named, connection.external_id),
        ]
        posts = await rows("posts", client)
        refs = [PostRef(post["external_id"], post["kind"], post["published_at"]) for post in posts]
        everything = await rows("comments", client, refs)
        assert {row["parent_id"] is None for row in everything} == {True, False}
        assert len({row["external_id"] for row in everything}) == len(everything)


async def test_facets_get_names_each_asked_for_once(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("linkedin")) as (client, _):
        facets = await rows("demographics", client)
        names = {
            f"urn:li:{row['sort']}:{row['number']}": row["name"]
            for row in await rows("demographics", client, None, "names")
        }
        assert {row["value"] for row in facets if row["value"].startswith("urn:")} == set(names)
        assert names["urn:li:geo:103819153"] == "Norway"
        before = client.spent.totals["calls"]
        assert await rows("demographics", client, None, "names") == []
        assert client.spent.totals["calls"] == before


async def test_names_that_an_app_may_not_read_are_parked_and_the_account_stays_connected(wire: Wire) -> None:
    group = {"followerCounts": {"organicFollowerCount": 3, "paidFollowerCount": 0}}
    facets = {
        "followerCountsByIndustry": [{"industry": "urn:li:industry:4", **group}],
        "followerCountsByGeo": [{"geo": "urn:li:geo:7", **group}],
    }
    wire.answer({"elements": [facets], "paging": {}})
    wire.answer({"status": 403, "code": "ACCESS_DENIED", "message": "Not enough permissions"}, status=403)
    wire.answer({"results": {"7": {"id": 7, "defaultLocalizedName": {"value": "Oslo"}}}})
    async with httpx.AsyncClient() as http:
        client = Client(wire.app, Token("t"), "urn:li:organization:5", http)
        assert await rows("demographics", client, None, "names") == [{"sort": "geo", "number": "7", "name": "Oslo"}]
    assert client.parked.reasons == {"industries": "Not enough permissions"}


async def test_a_rival_is_looked_up_by_the_name_in_its_address(sandbox: Sandbox) -> None:
    assert PLATFORM.lookup is not None
    rival = next(one for one in sandbox.ledger("linkedin")["accounts"][1:])
    async with connected(PLATFORM, sandbox.app("linkedin")) as (client, _):
        number = rival["external_id"].rsplit(":", 1)[-1]
        vanity = (await client.get(f"/rest/organizations/{number}", {})).json()["vanityName"]
        pages = [page async for page in PLATFORM.lookup.fetch(client, [vanity, "nobody-has-this-name"])]
    [row] = extract(PLATFORM.lookup.contract, *pages)
    assert (row["handle"], row["external_id"]) == (vanity, rival["external_id"])
    assert row["followers"] == pytest.approx(rival["counters"]["followers"], abs=3)


async def test_views_of_the_page_come_by_day(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("linkedin")) as (client, _):
        days = await rows("account_metrics", client, None, "views")
    assert 59 <= len({row["as_of_date"] for row in days}) <= 61
    assert all(row["page_views"] > 0 for row in days[:-1])


@pytest.mark.parametrize(
    ("post", "words"),
    [
        (Outgoing("x", format="article"), "article"),
        (Outgoing("x", format="story"), "story"),
        (Outgoing("x", options={"colour": "red"}), "colour"),
        (Outgoing("x", format="link"), "needs a link"),
        (Outgoing("x", link="https://a.test", options={"poll": {}}), "poll"),
        (Outgoing("x", media=(MediaFile("audio/mpeg", Path("x.mp3"), "http://a.test"),)), "audio/mpeg"),
        (
            Outgoing("x", media=tuple(MediaFile("video/mp4", Path("x.mp4"), "http://a.test") for _ in "12")),
            "must all be images",
        ),
    ],
)
async def test_what_linkedin_cannot_take_is_refused_before_anything_is_sent(
    wire: Wire, post: Outgoing, words: str
) -> None:
    assert PLATFORM.publish is not None
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected, match=words):
            await PLATFORM.publish(Client(wire.app, Token("t"), "urn:li:organization:5", http), post, None)
    assert wire.asked == []


async def test_a_comment_whose_answer_is_lost_may_be_there(wire: Wire) -> None:
    assert PLATFORM.comment is not None
    wire.hang_up()
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.comment(Client(wire.app, Token("t"), "urn:li:organization:5", http), "urn:li:share:1", "Hi")


async def test_a_version_that_is_over_asks_for_an_upgrade(wire: Wire) -> None:
    told = {"status": 426, "code": "NONEXISTENT_VERSION", "message": f"Requested version {VERSION}01 is not active"}
    wire.answer(told, status=426)
    async with httpx.AsyncClient() as http:
        with pytest.raises(Rejected, match="upgrade ClientNest"):
            await Client(wire.app, Token("t"), "urn:li:organization:5", http).get("/rest/posts", {})


def test_the_version_ends_a_year_after_its_month() -> None:
    assert PLATFORM.sunset == date(int(VERSION[:4]) + 1, int(VERSION[4:]), 15)


class _Ours(BaseHTTPRequestHandler):
    """Our address for webhooks, with the platform's own functions behind it."""

    sandbox: Sandbox
    heard: list[Any]

    def do_GET(self) -> None:
        assert PLATFORM.webhooks is not None
        answer = PLATFORM.webhooks.reply(self.sandbox.app("linkedin"), dict(parse_qsl(urlsplit(self.path).query)))
        assert answer is not None
        self._answer(answer.body, answer.content_type)

    def do_POST(self) -> None:
        assert PLATFORM.webhooks is not None
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        if PLATFORM.webhooks.genuine(self.sandbox.app("linkedin"), headers, body, datetime.now(UTC)):
            self.heard.extend(PLATFORM.webhooks.events(body))
        self._answer(b"", "text/plain")

    def _answer(self, body: bytes, content_type: str) -> None:
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def ours(sandbox: Sandbox) -> Iterator[tuple[str, list[Any]]]:
    """The address, and the events that it heard."""
    heard: list[Any] = []
    answering = type("Ours", (_Ours,), {"sandbox": sandbox, "heard": heard})
    server = ThreadingHTTPServer(("127.0.0.1", 0), answering)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks/linkedin", heard
    server.shutdown()
    thread.join()
    server.server_close()


async def test_linkedin_calls_an_address_that_proved_itself(sandbox: Sandbox, ours: tuple[str, list[Any]]) -> None:
    address, heard = ours
    assert PLATFORM.comment is not None
    async with signed_in(WAYS["linkedin_profile"], sandbox) as (person, _):
        pass
    async with signed_in(WAYS["linkedin"], sandbox) as (page, client):
        parts = {
            "developerApplication": "urn:li:developerApplication:1",
            "user": person.external_id,
            "entity": page.external_id,
        }
        key = ",".join(f"{name}:{quote(value, safe='')}" for name, value in parts.items())
        url = f"/rest/eventSubscriptions/({key},eventType:ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS)"
        headers = {
            "Authorization": f"Bearer {page.token.access}",
            "LinkedIn-Version": VERSION,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        async with httpx.AsyncClient(base_url=client.app.base_url or "", headers=headers) as http:
            assert (await http.put(url, json={"webhook": "http://127.0.0.1:9/nobody"})).status_code == 400
            assert (await http.put(url, json={"webhook": address})).status_code == 204
            assert (await http.get(url)).json()["webhook"] == address
        client.account = page.external_id
        urn = await live(client, sandbox, Outgoing(said("Tell me")))
        await PLATFORM.comment(client, urn, "Here I am")
        for _ in range(100):
            if heard:
                break
            await asyncio.sleep(0.02)
    assert [(event.kind, event.account_external_id, event.subject_external_id) for event in heard] == [
        ("COMMENT", page.external_id, urn)
    ]
