"""Comments written through the networks: the ledger tells each of them once, whatever the networks show."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=3) as found:
        yield found


def comments(stage: Stage, network: str, on: str) -> list[dict[str, Any]]:
    told = httpx.get(f"{stage.control}/ledger", params={"network": network}).raise_for_status().json()
    return [one for one in told["comments"] if one["on"] == on]


def newest(stage: Stage, network: str) -> str:
    """The brand's newest post that is no reply."""
    posts = [one for one in stage.ledger(network).values() if one["account"] == stage.account(network)]
    return str(max(posts, key=lambda one: one["created_at"])["external_id"])


def said(answer: httpx.Response) -> Any:
    assert answer.is_success, answer.text
    return answer.json()


def on_facebook(stage: Stage, post: str, text: str) -> str:
    with stage.http("facebook") as http:
        return str(said(http.post(f"/v26.0/{post}/comments", data={"message": text}))["id"])


def on_instagram(stage: Stage, post: str, text: str) -> str:
    with stage.http("instagram") as http:
        return str(said(http.post(f"/v26.0/{post}/comments", data={"message": text}))["id"])


def on_youtube(stage: Stage, post: str, text: str) -> str:
    body = {"snippet": {"videoId": post, "topLevelComment": {"snippet": {"textOriginal": text}}}}
    with stage.http("youtube") as http:
        return str(said(http.post("/youtube/v3/commentThreads?part=snippet", json=body))["id"])


def on_linkedin(stage: Stage, post: str, text: str) -> str:
    version = f"{stage.now() - timedelta(days=60):%Y%m}"
    body = {"actor": stage.account("linkedin"), "object": post, "message": {"text": text}}
    with stage.http("linkedin", LinkedIn_Version=version, X_Restli_Protocol_Version="2.0.0") as http:
        return str(said(http.post(f"/rest/socialActions/{quote(post, safe='')}/comments", json=body))["id"])


def on_x(stage: Stage, post: str, text: str) -> str:
    with stage.http("x") as http:
        return str(
            said(http.post("/2/tweets", json={"text": text, "reply": {"in_reply_to_tweet_id": post}}))["data"]["id"]
        )


def on_bluesky(stage: Stage, post: str, text: str) -> str:
    told, me = stage.networks["bluesky"], stage.account("bluesky")
    sent = {"identifier": me, "password": told["accounts"][0]["access_token"]}
    there = {"uri": post, "cid": "bafyreib2rxk3rh6kzwq"}
    record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": stage.now().isoformat()}
    body = {"repo": me, "collection": record["$type"], "record": record | {"reply": {"root": there, "parent": there}}}
    with stage.bare("bluesky") as http:
        token = said(http.post("/xrpc/com.atproto.server.createSession", json=sent))["accessJwt"]
        headers = {"authorization": f"Bearer {token}"}
        return str(said(http.post("/xrpc/com.atproto.repo.createRecord", json=body, headers=headers))["uri"])


WRITERS: dict[str, Callable[[Stage, str, str], str]] = {
    "facebook": on_facebook,
    "instagram": on_instagram,
    "x": on_x,
    "linkedin": on_linkedin,
    "youtube": on_youtube,
    "bluesky": on_bluesky,
}


@pytest.mark.parametrize("network", WRITERS)
def test_a_comment_is_in_the_ledger_once(stage: Stage, network: str) -> None:
    post, before = newest(stage, network), stage.now() - timedelta(seconds=1)
    written = WRITERS[network](stage, post, "The first word")
    (found,) = comments(stage, network, post)
    assert found.pop("created_at") >= before.isoformat()
    assert found == {
        "id": written,
        "account": stage.account(network),
        "on": post,
        "answers": None,
        "text": "The first word",
    }
    earlier = {"network": network, "at": before.isoformat()}
    assert httpx.get(f"{stage.control}/ledger", params=earlier).json()["comments"] == []


def test_a_comment_whose_answer_was_lost_is_there_once(stage: Stage) -> None:
    post = [one for one in stage.ledger("facebook") if one.startswith(stage.account("facebook"))][3]
    lost = {"network": "facebook", "operation": "comments.create", "kind": "drop_after_write"}
    httpx.post(f"{stage.control}/faults", json=lost).raise_for_status()
    with stage.http("facebook") as http, pytest.raises(httpx.TransportError):
        http.post(f"/v26.0/{post}/comments", data={"message": "Lost"})
    assert [one["text"] for one in comments(stage, "facebook", post)] == ["Lost"]


def test_what_is_edited_answered_and_taken_away_shows_and_outlives_a_restart(tmp_path: Path) -> None:
    with running(seed=3, state=tmp_path) as stage, stage.http("facebook") as http:
        post = newest(stage, "facebook")
        first, second = on_facebook(stage, post, "Won"), on_facebook(stage, post, "Two")
        said(http.post(f"/v26.0/{first}", data={"message": "One"}))
        answer = said(http.post(f"/v26.0/{second}/comments", data={"message": "An answer"}))["id"]
        told = comments(stage, "facebook", post)
        assert [(one["id"], one["text"], one["answers"]) for one in told] == [
            (first, "One", None),
            (second, "Two", None),
            (answer, "An answer", second),
        ]
        said(http.delete(f"/v26.0/{second}"))
        assert [one["id"] for one in comments(stage, "facebook", post)] == [first]
    with running(seed=3, state=tmp_path) as stage:
        assert [(one["id"], one["text"]) for one in comments(stage, "facebook", post)] == [(first, "One")]
