"""python-facebook-api against Instagram by both logins: graph.instagram.com, and graph.facebook.com by a page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from pyfacebook import BasicDisplayAPI, FacebookError, GraphAPI, IGBusinessApi

from tests.sandbox.stage import REDIRECT, Stage, approve, running

INSTAGRAM_SCOPES = (
    "instagram_business_basic,instagram_business_content_publish,"
    "instagram_business_manage_comments,instagram_business_manage_insights"
)
PAGE_SCOPES = [
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_insights",
    "pages_show_list",
    "pages_read_engagement",
]
FEED = "views,reach,likes,comments,saved,shares,total_interactions"
LOGINS = ("instagram", "facebook")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture(autouse=True)
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    # oauthlib speaks to nothing but https, and the sandbox is on loopback.
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")


def api(stage: Stage, login: str, place: int = 0) -> IGBusinessApi:
    """The client of an account, by the token of either login."""
    told = stage.networks[login]
    made = IGBusinessApi(
        access_token=told["accounts"][place]["access_token"],
        base_url=f"{told['base_url']}/",
        version="v26.0",
        instagram_business_id=stage.account("instagram", place),
        sleep_on_rate_limit=False,
        **({"app_secret": told["client_secret"], "app_id": told["client_id"]} if login == "facebook" else {}),
    )
    return made


def truth(stage: Stage, post_id: str) -> dict[str, int]:
    counters: dict[str, int] = stage.ledger("instagram")[post_id]["counters"]
    return counters


def refused(error: pytest.ExceptionInfo[FacebookError]) -> int:
    return int(error.value.code)


@pytest.mark.parametrize("login", LOGINS)
def test_the_account_is_the_same_through_both(stage: Stage, login: str) -> None:
    fields = ["username", "name", "followers_count", "follows_count", "media_count", "biography", "website"]
    found = api(stage, login).user.get_info(fields=fields)
    assert found.username == "nordlyscoffee"
    followers = httpx.get(f"{stage.control}/ledger", params={"network": "instagram"}).json()["accounts"]
    assert abs(found.followers_count - followers[0]["counters"]["followers"]) <= 2
    assert (found.id == stage.account("instagram")) == (login == "facebook")


@pytest.mark.parametrize("login", LOGINS)
def test_media_are_listed_with_their_children(stage: Stage, login: str) -> None:
    found = api(stage, login).user.get_media(count=60, limit=25)
    assert len(found.data) == 60
    assert len({one.id for one in found.data}) == 60
    kinds = {one.media_type for one in found.data}
    assert kinds == {"IMAGE", "VIDEO", "CAROUSEL_ALBUM"}
    album = next(one for one in found.data if one.media_type == "CAROUSEL_ALBUM")
    assert len(album.children.data) == 3
    children = api(stage, login).media.get_children(media_id=album.id)
    assert [one.id for one in children.data] == [one.id for one in album.children.data]
    assert children.data[0].media_url


@pytest.mark.parametrize("login", LOGINS)
def test_several_media_in_one_call(stage: Stage, login: str) -> None:
    client = api(stage, login)
    ids = [one.id for one in client.user.get_media(count=3).data]
    found = client.media.get_batch(ids=ids, fields=["id", "caption", "timestamp", "media_product_type"])
    assert set(found) == set(ids)
    assert all(found[id_].caption == stage.ledger("instagram")[id_]["text"] for id_ in ids)


@pytest.mark.parametrize("login", LOGINS)
def test_figures_of_media_go_with_their_kind(stage: Stage, login: str) -> None:
    client = api(stage, login)
    media = client.user.get_media(count=40, fields=["id", "media_type", "media_product_type"]).data
    image = next(one for one in media if one.media_type == "IMAGE")
    reel = next(one for one in media if one.media_product_type == "REELS")
    found = {one.name: one.values[0].value for one in client.media.get_insights(image.id, FEED).data}
    assert abs(found["views"] - truth(stage, image.id)["views"]) <= 9
    watched = client.media.get_insights(reel.id, ["ig_reels_avg_watch_time", "reels_skip_rate"]).data
    assert all(one.values[0].value > 0 for one in watched)
    for wrong in ("ig_reels_avg_watch_time", "impressions", "plays", "video_views"):
        with pytest.raises(FacebookError) as error:
            client.media.get_insights(image.id, f"views,{wrong}")
        assert refused(error) == 100


@pytest.mark.parametrize("login", LOGINS)
def test_figures_of_the_account_are_totals(stage: Stage, login: str) -> None:
    client, until = api(stage, login), stage.now()
    span = {
        "period": "day",
        "since": str(int((until - timedelta(days=5)).timestamp())),
        "until": str(int(until.timestamp())),
    }
    found = client.user.get_insights(metric="views,reach,accounts_engaged", metric_type="total_value", **span)
    assert all(one.total_value.value > 0 for one in found.data)
    follows = client.user.get_insights(
        metric="follows_and_unfollows", metric_type="total_value", breakdown="follow_type", **span
    )
    (parts,) = follows.data[0].total_value.breakdowns
    assert {one.dimension_values[0] for one in parts.results} == {"FOLLOWER", "NON_FOLLOWER"}
    series = client.user.get_insights(metric="reach,follower_count", **span)
    assert all(len(one.values) == 5 for one in series.data)
    with pytest.raises(FacebookError) as error:
        client.user.get_insights(metric="views", **span)
    assert refused(error) == 100


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("metric", ["follower_demographics", "engaged_audience_demographics"])
def test_who_follows(stage: Stage, login: str, metric: str) -> None:
    found = api(stage, login).user.get_insights(
        metric=metric, period="lifetime", metric_type="total_value", timeframe="this_month", breakdown=["age", "gender"]
    )
    (groups,) = found.data[0].total_value.breakdowns
    assert groups.dimension_keys == ["age", "gender"]
    assert 0 < len(groups.results) <= 45


@pytest.mark.parametrize("login", LOGINS)
def test_comments_and_their_replies(stage: Stage, login: str) -> None:
    client = api(stage, login)
    media_id = client.user.get_media(count=40).data[-1].id
    found = client.media.get_comments(media_id=media_id, count=None, limit=20).data
    assert found
    assert all(one.text and one.username for one in found)
    one = client.comment.get_info(found[0].id, fields=["id", "text", "username", "timestamp", "like_count"])
    assert (one.id, one.text) == (found[0].id, found[0].text)
    batch = client.comment.get_batch(ids=[found[0].id, found[1].id])
    assert set(batch) == {found[0].id, found[1].id}
    replies = [reply for one in found for reply in client.comment.get_replies(one.id).data]
    assert {reply.username for reply in replies} == {"nordlyscoffee"}
    assert client.reply.get_info(replies[0].id).text == replies[0].text


@pytest.mark.parametrize("login", LOGINS)
def test_an_answer_hidden_shown_and_taken_away(stage: Stage, login: str) -> None:
    client = api(stage, login)
    media_id = client.user.get_media(count=30).data[-1].id
    comment = client.media.get_comments(media_id=media_id).data[0]
    made = client.post_object(object_id=comment.id, connection="replies", data={"message": f"Thank you, by {login}!"})
    assert made["id"] in {one.id for one in client.comment.get_replies(comment.id).data}
    first = client.post_object(object_id=media_id, connection="comments", data={"message": f"First, by {login}"})
    assert client.comment.get_info(first["id"], fields="id,text,username").username == "nordlyscoffee"
    for hide in ("true", "false"):
        assert client.post_object(object_id=comment.id, data={"hide": hide})["success"]
        hidden = client.comment.get_info(comment.id, fields="id,hidden", return_json=True)["hidden"]
        assert hidden == (hide == "true")
    assert client.delete_object(object_id=first["id"])["success"]
    with pytest.raises(FacebookError) as error:
        client.comment.get_info(first["id"], fields="id")
    assert refused(error) == 100


@pytest.mark.parametrize("login", LOGINS)
def test_where_others_tag_the_account(stage: Stage, login: str) -> None:
    found = api(stage, login).user.get_tagged_media(count=10)
    assert len(found.data) == 10
    assert all("@nordlyscoffee" in one.caption for one in found.data)
    assert api(stage, login).user.get_live_media().data == []


def test_mentions_are_looked_up_and_answered_by_a_page(stage: Stage) -> None:
    client = api(stage, "facebook")
    tagged = client.user.get_tagged_media(count=5).data[0]
    found = client.user.get_mentioned_media(media_id=tagged.id)
    assert found.mentioned_media.caption == tagged.caption
    form = {"media_id": tagged.id, "message": "Good to see you!"}
    assert client.post_object(object_id=stage.account("instagram"), connection="mentions", data=form)["id"]
    with pytest.raises(FacebookError) as error:
        api(stage, "instagram").user.get_mentioned_media(media_id=tagged.id)
    assert refused(error) == 100


def test_rivals_are_looked_up_by_a_page_alone(stage: Stage) -> None:
    client = api(stage, "facebook")
    rival = api(stage, "facebook", 1).user.get_info(fields="username,followers_count")
    found = client.user.discovery_user(username=rival.username).business_discovery
    assert (found.id, found.followers_count) == (stage.account("instagram", 1), rival.followers_count)
    media = client.discovery_user_media(
        username=rival.username, fields="id,timestamp,like_count,comments_count", count=60, limit=25
    )
    ids = [one["id"] for one in media["data"]]
    assert len(ids) == len(set(ids)) == 60
    since = int((stage.now() - timedelta(days=7)).timestamp())
    recent = client.user.discovery_user_medias(username=rival.username, since=str(since), fields="id,timestamp")
    times = [datetime.fromisoformat(one.timestamp) for one in recent.business_discovery.media.data]
    assert times
    assert all(time >= datetime.fromtimestamp(since, UTC) for time in times)
    with pytest.raises(FacebookError) as error:
        client.user.discovery_user(username="nobody.at.all")
    assert (refused(error), error.value.error_subcode) == (110, 2207013)
    with pytest.raises(FacebookError) as error:
        api(stage, "instagram").user.discovery_user(username=rival.username)
    assert refused(error) == 100


def test_hashtags_are_searched_by_a_page_alone(stage: Stage) -> None:
    client = api(stage, "facebook")
    (found,) = client.user.get_hashtag_search(q="coffee").data
    assert client.hashtag.get_info(found.id).name == "coffee"
    top = client.hashtag.get_top_media(found.id, count=20).data
    assert top
    assert all("#coffee" in one.caption for one in top)
    assert client.hashtag.get_recent_media(found.id).data is not None
    assert found.id in {one.id for one in client.user.get_recently_searched_hashtags().data}


def published(stage: Stage, client: IGBusinessApi, form: dict[str, Any]) -> str:
    """The medium of a container."""
    me = stage.account("instagram")
    container = client.post_object(object_id=me, connection="media", data=form)["id"]
    assert client.container.get_info(container).status_code == "IN_PROGRESS"
    with pytest.raises(FacebookError) as error:
        client.post_object(object_id=me, connection="media_publish", data={"creation_id": container})
    assert (refused(error), error.value.error_subcode) == (9007, 2207027)
    stage.advance("PT5S")
    assert set(client.container.get_batch(ids=[container])) == {container}
    made = client.post_object(object_id=me, connection="media_publish", data={"creation_id": container})
    return str(made["id"])


@pytest.mark.parametrize("login", LOGINS)
def test_what_is_published_by_either_stands_in_one_ledger(stage: Stage, login: str) -> None:
    client = api(stage, login)
    used = client.user.get_content_publishing_limit().data[0]
    form = {"image_url": f"{stage.control}/sample.jpg", "caption": f"By {login}", "alt_text": "A cup"}
    media_id = published(stage, client, form)
    assert stage.ledger("instagram")[media_id]["text"] == f"By {login}"
    for other in LOGINS:
        seen = api(stage, other).media.get_info(media_id, fields="id,caption,alt_text", return_json=True)
        assert (seen["caption"], seen["alt_text"]) == (f"By {login}", "A cup")
        now = api(stage, other).user.get_content_publishing_limit().data[0]
        assert now.quota_usage == used.quota_usage + 1
        assert now.config.quota_duration == 86_400
    story = published(stage, client, {"media_type": "STORIES", "video_url": f"{stage.control}/sample.mp4"})
    assert story in {one.id for one in client.user.get_stories().data}


def test_only_a_page_deletes(stage: Stage) -> None:
    media_id = published(stage, api(stage, "facebook"), {"image_url": f"{stage.control}/sample.jpg", "caption": "Gone"})
    with pytest.raises(FacebookError) as error:
        api(stage, "instagram").delete_object(object_id=media_id)
    assert refused(error) == 100
    assert api(stage, "facebook").delete_object(object_id=media_id)["success"]
    assert media_id not in stage.ledger("instagram")


def test_a_picture_that_cannot_be_fetched(stage: Stage) -> None:
    with pytest.raises(FacebookError) as error:
        published(stage, api(stage, "facebook"), {"image_url": f"{stage.control}/nothing.jpg"})
    assert (refused(error), error.value.error_subcode) == (9004, 2207052)


def test_instagram_login_leads_to_a_token_that_refreshes_itself(stage: Stage) -> None:
    told = stage.networks["instagram"]
    base = told["base_url"]
    client = BasicDisplayAPI(
        app_id=told["client_id"],
        app_secret=told["client_secret"],
        oauth_flow=True,
        base_url=f"{base}/",
        authorization_url=f"{base}/oauth/authorize",
        access_token_url=f"{base}/oauth/access_token",
        sleep_on_rate_limit=False,
    )
    url, _ = client.get_authorization_url(redirect_uri=REDIRECT, scope=INSTAGRAM_SCOPES.split(","))
    with stage.bare("instagram") as http:
        asked = dict(part.split("=", 1) for part in httpx.URL(url).query.decode().split("&"))
        code = approve(http, "/oauth/authorize", {**dict(httpx.URL(url).params), "state": asked["state"]})
    answer = f"{REDIRECT}?code={code['code']}&state={code['state']}"
    short = client.exchange_user_access_token(response=answer, redirect_uri=REDIRECT)
    assert str(short["user_id"]) == stage.account("instagram")
    long = client.exchange_long_lived_user_access_token()
    assert long["expires_in"] == 60 * 86_400
    with pytest.raises(FacebookError) as error:
        client.refresh_access_token(long["access_token"])
    assert refused(error) == 190
    stage.advance("P1DT1M")
    fresh = client.refresh_access_token(long["access_token"])
    assert fresh["permissions"] == INSTAGRAM_SCOPES


def test_facebook_login_leads_through_a_page_to_the_account(stage: Stage) -> None:
    told = stage.networks["facebook"]
    base = told["base_url"]
    client = GraphAPI(
        app_id=told["client_id"],
        app_secret=told["client_secret"],
        oauth_flow=True,
        version="v26.0",
        base_url=f"{base}/",
        authorization_url=f"{base}/dialog/oauth",
        access_token_url=f"{base}/oauth/access_token",
        sleep_on_rate_limit=False,
    )
    url, _ = client.get_authorization_url(redirect_uri=REDIRECT, scope=PAGE_SCOPES)
    with stage.bare("facebook") as http:
        code = approve(http, urlsplit(url).path, dict(httpx.URL(url).params))
    answer = f"{REDIRECT}?code={code['code']}&state={code['state']}"
    client.exchange_user_access_token(response=answer, redirect_uri=REDIRECT, scope=PAGE_SCOPES)
    long = client.exchange_long_lived_user_access_token()["access_token"]
    client.access_token = long
    (page,) = client.exchange_long_lived_page_access_token(user_id="me", access_token=long)["data"]
    linked = client.get_object(object_id=page["id"], fields="instagram_business_account{username}")
    account = linked["instagram_business_account"]
    assert account["id"] == stage.account("instagram")
    by_page = IGBusinessApi(
        access_token=page["access_token"],
        base_url=f"{base}/",
        version="v26.0",
        instagram_business_id=account["id"],
        sleep_on_rate_limit=False,
    )
    assert by_page.user.get_info(fields="username").username == account["username"]
