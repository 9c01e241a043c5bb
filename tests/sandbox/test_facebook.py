"""Facebook Pages as the contract says they answer, over HTTP."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.sandbox.stage import REDIRECT, Stage, approve, running

PACIFIC = ZoneInfo("America/Los_Angeles")
SCOPES = "pages_show_list,pages_read_engagement,pages_manage_posts,read_insights"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with stage.http("facebook") as client:
        yield client


@pytest.fixture
def page(stage: Stage) -> str:
    return stage.account("facebook")


def data(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


def refusal(answer: httpx.Response) -> tuple[int, int | None]:
    error = answer.json()["error"]
    assert {"message", "type", "code", "fbtrace_id"} <= set(error)
    return error["code"], error.get("error_subcode")


def consented(stage: Stage, http: httpx.Client, scope: str = SCOPES) -> dict[str, str]:
    """What a code is exchanged with, and the code."""
    app = stage.networks["facebook"]
    asked = {"client_id": app["client_id"], "redirect_uri": REDIRECT, "state": "s 1", "scope": scope}
    back = approve(http, "/v26.0/dialog/oauth", {**asked, "response_type": "code"})
    assert back["state"] == "s 1"
    secrets = {name: app[name] for name in ("client_id", "client_secret")}
    return {**secrets, "redirect_uri": REDIRECT, "code": back["code"]}


def test_consent_leads_to_a_page_token_without_end(stage: Stage, page: str) -> None:
    with stage.bare("facebook") as http:
        form = consented(stage, http)
        short = http.get("/v26.0/oauth/access_token", params=form).json()
        assert short["expires_in"] < 10_000
        assert refusal(http.get("/v26.0/oauth/access_token", params=form)) == (100, 36009)
        exchange = {name: form[name] for name in ("client_id", "client_secret")}
        exchange |= {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
        person = http.get("/v26.0/oauth/access_token", params=exchange).json()
        assert person["expires_in"] == 5_183_944
        asked = {"access_token": person["access_token"], "fields": "id,name,access_token,tasks,picture{url}"}
        (mine,) = data(http.get("/v26.0/me/accounts", params=asked))
        assert mine["id"] == page
        assert {"CREATE_CONTENT", "ANALYZE"} <= set(mine["tasks"])
        asked = {
            "input_token": mine["access_token"],
            "access_token": f"{form['client_id']}|{form['client_secret']}",
        }
        told = http.get("/debug_token", params=asked).json()["data"]
        assert told["is_valid"]
        assert told["type"] == "PAGE"
        assert told["expires_at"] == 0
        assert told["scopes"] == SCOPES.split(",")
        # Insights want the page's token, not the person's.
        asked = {"metric": "page_follows", "access_token": person["access_token"]}
        assert refusal(http.get(f"/{page}/insights", params=asked))[0] == 190
        asked["access_token"] = mine["access_token"]
        assert data(http.get(f"/{page}/insights", params=asked))


def test_consent_denied_or_misdirected(stage: Stage) -> None:
    app = stage.networks["facebook"]
    asked = {"client_id": app["client_id"], "redirect_uri": REDIRECT, "state": "x", "scope": SCOPES}
    with stage.bare("facebook") as http:
        assert approve(http, "/v26.0/dialog/oauth", asked, decision="deny")["error"] == "access_denied"
        assert http.get("/v26.0/dialog/oauth", params={**asked, "client_id": "1"}).status_code == 400
        form = consented(stage, http) | {"redirect_uri": "https://elsewhere.example/"}
        assert refusal(http.get("/oauth/access_token", params=form))[0] == 100
        form = consented(stage, http) | {"client_secret": "wrong"}
        assert refusal(http.get("/oauth/access_token", params=form))[0] == 1


def test_tokens_are_told_apart(stage: Stage, page: str) -> None:
    with stage.bare("facebook") as http:
        token = stage.networks["facebook"]["accounts"][0]["access_token"]
        assert refusal(http.get(f"/{page}"))[0] == 104
        assert refusal(http.get(f"/{page}", params={"access_token": "nonsense"}))[0] == 190
        app_secret = stage.networks["facebook"]["client_secret"]
        proof = hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        for path in (f"/v26.0/{page}", f"/v26.0/{page}/", f"/{page}", "/me"):
            answer = http.get(path, params={"access_token": token, "appsecret_proof": proof})
            assert answer.json()["id"] == page, path
        assert refusal(http.get("/me", params={"access_token": token, "appsecret_proof": "0"}))[0] == 100
        short = http.get("/oauth/access_token", params=consented(stage, http)).json()["access_token"]
        stage.advance("PT3H")
        assert refusal(http.get("/me/accounts", params={"access_token": short})) == (190, 463)


def test_a_missing_permission_is_named(stage: Stage, page: str) -> None:
    with stage.bare("facebook") as http:
        person = http.get("/oauth/access_token", params=consented(stage, http, "pages_show_list")).json()
        token = data(http.get("/me/accounts", params=person))[0]["access_token"]
        answer = http.get(f"/{page}/published_posts", params={"access_token": token})
        assert refusal(answer)[0] == 200
        assert "pages_read_engagement" in answer.json()["error"]["message"]


def test_a_page_that_was_merged_is_refused_with_the_other_ones_id_and_no_consent_offers_it() -> None:
    with running() as stage, stage.bare("facebook") as http:
        page, other = stage.account("facebook"), stage.account("facebook", 1)
        token = stage.networks["facebook"]["accounts"][0]["access_token"]
        person = http.get("/oauth/access_token", params=consented(stage, http)).json()
        assert [one["id"] for one in data(http.get("/me/accounts", params=person))] == [page]
        planted = {"kind": "page_merged", "network": "facebook", "account": page, "into": other}
        httpx.post(f"{stage.control}/world", json=planted).raise_for_status()
        for path in ("/me", f"/{page}/published_posts", f"/{page}/insights?metric=page_follows"):
            refused = http.get(path, headers={"authorization": f"Bearer {token}"})
            assert refusal(refused) == (21, None)
            assert f"Page ID {page} was migrated to page ID {other}" in refused.json()["error"]["message"]
        assert data(http.get("/me/accounts", params=person)) == []
        with stage.http("facebook", 1) as going_on:
            assert going_on.get("/me").status_code == 200


def test_page_tells_what_was_asked(stage: Stage, http: httpx.Client, page: str) -> None:
    found = http.get(f"/{page}", params={"fields": '["name","followers_count"]'}).json()
    assert set(found) == {"id", "name", "followers_count"}
    ledger = httpx.get(f"{stage.control}/ledger", params={"network": "facebook"}).json()
    truth = next(one for one in ledger["accounts"] if one["external_id"] == page)
    assert abs(found["followers_count"] - truth["counters"]["followers"]) <= 2
    assert set(http.get(f"/{page}").json()) == {"id", "name"}
    assert refusal(http.get(f"/{page}", params={"fields": "name,shoe_size"}))[0] == 100
    assert refusal(http.get(f"/{page}", params={"fields": "name{"}))[0] == 2500
    # Of somebody else's page what everybody sees, since the app was reviewed for that; figures never.
    rival = stage.account("facebook", 1)
    seen = http.get(f"/{rival}", params={"fields": "name,followers_count,access_token"}).json()
    assert set(seen) == {"id", "name", "followers_count"}
    assert data(http.get(f"/{rival}/posts"))
    assert refusal(http.get(f"/{rival}/insights", params={"metric": "page_follows"}))[0] == 10
    assert refusal(http.get(f"/{rival}/scheduled_posts"))[0] == 200


def test_every_post_is_listed_once_and_only_a_missing_next_ends_the_list(
    stage: Stage, http: httpx.Client, page: str
) -> None:
    seen: list[str] = []
    sizes: list[int] = []
    answer = http.get(f"/{page}/published_posts", params={"limit": 40, "fields": "id,created_time"}).json()
    while True:
        seen += [post["id"] for post in answer["data"]]
        sizes.append(len(answer["data"]))
        if "next" not in answer.get("paging", {}):
            break
        # The address works by itself: it carries the token.
        answer = httpx.get(answer["paging"]["next"]).json()
    mine = {post["external_id"] for post in stage.ledger("facebook").values() if post["account"] == page}
    assert set(seen) == mine
    assert len(seen) == len(mine)
    assert 0 in sizes[:-1]
    previous = answer["paging"]["previous"]
    assert httpx.get(previous).json()["data"]
    assert refusal(http.get(f"/{page}/posts", params={"after": "bm9uZQ"}))[0] == 100


def test_posts_show_the_true_counters(stage: Stage, http: httpx.Client, page: str) -> None:
    fields = (
        "id,message,created_time,permalink_url,status_type,attachments{media_type,unshimmed_url},shares,"
        "reactions.summary(total_count).limit(0),comments.summary(true).limit(0),"
        "insights.metric(post_media_view,post_clicks)"
    )
    since = int((datetime.now(UTC) - timedelta(days=60)).timestamp())
    posts = data(http.get(f"/{page}/published_posts", params={"fields": fields, "since": since, "limit": 100}))
    ledger = stage.ledger("facebook")
    kinds = set()
    for post in posts:
        truth = ledger[post["id"]]
        kinds.add(truth["kind"])
        assert post["message"] == truth["text"]
        assert datetime.fromisoformat(post["created_time"]) == datetime.fromisoformat(truth["created_at"])
        assert post["created_time"].endswith("+0000")
        shown = {
            "reactions": post["reactions"]["summary"]["total_count"],
            "comments": post["comments"]["summary"]["total_count"],
            "shares": post.get("shares", {}).get("count", 0),
            "views": post["insights"]["data"][0]["values"][0]["value"],
            "clicks": post["insights"]["data"][1]["values"][0]["value"],
        }
        # A minute may turn between the two looks.
        assert all(abs(value - truth["counters"][name]) <= 3 for name, value in shown.items())
        assert ("attachments" in post) == (truth["kind"] != "text")
    assert len(kinds) > 2


def test_lifetime_insights_of_a_post(stage: Stage, http: httpx.Client, page: str) -> None:
    post_id = data(http.get(f"/{page}/posts", params={"limit": 5}))[-1]["id"]
    metrics = "post_media_view,post_total_media_view_unique,post_clicks,post_reactions_by_type_total"
    found = {one["name"]: one for one in data(http.get(f"/{post_id}/insights", params={"metric": metrics}))}
    truth = stage.ledger("facebook")[post_id]["counters"]
    assert "end_time" not in found["post_clicks"]["values"][0]
    assert abs(found["post_total_media_view_unique"]["values"][0]["value"] - truth["reach"]) <= 3
    split = found["post_reactions_by_type_total"]["values"][0]["value"]
    assert abs(sum(split.values()) - truth["reactions"]) <= 3
    # One dead name fails them all.
    answer = http.get(f"/{post_id}/insights", params={"metric": '["post_clicks","post_impressions"]'})
    assert answer.status_code == 400
    assert refusal(answer)[0] == 100
    assert data(http.get(f"/{post_id}/insights", params={"metric": "post_clicks", "period": "day"})) == []
    assert refusal(http.get("/1_2/insights", params={"metric": "post_clicks"})) == (100, 33)


def test_days_of_a_page_end_at_midnight_in_california(stage: Stage, http: httpx.Client, page: str) -> None:
    now = datetime.fromisoformat(httpx.get(f"{stage.control}/clock").json()["now"])
    midnight = now.astimezone(PACIFIC).replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = midnight - timedelta(days=80), midnight + timedelta(days=2)
    span: dict[str, str | int] = {"since": int(since.timestamp()), "until": int(until.timestamp()), "period": "day"}
    metrics = "page_media_view,page_daily_follows_unique,page_daily_unfollows_unique,page_follows"
    found = {
        one["name"]: [(datetime.fromisoformat(value["end_time"]), value["value"]) for value in one["values"]]
        for one in data(http.get(f"/{page}/insights", params={"metric": metrics, **span}))
    }
    ends = [end for end, _ in found["page_media_view"]]
    assert len(ends) == 80
    assert all((end.astimezone(PACIFIC).hour, end.minute) == (0, 0) for end in ends)
    # A day that has not ended is absent, not zero.
    assert ends[-1] == midnight
    follows = dict(found["page_follows"])
    for place in range(1, len(ends)):
        grown = found["page_daily_follows_unique"][place][1] - found["page_daily_unfollows_unique"][place][1]
        assert follows[ends[place]] - follows[ends[place - 1]] == grown
    too_long = {**span, "since": int((until - timedelta(days=92)).timestamp())}
    assert refusal(http.get(f"/{page}/insights", params={"metric": metrics, **too_long}))[0] == 100
    assert refusal(http.get(f"/{page}/insights", params={"metric": "page_fans", "period": "day"}))[0] == 100
    months = {"metric": "page_media_view", "period": "month"}
    assert data(http.get(f"/{page}/insights", params=months)) == []


def test_followers_by_country(http: httpx.Client, page: str) -> None:
    asked = {"metric": "page_follows_country,page_follows_city", "period": "day"}
    for one in data(http.get(f"/{page}/insights", params=asked)):
        assert all(isinstance(amount, int) for amount in one["values"][-1]["value"].values())


def test_comments_have_words_writers_and_replies(stage: Stage, http: httpx.Client, page: str) -> None:
    post_id = data(http.get(f"/{page}/posts", params={"limit": 9}))[-1]["id"]
    total = stage.ledger("facebook")[post_id]["counters"]["comments"]
    asked: dict[str, str | int] = {
        "filter": "stream",
        "limit": 100,
        "summary": "true",
        "fields": "id,message,from,created_time,parent",
    }
    answer = http.get(f"/{post_id}/comments", params=asked).json()
    assert abs(answer["summary"]["total_count"] - total) <= 1
    assert len(answer["data"]) == min(answer["summary"]["total_count"], 100)
    times = [comment["created_time"] for comment in answer["data"]]
    assert times == sorted(times)
    assert all(comment["message"] and comment["from"]["name"] for comment in answer["data"])
    ids = {comment["id"] for comment in answer["data"]}
    replies = [comment for comment in answer["data"] if "parent" in comment]
    assert replies
    assert all(comment["parent"]["id"] in ids for comment in replies)
    top = data(http.get(f"/{post_id}/comments", params={"limit": 100}))
    assert len(top) == len(answer["data"]) - len(replies)


def test_texts_links_and_photos_are_published_once(stage: Stage, http: httpx.Client, page: str) -> None:
    text = http.post(f"/v26.0/{page}/feed/", data={"message": "Just words #coffee"}).json()["id"]
    again = http.post(f"/{page}/feed", data={"message": "Just words #coffee"})
    assert refusal(again)[0] == 506
    link = http.post(f"/{page}/feed", json={"message": "A link", "link": "https://shop.example/1"}).json()["id"]
    address = {"url": f"{stage.control}/sample.jpg", "caption": "By address"}
    photo = http.post(f"/{page}/photos", data=address).json()["post_id"]
    picture = httpx.get(f"{stage.control}/sample.jpg").content
    files = {"source": ("a.jpg", picture, "image/jpeg")}
    waiting = http.post(f"/{page}/photos", data={"published": "false"}, files=files).json()
    assert set(waiting) == {"id"}
    attached = json.dumps([{"media_fbid": waiting["id"]}])
    both = http.post(f"/{page}/feed", data={"message": "Uploaded", "attached_media": attached}).json()["id"]
    stage.advance("PT6H")
    ledger = stage.ledger("facebook")
    for post_id, kind in ((text, "text"), (link, "link"), (photo, "image"), (both, "image")):
        assert ledger[post_id]["kind"] == kind
        assert ledger[post_id]["account"] == page
        assert ledger[post_id]["counters"]["views"] > 0
    shown = http.get(f"/{both}", params={"fields": "message,attachments{media_type}"}).json()
    assert shown["attachments"]["data"] == [{"media_type": "photo"}]


def test_what_cannot_be_published_is_refused(stage: Stage, http: httpx.Client, page: str) -> None:
    assert refusal(http.post(f"/{page}/feed", data={}))[0] == 100
    assert refusal(http.post(f"/{page}/feed", data={"link": "nonsense"}))[0] == 1609005
    assert refusal(http.post(f"/{page}/feed", data={"attached_media": "{"}))[0] == 100
    assert refusal(http.post(f"/{page}/feed", data={"attached_media": '[{"media_fbid":"1"}]'}))[0] == 100
    assert refusal(http.post(f"/{page}/photos", data={"url": f"{stage.control}/sample.mp4"}))[0] == 324
    assert refusal(http.post(f"/{page}/photos", data={"url": "http://127.0.0.1:9/a.jpg"}))[0] == 324
    assert refusal(http.post(f"/{stage.account('facebook', 1)}/feed", data={"message": "not mine"}))[0] == 200


def test_a_post_is_changed_and_taken_away(stage: Stage, http: httpx.Client, page: str) -> None:
    post_id = http.post(f"/{page}/feed", data={"message": "with a tpyo"}).json()["id"]
    assert http.post(f"/{post_id}", data={"message": "without"}).json() == {"success": True}
    assert http.get(f"/{post_id}").json()["message"] == "without"
    assert stage.ledger("facebook")[post_id]["text"] == "without"
    assert http.delete(f"/{post_id}").json() == {"success": True}
    assert refusal(http.get(f"/{post_id}")) == (100, 33)
    assert refusal(http.delete(f"/{post_id}")) == (100, 33)
    assert post_id not in stage.ledger("facebook")


def test_usage_is_told_in_percent_once_it_is_not_trivial(http: httpx.Client, page: str) -> None:
    asked = {"fields": "id"}
    for _ in range(700):
        answer = http.get(f"/{page}", params=asked)
    app = json.loads(answer.headers["x-app-usage"])
    assert set(app) == {"call_count", "total_time", "total_cputime"}
    assert 1 <= app["call_count"] < 100
    business = json.loads(answer.headers["x-business-use-case-usage"])
    assert business[page][0]["type"] == "pages"
    assert business[page][0]["estimated_time_to_regain_access"] == 0
    assert "retry-after" not in answer.headers


def test_instagram_through_facebook_login(stage: Stage, http: httpx.Client, page: str) -> None:
    linked = http.get(f"/{page}", params={"fields": "instagram_business_account{id,username}"}).json()
    mine = stage.account("instagram")
    assert linked["instagram_business_account"] == {"id": mine, "username": "nordlyscoffee"}
    assert http.get(f"/{mine}", params={"fields": "followers_count"}).json()["followers_count"] > 0
    rival = stage.networks["instagram"]["accounts"][1]
    public = "followers_count,media.limit(2){like_count,timestamp}"

    def discover(name: str, wanted: str) -> dict[str, Any]:
        fields = f"business_discovery.username({name}){{{wanted}}}"
        found: dict[str, Any] = http.get(f"/{mine}", params={"fields": fields}).json()
        return found

    found = discover("sundownroasters", public)["business_discovery"]
    assert found["id"] == rival["external_id"]
    assert len(found["media"]["data"]) == 2
    cursor = found["media"]["paging"]["cursors"]["after"]
    more = discover("sundownroasters", f"media.limit(2).after({cursor}){{timestamp}}")["business_discovery"]
    assert more["media"]["data"][0]["timestamp"] <= found["media"]["data"][-1]["timestamp"]
    assert discover("nobody.at.all", "id")["error"]["code"] == 110
