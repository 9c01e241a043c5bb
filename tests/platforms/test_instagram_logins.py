"""One Instagram account by both logins, against a sandbox: every kind of post, what is read, and what goes wrong."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.instagram import PLATFORM
from platforms.instagram.client import ByPage, Client
from platforms.platform import Connection, Page, PostRef, Window
from platforms.posting import Kind, MediaFile, Outgoing, Pending, Published
from platforms.registration import App
from tests.platforms.conftest import approve, extract, fetch, resource
from tests.sandbox.stage import REDIRECT, Stage, running

FILM = Path(__file__).parents[2] / "sandbox" / "media" / "sample.mp4"
LOGINS = ("instagram", "facebook")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@asynccontextmanager
async def by(login: str, stage: Stage) -> AsyncIterator[tuple[Client, Connection]]:
    """The account and a client for it, after the person consented."""
    way = next(way for way in PLATFORM.ways if way.name == login)
    told = stage.networks[way.app]
    app = App(told["client_id"], told["client_secret"], told["base_url"])
    async with httpx.AsyncClient(timeout=30) as http:
        back = await approve(http, way.oauth.authorize_url(app, state="s", redirect_uri=REDIRECT, verifier="v"))
        consent = {"code": back["code"], "redirect_uri": REDIRECT, "verifier": "v"}
        [connection] = await way.oauth.connect(app, http, **consent)
        yield PLATFORM.client(app, connection.token, connection.external_id, http), connection


@pytest.fixture
def picture(stage: Stage, photo: MediaFile) -> MediaFile:
    return replace(photo, url=f"{stage.control}/sample.jpg", alt_text="A cup of coffee")


@pytest.fixture
def film(stage: Stage) -> MediaFile:
    return MediaFile("video/mp4", FILM, f"{stage.control}/sample.mp4", seconds=4)


def plant(stage: Stage, **what: Any) -> None:
    httpx.post(f"{stage.control}/world", json={"network": "instagram", **what}).raise_for_status()


def fault(stage: Stage, network: str, operation: str, kind: str, **more: Any) -> None:
    asked = {"network": network, "operation": operation, "kind": kind, "times": 1, **more}
    httpx.post(f"{stage.control}/faults", json=asked).raise_for_status()


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    assert PLATFORM.publish is not None
    return await PLATFORM.publish(client, post, state)


async def live(stage: Stage, client: Client, post: Outgoing) -> tuple[Published, dict[str, Any]]:
    """The post once it is live, and the state of the step before."""
    step, state = await publish(client, post, None), None
    for _ in range(12):
        if isinstance(step, Published):
            assert state is not None
            return step, state
        assert step.handle
        state = step.state
        stage.advance("PT5S")
        step = await publish(client, post, state)
    raise AssertionError(f"not live: {step}")


async def rows(client: Client, name: str, window: Window, *refs: PostRef, variant: str = "") -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, client, window, list(refs)))


def days(stage: Stage, count: int) -> Window:
    now = stage.now()
    return Window(now - timedelta(days=count), now)


async def test_both_logins_lead_to_one_account_and_gate_what_they_do_not_have(stage: Stage) -> None:
    async with by("instagram", stage) as (client, one), by("facebook", stage) as (page_client, other):
        assert one.external_id == other.external_id == stage.account("instagram")
        assert one.username == other.username
        assert not isinstance(client, ByPage)
        assert isinstance(page_client, ByPage)
        for connection, login in ((one, "instagram"), (other, "facebook")):
            assert PLATFORM.login_of(connection.token.scopes).name == login
            assert PLATFORM.may("publish", connection.token.scopes)
            assert PLATFORM.may("comment", connection.token.scopes)
            assert PLATFORM.may("lookup", connection.token.scopes) is (login == "facebook")
            assert PLATFORM.may("delete", connection.token.scopes) is (login == "facebook")
        assert one.token.expires_at is not None
        assert other.token.expires_at is None


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(
    ("kind", "stands_as"),
    [("image", "image"), ("carousel", "carousel"), ("video", "reel"), ("reel", "reel"), ("story", "story")],
)
async def test_every_kind_goes_live_once_and_is_found_again(
    stage: Stage, picture: MediaFile, film: MediaFile, login: str, kind: Kind, stands_as: str
) -> None:
    media = {"image": (picture,), "carousel": (picture, film, picture)}.get(kind, (film,))
    text = "" if kind == "story" else f"Fresh today {uuid4()}"
    post = Outgoing(text, media=media, format=kind)
    before = stage.ledger("instagram").keys()
    stage.advance("PT3M")
    async with by(login, stage) as (client, _):
        since = stage.now()
        done, state = await live(stage, client, post)
        made = {i: p for i, p in stage.ledger("instagram").items() if i not in before and p["text"] == text}
        assert {i: p["kind"] for i, p in made.items()} == {done.external_id: stands_as}
        assert done.permalink
        assert PLATFORM.find is not None
        assert await PLATFORM.find(client, post, since) == done
        # Called once more after a crash: the container says that it is published.
        assert await publish(client, post, state) == done


async def test_a_reels_bytes_go_on_where_they_broke_off(stage: Stage, film: MediaFile) -> None:
    post = Outgoing(f"In pieces {uuid4()}", media=(film,), options={"share_to_feed": False, "thumb_offset": 1500})
    async with by("facebook", stage) as (client, connection):
        step = await publish(client, post, None)
        assert isinstance(step, Pending)
        path = urlsplit(step.state["uri"]).path
        headers = {
            "Authorization": f"OAuth {connection.token.access}",
            "offset": "0",
            "file_size": str(film.size),
        }
        with httpx.Client(base_url=stage.networks["facebook"]["base_url"]) as http:
            http.post(path, content=FILM.read_bytes()[:4096], headers=headers)
        fault(stage, "facebook", "ig_api_upload", "reset_before_write")
        with pytest.raises(Unavailable):
            await publish(client, post, step.state)
        again = await publish(client, post, step.state)
        assert isinstance(again, Pending)
        asked = httpx.get(f"{stage.control}/requests", params={"network": "facebook"}).json()["requests"]
        sent = [one["headers"]["offset"] for one in asked if one["operation"] == "ig_api_upload"]
        assert sent[-3:] == ["0", "4096", "4096"]
        stage.advance("PT5S")
        done = await publish(client, post, again.state)
        assert isinstance(done, Published)
    with stage.http("instagram") as http:
        shown = http.get(f"/{done.external_id}", params={"fields": "is_shared_to_feed"}).json()
        assert shown["is_shared_to_feed"] is False


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("kind", ["drop_after_write", "http_500_after_write"])
async def test_a_lost_answer_leaves_one_post_that_its_container_names(
    stage: Stage, picture: MediaFile, login: str, kind: str
) -> None:
    post = Outgoing(f"Lost {uuid4()}", media=(picture,))
    async with by(login, stage) as (client, _):
        step = await publish(client, post, None)
        assert isinstance(step, Pending)
        stage.advance("PT5S")
        fault(stage, login, "media_publish", kind)
        with pytest.raises(OutcomeUnknown):
            await publish(client, post, step.state)
        done = await publish(client, post, step.state)
        assert isinstance(done, Published)
        assert [i for i, p in stage.ledger("instagram").items() if p["text"] == post.text] == [done.external_id]


@pytest.mark.parametrize("login", LOGINS)
async def test_what_failed_before_the_publication_is_done_again(stage: Stage, picture: MediaFile, login: str) -> None:
    post = Outgoing(f"Twice {uuid4()}", media=(picture,))
    async with by(login, stage) as (client, _):
        for kind in ("http_500", "drop_after_write"):
            fault(stage, login, "media.create", kind)
            with pytest.raises(Unavailable):
                await publish(client, post, None)
        done, _ = await live(stage, client, post)
        assert [i for i, p in stage.ledger("instagram").items() if p["text"] == post.text] == [done.external_id]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize(
    ("kind", "expected"),
    [("token_expired", ReconnectNeeded), ("token_revoked", ReconnectNeeded), ("http_500", Unavailable)],
)
async def test_refusals_of_a_read_say_what_to_do_next(
    stage: Stage, login: str, kind: str, expected: type[PlatformError]
) -> None:
    async with by(login, stage) as (client, _):
        fault(stage, login, "media.read", kind)
        with pytest.raises(expected):
            await rows(client, "posts", days(stage, 3))


@pytest.mark.parametrize("login", LOGINS)
async def test_a_limit_is_kept_for_as_long_as_the_network_says(login: str) -> None:
    with running(seed=4) as stage:
        async with by(login, stage) as (client, _):
            fault(stage, login, "media.read", "rate_limited")
            with pytest.raises(RateLimited) as limited:
                await rows(client, "posts", days(stage, 3))
            assert limited.value.retry_after >= timedelta(minutes=1)
            with pytest.raises(RateLimited):
                await rows(client, "mentions", days(stage, 3))


async def test_a_used_up_day_is_noticed_before_anything_is_sent(photo: MediaFile) -> None:
    with running(seed=5) as stage:
        plant(stage, kind="quota", bucket="content_publishing_limit", remaining=0, at=stage.now().isoformat())
        post = Outgoing("Too many", media=(replace(photo, url=f"{stage.control}/sample.jpg"),))
        async with by("instagram", stage) as (client, _):
            with pytest.raises(RateLimited):
                await publish(client, post, None)


async def test_a_metric_that_dies_costs_no_other(stage: Stage) -> None:
    with running(seed=6) as own:
        async with by("instagram", own) as (client, _):
            posts = await rows(client, "posts", days(own, 10))
            ref = next(PostRef(p["external_id"], p["kind"], p["published_at"]) for p in posts if p["kind"] == "IMAGE")
            before = await rows(client, "post_metrics", days(own, 10), ref)
            plant(own, kind="metric_dies", metric="reposts", at=own.now().isoformat())
            after = await rows(client, "post_metrics", days(own, 10), ref)
            assert {r["metric"] for r in before} - {r["metric"] for r in after} == {"reposts"}
            assert list(client.parked.reasons) == ["reposts"]
            daily = await rows(client, "account_metrics", days(own, 2))
            assert "views" in {row["metric"] for row in daily}


@pytest.mark.parametrize("login", LOGINS)
async def test_comments_and_replies_are_read_and_the_first_is_written(
    stage: Stage, picture: MediaFile, login: str
) -> None:
    post = Outgoing(f"Talk {uuid4()}", media=(picture,))
    async with by(login, stage) as (client, _):
        done, _ = await live(stage, client, post)
        assert done.external_id is not None
        assert PLATFORM.comment is not None
        written = await PLATFORM.comment(client, done.external_id, "More in our profile")
        old = [row for row in await rows(client, "posts", days(stage, 30)) if row["kind"] != "STORY"][-1]
        refs = [PostRef(done.external_id, "IMAGE", stage.now()), PostRef(old["external_id"], old["kind"], stage.now())]
        found = await rows(client, "comments", days(stage, 1), *refs)
        own = next(row for row in found if row["external_id"] == written)
        assert (own["post_external_id"], own["text"]) == (done.external_id, "More in our profile")
        ids = {row["external_id"] for row in found}
        answers = [row["parent_external_id"] for row in found if row["parent_external_id"]]
        assert answers
        assert set(answers) <= ids
        fault(stage, login, "comments.create", "drop_after_write")
        with pytest.raises(OutcomeUnknown):
            await PLATFORM.comment(client, done.external_id, "Once more")


@pytest.mark.parametrize("login", LOGINS)
async def test_mentions_new_followers_and_demographics_are_read(stage: Stage, login: str) -> None:
    async with by(login, stage) as (client, connection):
        [account] = await rows(client, "accounts", days(stage, 1))
        assert account["external_id"] == connection.external_id
        mentions = await rows(client, "mentions", days(stage, 30))
        assert all(f"@{connection.username}" in row["text"] for row in mentions)
        assert 4 <= sum(row["published_at"] >= days(stage, 30).start for row in mentions) <= 7
        gained = await rows(client, "account_metrics", days(stage, 200), variant="new_followers")
        assert 28 <= len(gained) <= 30
        assert all(row["value"] > 0 for row in gained)
        groups = await rows(client, "demographics", days(stage, 1))
        assert {row["dimension"] for row in groups} == {"age", "gender", "city", "country"}


@pytest.mark.parametrize("login", LOGINS)
async def test_stories_are_read_before_they_vanish(stage: Stage, picture: MediaFile, login: str) -> None:
    async with by(login, stage) as (client, _):
        done, _ = await live(stage, client, Outgoing("", media=(picture,), format="story"))
        assert done.external_id not in {row["external_id"] for row in await rows(client, "stories", days(stage, 1))}
        stage.advance("PT4H")
        found = {
            row["metric"]: row["value"]
            for row in await rows(client, "stories", days(stage, 1))
            if row["external_id"] == done.external_id
        }
        assert found.keys() == {"views", "reach", "replies", "shares", "follows", "profile_visits", "navigation"}
        assert done.external_id is not None
        truth = stage.ledger("instagram")[done.external_id]["counters"]["views"]
        assert found["views"] == pytest.approx(truth, abs=5)


async def test_rivals_are_looked_up_with_their_newest_media(stage: Stage) -> None:
    with stage.http("instagram", 1) as http:
        rival = http.get("/me", params={"fields": "username,followers_count"}).json()
    assert PLATFORM.lookup is not None
    async with by("facebook", stage) as (client, _):
        pages: list[Page] = [page async for page in PLATFORM.lookup.fetch(client, [f"@{rival['username']}", "nobody"])]
        [found] = extract(PLATFORM.lookup.contract, *pages)
    assert found["external_id"] == stage.account("instagram", 1)
    assert found["followers"] == pytest.approx(rival["followers_count"], abs=2)
    assert found["media"].count('"permalink"') == 25


async def test_a_post_is_taken_down_by_a_page_alone(stage: Stage, picture: MediaFile) -> None:
    assert PLATFORM.delete is not None
    post = Outgoing(f"Gone {uuid4()}", media=(picture,))
    async with by("instagram", stage) as (client, _), by("facebook", stage) as (page_client, _):
        done, _ = await live(stage, client, post)
        assert done.external_id is not None
        with pytest.raises(Rejected):
            await PLATFORM.delete(client, done.external_id)
        for _ in range(2):
            await PLATFORM.delete(page_client, done.external_id)
        assert done.external_id not in stage.ledger("instagram")


@pytest.mark.parametrize("login", LOGINS)
async def test_events_are_asked_for_on_the_account(stage: Stage, login: str) -> None:
    assert PLATFORM.subscribe is not None
    async with by(login, stage) as (client, _):
        await PLATFORM.subscribe(client, "https://ours.example/webhooks/instagram")
    with stage.http("instagram") as http:
        (app,) = http.get("/me/subscribed_apps").json()["data"]
        assert {"comments", "mentions"} <= set(app["subscribed_fields"])


@pytest.mark.parametrize(
    ("post", "reason"),
    [
        (Outgoing("alone"), "picture or a video"),
        (Outgoing("a story has none", format="story", media=(MediaFile("image/jpeg", FILM, ""),)), "without text"),
        (Outgoing("", format="reel", media=(MediaFile("image/jpeg", FILM, ""),)), "a reel is a video"),
        (Outgoing("", format="carousel", media=(MediaFile("image/jpeg", FILM, ""),)), "2 to 10"),
        (Outgoing("", media=(MediaFile("image/jpeg", FILM, ""),), options={"share_to_feed": True}), "share_to_feed"),
    ],
)
async def test_what_instagram_does_not_publish_is_refused_before_any_call(
    stage: Stage, post: Outgoing, reason: str
) -> None:
    async with by("instagram", stage) as (client, _):
        with pytest.raises(Rejected, match=reason):
            await publish(client, post, None)


async def test_a_person_without_a_linked_account_is_told_so(stage: Stage) -> None:
    way = next(way for way in PLATFORM.ways if way.name == "facebook")
    told = stage.networks["facebook"]
    app = App(told["client_id"], told["client_secret"], told["base_url"])
    async with httpx.AsyncClient(timeout=30) as http:
        url = httpx.URL(way.oauth.authorize_url(app, state="s", redirect_uri=REDIRECT, verifier="v"))
        back = await approve(http, str(url.copy_set_param("scope", "pages_show_list,pages_read_engagement")))
        with pytest.raises(Rejected, match="linked to an Instagram professional account"):
            await way.oauth.connect(app, http, code=back["code"], redirect_uri=REDIRECT, verifier="v")
        with pytest.raises(ReconnectNeeded):
            await way.oauth.refresh(app, http, (await _any_connection(stage)).token)


async def _any_connection(stage: Stage) -> Connection:
    async with by("facebook", stage) as (_, connection):
        return connection


async def test_a_token_renews_itself_after_a_day_and_not_once_it_ended() -> None:
    with running(seed=7) as stage:
        told = stage.networks["instagram"]
        app = App(told["client_id"], told["client_secret"], told["base_url"])
        async with by("instagram", stage) as (_, connection), httpx.AsyncClient(timeout=30) as http:
            stage.advance("P2D")
            fresh = await PLATFORM.oauth.refresh(app, http, connection.token)
            assert fresh.scopes == connection.token.scopes
            assert fresh.expires_at is not None
            assert fresh.expires_at > datetime.now(UTC) + timedelta(days=61)
            stage.advance("P65D")
            with pytest.raises(ReconnectNeeded):
                await PLATFORM.oauth.refresh(app, http, fresh)
