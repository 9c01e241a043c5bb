"""Every operation of the sandbox's X against the documents that X publishes, in both vocabularies."""

import base64
import gzip
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs
import pytest

from sandbox.networks.x import OPERATIONS
from tests.conftest import shared
from tests.sandbox.stage import Stage, running
from tests.sandbox.test_x import JPEG, MP4

SPECS = {
    "post.fields": "contracts/x/openapi-2.167-post-naming.json.gz",
    "tweet.fields": "contracts/x/openapi-2.159-tweet-naming.json.gz",
}
# What the older document demands of these answers and defines nowhere: `meta`, and a `type` of the processing.
FLAWED = frozenset(
    {
        "mediaUpload",
        "appendMediaUpload",
        "initializeMediaUpload",
        "finalizeMediaUpload",
        "getMediaUploadStatus",
        "createActivitySubscription",
    }
)
ODD = ("", "0", "-1", "9" * 40, "²", "null", "[]", "\u202e", "a,b,,c", "%00", "2026-13-40T99:99:99Z", "é" * 600)
BODIES = (b"", b"null", b"[]", b"{", b'"x"', b"[" * 5000, b'{"text": "\\ud800"}', b'{"text": 1}', b'{"url": ["x"]}',
          b'{"media": {"media_ids": "1"}}', b'{"content_state": {"blocks": [1]}}')  # fmt: skip


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


class Document:
    """One published document, and what it says of an operation's answers."""

    def __init__(self, path: str) -> None:
        self._older = "2.159" in path
        self._spec = json.loads(gzip.decompress(shared(path).read_bytes()))
        self.operations = {
            operation["operationId"]: (method, route, operation)
            for route, methods in self._spec["paths"].items()
            for method, operation in methods.items()
            if isinstance(operation, dict) and "operationId" in operation
        }

    def check(self, operation: str, answer: httpx.Response) -> None:
        """Fail where an answer is not what the document says, if it says it."""
        if operation not in self.operations or (self._older and operation in FLAWED):
            assert answer.is_success, answer.text
            return
        told = self.operations[operation][2]["responses"]
        assert str(answer.status_code) in told, (operation, answer.status_code, answer.text)
        schema = told[str(answer.status_code)]["content"]["application/json"]["schema"]
        whole = {**_nullable(schema), "components": _nullable(self._spec["components"])}
        errors = list(jsonschema_rs.Draft202012Validator(whole).iter_errors(answer.json()))
        assert errors == [], (operation, [str(error)[:300] for error in errors], answer.text[:500])


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says a second type."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _nullable(value) for key, value in schema.items() if key not in ("nullable", "discriminator")}
    return {"anyOf": [found, {"type": "null"}]} if schema.get("nullable") is True else found


def app_token(stage: Stage) -> str:
    told = stage.networks["x"]
    with stage.bare("x") as http:
        form = {"grant_type": "client_credentials"}
        answer = http.post("/oauth2/token", data=form, auth=(told["client_id"], told["client_secret"]))
    return str(answer.json()["access_token"])


def every_field(document: Document, operation: str) -> dict[str, str]:
    """Everything that may be asked of an operation."""
    parameters = [
        document._spec["components"]["parameters"][one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one
        for one in document.operations[operation][2].get("parameters", [])
    ]
    lists = {one["name"]: one["schema"].get("items", {}).get("enum") for one in parameters if one["in"] == "query"}
    return {name: ",".join(values) for name, values in lists.items() if values and name != "exclude"}


@pytest.mark.parametrize("words", SPECS)
def test_every_answer_to_reading_is_as_published(stage: Stage, words: str) -> None:
    document = Document(SPECS[words])
    account, rival = stage.account("x"), stage.account("x", 1)
    mine = sorted((p for p, told in stage.ledger("x").items() if told["account"] == account), key=int)
    some = ",".join([*mine[:40], *mine[-40:], "123"])
    with stage.http("x") as http, stage.bare("x", authorization=f"Bearer {app_token(stage)}") as app:
        answers: dict[str, httpx.Response] = {}

        def ask(operation: str, path: str, *, by: httpx.Client = http, **params: Any) -> Any:
            asked = every_field(document, operation) | params
            answers[operation] = by.get(path, params=asked)
            document.check(operation, answers[operation])
            return answers[operation].json()

        ask("getUsersMe", "/2/users/me")
        name = ask("getUsersById", f"/2/users/{account}")["data"]["username"]
        ask("getUsersByUsername", f"/2/users/by/username/{name}")
        ask("getUsersByUsernames", "/2/users/by", usernames=f"{name},nobody_is_this")
        ask("getUsersByIds", "/2/users", ids=f"{account},{rival},5")
        ask("getUsersPosts", f"/2/users/{account}/tweets", max_results=100)
        mention = ask("getUsersMentions", f"/2/users/{account}/mentions", max_results=50)["data"][0]
        shown = ask("getPostsByIds", "/2/tweets", ids=some)
        assert {error["type"].rsplit("/", 1)[-1] for error in shown["errors"]} == {
            "resource-not-found", "not-authorized-for-field",
        }  # fmt: skip
        ask("getPostsById", f"/2/tweets/{mention['id']}")
        ask("searchPostsRecent", "/2/tweets/search/recent", query=f"from:{name} OR to:{name}", max_results=100)
        counted: dict[str, Any] = {"query": f"from:{name}", "granularity": "day", words: "id"}
        ask("getPostsCountsRecent", "/2/tweets/counts/recent", **counted)
        ask("getPostsQuotedPosts", f"/2/tweets/{mine[-1]}/quote_tweets")
        ask("getPostsRepostedBy", f"/2/tweets/{mine[0]}/retweeted_by", max_results=2)
        ask("getPostsLikingUsers", f"/2/tweets/{mine[0]}/liking_users", max_results=5)
        keys = [medium["media_key"] for medium in shown["includes"]["media"]]
        ask("getMediaByMediaKeys", "/2/media", media_keys=",".join([*keys[:20], "3_5"]))
        ask("getMediaByMediaKey", f"/2/media/{keys[0]}")
        span: dict[str, Any] = {
            "start_time": (stage.now() - timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "end_time": stage.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "granularity": "daily",
        }
        ask("getPostsAnalytics", "/2/tweets/analytics", ids=f"{mine[-1]},{mine[0]},123", **span)
        ask("getMediaAnalytics", "/2/media/analytics", media_keys=",".join(keys[:20]), **span)
        if words == "post.fields":
            # The one figure that the two documents type differently, on a path that knows no vocabulary.
            ask("getUsage", "/2/usage/tweets", by=app)
        ask("getWebhooks", "/2/webhooks", by=app)
        ask("getActivitySubscriptions", "/2/activity/subscriptions")
    assert all(answer.headers["x-rate-limit-remaining"].isdigit() for answer in answers.values())


@pytest.mark.parametrize("words", SPECS)
def test_every_answer_to_writing_is_as_published(stage: Stage, words: str) -> None:
    document, params = Document(SPECS[words]), {words: "id"}
    with stage.http("x") as http:

        def send(operation: str, path: str, **options: Any) -> Any:
            method = document.operations[operation][0] if operation in document.operations else "post"
            answer = http.request(method.upper(), path, params=params, **options)
            document.check(operation, answer)
            return answer.json()["data"]

        first = send("createPosts", "/2/tweets", json={"text": f"First by {words}"})["id"]
        reply = {"text": f"Second by {words}", "reply": {"in_reply_to_tweet_id": first}}
        second = send("createPosts", "/2/tweets", json=reply)["id"]
        poll = {"options": ["a", "b"], "duration_minutes": 5}
        send("createPosts", "/2/tweets", json={"text": f"Third by {words}", "poll": poll})
        send("hidePostsReply", f"/2/tweets/{second}/hidden", json={"hidden": True})
        send("deletePosts", f"/2/tweets/{first}")
        media = {"media": base64.b64encode(JPEG).decode(), "media_category": "tweet_image"}
        picture = send("mediaUpload", "/2/media/upload", json=media)["id"]
        alt = {"id": picture, "metadata": {"alt_text": {"text": "A cup"}}}
        send("createMediaMetadata", "/2/media/metadata", json=alt)
        begun = {"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": len(MP4)}
        video = send("initializeMediaUpload", "/2/media/upload/initialize", json=begun)["id"]
        send("appendMediaUpload", f"/2/media/upload/{video}/append", data={"segment_index": 0}, files={"media": MP4})
        send("finalizeMediaUpload", f"/2/media/upload/{video}/finalize")
        answer = http.get("/2/media/upload", params={"command": "STATUS", "media_id": video})
        document.check("getMediaUploadStatus", answer)
        block = {"type": "unstyled", "text": "It began with a bean."}
        article = {"title": "Beans", "content_state": {"blocks": [block], "entities": []}}
        draft = send("articleCreateDraft", "/2/articles/draft", json=article)["id"]
        send("articlePublish", f"/2/articles/{draft}/publish")
        wanted = {"event_type": "post.create", "filter": {"user_id": stage.account("x")}, "tag": words}
        made = http.post("/2/activity/subscriptions", json=wanted)
        document.check("createActivitySubscription", made)
        app = {"authorization": f"Bearer {app_token(stage)}"}
        named = made.json()["data"]["subscription"]["subscription_id"]
        gone = http.delete(f"/2/activity/subscriptions/{named}", headers=app)
        document.check("deleteActivitySubscription", gone)


def test_every_operation_has_the_name_and_path_of_the_published_one() -> None:
    document = Document(SPECS["post.fields"])
    ours = {name for name in OPERATIONS if not name.startswith("oauth2.")}
    assert ours <= document.operations.keys()


def odd_request(told: tuple[str, str, dict[str, Any]], place: int) -> tuple[str, str, dict[str, Any]]:
    """A request of an operation in which nothing is as it should be: method, path and options."""
    method, route, operation = told
    odd = ODD[place]
    names = [one["name"] for one in operation.get("parameters", []) if one.get("in") == "query"]
    path = re.sub(r"\{\w+\}", lambda _: quote(odd, safe="") or "1", route)
    params = dict.fromkeys(names if place % 2 else names[place % len(names) :][:1] if names else [], odd)
    options: dict[str, Any] = {"params": params}
    if method in ("post", "put"):
        kinds = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")
        options["content"] = BODIES[place % len(BODIES)]
        options["headers"] = {"content-type": kinds[place % 3]}
    return method.upper(), path, options


@pytest.mark.parametrize("whose", ["user", "app"])
def test_no_request_breaks_an_operation(stage: Stage, whose: str) -> None:
    document = Document(SPECS["post.fields"])
    token = stage.networks["x"]["accounts"][1]["access_token"] if whose == "user" else app_token(stage)
    ours = [name for name in OPERATIONS if not name.startswith("oauth2.")]
    with stage.bare("x", authorization=f"Bearer {token}") as http:
        found = []
        for name in ours:
            for place in range(len(ODD)):
                method, path, options = odd_request(document.operations[name], place)
                found.append((name, place, http.request(method, path, **options).status_code))
    assert [one for one in found if one[2] >= 500] == []


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"])
@pytest.mark.parametrize("path", ["/2/oauth2/token", "/2/oauth2/revoke", "/oauth2/token", "/2/oauth2/authorize"])
def test_no_body_breaks_the_sign_in(stage: Stage, path: str, content_type: str) -> None:
    with stage.bare("x") as http:
        for body in (b"", b"\xff\xfe=%ff", b"grant_type=authorization_code&code=%00", b"--x\r\n"):
            answer = http.post(
                path, content=body, headers={"content-type": content_type, "authorization": "Basic w6k="}
            )
            assert 400 <= answer.status_code < 500
