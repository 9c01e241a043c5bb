"""Connecting and reading one Instagram account by both logins, and what the network refuses."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.instagram import PLATFORM
from platforms.instagram.client import ByPage
from platforms.platform import Connection, Page, PostRef
from platforms.posting import MediaFile, Outgoing
from platforms.registration import App
from tests.platforms.conftest import approve, extract
from tests.platforms.instagram_by import LOGINS, by, days, fault, live, plant, rows
from tests.sandbox.stage import REDIRECT, Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def picture(stage: Stage, photo: MediaFile) -> MediaFile:
    return replace(photo, url=f"{stage.control}/sample.jpg", alt_text="A cup of coffee")


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


@pytest.mark.parametrize("login", LOGINS)
async def test_events_are_asked_for_on_the_account(stage: Stage, login: str) -> None:
    assert PLATFORM.subscribe is not None
    async with by(login, stage) as (client, _):
        await PLATFORM.subscribe(client, "https://ours.example/webhooks/instagram")
    with stage.http("instagram") as http:
        (app,) = http.get("/me/subscribed_apps").json()["data"]
        assert {"comments", "mentions"} <= set(app["subscribed_fields"])


async def test_a_person_without_a_linked_account_is_told_so(stage: Stage) -> None:
    way = next(way for way in PLATFORM.ways if way.name == "facebook")
    told = stage.networks["facebook"]
    app = App(told["client_id"], told["client_secret"], told["base_url"])
    async with httpx.AsyncClient(timeout=30) as http:
        asked = await way.oauth.authorize_url(app, http, state="s", redirect_uri=REDIRECT, verifier="v")
        url = httpx.URL(asked)
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
