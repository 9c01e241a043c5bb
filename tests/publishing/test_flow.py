"""From a picture to figures, through the API: written, checked, approved, planned, published once, and read back."""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from clientnest.settings import settings
from identity import tokens
from tests.api.conftest import marts
from tests.conftest import free_port, running, until
from tests.publishing.conftest import Desk, registrations, said
from tests.sandbox.stage import Stage

__all__ = ["marts"]

# Network, what is uploaded, and what the network wants to be told.
WALKS = [
    ("facebook", ["sample.jpg"], {}),
    ("instagram", ["sample.jpg", "sample.jpg?height=1000"], {}),
    ("linkedin", ["sample.jpg"], {}),
    ("tiktok", ["sample.mp4"], {}),
    ("x", ["sample.jpg"], {}),
    ("youtube", ["sample.mp4"], {"title": "How we roast"}),
    ("bluesky", ["sample.jpg"], {}),
]


@pytest.fixture(scope="module")
def door(marts: str, stage: Stage) -> Iterator[str]:
    """Where the API answers."""
    port = free_port()
    argv = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(port), "--log-level", "warning"]
    url = f"http://127.0.0.1:{port}"
    # Networks that fetch media do so here.
    with running(argv, env={**registrations(stage), "NEST_PUBLIC_URL": url}) as process:
        until(lambda: process.poll() is not None or _answers(url), seconds=60, what="the API")
        yield url


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


class Person:
    """Somebody of a workspace, by the API alone."""

    def __init__(self, door: str, workspace_id: UUID, user_id: UUID) -> None:
        bearer = f"Bearer {tokens.issue(user_id).value}"
        headers = {"Authorization": bearer, "X-Workspace-Id": str(workspace_id)}
        self._door, self._headers = door, headers

    def asks(self, method: str, path: str, status: int = 200, **sent: Any) -> Any:
        with httpx.Client(base_url=self._door, headers=self._headers, timeout=30, trust_env=False) as http:
            answer = http.request(method, path, **sent)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def owner(door: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Person:
    monkeypatch.setenv("NEST_PUBLIC_URL", door)
    settings.cache_clear()
    return Person(door, desk.workspace.id, desk.workspace.user_id)


def _joins(door: str, desk: Desk, role: str) -> Person:
    user = uuid4()
    desk.connection.execute("reset role")
    desk.sql("insert into app.users (id, email, name, password_hash) values (%s, %s, 'N', 'x')", user, f"{user}@a.eu")
    desk.sql(
        "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, %s)",
        *(uuid4(), desk.workspace.id, user, role),
    )
    desk.connection.execute("set role nest_system")
    return Person(door, desk.workspace.id, user)


def _uploaded(person: Person, desk: Desk, name: str) -> dict[str, Any]:
    content = httpx.get(f"{desk.stage.control}/{name}", trust_env=False).content
    medium = person.asks("POST", "/media", 201, files={"file": (name.split("?")[0], io.BytesIO(content))})
    return {"media_id": medium["id"], "alt_text": "Green beans in a hand"}


@pytest.mark.parametrize(("network", "files", "told"), WALKS, ids=[walk[0] for walk in WALKS])
async def test_a_post_with_media_walks_the_whole_way(
    door: str, desk: Desk, owner: Person, network: str, files: list[str], told: dict[str, Any]
) -> None:
    account, text = await desk.connect(network), said("From the farm to the cup")
    editor, client = _joins(door, desk, "editor"), _joins(door, desk, "client")
    owner.asks("PUT", "/approval", json={"approval": "client"})
    media = [_uploaded(editor, desk, name) for name in files]
    written = {"text": text, "account_ids": [str(account)], "media": media, "tags": ["farm"], **told}

    checked = editor.asks("POST", "/content/check", json=written)
    assert (checked["can_go"], checked["findings"]) == (True, [])
    draft = editor.asks("POST", "/content/create", 201, json=written)
    assert (draft["stage"], draft["publications"][0]["status"]) == ("draft", "draft")
    ahead = (datetime.now(UTC) + timedelta(hours=2)).replace(tzinfo=None, microsecond=0)
    when = {"post_id": draft["id"], "at": ahead.isoformat(), "zone": "UTC"}
    editor.asks("POST", "/social/schedule", 409, json=when)
    editor.asks("POST", f"/content/{draft['id']}/submit", json={})
    client.asks("POST", f"/content/{draft['id']}/approve", 409, json={})
    assert owner.asks("GET", f"/content/{draft['id']}/reviews")["awaits"] == "internal"
    owner.asks("POST", f"/content/{draft['id']}/approve", json={"comment": "Good."})
    editor.asks("POST", "/social/schedule", 409, json=when)
    client.asks("POST", f"/content/{draft['id']}/approve", json={})
    planned = editor.asks("POST", "/social/schedule", 202, json=when)
    (publication,) = planned["publications"]
    assert (publication["status"], publication["note"]) == ("scheduled", None)

    id_ = UUID(publication["id"])
    desk.sql("update app.publications set due_at = now() where id = %s", id_)
    await desk.worked_off(id_)
    await desk.named(id_)
    assert desk.live(network, text) == [desk.publication(id_)["external_id"]]

    found = owner.asks("GET", "/content/library", params={"tag": "farm", "status": "published"})["items"]
    assert [one["id"] for one in found] == [draft["id"]]
    history = owner.asks("GET", f"/social/publications/{id_}/history")
    assert [one["type"] for one in history["events"]][:2] == ["publication.scheduled", "publication.published"]
    assert history["tries"][0]["mode"] == "send"
    assert desk.token(network) not in str(history)
    trail = owner.asks("GET", f"/content/{draft['id']}/reviews")
    assert [(one["action"], one["side"]) for one in trail["items"]] == [
        ("submitted", None),
        ("approved", "internal"),
        ("approved", "client"),
    ]
    assert trail["awaits"] is None
    (item,) = owner.asks("GET", "/content/analytics", params={"tag": "farm"})["items"]
    (post,) = item["posts"]
    assert (post["publication_id"], post["likes"], post["status"]) == (str(id_), None, "published")
    assert set(post["why_unknown"].values()) <= {"not_yet", "unsupported"}


async def test_a_check_tells_everything_of_all_accounts_and_stores_nothing(desk: Desk, owner: Person) -> None:
    x, instagram, youtube = [await desk.connect(name) for name in ("x", "instagram", "youtube")]
    picture = _uploaded(owner, desk, "sample.jpg?height=2000")
    written = {
        "text": "a" * 2300,
        "account_ids": [str(x), str(instagram), str(youtube)],
        "media": [picture | {"alt_text": "b" * 1001}],
        "variants": {str(youtube): {"title": "t" * 101, "first_comment": "First!"}},
    }
    told = owner.asks("POST", "/content/check", json=written)
    assert told["can_go"] is False
    found = {(one["account_id"], one["field"]): one for one in told["findings"]}
    assert set(found) == {
        (str(x), "text"),
        (str(x), "media.0"),
        (str(instagram), "text"),
        (str(instagram), "media.0"),
        (str(youtube), "format"),
    }
    text = found[str(x), "text"]
    assert (text["limit"], text["maximum"], text["counted"], text["unit"]) == ("text", 280, 2300, "weighted characters")
    assert text["source"]
    assert text["as_of"] < datetime.now(UTC).date().isoformat()
    assert owner.asks("GET", "/content/library")["items"] == []


async def test_the_same_words_and_a_post_close_by_are_warned_of(desk: Desk, owner: Person) -> None:
    account, text = await desk.connect("x"), said("Again")
    written = {"text": text, "account_ids": [str(account)]}
    ahead = datetime.now(UTC) + timedelta(days=1)
    owner.asks("POST", "/social/schedule", 202, json={"post": written, "at": ahead.isoformat()})
    near = {"at": (ahead + timedelta(minutes=10)).isoformat()}
    told = owner.asks("POST", "/content/check", json=written | near)
    assert told["can_go"] is True
    assert [(one["field"], one["severity"]) for one in told["findings"]] == [("text", "warning"), ("at", "warning")]
    far = {"at": (ahead + timedelta(minutes=20)).isoformat(), "text": said("Other")}
    assert owner.asks("POST", "/content/check", json=written | far)["findings"] == []


async def test_a_draft_is_written_anew_and_deleted_and_an_approved_one_loses_its_approval(
    door: str, desk: Desk, owner: Person
) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    editor = _joins(door, desk, "editor")
    owner.asks("PUT", "/approval", json={"approval": "internal"})
    body: dict[str, Any] = {"text": "One", "account_ids": [str(x)]}
    draft = editor.asks("POST", "/content/create", 201, json=body)
    editor.asks("POST", f"/content/{draft['id']}/submit", json={})
    editor.asks("POST", f"/content/{draft['id']}/approve", 403, json={})
    owner.asks("POST", f"/content/{draft['id']}/return", 422, json={"comment": ""})
    owner.asks("POST", f"/content/{draft['id']}/return", json={"comment": "Two, please."})
    body = {"text": "Two", "account_ids": [str(x), str(facebook)], "variants": {str(facebook): {"text": "Two!"}}}
    changed = editor.asks("PUT", f"/content/{draft['id']}", json=body)
    assert {one["account_id"]: one["variant"] for one in changed["publications"]} == {
        str(x): {},
        str(facebook): {"text": "Two!"},
    }
    assert draft["publications"][0]["id"] in {one["id"] for one in changed["publications"]}
    editor.asks("POST", f"/content/{draft['id']}/submit", json={})
    owner.asks("POST", f"/content/{draft['id']}/approve", json={})
    assert owner.asks("GET", f"/content/{draft['id']}")["stage"] == "approved"
    editor.asks("PUT", f"/content/{draft['id']}", json=body | {"text": "Three"})
    assert owner.asks("GET", f"/content/{draft['id']}/reviews")["stage"] == "draft"
    when = {"post_id": draft["id"], "at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    editor.asks("POST", "/social/schedule", 409, json=when)
    editor.asks("POST", "/social/publish", 409, json=body)
    editor.asks("DELETE", f"/content/{draft['id']}", 204)
    owner.asks("GET", f"/content/{draft['id']}", 404)


async def test_a_time_without_an_offset_needs_its_zone_and_jumps_are_told(desk: Desk, owner: Person) -> None:
    post = {"text": said("Night"), "account_ids": [str(await desk.connect("x"))]}
    year = datetime.now(UTC).year + 1
    # The last Sunday of March.
    day = max(d for d in range(25, 32) if datetime.fromisoformat(f"{year}-03-{d}").weekday() == 6)
    at = f"{year}-03-{day}T02:30:00"
    refused = owner.asks("POST", "/social/schedule", 422, json={"post": post, "at": at})
    assert "zone" in refused["detail"]
    told = owner.asks("POST", "/social/schedule", 202, json={"post": post, "at": at, "zone": "Europe/Oslo"})
    (publication,) = told["publications"]
    assert "03:30" in publication["note"]
    path = f"/social/publications/{publication['id']}"
    moved = owner.asks("PATCH", path, json={"at": f"{year}-03-{day}T12:00:00", "zone": "Europe/Oslo"})
    assert moved["scheduled_local"] == f"{year}-03-{day}T12:00:00"
    assert owner.asks("POST", f"{path}/cancel")["status"] == "cancelled"
    owner.asks("PATCH", path, 409, json={"at": at, "zone": "Europe/Oslo"})
    listed = owner.asks("GET", "/social/publications", params={"status": "cancelled"})["items"]
    assert [one["id"] for one in listed] == [publication["id"]]
