"""tweepy against the sandbox: the older vocabulary of X, sync and async, with tokens from its own sign-in."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import aiohttp
import httpx
import pytest
import requests
import tweepy
import tweepy.asynchronous

from tests.sandbox.stage import REDIRECT, Stage, approve, running

HOSTS = ("https://api.twitter.com", "https://twitter.com")
TWEET_FIELDS = ["created_at", "public_metrics", "author_id", "conversation_id", "referenced_tweets", "entities"]
ALL_FIELDS = [*TWEET_FIELDS, "attachments", "edit_controls", "in_reply_to_user_id", "lang", "reply_settings", "source"]
USER_FIELDS = ["created_at", "description", "public_metrics", "verified", "profile_image_url", "url"]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def rerouted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """tweepy's hosts are constants within its functions: what goes there goes to the sandbox."""
    original = requests.Session.request

    def request(self: requests.Session, method: str, url: str, *args: Any, **options: Any) -> requests.Response:
        for host in HOSTS:
            url = url.replace(host, stage.networks["x"]["base_url"])
        return original(self, method, url, *args, **options)

    monkeypatch.setattr(requests.Session, "request", request)
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


@pytest.fixture
def client(stage: Stage, rerouted: None) -> tweepy.Client:
    """The brand's client, with its own token."""
    return tweepy.Client(stage.networks["x"]["accounts"][0]["access_token"])


class Rerouted:
    """A session of aiohttp whose calls to X go to the sandbox."""

    def __init__(self, session: aiohttp.ClientSession, base_url: str) -> None:
        self._session, self._base_url = session, base_url

    def request(self, method: str, url: str, **options: Any) -> Any:
        return self._session.request(method, url.replace(HOSTS[0], self._base_url), **options)


@asynccontextmanager
async def asynchronous(stage: Stage) -> AsyncIterator[tweepy.asynchronous.AsyncClient]:
    """The brand's client of asyncio."""
    found = tweepy.asynchronous.AsyncClient(stage.networks["x"]["accounts"][0]["access_token"])
    async with aiohttp.ClientSession() as session:
        found.session = Rerouted(session, stage.networks["x"]["base_url"])
        yield found


def consented(http: httpx.Client, url: str) -> dict[str, str]:
    """What comes back to the redirect address when the person behind a consent URL approves."""
    return approve(http, "/i/oauth2/authorize", dict(parse_qsl(urlsplit(url).query)))


def test_a_person_signs_in_and_the_token_is_renewed(stage: Stage, rerouted: None) -> None:
    app = stage.networks["x"]
    handler = tweepy.OAuth2UserHandler(
        client_id=app["client_id"],
        redirect_uri=REDIRECT,
        scope=["tweet.read", "users.read", "offline.access"],
        client_secret=app["client_secret"],
    )
    url = handler.get_authorization_url()
    with stage.bare("x") as http:
        back = consented(http, url)
    token = handler.fetch_token(f"{REDIRECT}?{urlencode(back)}")
    me = tweepy.Client(token["access_token"]).get_me(user_auth=False, user_fields=USER_FIELDS)
    assert str(me.data.id) == stage.account("x")
    assert me.data.public_metrics["tweet_count"] > 0
    renewed = handler.refresh_token(f"{HOSTS[0]}/2/oauth2/token", auth=handler.auth)
    assert renewed["refresh_token"] != token["refresh_token"]


def test_a_public_client_signs_in_by_its_id_alone(stage: Stage, rerouted: None) -> None:
    handler = tweepy.OAuth2UserHandler(
        client_id=stage.networks["x"]["client_id"], redirect_uri=REDIRECT, scope=["tweet.read", "users.read"]
    )
    with stage.bare("x") as http:
        back = consented(http, handler.get_authorization_url())
    assert handler.fetch_token(f"{REDIRECT}?{urlencode(back)}")["expires_in"] == 7200


def test_the_app_alone_reads_in_public_and_writes_nothing(stage: Stage, rerouted: None) -> None:
    app = stage.networks["x"]
    bearer = tweepy.OAuth2AppHandler(app["client_id"], app["client_secret"])._bearer_token
    client = tweepy.Client(bearer)
    found = client.get_user(username=client.get_user(id=stage.account("x")).data.username)
    assert str(found.data.id) == stage.account("x")
    assert client.get_users_tweets(stage.account("x")).data
    with pytest.raises(tweepy.Forbidden):
        client.create_tweet(text="Nobody said this", user_auth=False)
    with pytest.raises(tweepy.Forbidden):
        client.get_me(user_auth=False)


def test_a_timeline_is_paged_to_its_end(stage: Stage, client: tweepy.Client) -> None:
    account = stage.account("x")
    pages = tweepy.Paginator(
        client.get_users_tweets,
        account,
        max_results=50,
        tweet_fields=ALL_FIELDS,
        expansions=["author_id", "attachments.media_keys", "referenced_tweets.id"],
        media_fields=["url", "preview_image_url", "alt_text", "public_metrics", "variants"],
        exclude=["retweets"],
    )
    seen = {str(tweet.id): tweet for tweet in pages.flatten(1000)}
    truth = {post: told for post, told in stage.ledger("x").items() if told["account"] == account}
    assert seen.keys() == truth.keys()
    old = min(seen, key=int)
    assert seen[old].public_metrics["retweet_count"] == truth[old]["counters"]["reposts"]
    assert seen[old].author_id == int(account)
    bounded = client.get_users_tweets(account, start_time=stage.now() - timedelta(days=9), since_id=old, max_results=5)
    assert bounded.meta["result_count"] == 5


def test_lookups_give_what_is_there_and_name_what_is_not(stage: Stage, client: tweepy.Client) -> None:
    known = max(stage.ledger("x"), key=int)
    found = client.get_tweets([known, 123], tweet_fields=ALL_FIELDS, expansions=["author_id"])
    assert [str(tweet.id) for tweet in found.data] == [known]
    assert found.errors[0]["type"] == "https://api.twitter.com/2/problems/resource-not-found"
    assert found.includes["users"][0].username
    assert client.get_tweet(known, tweet_fields=["created_at"]).data.created_at.tzinfo is not None
    users = client.get_users(ids=[stage.account("x"), stage.account("x", 1)], user_fields=USER_FIELDS)
    assert len(users.data) == 2
    by_name = client.get_users(usernames=[users.data[0].username, "nobody_is_this"])
    assert len(by_name.data) == len(by_name.errors) == 1
    assert client.get_user(username="nobody_is_this").data is None


def test_what_people_answered_is_found_and_counted(stage: Stage, client: tweepy.Client) -> None:
    stage.advance("P1D")
    mentions = client.get_users_mentions(
        stage.account("x"), max_results=100, tweet_fields=TWEET_FIELDS, expansions=["author_id"]
    )
    said = mentions.data[0]
    assert {user.id for user in mentions.includes["users"]} >= {said.author_id}
    query = f"conversation_id:{said.conversation_id} is:reply"
    found = client.search_recent_tweets(query, max_results=100, tweet_fields=TWEET_FIELDS)
    assert said.id in {tweet.id for tweet in found.data}
    assert all(tweet.referenced_tweets[0].type == "replied_to" for tweet in found.data)
    counted = client.get_recent_tweets_count(query, granularity="day")
    assert sum(next(v for k, v in day.items() if k.endswith("_count")) for day in counted.data) == len(found.data)
    assert client.get_quote_tweets(said.conversation_id).meta == {"result_count": 0}


def test_who_liked_and_reposted_is_as_many_as_the_counters_say(stage: Stage, client: tweepy.Client) -> None:
    account = stage.account("x")
    old = min((post for post, told in stage.ledger("x").items() if told["account"] == account), key=int)
    counters = stage.ledger("x")[old]["counters"]
    likers = list(tweepy.Paginator(client.get_liking_users, old, max_results=50).flatten(10_000))
    assert len({user.id for user in likers}) == len(likers) == counters["likes"]
    assert len(client.get_retweeters(old).data or []) == min(counters["reposts"], 100)


def test_writing_answering_hiding_and_deleting(stage: Stage, client: tweepy.Client) -> None:
    first = client.create_tweet(text="Written with tweepy", user_auth=False).data["id"]
    second = client.create_tweet(text="And answered", in_reply_to_tweet_id=first, user_auth=False).data["id"]
    client.create_tweet(
        text="Which one?", poll_options=["Dark", "Light"], poll_duration_minutes=60, reply_settings="following",
        user_auth=False,
    )  # fmt: skip
    shown = client.get_tweet(second, tweet_fields=TWEET_FIELDS, expansions=["referenced_tweets.id"])
    assert shown.data.conversation_id == int(first)
    assert [str(tweet.id) for tweet in shown.includes["tweets"]] == [first]
    assert client.hide_reply(second, user_auth=False).data == {"hidden": True}
    assert client.unhide_reply(second, user_auth=False).data == {"hidden": False}
    assert client.delete_tweet(first, user_auth=False).data == {"deleted": True}
    assert client.get_tweet(first).data is None


def test_refusals_are_the_exceptions_that_tweepy_has(stage: Stage, client: tweepy.Client) -> None:
    client.create_tweet(text="Once and no more", user_auth=False)
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        client.create_tweet(text="Once and no more", user_auth=False)
    with pytest.raises(tweepy.Forbidden):
        client.create_tweet(text="Look", quote_tweet_id=1, user_auth=False)
    with pytest.raises(tweepy.BadRequest):
        client.create_tweet(text="Picture", media_ids=[1], user_auth=False)
    with pytest.raises(tweepy.BadRequest):
        client.get_users_tweets(stage.account("x"), max_results=1)
    with pytest.raises(tweepy.Unauthorized):
        tweepy.Client("no token").get_me(user_auth=False)
    with pytest.raises(tweepy.NotFound):
        client.delete_tweet(1, user_auth=False)


async def test_the_client_of_asyncio_does_the_same(stage: Stage) -> None:
    async with asynchronous(stage) as client:
        me = await client.get_me(user_auth=False, user_fields=USER_FIELDS)
        created = await client.create_tweet(text="Written in no hurry", user_auth=False)
        tweets = await client.get_users_tweets(me.data.id, tweet_fields=TWEET_FIELDS, max_results=5)
        assert str(tweets.data[0].id) == created.data["id"]
        found = await client.search_recent_tweets(f"from:{me.data.username}", max_results=10)
        assert str(found.data[0].id) == created.data["id"]
        assert (await client.delete_tweet(created.data["id"], user_auth=False)).data == {"deleted": True}
        client.bearer_token = "gone"
        with pytest.raises(tweepy.Unauthorized):
            await client.get_me(user_auth=False)
