"""Publishing on one Instagram account by both logins: every kind of post, and what goes wrong."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, RateLimited, Rejected, Unavailable
from platforms.instagram import PLATFORM
from platforms.posting import Kind, MediaFile, Outgoing, Pending, Published
from tests.platforms.instagram_by import FILM, LOGINS, by, fault, live, plant, publish
from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def picture(stage: Stage, photo: MediaFile) -> MediaFile:
    return replace(photo, url=f"{stage.control}/sample.jpg", alt_text="A cup of coffee")


@pytest.fixture
def film(stage: Stage) -> MediaFile:
    return MediaFile("video/mp4", FILM, f"{stage.control}/sample.mp4", seconds=4)


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


async def test_a_used_up_day_is_noticed_before_anything_is_sent(photo: MediaFile) -> None:
    with running(seed=5) as stage:
        plant(stage, kind="quota", bucket="content_publishing_limit", remaining=0, at=stage.now().isoformat())
        post = Outgoing("Too many", media=(replace(photo, url=f"{stage.control}/sample.jpg"),))
        async with by("instagram", stage) as (client, _):
            with pytest.raises(RateLimited):
                await publish(client, post, None)


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
