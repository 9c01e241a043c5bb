"""By which app accounts are connected: the installation's, or a workspace's own."""

from urllib.parse import parse_qs, urlsplit

import psycopg

from tests.api.conftest import Caller, problem

OWN = {"client_id": "agency-app", "client_secret": "agency-secret"}


def _client_id(caller: Caller, platform: str) -> str:
    begun = caller.post("/social/accounts/connect", {"platform": platform}).json()
    query = parse_qs(urlsplit(begun["authorize_url"]).query)
    (found,) = query.get("client_id") or query["client_key"]
    return str(found)


def _of(caller: Caller, app: str) -> dict[str, object]:
    return next(one for one in caller.get("/social/apps").json()["items"] if one["app"] == app)


def test_a_workspaces_own_app_goes_before_the_installations(owner: Caller, database: str) -> None:
    assert _of(owner, "facebook")["source"] == "installation"
    assert owner.http.put("/social/apps/facebook", json=OWN).status_code == 204
    assert (_of(owner, "facebook")["source"], _of(owner, "facebook")["client_id"]) == ("workspace", "agency-app")
    assert _client_id(owner, "facebook") == "agency-app"
    with psycopg.connect(database) as connection:
        kept = connection.execute("select client_secret from app.registrations").fetchall()
    assert kept
    assert all(b"agency-secret" not in bytes(secret) for (secret,) in kept)
    assert "agency-secret" not in owner.get("/social/apps").text
    assert owner.http.delete("/social/apps/facebook").status_code == 204
    assert _client_id(owner, "facebook") == "our-app"
    problem(owner.http.delete("/social/apps/facebook"), 404)


def test_another_workspace_does_not_have_it(owner: Caller, stranger: Caller) -> None:
    owner.http.put("/social/apps/tiktok", json=OWN)
    assert _client_id(owner, "tiktok") == "agency-app"
    assert _of(stranger, "tiktok")["source"] is None
    problem(stranger.post("/social/accounts/connect", {"platform": "tiktok"}), 503)


def test_an_app_that_no_network_goes_by_is_refused_with_the_choices(owner: Caller) -> None:
    body = problem(owner.http.put("/social/apps/myspace", json=OWN), 422)
    assert "facebook" in body["errors"][0]["message"]


def test_an_unknown_way_to_connect_is_refused_with_the_choices(owner: Caller) -> None:
    body = problem(owner.post("/social/accounts/connect", {"platform": "facebook", "login": "fax"}), 422)
    assert "facebook" in body["errors"][0]["message"]
