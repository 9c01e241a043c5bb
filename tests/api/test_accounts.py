"""Connecting an account by consent, over a real network on loopback; listing and disconnecting."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import psycopg
import pytest

from clientnest.vault import vault
from tests.api.conftest import Caller, World, problem

JSON = {"Accept": "application/json"}


def _begin(owner: Caller) -> dict[str, str]:
    """What the network is sent."""
    answer = owner.post("/social/accounts/connect", {"platform": "facebook"})
    assert answer.status_code == 200, answer.text
    assert datetime.fromisoformat(answer.json()["state_expires_at"]) > datetime.now(UTC)
    query = parse_qs(urlsplit(answer.json()["authorize_url"]).query)
    return {name: values[-1] for name, values in query.items()}


def _come_back(nobody: Caller, state: str, **query: Any) -> Any:
    return nobody.http.get("/social/accounts/callback", params={"state": state, **query}, headers=JSON)


def _code() -> str:
    return f"good-{uuid4().hex}"


def test_a_consent_connects_every_account_that_it_covers(
    owner: Caller, nobody: Caller, database: str, url: str
) -> None:
    sent = _begin(owner)
    assert sent["client_id"] == "our-app"
    assert sent["redirect_uri"] == f"{url}/social/accounts/callback"
    answer = _come_back(nobody, sent["state"], code=_code())
    assert answer.status_code == 200, answer.text
    assert [a["external_id"] for a in answer.json()["accounts"]] == ["1001", "1002"]
    listed = owner.get("/social/accounts").json()["items"]
    assert [(a["platform"], a["name"], a["status"], a["source"]) for a in listed] == [
        ("facebook", "Nordlys <Coffee>", "connected", "api"),
        ("facebook", "Nordlys Roastery", "connected", "api"),
    ]
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "select account_id, access from app.account_tokens where workspace_id = %s order by access",
            [owner.workspace_id],
        ).fetchall()
        events = connection.execute(
            "select count(*) from app.events where workspace_id = %s and type = 'account.connected'",
            [owner.workspace_id],
        ).fetchone()
    assert events == (2,)
    assert not any(b"page-token" in sealed for _, sealed in rows)
    opened = {vault().open(sealed, owner.workspace_id, account_id, "access") for account_id, sealed in rows}
    assert opened == {"page-token-1001", "page-token-1002"}


def test_a_browser_gets_a_page_that_names_the_accounts_safely(owner: Caller, nobody: Caller) -> None:
    sent = _begin(owner)
    answer = nobody.get("/social/accounts/callback", state=sent["state"], code=_code())
    assert answer.headers["content-type"].startswith("text/html")
    assert "Nordlys &lt;Coffee&gt;" in answer.text
    assert "<Coffee>" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_a_state_works_once(owner: Caller, nobody: Caller) -> None:
    sent = _begin(owner)
    assert _come_back(nobody, sent["state"], code=_code()).status_code == 200
    problem(_come_back(nobody, sent["state"], code=_code()), 422)


def test_a_state_is_used_up_even_when_the_network_refuses(owner: Caller, nobody: Caller) -> None:
    sent = _begin(owner)
    problem(_come_back(nobody, sent["state"], code="stolen"), 422)
    problem(_come_back(nobody, sent["state"], code=_code()), 422)
    assert owner.get("/social/accounts").json()["items"] == []


def test_a_person_who_says_no_connects_nothing(owner: Caller, nobody: Caller) -> None:
    sent = _begin(owner)
    page = nobody.get("/social/accounts/callback", state=sent["state"], error="access_denied")
    assert page.status_code == 422
    assert "Nothing was connected" in page.text
    problem(_come_back(nobody, sent["state"], code=_code()), 422)


@pytest.mark.parametrize("state", ["", "x", "AAAA", "A" * 64, "é" * 10, "A" * 300])
def test_a_state_that_we_did_not_make_is_refused(nobody: Caller, state: str) -> None:
    problem(_come_back(nobody, state, code=_code()), 422)


def test_a_state_is_bound_to_its_workspace(owner: Caller, nobody: Caller) -> None:
    """Another workspace's id in front of the same secret finds nothing."""
    raw = base64.urlsafe_b64decode(_begin(owner)["state"])
    forged = base64.urlsafe_b64encode(uuid4().bytes + raw[16:]).decode()
    problem(_come_back(nobody, forged, code=_code()), 422)


def test_a_state_ends_after_its_time(owner: Caller, nobody: Caller, database: str) -> None:
    sent = _begin(owner)
    with psycopg.connect(database) as connection:
        connection.execute(
            "update app.oauth_states set expires_at = now() - interval '1 second' where workspace_id = %s",
            [owner.workspace_id],
        )
    problem(_come_back(nobody, sent["state"], code=_code()), 422)


def test_who_lost_the_right_meanwhile_connects_nothing(owner: Caller, nobody: Caller, database: str) -> None:
    sent = _begin(owner)
    with psycopg.connect(database) as connection:
        connection.execute("update app.memberships set role = 'client' where user_id = %s", [owner.user_id])
    problem(_come_back(nobody, sent["state"], code=_code()), 403)


def test_neither_state_nor_verifier_is_stored_readably(owner: Caller, database: str) -> None:
    state = _begin(owner)["state"]
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "select state_hash, verifier from app.oauth_states where workspace_id = %s", [owner.workspace_id]
        ).fetchone()
    assert row is not None
    assert state not in row[0]
    opened = vault().open(row[1], owner.workspace_id, row[0], "verifier")
    assert len(opened) >= 43
    assert opened.encode() not in row[1]


@pytest.mark.parametrize(
    "redirect", ["https://evil.example/", "//evil.example", "\\\\evil.example", "http://127.0.0.1:1/social\t/x"]
)
def test_people_are_sent_back_to_us_only(owner: Caller, redirect: str) -> None:
    answer = owner.post("/social/accounts/connect", {"platform": "facebook", "redirect_uri": redirect})
    assert problem(answer, 422)["errors"][0]["field"] == "redirect_uri"


def test_an_unknown_network_names_those_that_are_known(owner: Caller) -> None:
    body = problem(owner.post("/social/accounts/connect", {"platform": "myspace"}), 422)
    assert "instagram" in body["errors"][0]["message"]


def test_a_network_without_a_registration_says_what_to_set(owner: Caller) -> None:
    body = problem(owner.post("/social/accounts/connect", {"platform": "tiktok"}), 503)
    assert "NEST_PLATFORMS__TIKTOK__CLIENT_ID" in body["detail"]


def test_disconnecting_forgets_the_token_and_keeps_the_account(owner: Caller, nobody: Caller, database: str) -> None:
    connected = _come_back(nobody, _begin(owner)["state"], code=_code()).json()["accounts"]
    first = connected[0]["id"]
    for _ in range(2):
        answer = owner.http.delete(f"/social/accounts/{first}")
        assert (answer.status_code, answer.json()["status"]) == (200, "disconnected")
    with psycopg.connect(database) as connection:
        left = connection.execute("select count(*) from app.account_tokens where account_id = %s", [first]).fetchone()
    assert left == (0,)
    again = _come_back(nobody, _begin(owner)["state"], code=_code()).json()["accounts"]
    assert (again[0]["id"], again[0]["status"]) == (first, "connected")


def test_an_imported_account_cannot_be_disconnected(owner: Caller, world: World) -> None:
    account_id = world.account("facebook", source="file", status="imported")
    problem(owner.http.delete(f"/social/accounts/{account_id}"), 422)


def test_accounts_come_in_pages_with_their_figures(owner: Caller, world: World) -> None:
    made = [world.account("x", name=f"Brand {n}", followers=n) for n in range(5)]
    world.account("facebook", status="reconnect_needed")
    seen: list[dict[str, Any]] = []
    cursor = None
    for _ in range(3):
        page = owner.get("/social/accounts", platform="x", limit=2, **({"cursor": cursor} if cursor else {})).json()
        seen += page["items"]
        cursor = page["next_cursor"]
    assert cursor is None
    assert [(a["id"], a["followers"]) for a in seen] == [(str(id_), n) for n, id_ in enumerate(made)]
    only = owner.get("/social/accounts", status="reconnect_needed").json()["items"]
    assert [a["platform"] for a in only] == ["facebook"]
    problem(owner.get("/social/accounts", cursor="nonsense"), 422)


def test_a_new_account_has_no_figures_rather_than_zero(
    owner: Caller, nobody: Caller, member: Callable[[str], Caller]
) -> None:
    _come_back(nobody, _begin(owner)["state"], code=_code())
    (first, _) = member("client").get("/social/accounts").json()["items"]
    assert first["followers"] is None
    assert first["last_observed_at"] is None
