"""What goes wrong between us and LinkedIn: lost answers, dead tokens, spent days, and what is planted in its world."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from platforms.linkedin import PLATFORM
from platforms.linkedin.client import VERSION, Client
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from tests.platforms.conftest import Sandbox, connected, extract, fetch, resource
from tests.sandbox.stage import running


@pytest.fixture
def world() -> Iterator[Sandbox]:
    """A sandbox of the test's own: what is planted, and what a client learns of limits, stays."""
    with running(seed=3) as stage:
        yield Sandbox(stage.control, stage.networks)


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[Client]:
    """The demo page; the faults of a test end with it."""
    async with connected(PLATFORM, sandbox.app("linkedin")) as (found, _):
        yield found
        httpx.delete(f"{sandbox.control}/faults", params={"network": "linkedin"}).raise_for_status()


def fault(sandbox: Sandbox, operation: str, kind: str, **more: Any) -> None:
    wanted = {"network": "linkedin", "operation": operation, "kind": kind, **more}
    answer = httpx.post(f"{sandbox.control}/faults", json=wanted)
    assert answer.is_success, answer.text


def plant(sandbox: Sandbox, kind: str, **more: Any) -> None:
    answer = httpx.post(f"{sandbox.control}/world", json={"kind": kind, "network": "linkedin", **more})
    assert answer.is_success, answer.text


def live(sandbox: Sandbox, text: str) -> list[str]:
    return [post["external_id"] for post in sandbox.ledger("linkedin")["posts"] if post["text"] == text]


async def ready(client: Client, post: Outgoing, sandbox: Sandbox) -> dict[str, Any] | None:
    """The state from which the one step is left that cannot be undone."""
    assert PLATFORM.publish is not None
    state: dict[str, Any] | None = None
    while post.media and not (state and state.get("ready")):
        step = await PLATFORM.publish(client, post, state)
        assert isinstance(step, Pending)
        state = step.state
        if step.check_after:
            sandbox.advance("PT3S")
    return state


@pytest.mark.parametrize("kind", ["drop_after_write", "http_500_after_write"])
@pytest.mark.parametrize("with_photo", [False, True])
async def test_a_post_whose_answer_is_lost_is_found_and_not_made_again(
    client: Client, sandbox: Sandbox, photo: MediaFile, kind: str, with_photo: bool
) -> None:
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    post = Outgoing(f"Lost {uuid4()}", media=(photo,) if with_photo else ())
    state, since = await ready(client, post, sandbox), client.now
    fault(sandbox, "posts.create", kind)
    with pytest.raises(OutcomeUnknown):
        await PLATFORM.publish(client, post, state)
    found = await PLATFORM.find(client, post, since)
    assert found is not None
    assert live(sandbox, post.text) == [found.external_id]
    # Were it sent again all the same, LinkedIn itself would name the first.
    with pytest.raises(OutcomeUnknown) as again:
        await PLATFORM.publish(client, post, state)
    assert again.value.evidence["duplicate_of"] == found.external_id


async def test_a_post_that_never_arrived_is_in_doubt_and_not_found(client: Client, sandbox: Sandbox) -> None:
    assert PLATFORM.publish is not None
    assert PLATFORM.find is not None
    post, since = Outgoing(f"Never there {uuid4()}"), client.now
    fault(sandbox, "posts.create", "reset_before_write")
    with pytest.raises(OutcomeUnknown):
        await PLATFORM.publish(client, post, None)
    assert await PLATFORM.find(client, post, since) is None
    assert isinstance(await PLATFORM.publish(client, post, None), Published)


async def test_an_upload_whose_answer_is_lost_goes_on_from_its_state(
    client: Client, sandbox: Sandbox, photo: MediaFile
) -> None:
    assert PLATFORM.publish is not None
    post = Outgoing(f"Pictures {uuid4()}", media=(photo, photo))
    fault(sandbox, "uploads.put", "drop_after_write", after=1)
    first = await PLATFORM.publish(client, post, None)
    assert isinstance(first, Pending)
    with pytest.raises(Unavailable):
        await PLATFORM.publish(client, post, first.state)
    second = await PLATFORM.publish(client, post, first.state)
    assert isinstance(second, Pending)
    assert second.state["assets"][0] == first.state["assets"][0]
    assert len(second.state["assets"]) == 2


@pytest.mark.parametrize("kind", ["drop_after_write", "http_500_after_write"])
async def test_a_comment_whose_answer_is_lost_is_in_doubt(client: Client, sandbox: Sandbox, kind: str) -> None:
    assert PLATFORM.publish is not None
    assert PLATFORM.comment is not None
    made = await PLATFORM.publish(client, Outgoing(f"Talk {uuid4()}"), None)
    assert isinstance(made, Published)
    assert made.external_id is not None
    fault(sandbox, "comments.create", kind)
    with pytest.raises(OutcomeUnknown):
        await PLATFORM.comment(client, made.external_id, "Hello")


@pytest.mark.parametrize("operation", ["posts.update", "posts.delete"])
async def test_a_change_whose_answer_is_lost_may_be_made_again(
    client: Client, sandbox: Sandbox, operation: str
) -> None:
    assert PLATFORM.publish is not None
    assert PLATFORM.edit is not None
    assert PLATFORM.delete is not None
    made = await PLATFORM.publish(client, Outgoing(f"Before {uuid4()}"), None)
    assert isinstance(made, Published)
    assert made.external_id is not None
    after = Outgoing(f"After {uuid4()}")

    async def change() -> None:
        assert PLATFORM.edit is not None
        assert PLATFORM.delete is not None
        assert made.external_id is not None
        if operation == "posts.update":
            await PLATFORM.edit(client, made.external_id, after)
        else:
            await PLATFORM.delete(client, made.external_id)

    fault(sandbox, operation, "drop_after_write")
    with pytest.raises(Unavailable):
        await change()
    await change()
    assert live(sandbox, after.text) == ([made.external_id] if operation == "posts.update" else [])


@pytest.mark.parametrize(
    ("kind", "times", "expected", "service_code"),
    [
        ("token_expired", 1, ReconnectNeeded, 65602),
        ("token_revoked", 4, ReconnectNeeded, 65601),
        ("http_500", 1, Unavailable, None),
    ],
)
async def test_a_read_that_linkedin_refuses_says_what_to_do(
    client: Client, sandbox: Sandbox, kind: str, times: int, expected: type[PlatformError], service_code: int | None
) -> None:
    fault(sandbox, "posts.find", kind, times=times)
    with pytest.raises(expected) as caught:
        await rows("posts", client)
    assert caught.value.evidence["service_code"] == service_code
    assert await rows("posts", client)


async def test_a_token_called_revoked_for_a_moment_is_good_again(client: Client, sandbox: Sandbox) -> None:
    fault(sandbox, "posts.find", "token_revoked", times=2)
    assert await rows("posts", client)


@pytest.mark.parametrize(("kind", "seconds"), [("slow", 0.3), ("half_open", 0.3)])
async def test_a_slow_answer_is_waited_for_and_half_of_one_is_none(
    client: Client, sandbox: Sandbox, kind: str, seconds: float
) -> None:
    fault(sandbox, "posts.find", kind, seconds=seconds)
    if kind == "slow":
        assert await rows("posts", client)
    else:
        with pytest.raises(Unavailable):
            await rows("posts", client)


@pytest.mark.parametrize(
    "operation", ["posts.find", "organizationAcls.find", "organizations.get", "userinfo", "videos.upload"]
)
async def test_an_answer_of_another_shape_is_no_crash(
    client: Client, sandbox: Sandbox, operation: str, tmp_path: Any
) -> None:
    assert PLATFORM.publish is not None
    film = MediaFile("video/mp4", tmp_path / "film.mp4", "http://127.0.0.1:9/film.mp4")
    film.path.write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(100))
    fault(sandbox, operation, "schema_drift", times=None)
    # Each may find the drift or not meet it; a crash would be no PlatformError.
    with contextlib.suppress(PlatformError):
        async with connected(PLATFORM, sandbox.app("linkedin")):
            pass
    with contextlib.suppress(PlatformError):
        posts = resource(PLATFORM, "posts")
        await fetch(posts, client, Window(client.now - timedelta(days=200), client.now), [])
    with contextlib.suppress(PlatformError):
        await PLATFORM.publish(client, Outgoing("x", media=(film,)), None)


async def test_a_spent_day_closes_the_account_until_midnight(world: Sandbox) -> None:
    async with connected(PLATFORM, world.app("linkedin")) as (client, _):
        plant(world, "quota", bucket="posts", remaining=0)
        week = Window(client.now - timedelta(days=1), client.now)
        posts = resource(PLATFORM, "posts")
        with pytest.raises(RateLimited) as caught:
            await fetch(posts, client, week, [])
        midnight = (client.now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        assert abs(client.now + caught.value.retry_after - midnight) < timedelta(minutes=1)


async def test_what_is_planted_in_a_world_is_met_in_its_words(world: Sandbox) -> None:
    async with connected(PLATFORM, world.app("linkedin")) as (client, _):
        plant(world, "metric_dies", metric="totalShareStatistics.likeCount")
        posts = await rows("posts", client)
        refs = [PostRef(post["external_id"], post["kind"], post["published_at"]) for post in posts]
        figures = await rows("post_metrics", client, refs)
        assert figures
        assert all(row["likes"] is None and row["impressions"] is not None for row in figures)
        plant(world, "version_sunset", version=VERSION)
        with pytest.raises(Rejected, match="upgrade ClientNest"):
            await rows("posts", client)


async def test_a_token_that_ended_at_linkedin_asks_for_a_person(world: Sandbox) -> None:
    async with connected(PLATFORM, world.app("linkedin")) as (client, connection):
        plant(world, "token_revoked", account=connection.external_id)
        with pytest.raises(ReconnectNeeded) as caught:
            await rows("posts", client)
        assert caught.value.evidence["service_code"] == 65601


async def rows(name: str, client: Client, refs: list[PostRef] | None = None) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name)
    window = Window(datetime.now(UTC) - timedelta(days=60), datetime.now(UTC) + timedelta(days=400))
    return extract(found.contract, *await fetch(found, client, window, refs or []))
