"""Sending and pace, as every network's client relies on them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from platforms import calls
from platforms.errors import OutcomeUnknown, PlatformError, RateLimited, Rejected, Unavailable
from tests.platforms.conftest import Wire


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def test_a_described_call_shows_no_secret() -> None:
    url = "https://user:pass@host.test:8443/v1/token?client_secret=s3cret&limit=5"
    params = {"access_token": "s3cret", "code": "s3cret", "appsecret_proof": "s3cret", "fields": "a,b{c}"}
    shown = calls.describe("GET", url, params)
    assert "s3cret" not in shown
    assert "pass" not in shown
    assert shown.startswith("GET https://host.test:8443/v1/token?")
    assert "limit=5" in shown
    assert "fields=a,b{c}" in shown


def test_the_pkce_challenge_is_that_of_the_rfc() -> None:
    challenge = calls.challenge_s256("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_texts_are_the_same_post_when_only_space_and_normal_form_differ() -> None:
    assert calls.same_text("Cafe\u0301  now\r\nopen ", "Caf\u00e9 now\nopen")
    assert not calls.same_text("open", "closed")
    assert not calls.same_text("open", None)


def test_the_network_names_the_time_of_its_answer() -> None:
    heard = httpx.Response(200, headers={"Date": "Sun, 22 Nov 2026 16:00:00 GMT"})
    assert calls.clock(heard) == utc(2026, 11, 22, 16)
    assert abs(calls.clock(httpx.Response(200)) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(("irreversible", "expected"), [(True, OutcomeUnknown), (False, Unavailable)])
async def test_a_lost_answer_is_unknown_only_where_it_matters(
    wire: Wire, irreversible: bool, expected: type[PlatformError]
) -> None:
    wire.hang_up()
    async with httpx.AsyncClient() as http:
        with pytest.raises(expected) as caught:
            await calls.send(http, "POST", f"{wire.base_url}/post?access_token=s3cret", irreversible=irreversible)
    assert "s3cret" not in repr(caught.value)
    assert caught.value.__context__ is None


async def test_a_slow_answer_to_a_write_is_unknown(silent: str) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(OutcomeUnknown):
            await calls.send(http, "POST", silent, irreversible=True, timeout=0.2)


async def test_a_write_that_never_left_surely_did_nothing(nobody: str) -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(Unavailable):
            await calls.send(http, "POST", nobody, irreversible=True)


@pytest.mark.parametrize(
    ("status", "irreversible", "expected"),
    [(502, False, Unavailable), (502, True, OutcomeUnknown), (429, True, RateLimited), (404, False, Rejected)],
)
async def test_an_answer_without_codes_is_judged_by_its_status(
    wire: Wire, status: int, irreversible: bool, expected: type[PlatformError]
) -> None:
    wire.answer(b"<html>", status=status, retry_after="7")
    async with httpx.AsyncClient() as http:
        response = await calls.send(http, "GET", wire.base_url)
    error = calls.unrecognised(response, irreversible=irreversible)
    assert type(error) is expected
    if isinstance(error, RateLimited):
        assert error.retry_after == timedelta(seconds=7)


@pytest.mark.parametrize(
    "learn",
    [
        lambda pace: pace.close("app", timedelta(hours=1)),
        lambda pace: pace.learn_remaining("app", 0, timedelta(hours=1)),
        lambda pace: pace.learn_usage("app", 100, timedelta(hours=1)),
    ],
)
async def test_a_spent_budget_refuses_the_next_call_and_says_for_how_long(
    learn: Callable[[calls.Pace], None],
) -> None:
    pace = calls.Pace()
    learn(pace)
    with pytest.raises(RateLimited) as caught:
        await pace.wait("account", "app")
    assert timedelta(minutes=59) < caught.value.retry_after <= timedelta(hours=1)
    await pace.wait("account", "another app")


async def test_a_nearly_spent_budget_only_slows_down() -> None:
    pace = calls.Pace(longest_wait=timedelta(seconds=0.2))
    pace.learn_usage("app", 95, timedelta(hours=1))
    pace.learn_remaining("app", 1, timedelta(hours=1))
    await pace.wait("app")
