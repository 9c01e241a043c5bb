"""Instagram with Instagram Login as the contract says it answers, over HTTP."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.sandbox.stage import REDIRECT, Stage, approve, running

PACIFIC = ZoneInfo("America/Los_Angeles")
SCOPES = "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_insights"
FEED = "views,reach,likes,comments,saved,shares,total_interactions"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("instagram") as client:
        yield client


@pytest.fixture
def me(stage: Stage) -> str:
    return stage.account("instagram")


def data(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def refusal(answer: httpx.Response) -> tuple[int, int | None]:
    assert answer.status_code >= 400, answer.text
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


def everything(answer: httpx.Response) -> list[dict[str, Any]]:
    """A whole list, whose pages name the next one."""
    seen = data(answer)
    while following := answer.json().get("paging", {}).get("next"):
        answer = httpx.get(following)
        seen += data(answer)
    return seen


def now(stage: Stage) -> datetime:
    return datetime.fromisoformat(httpx.get(f"{stage.control}/clock").json()["now"])


def kinds(stage: Stage, http: httpx.Client) -> dict[str, str]:
    """One medium of each kind that is a week old: product or media type to id."""
    until = int((now(stage) - timedelta(days=7)).timestamp())
    asked: dict[str, str | int] = {"fields": "media_type,media_product_type", "limit": 100, "until": until}
    found = {}
    for one in data(http.get("/me/media", params=asked)):
        found[one["media_type"] if one["media_product_type"] == "FEED" else one["media_product_type"]] = one["id"]
    return found


def consented(stage: Stage, http: httpx.Client) -> dict[str, str]:
    """What a code is exchanged with, and the code."""
    app = stage.networks["instagram"]
    asked = {"client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": SCOPES, "state": "s"}
    back = approve(http, "/oauth/authorize", {**asked, "response_type": "code"})
    secrets = {name: app[name] for name in ("client_id", "client_secret")}
    return {**secrets, "grant_type": "authorization_code", "redirect_uri": REDIRECT, "code": back["code"]}


def test_consent_leads_to_a_token_that_refreshes_itself(stage: Stage, me: str) -> None:
    with stage.bare("instagram") as http:
        form = consented(stage, http)
        short = http.post("/oauth/access_token", data=form).json()
        assert str(short["user_id"]) == me
        assert short["permissions"] == SCOPES.split(",")
        again = http.post("/oauth/access_token", data=form)
        assert again.status_code == 400
        assert again.json()["error_type"] == "OAuthException"
        token = {"access_token": short["access_token"]}
        exchange = {"grant_type": "ig_exchange_token", "client_secret": form["client_secret"], **token}
        long = http.get("/access_token", params=exchange).json()
        assert long["token_type"] == "bearer"
        assert long["expires_in"] == 60 * 86_400
        asked = {"grant_type": "ig_refresh_token", "access_token": long["access_token"]}
        assert refusal(http.get("/refresh_access_token", params=asked))[0] == 190
        stage.advance("P1DT1M")
        fresh = http.get("/refresh_access_token", params=asked).json()
        assert fresh["permissions"] == SCOPES
        profile = http.get("/me", params={"fields": "user_id,username", "access_token": fresh["access_token"]}).json()
        assert profile["user_id"] == me
        assert profile["id"] != me
        # The token of an hour is over by now.
        assert refusal(http.get("/me", params=token)) == (190, 463)


def test_consent_denied_or_unknown(stage: Stage) -> None:
    app = stage.networks["instagram"]
    asked = {
        "client_id": app["client_id"],
        "redirect_uri": REDIRECT,
        "scope": SCOPES,
        "state": "s",
        "response_type": "code",
    }
    with stage.bare("instagram") as http:
        assert approve(http, "/oauth/authorize", asked, decision="deny")["error"] == "access_denied"
        assert http.get("/oauth/authorize", params={**asked, "client_id": "1"}).status_code == 400
        wrong = {**consented(stage, http), "client_secret": "wrong"}
        assert http.post("/oauth/access_token", data=wrong).status_code == 400


def test_profile_shows_the_true_followers(stage: Stage, http: httpx.Client, me: str) -> None:
    fields = "user_id,username,name,followers_count,follows_count,media_count,account_type"
    found = http.get(f"/v26.0/{me}/", params={"fields": fields}).json()
    ledger = httpx.get(f"{stage.control}/ledger", params={"network": "instagram"}).json()
    truth = next(one["counters"] for one in ledger["accounts"] if one["external_id"] == me)
    assert abs(found["followers_count"] - truth["followers"]) <= 2
    assert found["media_count"] == truth["posts"]
    assert refusal(http.get(f"/{stage.account('instagram', 1)}"))[0] == 100


def test_every_medium_is_listed_once(stage: Stage, http: httpx.Client, me: str) -> None:
    fields = "id,caption,media_type,media_product_type,permalink,timestamp,like_count,comments_count"
    seen = everything(http.get(f"/v26.0/{me}/media", params={"limit": 50, "fields": fields}))
    ledger = {id_: post for id_, post in stage.ledger("instagram").items() if post["account"] == me}
    assert {one["id"] for one in seen} == set(ledger)
    assert len(seen) == len(ledger)
    for one in seen:
        truth = ledger[one["id"]]
        assert one["caption"] == truth["text"]
        assert abs(one["comments_count"] - truth["counters"]["comments"]) <= 2
        # Owners may hide their likes: the field is absent then.
        assert abs(one.get("like_count", truth["counters"]["likes"]) - truth["counters"]["likes"]) <= 3
    assert any("like_count" not in one for one in seen)
    assert {one["media_type"] for one in seen} == {"IMAGE", "VIDEO", "CAROUSEL_ALBUM"}


def test_media_insights_go_with_their_kind(stage: Stage, http: httpx.Client) -> None:
    found = kinds(stage, http)
    ledger = stage.ledger("instagram")
    for media_id in found.values():
        values = {
            one["name"]: one["values"][0]["value"]
            for one in data(http.get(f"/{media_id}/insights", params={"metric": FEED}))
        }
        truth = ledger[media_id]["counters"]
        assert abs(values["views"] - truth["views"]) <= 9
        assert abs(values["saved"] - truth["saves"]) <= 2
        parts = ("likes", "comments", "saved", "shares")
        assert values["total_interactions"] == sum(values[name] for name in parts)
    reel = {"metric": "ig_reels_avg_watch_time,ig_reels_video_view_total_time,views"}
    average, total, views = (
        one["values"][0]["value"] for one in data(http.get(f"/{found['REELS']}/insights", params=reel))
    )
    assert total == average * views
    assert refusal(http.get(f"/{found['IMAGE']}/insights", params=reel))[0] == 100
    for dead in ("impressions", "plays", "video_views"):
        answer = http.get(f"/{found['REELS']}/insights", params={"metric": f"views,{dead}"})
        assert answer.status_code == 400
        assert refusal(answer)[0] == 100


def test_account_insights_are_totals_of_a_span(stage: Stage, http: httpx.Client, me: str) -> None:
    at = now(stage)
    span: dict[str, str | int] = {
        "period": "day",
        "since": int((at - timedelta(days=7)).timestamp()),
        "until": int(at.timestamp()),
    }
    metrics = "views,reach,likes,comments,saves,shares,total_interactions,profile_links_taps,accounts_engaged"
    asked = {"metric": metrics, "metric_type": "total_value", **span}
    found = {one["name"]: one["total_value"]["value"] for one in data(http.get(f"/{me}/insights", params=asked))}
    assert list(found) == metrics.split(",")
    before = httpx.get(
        f"{stage.control}/ledger", params={"network": "instagram", "at": (at - timedelta(days=7)).isoformat()}
    ).json()
    after = httpx.get(f"{stage.control}/ledger", params={"network": "instagram", "at": at.isoformat()}).json()
    first, last = (
        next(one["counters"] for one in ledger["accounts"] if one["external_id"] == me) for ledger in (before, after)
    )
    assert abs(found["likes"] - (last["likes"] - first["likes"])) <= 9
    split = {**asked, "metric": "follows_and_unfollows", "breakdown": "follow_type"}
    (follows,) = data(http.get(f"/{me}/insights", params=split))
    results = {one["dimension_values"][0]: one["value"] for one in follows["total_value"]["breakdowns"][0]["results"]}
    assert abs(results["FOLLOWER"] - results["NON_FOLLOWER"] - (last["followers"] - first["followers"])) <= 2
    assert refusal(http.get(f"/{me}/insights", params={**asked, "metric": "impressions"}))[0] == 100
    assert refusal(http.get(f"/{me}/insights", params={**asked, "period": "week"}))[0] == 100


def test_only_reach_and_new_followers_come_by_day(stage: Stage, http: httpx.Client, me: str) -> None:
    at = now(stage)
    span: dict[str, str | int] = {
        "period": "day",
        "since": int((at - timedelta(days=6)).timestamp()),
        "until": int(at.timestamp()),
    }
    for one in data(http.get(f"/{me}/insights", params={"metric": "reach,follower_count", **span})):
        ends = [datetime.fromisoformat(value["end_time"]).astimezone(PACIFIC) for value in one["values"]]
        assert len(ends) == 6
        assert {end.hour for end in ends} == {0}
    answer = http.get(f"/{me}/insights", params={"metric": "views", **span})
    assert "total_value" in answer.json()["error"]["message"]
    long_ago = {**span, "since": int((at - timedelta(days=40)).timestamp())}
    assert refusal(http.get(f"/{me}/insights", params={"metric": "reach", **long_ago}))[0] == 100


@pytest.mark.parametrize("breakdown", ["age", "gender", "city", "country", "age,gender"])
def test_followers_by_group(stage: Stage, http: httpx.Client, me: str, breakdown: str) -> None:
    asked = {
        "metric": "follower_demographics",
        "period": "lifetime",
        "metric_type": "total_value",
        "timeframe": "this_month",
        "breakdown": breakdown,
    }
    (found,) = data(http.get(f"/{me}/insights", params=asked))
    (groups,) = found["total_value"]["breakdowns"]
    assert groups["dimension_keys"] == breakdown.split(",")
    followers = http.get(f"/{me}", params={"fields": "followers_count"}).json()["followers_count"]
    assert len(groups["results"]) <= 45
    assert abs(sum(one["value"] for one in groups["results"]) - followers) <= 2
    assert all(len(one["dimension_values"]) == len(groups["dimension_keys"]) for one in groups["results"])
    for wrong in ({"timeframe": "last_90_days"}, {"breakdown": "shoe_size"}, {"period": "day"}):
        assert refusal(http.get(f"/{me}/insights", params={**asked, **wrong}))[0] == 100


def test_comments_have_words_and_replies(stage: Stage, http: httpx.Client) -> None:
    media_id = kinds(stage, http)["IMAGE"]
    asked = {"fields": "id,text,username,timestamp,like_count,from,replies{id,text,username}"}
    found = everything(http.get(f"/{media_id}/comments", params=asked))
    assert all(one["text"] and one["username"] for one in found)
    replies = [reply for one in found for reply in one.get("replies", {"data": []})["data"]]
    total = stage.ledger("instagram")[media_id]["counters"]["comments"]
    assert abs(len(found) + len(replies) - total) <= 1
    assert {reply["username"] for reply in replies} == {"nordlyscoffee"}


def publish(stage: Stage, http: httpx.Client, me: str, form: dict[str, str]) -> str:
    """The medium of a container, once it is ready."""
    container = http.post(f"/v26.0/{me}/media", data=form).json()["id"]
    assert http.get(f"/{container}", params={"fields": "status_code"}).json()["status_code"] == "IN_PROGRESS"
    early = http.post(f"/{me}/media_publish", data={"creation_id": container})
    assert refusal(early) == (9007, 2207027)
    stage.advance("PT5S")
    assert http.get(f"/{container}", params={"fields": "status_code"}).json()["status_code"] == "FINISHED"
    media_id: str = http.post(f"/{me}/media_publish", data={"creation_id": container}).json()["id"]
    assert http.get(f"/{container}", params={"fields": "status_code"}).json()["status_code"] == "PUBLISHED"
    assert refusal(http.post(f"/{me}/media_publish", data={"creation_id": container}))[0] == 100
    return media_id


def test_container_poll_publish(stage: Stage, http: httpx.Client, me: str) -> None:
    limit = {"fields": "quota_usage,config"}
    used = data(http.get(f"/{me}/content_publishing_limit", params=limit))[0]
    assert used["config"]["quota_duration"] == 86_400
    picture = publish(stage, http, me, {"image_url": f"{stage.control}/sample.jpg", "caption": "A picture #fika"})
    film = {"media_type": "REELS", "video_url": f"{stage.control}/sample.mp4", "caption": "A reel"}
    reel = publish(stage, http, me, film)
    story = publish(stage, http, me, {"media_type": "STORIES", "image_url": f"{stage.control}/pictures/1.jpg"})
    left = data(http.get(f"/{me}/content_publishing_limit", params=limit))[0]
    assert left["quota_usage"] == used["quota_usage"] + 3
    stage.advance("PT2H")
    ledger = stage.ledger("instagram")
    for media_id, kind in ((picture, "image"), (reel, "reel"), (story, "story")):
        assert ledger[media_id]["kind"] == kind
        assert ledger[media_id]["counters"]["views"] > 0
    listed = [one["id"] for one in data(http.get(f"/{me}/media"))]
    assert [reel, picture] == listed[:2]
    assert [one["id"] for one in data(http.get(f"/{me}/stories"))] == [story]
    told = {"metric": "views,reach,replies,navigation"}
    assert len(data(http.get(f"/{story}/insights", params=told))) == 4
    assert refusal(http.get(f"/{story}/insights", params={"metric": "likes"}))[0] == 100


def test_carousel_of_items(stage: Stage, http: httpx.Client, me: str) -> None:
    items = [
        http.post(
            f"/{me}/media", data={"is_carousel_item": "true", "image_url": f"{stage.control}/pictures/{n}.jpg"}
        ).json()["id"]
        for n in range(3)
    ]
    form = {"media_type": "CAROUSEL", "children": ",".join(items), "caption": "Three"}
    media_id = publish(stage, http, me, form)
    shown = http.get(f"/{media_id}", params={"fields": "media_type,children{id,media_type}"}).json()
    assert shown["media_type"] == "CAROUSEL_ALBUM"
    assert len(shown["children"]["data"]) == 3
    assert refusal(http.post(f"/{me}/media", data={**form, "children": items[0]})) == (100, 2207028)


def test_what_cannot_be_published_is_refused(stage: Stage, http: httpx.Client, me: str) -> None:
    picture, film = f"{stage.control}/sample.jpg", f"{stage.control}/sample.mp4"
    refused = [
        ({"caption": "nothing"}, (100, None)),
        ({"image_url": film}, (36001, 2207005)),
        ({"image_url": "http://127.0.0.1:9/a.jpg"}, (9004, 2207052)),
        ({"image_url": f"{stage.control}/nothing.jpg"}, (9004, 2207052)),
        ({"image_url": picture, "caption": "x" * 2201}, (36004, 2207010)),
        ({"media_type": "REELS", "video_url": picture}, (352, 2207026)),
        ({"media_type": "POSTER", "image_url": picture}, (100, 2207023)),
        ({"media_type": "VIDEO", "video_url": film}, (100, None)),
    ]
    for form, expected in refused:
        assert refusal(http.post(f"/{me}/media", data=form)) == expected, form
    assert refusal(http.post(f"/{me}/media_publish", data={"creation_id": "1"})) == (24, 2207006)
    container = http.post(f"/{me}/media", data={"image_url": picture}).json()["id"]
    stage.advance("PT25H")
    assert http.get(f"/{container}", params={"fields": "status_code"}).json()["status_code"] == "EXPIRED"
    assert refusal(http.post(f"/{me}/media_publish", data={"creation_id": container})) == (-2, 2207020)


def test_a_container_outlives_a_restart(tmp_path: Any) -> None:
    with running(seed=2, state=tmp_path) as stage, stage.http("instagram") as http:
        form = {"image_url": f"{stage.control}/sample.jpg", "caption": "later"}
        container = http.post("/me/media", data=form).json()["id"]
    with running(seed=2, state=tmp_path) as stage, stage.http("instagram") as http:
        stage.advance("PT5S")
        media_id = http.post("/me/media_publish", data={"creation_id": container}).json()["id"]
        assert stage.ledger("instagram")[media_id]["text"] == "later"
