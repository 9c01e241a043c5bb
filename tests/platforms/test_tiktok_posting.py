"""Our client posts to TikTok as the sandbox speaks it, also where something goes wrong on the way."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.platform import PostRef
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.tiktok import PLATFORM, oauth
from platforms.tiktok.publish import find, publish
from tests.platforms.conftest import Sandbox, connected, extract, fetch, resource
from tests.platforms.test_tiktok import WEEK
from tests.sandbox.stage import running

Media = tuple[MediaFile, ...]


@pytest.fixture(scope="module")
def world() -> Any:
    """A sandbox whose caps no other module uses up."""
    with running(seed=4) as stage:
        yield Sandbox(stage.control, stage.networks)


@pytest.fixture
def network(world: Sandbox) -> Any:
    # The limits are per minute and day of the world.
    world.advance("P1DT1M")
    httpx.delete(f"{world.control}/faults").raise_for_status()
    yield world
    httpx.delete(f"{world.control}/faults").raise_for_status()


def film(network: Sandbox, folder: Path, size: int | None = None) -> Media:
    path = folder / "film.mp4"
    content = httpx.get(f"{network.control}/sample.mp4").content
    path.write_bytes(content + bytes((size or len(content)) - len(content)))
    return (MediaFile("video/mp4", path, f"{network.control}/sample.mp4"),)


def photos(network: Sandbox, folder: Path, count: int) -> Media:
    path = folder / "photo.jpg"
    path.write_bytes(httpx.get(f"{network.control}/sample.jpg").content)
    return tuple(MediaFile("image/jpeg", path, f"{network.control}/pictures/{n}.jpg") for n in range(count))


def said(media: Media, **options: Any) -> Outgoing:
    return Outgoing(f"Fresh beans {uuid4()}", media=media, options=options)


def fault(network: Sandbox, operation: str, kind: str, after: int = 0) -> None:
    told = {"network": "tiktok", "operation": operation, "kind": kind, "times": 1, "after": after}
    httpx.post(f"{network.control}/faults", json=told).raise_for_status()


def live(network: Sandbox, outgoing: Outgoing) -> list[dict[str, Any]]:
    return [post for post in network.ledger("tiktok")["posts"] if post["text"] == outgoing.text]


async def finished(creator: Any, outgoing: Outgoing, step: Published | Pending) -> Published:
    """Go on as publishing does, with the state as it comes out of the database."""
    for _ in range(40):
        if isinstance(step, Published):
            return step
        step = await publish(creator, outgoing, json.loads(json.dumps(step.state)))
        await asyncio.sleep(0.1)
    raise AssertionError(step)


async def test_a_carousel_goes_live_whole(network: Sandbox, tmp_path: Path) -> None:
    outgoing = said(photos(network, tmp_path, 3), photo_cover_index=2, disable_comment=True, auto_add_music=True)
    async with connected(PLATFORM, network.app("tiktok")) as (creator, _):
        since = creator.now
        await finished(creator, outgoing, await publish(creator, outgoing, None))
        found = await find(creator, outgoing, since)
    assert [post["kind"] for post in live(network, outgoing)] == ["carousel"]
    assert found is not None
    assert "/photo/" in (found.permalink or "")


async def test_a_private_video_is_live_without_a_name(network: Sandbox, tmp_path: Path) -> None:
    outgoing = said(film(network, tmp_path), privacy_level="SELF_ONLY", is_aigc=True)
    async with connected(PLATFORM, network.app("tiktok")) as (creator, _):
        since = creator.now
        assert await finished(creator, outgoing, await publish(creator, outgoing, None)) == Published(None)
        assert await find(creator, outgoing, since) is None
    assert len(live(network, outgoing)) == 1


@pytest.mark.parametrize("sort", ["video", "photos"])
async def test_a_draft_waits_in_the_inbox(network: Sandbox, tmp_path: Path, sort: str) -> None:
    media = film(network, tmp_path) if sort == "video" else photos(network, tmp_path, 2)
    outgoing = said(media, post_mode="MEDIA_UPLOAD")
    async with connected(PLATFORM, network.app("tiktok")) as (creator, _):
        step = await publish(creator, outgoing, None)
        for _ in range(20):
            assert isinstance(step, Pending)
            if step.check_after.total_seconds() > 60:
                break
            await asyncio.sleep(0.2)
            step = await publish(creator, outgoing, step.state)
    assert isinstance(step, Pending)
    assert step.check_after.total_seconds() == 3600
    assert live(network, outgoing) == []


async def test_an_upload_goes_on_at_the_chunk_that_the_network_holds(network: Sandbox, tmp_path: Path) -> None:
    outgoing = said(film(network, tmp_path, 64_000_001))
    async with connected(PLATFORM, network.app("tiktok")) as (creator, _):
        step = await publish(creator, outgoing, None)
        assert isinstance(step, Pending)
        fault(network, "video.upload", "drop_after_write", after=2)
        with pytest.raises(Unavailable):
            await publish(creator, outgoing, step.state)
        await finished(creator, outgoing, step)
    told = httpx.get(f"{network.control}/requests", params={"network": "tiktok", "operation": "video.upload"}).json()
    session = step.state["publish_id"]
    ranges = [one["headers"]["content-range"] for one in told["requests"] if one["query"]["upload_id"] == session]
    assert len(ranges) == len(set(ranges)) == 6
    assert len(live(network, outgoing)) == 1


async def test_an_address_that_ended_is_replaced(network: Sandbox, tmp_path: Path) -> None:
    outgoing = said(film(network, tmp_path))
    async with connected(PLATFORM, network.app("tiktok")) as (creator, _):
        step = await publish(creator, outgoing, None)
        assert isinstance(step, Pending)
        network.advance("PT61M")
        again = await publish(creator, outgoing, step.state)
        assert isinstance(again, Pending)
        assert again.state["publish_id"] != step.state["publish_id"]
        await finished(creator, outgoing, again)
    assert len(live(network, outgoing)) == 1


async def test_photos_whose_answer_was_lost_are_found(network: Sandbox, tmp_path: Path) -> None:
    outgoing = said(photos(network, tmp_path, 2))
    async with connected(PLATFORM, network.app("tiktok")) as (creator, _):
        since = creator.now
        fault(network, "content.init", "drop_after_write")
        with pytest.raises(OutcomeUnknown):
            await publish(creator, outgoing, None)
        await asyncio.sleep(0.5)
        network.advance("PT1M")
        found = await find(creator, outgoing, since)
    assert found is not None
    assert [post["external_id"] for post in live(network, outgoing)] == [found.external_id]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("rate_limited", RateLimited), ("token_expired", ReconnectNeeded), ("http_500", Unavailable)],
)
async def test_a_refused_start_leaves_nothing(
    network: Sandbox, tmp_path: Path, kind: str, expected: type[Exception]
) -> None:
    outgoing = said(film(network, tmp_path))
    # A limit that was met is remembered by registration and address, so each of these is another.
    app = dataclasses.replace(network.app("tiktok"), base_url=f"{network.app('tiktok').base_url}{'/' * len(kind)}")
    async with connected(PLATFORM, app) as (creator, _):
        fault(network, "video.init", kind)
        with pytest.raises(expected):
            await publish(creator, outgoing, None)
    assert live(network, outgoing) == []


async def test_an_app_before_its_audit_is_told_so(network: Sandbox, tmp_path: Path) -> None:
    app = network.app("tiktok")
    unaudited = dataclasses.replace(app, client_id=f"{app.client_id}-unaudited")
    async with connected(PLATFORM, unaudited) as (creator, _):
        with pytest.raises(Rejected, match="unaudited"):
            await publish(creator, said(film(network, tmp_path)), None)
        hidden = said(film(network, tmp_path), privacy_level="SELF_ONLY")
        assert await finished(creator, hidden, await publish(creator, hidden, None)) == Published(None)


async def test_a_revoked_consent_ends_everything_and_may_be_revoked_again(network: Sandbox) -> None:
    async with connected(PLATFORM, network.app("tiktok")) as (creator, connection), httpx.AsyncClient() as http:
        for _ in range(2):
            await oauth.revoke(network.app("tiktok"), http, connection.token)
        with pytest.raises(ReconnectNeeded):
            await creator.get("/v2/user/info/", {"fields": "open_id"})
        with pytest.raises(ReconnectNeeded):
            await oauth.refresh(network.app("tiktok"), http, connection.token)


async def test_a_counter_that_died_is_parked_and_costs_no_other() -> None:
    with running(seed=5) as stage:
        dead = {"kind": "metric_dies", "network": "tiktok", "metric": "share_count", "at": "2020-01-01T00:00:00Z"}
        httpx.post(f"{stage.control}/world", json=dead).raise_for_status()
        world = Sandbox(stage.control, stage.networks)
        async with connected(PLATFORM, world.app("tiktok")) as (creator, _):
            posts, counters = resource(PLATFORM, "posts"), resource(PLATFORM, "post_metrics")
            listed = extract(posts.contract, *await fetch(posts, creator, WEEK, []))
            refs = [PostRef(row["external_id"], "video", WEEK.start) for row in listed]
            found = extract(counters.contract, *await fetch(counters, creator, WEEK, refs))
    assert list(creator.parked.reasons) == ["share_count"]
    assert all(row["views"] is not None and row["shares"] is None for row in found)
