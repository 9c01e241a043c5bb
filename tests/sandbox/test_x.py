"""X as its contract says it answers, over HTTP."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import REDIRECT, Stage, approve, running

JPEG = b"\xff\xd8\xff\xe0" + bytes(2000)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(3000)
VERIFIER = "a-verifier-that-is-long-enough-for-everyone-0123456789"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("x") as client:
        yield client


def timeline(http: httpx.Client, account: str, **params: Any) -> dict[str, Any]:
    answer = http.get(f"/2/users/{account}/tweets", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def consented(stage: Stage, http: httpx.Client, scope: str = "tweet.read users.read offline.access") -> dict[str, Any]:
    """The token answer after a person's consent."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    app = stage.networks["x"]
    back = approve(
        http,
        "/i/oauth2/authorize",
        {
            "response_type": "code",
            "client_id": app["client_id"],
            "redirect_uri": REDIRECT,
            "scope": scope,
            "state": "st",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        },
    )
    assert back["state"] == "st"
    form = {
        "grant_type": "authorization_code",
        "code": back["code"],
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    answer = http.post("/2/oauth2/token", data=form, auth=(app["client_id"], app["client_secret"]))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_consent_gives_a_two_hour_token_that_works(stage: Stage) -> None:
    with stage.bare("x") as http:
        granted = consented(stage, http)
        assert granted["expires_in"] == 7200
        me = http.get("/2/users/me", headers={"authorization": f"Bearer {granted['access_token']}"})
    assert me.json()["data"]["id"] == stage.account("x")


def test_refresh_rotates_and_the_old_refresh_token_dies(stage: Stage) -> None:
    app = stage.networks["x"]
    with stage.bare("x") as http:
        granted = consented(stage, http)
        form = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
        auth = (app["client_id"], app["client_secret"])
        first = http.post("/2/oauth2/token", data=form, auth=auth)
        second = http.post("/2/oauth2/token", data=form, auth=auth)
    assert first.json()["refresh_token"] != granted["refresh_token"]
    assert (second.status_code, second.json()["error"]) == (400, "invalid_request")


def test_without_offline_access_there_is_no_refresh_token(stage: Stage) -> None:
    with stage.bare("x") as http:
        assert "refresh_token" not in consented(stage, http, "tweet.read users.read")


def test_authorization_without_pkce_is_refused(stage: Stage) -> None:
    params = {"response_type": "code", "client_id": stage.networks["x"]["client_id"], "state": "s"}
    with stage.bare("x") as http:
        page = http.get("/i/oauth2/authorize", params={**params, "redirect_uri": REDIRECT, "scope": "tweet.read"})
    assert page.status_code == 400
    assert "code_challenge" in page.text


def test_body_credentials_are_no_basic_credentials(stage: Stage) -> None:
    app = stage.networks["x"]
    form = {"grant_type": "refresh_token", "client_id": app["client_id"], "client_secret": app["client_secret"]}
    with stage.bare("x") as http:
        assert http.post("/2/oauth2/token", data=form).status_code == 401


def test_missing_scope_is_forbidden_and_no_token_unauthorized(stage: Stage) -> None:
    with stage.bare("x") as http:
        token = consented(stage, http, "tweet.read users.read")["access_token"]
        refused = http.post("/2/tweets", json={"text": "no"}, headers={"authorization": f"Bearer {token}"})
        unknown = http.get("/2/users/me")
    assert refused.status_code == 403
    assert unknown.json() == {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    assert int(unknown.headers["x-rate-limit-limit"]) == 75


@pytest.mark.parametrize(
    ("params", "metric", "history"),
    [
        ({"post.fields": "public_metrics"}, "repost_count", "edit_history_post_ids"),
        ({"tweet.fields": "public_metrics"}, "retweet_count", "edit_history_tweet_ids"),
    ],
)
def test_the_field_parameter_chooses_the_vocabulary(
    stage: Stage, http: httpx.Client, params: dict[str, str], metric: str, history: str
) -> None:
    post = timeline(http, stage.account("x"), max_results=5, **params)["data"][0]
    assert metric in post["public_metrics"]
    assert history in post


def test_paging_gives_every_post_of_the_ledger_once(stage: Stage, http: httpx.Client) -> None:
    account, seen, token = stage.account("x"), [], None
    while True:
        page = timeline(http, account, max_results=100, **({"pagination_token": token} if token else {}))
        seen += [post["id"] for post in page["data"]]
        token = page["meta"].get("next_token")
        if token is None:
            break
    own = [post["external_id"] for post in stage.ledger("x").values() if post["account"] == account]
    assert sorted(seen) == sorted(own)
    assert len(seen) > 100


def test_the_previous_token_leads_back(stage: Stage, http: httpx.Client) -> None:
    account = stage.account("x")
    first = timeline(http, account, max_results=5)
    second = timeline(http, account, max_results=5, pagination_token=first["meta"]["next_token"])
    back = timeline(http, account, max_results=5, pagination_token=second["meta"]["previous_token"])
    assert back["data"] == first["data"]


def test_an_empty_page_has_no_data_key(stage: Stage, http: httpx.Client) -> None:
    end = (stage.now() - timedelta(days=900)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert timeline(http, stage.account("x"), end_time=end) == {"meta": {"result_count": 0}}


@pytest.mark.parametrize(
    "params",
    [
        {"max_results": 4},
        {"max_results": 101},
        {"max_results": "²"},
        {"start_time": "yesterday"},
        {"start_time": "0001-01-01T00:00:00+14:00"},
        {"end_time": "2999-01-01T00:00:00Z"},
        {"pagination_token": "nonsense"},
        {"post.fields": "author_id"},
        {"expansions": "nothing"},
    ],
)
def test_bad_parameters_are_invalid_requests(stage: Stage, http: httpx.Client, params: dict[str, Any]) -> None:
    answer = http.get(f"/2/users/{stage.account('x')}/tweets", params=params)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith("/invalid-request")


def test_counters_equal_the_ledger(stage: Stage, http: httpx.Client) -> None:
    old = [post for post in stage.ledger("x").values() if post["account"] == stage.account("x")][-5:]
    answer = http.get(
        "/2/tweets", params={"ids": ",".join(p["external_id"] for p in old), "post.fields": "public_metrics"}
    )
    for post, shown in zip(old, answer.json()["data"], strict=True):
        assert shown["public_metrics"] == {
            "repost_count": post["counters"]["reposts"],
            "reply_count": post["counters"]["comments"],
            "like_count": post["counters"]["likes"],
            "quote_count": post["counters"]["quotes"],
            "bookmark_count": post["counters"]["saves"],
            "impression_count": post["counters"]["impressions"],
        }


def test_lookup_of_a_missing_post_is_a_partial_error(stage: Stage, http: httpx.Client) -> None:
    known = timeline(http, stage.account("x"), max_results=5)["data"][0]["id"]
    answer = http.get("/2/tweets", params={"ids": f"{known},123"})
    body = answer.json()
    assert answer.status_code == 200
    assert [post["id"] for post in body["data"]] == [known]
    assert body["errors"][0]["type"].endswith("/resource-not-found")
    assert http.get("/2/tweets", params={"ids": ",".join(map(str, range(101)))}).status_code == 400


def test_private_metrics_are_for_the_author_of_young_posts(stage: Stage, http: httpx.Client) -> None:
    own = [post["external_id"] for post in stage.ledger("x").values() if post["account"] == stage.account("x")]
    other = next(p["external_id"] for p in stage.ledger("x").values() if p["account"] == stage.account("x", 1))
    ids = f"{own[0]},{own[-1]},{other}"
    body = http.get("/2/tweets", params={"ids": ids, "post.fields": "non_public_metrics"}).json()
    assert "non_public_metrics" in body["data"][0]
    assert all("non_public_metrics" not in post for post in body["data"][1:])
    assert [error["resource_id"] for error in body["errors"]] == [own[-1], other]
    assert all(error["type"].endswith("/not-authorized-for-field") for error in body["errors"])


def test_media_come_with_the_expansion(stage: Stage, http: httpx.Client) -> None:
    page = timeline(
        http,
        stage.account("x"),
        max_results=100,
        expansions="attachments.media_keys,author_id",
        **{"media.fields": "url,preview_image_url,type"},
    )
    attached = {key for post in page["data"] for key in post.get("attachments", {}).get("media_keys", [])}
    assert attached == {medium["media_key"] for medium in page["includes"]["media"]}
    assert page["includes"]["users"][0]["username"]


def test_daily_analytics_add_up_to_the_lifetime(stage: Stage, http: httpx.Client) -> None:
    post = next(p for p in reversed(stage.ledger("x").values()) if p["account"] == stage.account("x"))
    created = datetime.fromisoformat(post["created_at"])
    now = stage.now()
    params = {
        "ids": post["external_id"],
        "start_time": (created - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "end_time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "granularity": "daily",
        "analytics.fields": "impressions,retweets,timestamped_metrics,follows",
    }
    shown = http.get("/2/tweets/analytics", params=params).json()["data"][0]
    days = shown["timestamped_metrics"]
    assert sum(day["metrics"]["impressions"] for day in days) == post["counters"]["impressions"]
    assert shown["retweets"] == post["counters"]["reposts"]
    assert "follows" not in days[0]["metrics"]
    assert all(day["timestamp"].endswith("T00:00:00Z") for day in days[1:])


def test_analytics_of_others_are_refused_beside_the_rest(stage: Stage, http: httpx.Client) -> None:
    other = next(p["external_id"] for p in stage.ledger("x").values() if p["account"] == stage.account("x", 1))
    params = {"ids": other, "start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-02T00:00:00Z"}
    body = http.get("/2/tweets/analytics", params=params).json()
    assert "data" not in body
    assert body["errors"][0]["type"].endswith("/not-authorized-for-resource")


def test_a_post_is_created_once_and_engages_people(stage: Stage, http: httpx.Client) -> None:
    text = "Published through the wire #coffee"
    created = http.post("/2/tweets", json={"text": text})
    assert created.status_code == 201
    post_id = created.json()["data"]["id"]
    again = http.post("/2/tweets", json={"text": text})
    assert (again.status_code, again.json()["detail"]) == (
        403,
        "You are not allowed to create a Tweet with duplicate content.",
    )
    stage.advance("P2D")
    shown = timeline(http, stage.account("x"), max_results=20, **{"post.fields": "public_metrics"})["data"]
    mine = next(post for post in shown if post["id"] == post_id)
    assert mine["public_metrics"]["impression_count"] > 0
    assert stage.ledger("x")[post_id]["text"] == text
    assert http.delete(f"/2/tweets/{post_id}").json() == {"data": {"deleted": True}}
    assert post_id not in stage.ledger("x")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "x", "unknown": 1}, 400),
        ({}, 400),
        ({"text": "a" * 281}, 403),
        ({"text": "語" * 141}, 403),
        ({"text": "x", "media": {"media_ids": ["1"]}}, 400),
        ({"text": "x", "poll": {}, "quote_tweet_id": "1"}, 400),
    ],
)
def test_a_post_that_x_refuses(http: httpx.Client, body: dict[str, Any], status: int) -> None:
    assert http.post("/2/tweets", json=body).status_code == status


def test_an_address_weighs_23_and_an_emoji_sequence_2(http: httpx.Client) -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    fits = f"{'a' * 253} https://example.com/{'x' * 200} {family}"
    assert http.post("/2/tweets", json={"text": fits}).status_code == 201
    assert http.post("/2/tweets", json={"text": f"b{fits}"}).status_code == 403


def test_a_picture_in_one_call_is_attached(stage: Stage, http: httpx.Client) -> None:
    upload = http.post("/2/media/upload", data={"media_category": "tweet_image"}, files={"media": JPEG})
    media_id = upload.json()["data"]["id"]
    created = http.post("/2/tweets", json={"text": "with a picture", "media": {"media_ids": [media_id]}})
    assert created.status_code == 201, created.text
    assert stage.ledger("x")[created.json()["data"]["id"]]["kind"] == "image"


def test_a_video_in_segments_is_processed_before_it_may_be_posted(stage: Stage, http: httpx.Client) -> None:
    opened = http.post(
        "/2/media/upload/initialize",
        json={"media_type": "video/mp4", "media_category": "tweet_video", "total_bytes": len(MP4)},
    )
    media_id = opened.json()["data"]["id"]
    for index, piece in enumerate((MP4[:2000], MP4[2000:])):
        answer = http.post(f"/2/media/upload/{media_id}/append", data={"segment_index": index}, files={"media": piece})
        assert "expires_at" in answer.json()["data"]
    finished = http.post(f"/2/media/upload/{media_id}/finalize").json()["data"]
    assert finished["processing_info"]["state"] in ("pending", "in_progress")
    body = {"text": "moving", "media": {"media_ids": [media_id]}}
    assert http.post("/2/tweets", json=body).status_code == 400
    stage.advance("PT10S")
    status = http.get("/2/media/upload", params={"command": "STATUS", "media_id": media_id}).json()
    assert status["data"]["processing_info"]["state"] == "succeeded"
    assert http.post("/2/tweets", json=body).status_code == 201


def test_a_spent_window_answers_429_without_retry_after(stage: Stage) -> None:
    # Begin where a window does, so that it does not end in between.
    stage.advance(f"PT{900 - int(stage.now().timestamp()) % 900}S")
    with stage.http("x", 1) as http:
        answers = [http.delete("/2/tweets/1") for _ in range(51)]
    assert [answer.status_code for answer in answers].count(429) == 1
    last = answers[-1]
    assert last.headers["x-rate-limit-remaining"] == "0"
    assert int(last.headers["x-rate-limit-reset"]) > 0
    assert "retry-after" not in last.headers


@pytest.mark.parametrize("path", ["/2/tweets", "/2/media/upload", "/2/media/upload/initialize"])
@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_broken_body_is_an_invalid_request(http: httpx.Client, path: str, body: bytes) -> None:
    answer = http.post(path, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("/invalid-request")


def test_a_reply_names_its_conversation(stage: Stage, http: httpx.Client) -> None:
    first = http.post("/2/tweets", json={"text": "One of two"}).json()["data"]["id"]
    body = {"text": "Two of two", "reply": {"in_reply_to_tweet_id": first}}
    second = http.post("/2/tweets", json=body).json()["data"]["id"]
    params = {"ids": second, "post.fields": "conversation_id", "expansions": "referenced_posts"}
    (shown,) = http.get("/2/tweets", params=params).json()["data"]
    assert shown["conversation_id"] == first
    assert shown["referenced_posts"] == [{"type": "replied_to", "id": first}]
    without = timeline(http, stage.account("x"), max_results=5, exclude="replies")["data"]
    assert second not in [post["id"] for post in without]
    strange = next(p["external_id"] for p in stage.ledger("x").values() if p["account"] == stage.account("x", 1))
    refused = http.post("/2/tweets", json={"text": "unasked", "reply": {"in_reply_to_tweet_id": strange}})
    assert refused.status_code == 403
