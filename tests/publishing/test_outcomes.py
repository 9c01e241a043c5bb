"""What the networks refuse, and what is done next: the table of retries, seen from the ledger."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from clientnest.settings import settings
from publishing.publications import retries
from publishing.publications.attempt import work_one
from tests.publishing.conftest import Desk, Way, said

_UNWELL = {"error": {"message": "An unknown error has occurred.", "type": "OAuthException", "code": 2}}
_TOO_MANY = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
_BROKEN_TOKEN = {"error": {"message": "Invalid OAuth access token.", "type": "OAuthException", "code": 190}}


async def _attempted(desk: Desk, between: Way, network: str, call: str, status: int, body: Any, **headers: str) -> Any:
    """One attempt at a text that this call of the network refuses; the publication's id."""
    (id_,) = await desk.publish(said("Refused"), await desk.connect(network))
    async with between(network) as way:
        way.answer(call, status, body, **headers)
        assert await work_one()
    return id_


def _due_in(desk: Desk, id_: Any) -> timedelta:
    due: datetime = desk.publication(id_)["due_at"]
    return due - datetime.now(UTC)


async def test_a_limit_waits_as_long_as_the_network_says(desk: Desk, between: Way) -> None:
    reset = int((datetime.now(UTC) + timedelta(minutes=7)).timestamp())
    id_ = await _attempted(desk, between, "x", "POST /2/tweets", 429, _TOO_MANY, x_rate_limit_reset=str(reset))
    row = desk.publication(id_)
    assert (row["status"], row["leased_until"], desk.attempts(id_)) == ("scheduled", None, [("send", "rate_limited")])
    assert timedelta(minutes=6) < _due_in(desk, id_) < timedelta(minutes=8)
    assert "limit" in row["problem"]
    assert not await work_one(), "nothing goes out before the limit allows it"
    assert desk.events(id_) == ["publication.scheduled"]


async def test_a_network_that_was_away_gets_it_later(desk: Desk, between: Way) -> None:
    async with between("linkedin") as way:
        text = said("Away")
        (id_,) = await desk.publish(text, await desk.connect("linkedin"), media_url=f"{desk.stage.control}/sample.jpg")
        for _ in range(2):
            way.answer("initializeUpload", 503, {"status": 503, "message": "Service unavailable"})
        assert await work_one()
        assert (desk.publication(id_)["status"], desk.attempts(id_)) == ("scheduled", [("send", "unavailable")])
        assert timedelta(seconds=3) < _due_in(desk, id_) < timedelta(seconds=7)
        desk.time_passes(id_)
        assert await work_one()
        assert timedelta(seconds=20) < _due_in(desk, id_) < timedelta(seconds=40)
        await desk.worked_off(id_)
    assert (desk.publication(id_)["status"], desk.publication(id_)["problem"]) == ("published", None)
    assert len(desk.live("linkedin", text)) == 1


async def test_a_network_that_stays_away_is_a_matter_for_a_person(desk: Desk, between: Way) -> None:
    async with between("instagram") as way:
        account = await desk.connect("instagram")
        (id_,) = await desk.publish(said("Gone"), account, media_url=f"{desk.stage.control}/sample.jpg")
        for _ in range(12):
            way.answer("/media", 500, _UNWELL)
        await desk.worked_off(id_)
    assert desk.publication(id_)["status"] == "needs_person"
    assert [outcome for _, outcome in desk.attempts(id_)] == [*["unavailable"] * 11, "gave_up"]


async def test_long_processing_counts_as_no_failure(desk: Desk, between: Way) -> None:
    async with between("instagram") as way:
        account = await desk.connect("instagram")
        (id_,) = await desk.publish(said("Slow"), account, media_url=f"{desk.stage.control}/sample.mp4")
        for _ in range(14):
            way.answer("fields=status_code", 200, {"status_code": "IN_PROGRESS", "id": "1"})
        way.answer("fields=status_code", 500, _UNWELL)
        await desk.worked_off(id_)
    assert desk.publication(id_)["status"] == "published"
    outcomes = [outcome for _, outcome in desk.attempts(id_)]
    assert outcomes.count("pending") > retries.MAX_FAILURES
    assert outcomes.count("unavailable") == 1


async def test_a_dead_token_marks_the_account_and_ends_the_publication(desk: Desk, between: Way) -> None:
    id_ = await _attempted(desk, between, "facebook", "/feed", 401, _BROKEN_TOKEN)
    row = desk.publication(id_)
    assert (row["status"], desk.attempts(id_)) == ("failed", [("send", "reconnect_needed")])
    assert "connected again" in row["problem"]
    (account,) = desk.sql("select status from app.accounts where id = %s", row["account_id"])
    assert account["status"] == "reconnect_needed"
    told = desk.sql("select type from app.events where payload->>'account_id' = %s", str(row["account_id"]))
    assert [event["type"] for event in told] == ["account.reconnect_needed"]
    assert desk.events(id_)[-1] == "publication.failed"


async def test_a_dead_token_in_doubt_is_a_matter_for_a_person(desk: Desk, between: Way) -> None:
    text = said("Doubt")
    async with between("instagram") as way:
        account = await desk.connect("instagram")
        (id_,) = await desk.publish(text, account, media_url=f"{desk.stage.control}/sample.jpg")
        way.lose("/media_publish")
        assert await work_one()
        way.answer("fields=status_code", 401, _BROKEN_TOKEN)
        await desk.worked_off(id_)
    assert desk.publication(id_)["status"] == "needs_person"
    assert desk.attempts(id_) == [("send", "unknown"), ("send", "reconnect_needed")]


async def test_a_refusal_in_doubt_is_no_proof_that_nothing_is_live(desk: Desk, between: Way) -> None:
    text = said("Flaky")
    gone = {"error": {"message": "Unsupported get request.", "code": 100, "error_subcode": 33}}
    async with between("instagram") as way:
        account = await desk.connect("instagram")
        (id_,) = await desk.publish(text, account, media_url=f"{desk.stage.control}/sample.jpg")
        way.lose("/media_publish")
        assert await work_one()
        way.answer("fields=status_code", 400, gone)
        await desk.worked_off(id_)
    assert desk.attempts(id_) == [("send", "unknown"), ("send", "unknown"), ("send", "published")]
    assert desk.live("instagram", text) == [desk.publication(id_)["external_id"]]


async def test_a_refusal_ends_it_with_the_networks_own_words(desk: Desk, between: Way) -> None:
    body = {"title": "Invalid Request", "detail": "Your text is not allowed.", "type": "about:blank", "status": 400}
    id_ = await _attempted(desk, between, "x", "POST /2/tweets", 400, body)
    row = desk.publication(id_)
    assert (row["status"], desk.attempts(id_)) == ("failed", [("send", "rejected")])
    assert "Your text is not allowed." in row["problem"]
    assert desk.events(id_)[-1] == "publication.failed"


async def test_an_account_disconnected_meanwhile_is_said_so(desk: Desk) -> None:
    account = await desk.connect("x")
    (id_,) = await desk.publish(said("Unplugged"), account)
    desk.sql("delete from app.account_tokens where account_id = %s", account)
    assert await work_one()
    assert (desk.publication(id_)["status"], desk.attempts(id_)) == ("failed", [("prepare", "reconnect_needed")])


async def test_what_breaks_every_worker_is_left_alone(desk: Desk, between: Way) -> None:
    async with between("x") as way:
        (id_,) = await desk.publish(said("Poison"), await desk.connect("x"))
        desk.sql(
            "insert into app.attempts (id, workspace_id, publication_id, number, mode, payload_sha256) "
            "select gen_random_uuid(), workspace_id, id, -n, 'look', '' from app.publications, generate_series(1, 6) n "
            "where id = %s",
            id_,
        )
        assert await work_one()
        assert way.asked == []
    assert desk.publication(id_)["status"] == "needs_person"


async def test_an_accident_of_our_own_is_never_sent_twice_and_holds_up_nobody(desk: Desk) -> None:
    text = said("Accident")
    account = await desk.connect("facebook")
    (id_,) = await desk.publish(text, account, media_url=f"{desk.stage.control}/sample.jpg")
    (other,) = await desk.publish(said("Sound"), account)
    for file in (settings().media / str(desk.workspace.id)).iterdir():
        file.unlink()
    await desk.worked_off(id_, other)
    assert desk.publication(other)["status"] == "published"
    assert desk.publication(id_)["status"] == "needs_person"
    # Nothing could go out without the file, so it is tried again in case the file comes back.
    assert desk.attempts(id_) == [*[("prepare", "unavailable")] * 11, ("prepare", "gave_up")]
    assert desk.live("facebook", text) == []


@pytest.mark.parametrize(
    ("network", "call", "status"),
    [("facebook", "/feed", 400), ("x", "POST /2/tweets", 400), ("linkedin", "POST /rest/posts", 422)],
)
async def test_a_token_that_a_network_echoes_is_kept_nowhere(
    desk: Desk, between: Way, network: str, call: str, status: int
) -> None:
    told = f"Unsupported value: {desk.token(network)}"
    body = {"error": {"message": told, "code": 100}, "title": told, "detail": told, "message": told, "status": status}
    id_ = await _attempted(desk, between, network, call, status, body)
    row = desk.publication(id_)
    assert row["status"] == "failed"
    kept = [row, *desk.sql("select * from app.attempts where publication_id = %s", id_)]
    assert "***" in str(kept)
    assert desk.token(network) not in str([*kept, *desk.sql("select payload from app.events")])
