"""X's own SDK against the sandbox, in the newer vocabulary, and beside tweepy in the older on one account."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import pytest
import requests
import tweepy
from xdk import Client
from xdk.activity.models import CreateSubscriptionRequest
from xdk.articles.models import ArticleCreateDraftRequest
from xdk.media.models import (
    AppendUploadRequest,
    CreateMetadataRequest,
    InitializeUploadRequest,
    UploadRequest,
)
from xdk.posts.models import CreateRequest, HideReplyRequest
from xdk.webhooks.models import CreateRequest as CreateWebhook

from tests.conftest import until
from tests.sandbox.stage import REDIRECT, Stage, approve, running

JPEG = b"\xff\xd8\xff\xe0" + bytes(2000)
MP4 = Path("sandbox/media/sample.mp4").read_bytes()
POST_FIELDS = ["created_at", "public_metrics", "conversation_id", "entities", "edit_controls", "attachments"]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def client(stage: Stage) -> Client:
    """The brand's client, with its own token."""
    told = stage.networks["x"]
    return Client(base_url=told["base_url"], access_token=told["accounts"][0]["access_token"])


@pytest.fixture
def app(stage: Stage) -> Client:
    """The app by itself."""
    told = stage.networks["x"]
    answer = requests.post(
        f"{told['base_url']}/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=(told["client_id"], told["client_secret"]),
        timeout=10,
    )
    return Client(base_url=told["base_url"], bearer_token=answer.json()["access_token"])


def plain(answer: Any) -> dict[str, Any]:
    """An answer of the SDK as the wire had it."""
    return dict(answer.model_dump(exclude_none=True, mode="json"))


def refused(error: pytest.ExceptionInfo[requests.HTTPError]) -> tuple[int, str]:
    """Status and the last segment of the problem's type."""
    response = error.value.response
    assert response is not None
    return response.status_code, response.json()["type"].rsplit("/", 1)[-1]


def consented(http: httpx.Client, url: str) -> dict[str, str]:
    """What comes back to the redirect address when the person behind a consent URL approves."""
    return approve(http, "/i/oauth2/authorize", dict(parse_qsl(urlsplit(url).query)))


def test_a_person_signs_in_and_the_token_is_renewed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    told = stage.networks["x"]
    client = Client(
        base_url=told["base_url"],
        authorization_base_url=f"{told['base_url']}/i",
        client_id=told["client_id"],
        client_secret=told["client_secret"],
        redirect_uri=REDIRECT,
        scope=["tweet.read", "users.read", "offline.access"],
    )
    with stage.bare("x") as http:
        back = consented(http, client.get_authorization_url("a-state"))
    first = client.fetch_token(f"{REDIRECT}?{urlencode(back)}")
    assert plain(client.users.get_me())["data"]["id"] == stage.account("x")
    assert client.refresh_token()["refresh_token"] != first["refresh_token"]
    assert plain(client.users.get_me())["data"]["id"] == stage.account("x")


def test_two_vocabularies_tell_the_same_of_one_account(
    stage: Stage, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, account = stage.networks["x"], stage.account("x")
    original = requests.Session.request

    def request(self: requests.Session, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        return original(self, method, url.replace("https://api.twitter.com", told["base_url"]), *args, **options)

    monkeypatch.setattr(requests.Session, "request", request)
    older = tweepy.Client(told["accounts"][0]["access_token"])
    newer = next(client.users.get_posts(account, max_results=50, post_fields=POST_FIELDS, expansions=["author_id"]))
    old = older.get_users_tweets(account, max_results=50, tweet_fields=["public_metrics", "created_at", "author_id"])
    posts = {post["id"]: post for post in plain(newer)["data"]}
    assert list(posts) == [str(tweet.id) for tweet in old.data]
    for tweet in old.data:
        post = posts[str(tweet.id)]
        assert post["text"] == tweet.text
        assert post["author_id"] == str(tweet.author_id)
        metrics = {name.replace("retweet_", "repost_"): value for name, value in tweet.public_metrics.items()}
        assert post["public_metrics"] == metrics
    me, my = plain(client.users.get_me(user_fields=["public_metrics"], post_fields=["id"])), older.get_me
    mine = my(user_auth=False, user_fields=["public_metrics"], tweet_fields=["id"]).data.public_metrics
    assert me["data"]["public_metrics"]["post_count"] == mine["tweet_count"]
    made = older.create_tweet(text="Seen in both", user_auth=False).data["id"]
    assert plain(client.posts.get_by_id(made, post_fields=["public_metrics"]))["data"]["text"] == "Seen in both"
    client.posts.delete(made)
    assert older.get_tweet(made).data is None


def test_lists_are_read_to_their_end_by_the_sdks_own_paging(stage: Stage, client: Client) -> None:
    account, seen = stage.account("x"), []
    for page in client.users.get_posts(account, max_results=100, exclude=["retweets"]):
        seen += [post["id"] for post in plain(page).get("data", [])]
    assert sorted(seen) == sorted(p for p, told in stage.ledger("x").items() if told["account"] == account)
    mentions = plain(next(client.users.get_mentions(account, max_results=100, expansions=["author_id"])))
    assert all(post["author_id"] != account for post in mentions["data"])
    name = plain(client.users.get_by_id(account))["data"]["username"]
    assert plain(client.users.get_by_username(name))["data"]["id"] == account
    assert len(plain(client.users.get_by_usernames([name, "nobody_is_this"]))["errors"]) == 1
    assert len(plain(client.users.get_by_ids([account, stage.account("x", 1)]))["data"]) == 2
    found = [post["id"] for page in client.posts.search_recent(f"from:{name}", max_results=100)
             for post in plain(page).get("data", [])]  # fmt: skip
    week = stage.now() - timedelta(days=7)
    assert len(found) == len([p for p in plain(client.posts.get_by_ids(seen[:50], post_fields=["created_at"]))["data"]
                              if p["created_at"] >= week.strftime("%Y-%m-%dT%H:%M:%S")])  # fmt: skip
    counted = plain(next(client.posts.get_counts_recent(f"from:{name}", granularity="day")))
    assert counted["meta"]["total_post_count"] == len(found)


def test_a_video_in_segments_is_described_and_posted(stage: Stage, client: Client) -> None:
    begun = InitializeUploadRequest(media_type="video/mp4", media_category="tweet_video", total_bytes=len(MP4))
    media_id = plain(client.media.initialize_upload(begun))["data"]["id"]
    half = len(MP4) // 2
    for index, piece in enumerate((MP4[:half], MP4[half:])):
        body = AppendUploadRequest(media=base64.b64encode(piece).decode(), segment_index=index)
        client.media.append_upload(media_id, body)
    assert plain(client.media.finalize_upload(media_id))["data"]["processing_info"]["state"] == "pending"
    client.media.create_metadata(CreateMetadataRequest(id=media_id, metadata={"alt_text": {"text": "Steam rises"}}))
    stage.advance("PT10S")
    status = plain(client.media.get_upload_status(media_id, command="STATUS"))
    assert status["data"]["processing_info"]["state"] == "succeeded"
    made = plain(client.posts.create(CreateRequest(text="It moves", media={"media_ids": [media_id]})))["data"]["id"]
    shown = plain(
        client.posts.get_by_id(
            made, expansions=["attachments.media_keys"], media_fields=["alt_text", "type", "variants", "duration_ms"]
        )
    )
    (medium,) = shown["includes"]["media"]
    assert (medium["type"], medium["alt_text"]) == ("video", "Steam rises")
    assert plain(client.media.get_by_key(medium["media_key"]))["data"]["type"] == "video"
    stage.advance("P2D")
    spanned = {"start_time": (stage.now() - timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")}
    spanned["end_time"] = stage.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    figures = plain(
        client.media.get_analytics(
            [medium["media_key"]], **spanned, granularity="total", media_analytics_fields=["video_views", "playback50"]
        )
    )
    assert figures["data"][0]["video_views"] > figures["data"][0]["playback50"] > 0
    figures = plain(
        client.posts.get_analytics(
            [made], **spanned, granularity="daily", analytics_fields=["impressions", "timestamped_metrics"]
        )
    )
    assert sum(day["metrics"]["impressions"] for day in figures["data"][0]["timestamped_metrics"]) > 0


def test_a_picture_in_one_call(client: Client) -> None:
    body = UploadRequest(media=base64.b64encode(JPEG).decode(), media_category="tweet_image")
    media_id = plain(client.media.upload(body))["data"]["id"]
    made = plain(client.posts.create(CreateRequest(text="A picture", media={"media_ids": [media_id]})))
    assert made["data"]["text"] == "A picture"


def test_a_post_is_changed_a_few_times_within_half_an_hour(stage: Stage, client: Client) -> None:
    ids = [plain(client.posts.create(CreateRequest(text="Version 0")))["data"]["id"]]
    for number in range(1, 6):
        body = CreateRequest(text=f"Version {number}", edit_options={"previous_post_id": ids[-1]})
        ids.append(plain(client.posts.create(body))["data"]["id"])
    shown = plain(client.posts.get_by_id(ids[-1], post_fields=["edit_controls", "public_metrics"]))["data"]
    assert shown["edit_history_post_ids"] == ids
    assert shown["edit_controls"]["edits_remaining"] == 0
    with pytest.raises(requests.HTTPError) as error:
        client.posts.create(CreateRequest(text="Once more", edit_options={"previous_post_id": ids[-1]}))
    assert refused(error)[0] == 403
    late = plain(client.posts.create(CreateRequest(text="Too late to change", made_with_ai=True)))["data"]["id"]
    stage.advance("PT31M")
    with pytest.raises(requests.HTTPError) as error:
        client.posts.create(CreateRequest(text="Changed", edit_options={"previous_post_id": late}))
    assert refused(error)[0] == 403


def test_an_article_becomes_a_post_once(client: Client) -> None:
    block = {"type": "unstyled", "text": "It began with a bean."}
    draft = ArticleCreateDraftRequest(title="How we roast", content_state={"blocks": [block], "entities": []})
    article = plain(client.articles.article_create_draft(draft))["data"]
    post = plain(client.articles.article_publish(article["id"]))["data"]["post_id"]
    assert (
        plain(client.posts.get_by_id(post, post_fields=["article_title"]))["data"]["article_title"]["title"]
        == "How we roast"
    )
    with pytest.raises(requests.HTTPError):
        client.articles.article_publish(article["id"])


def test_refusals_name_their_problem(stage: Stage, client: Client, app: Client) -> None:
    with pytest.raises(requests.HTTPError) as error:
        client.posts.create(CreateRequest(text="Look", quote_tweet_id=max(stage.ledger("x"))))
    assert refused(error) == (403, "client-forbidden")
    with pytest.raises(requests.HTTPError) as error:
        client.posts.hide_reply(max(stage.ledger("x")), HideReplyRequest(hidden=True))
    assert refused(error)[0] == 403
    with pytest.raises(requests.HTTPError) as error:
        client.posts.delete("1")
    assert refused(error) == (404, "resource-not-found")
    with pytest.raises(requests.HTTPError) as error:
        client.session.get(f"{client.base_url}/2/usage/tweets").raise_for_status()
    assert refused(error) == (403, "unsupported-authentication")
    assert plain(app.usage.get(usage_fields=["project_cap"]))["data"]["project_cap"] == "3000000"


class Listener:
    """An address of ours: it answers the challenge and remembers what it was told."""

    def __init__(self, secret: str) -> None:
        self.told: list[tuple[bytes, str]] = []
        listener = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                token = parse_qs(urlsplit(self.path).query)["crc_token"][0]
                self._answer(json.dumps({"response_token": signed(secret, token.encode())}).encode())

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.told.append((body, self.headers["x-twitter-webhooks-signature"]))
                self._answer(b"")

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks/x"


def signed(secret: str, content: bytes) -> str:
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"sha256={base64.b64encode(digest).decode()}"


@pytest.fixture
def listener(stage: Stage) -> Iterator[Listener]:
    found = Listener(stage.networks["x"]["client_secret"])
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    found.server.shutdown()
    thread.join()
    found.server.server_close()


def test_an_address_is_proven_and_told_of_new_posts(
    stage: Stage, client: Client, app: Client, listener: Listener
) -> None:
    hook = plain(app.webhooks.create(CreateWebhook(url=listener.url)))["data"]
    assert plain(app.webhooks.get())["data"][0]["id"] == hook["id"]
    assert plain(app.webhooks.validate(hook["id"]))["data"]["valid"] is True
    wanted = CreateSubscriptionRequest(
        event_type="post.create", filter={"user_id": stage.account("x")}, webhook_id=hook["id"], tag="ours"
    )
    made = plain(app.activity.create_subscription(wanted))["data"]["subscription"]
    post = plain(client.posts.create(CreateRequest(text="Told at once")))["data"]["id"]
    until(lambda: bool(listener.told), what="the call to our address")
    body, signature = listener.told[-1]
    assert signature == signed(stage.networks["x"]["client_secret"], body)
    event = json.loads(body)["data"]
    assert (event["event_type"], event["payload"]["id"], event["tag"]) == ("post.create", post, "ours")
    assert plain(app.activity.delete_subscription(made["subscription_id"]))["data"]["deleted"] is True
    with pytest.raises(requests.HTTPError) as error:
        app.webhooks.create(CreateWebhook(url="http://example.test:80/x"))
    assert refused(error) == (400, "invalid-request")
    assert plain(app.webhooks.delete(hook["id"]))["data"]["deleted"] is True
