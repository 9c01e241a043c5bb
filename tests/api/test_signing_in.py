"""Signing up, signing in, and what a sign-in opens."""

import time
from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from tests.api.conftest import PASSWORD, Caller, problem
from tests.conftest import TestWorkspace


def _registration(**changes: str) -> dict[str, str]:
    plain = {
        "email": f"{uuid4().hex}@example.com",
        "password": PASSWORD,
        "name": "Ada Berg",
        "organization": "Berg & Co",
        "workspace": "Nordlys",
        "timezone": "Europe/Oslo",
    }
    return {**plain, **changes}


def test_a_person_signs_up_and_is_owner_of_a_first_workspace(nobody: Caller, caller: Callable[..., Caller]) -> None:
    sent = _registration()
    answer = nobody.post("/auth/register", sent)
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] > 0
    assert body["user"] == {"id": body["user"]["id"], "email": sent["email"], "name": "Ada Berg"}
    (workspace,) = body["workspaces"]
    assert (workspace["name"], workspace["role"], workspace["timezone"]) == ("Nordlys", "owner", "Europe/Oslo")
    assert workspace["organization"] == "Berg & Co"
    assert "apps.manage" in workspace["rights"]
    profile = caller(token=body["access_token"]).get("/users/profile").json()
    assert profile == {"user": body["user"], "workspaces": body["workspaces"]}


def test_a_person_signs_in_whatever_the_case_of_the_address(nobody: Caller) -> None:
    sent = _registration()
    nobody.post("/auth/register", sent)
    answer = nobody.post("/auth/login", {"email": sent["email"].upper(), "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    assert [w["name"] for w in answer.json()["workspaces"]] == ["Nordlys"]


def test_an_address_is_one_person(nobody: Caller) -> None:
    sent = _registration()
    nobody.post("/auth/register", sent)
    body = problem(nobody.post("/auth/register", {**sent, "email": sent["email"].upper()}), 409)
    assert "sign in" in body["detail"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"password": "short"}, "password"),
        ({"password": "aaaaaaaaaaaaaa"}, "password"),
        ({"password": "abcdefghij@example.com", "email": "abcdefghij@example.com"}, "password"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"email": "not an address"}, "email"),
        ({"name": "  "}, "name"),
        ({"role": "admin"}, "role"),
    ],
)
def test_a_bad_registration_names_the_field(nobody: Caller, changes: dict[str, str], field: str) -> None:
    body = problem(nobody.post("/auth/register", _registration(**changes)), 422)
    assert [found["field"] for found in body["errors"]] == [field]
    assert changes.get("password", "never") not in str(body)


def test_a_wrong_password_and_an_unknown_address_look_the_same(nobody: Caller) -> None:
    sent = _registration()
    nobody.post("/auth/register", sent)
    wrong = nobody.post("/auth/login", {"email": sent["email"], "password": "something else entirely"})
    unknown = nobody.post("/auth/login", {"email": "nobody@example.com", "password": PASSWORD})
    assert problem(wrong, 401) == problem(unknown, 401)
    assert wrong.headers["www-authenticate"] == "Bearer"


def test_an_unknown_address_costs_as_much_time_as_a_wrong_password(nobody: Caller) -> None:
    sent = _registration()
    nobody.post("/auth/register", sent)

    def seconds(email: str) -> float:
        began = time.perf_counter()
        nobody.post("/auth/login", {"email": email, "password": "something else entirely"})
        return time.perf_counter() - began

    # In turn, so that what else the machine does meets both; the shortest is what it costs.
    spans = [(seconds(sent["email"]), seconds("nobody@example.com")) for _ in range(9)]
    known, unknown = (min(column) for column in zip(*spans, strict=True))
    assert 0.5 < unknown / known < 2


def test_without_a_sign_in_nothing_is_told(nobody: Caller) -> None:
    answer = nobody.get("/users/profile")
    problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_user_that_is_gone_is_signed_out(caller: Callable[..., Caller]) -> None:
    problem(caller(user_id=uuid4()).get("/users/profile"), 401)


def test_a_person_without_a_workspace_is_told_whom_to_ask(caller: Callable[..., Caller], database: str) -> None:
    user_id = uuid4()
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Alone', '')",
            [user_id, f"{user_id}@example.com"],
        )
    assert caller(user_id=user_id).get("/users/profile").json()["workspaces"] == []
    assert "ask an owner" in problem(caller(user_id=user_id).get("/social/posts"), 403)["detail"]


def test_the_first_workspace_is_taken_when_none_is_named(
    caller: Callable[..., Caller], workspace: TestWorkspace
) -> None:
    assert caller(user_id=workspace.user_id).get("/social/accounts").json()["items"] == []


def test_a_workspace_of_others_is_not_there(caller: Callable[..., Caller], workspace: TestWorkspace) -> None:
    problem(caller(user_id=workspace.user_id, workspace_id=UUID(int=7)).get("/social/accounts"), 404)


def test_a_body_that_is_no_json_is_named(url: str) -> None:
    answer = httpx.post(
        f"{url}/auth/login", content=b"{", headers={"content-type": "application/json"}, trust_env=False
    )
    assert problem(answer, 422)["errors"][0]["message"] == "The body is not valid JSON."


def test_an_unknown_address_of_the_api_is_a_problem(nobody: Caller) -> None:
    problem(nobody.get("/nowhere"), 404)
    problem(nobody.post("/users/profile"), 405)
