"""Meta's own Python client, `facebook-business`, against the sandbox: the product's part of a Page.

The client knows its hosts by name: they are pointed at the sandbox, nothing else of it is changed.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from facebook_business import video_uploader
from facebook_business.adobjects.advideo import AdVideo
from facebook_business.adobjects.comment import Comment
from facebook_business.adobjects.page import Page
from facebook_business.adobjects.pagepost import PagePost
from facebook_business.adobjects.photo import Photo
from facebook_business.adobjects.user import User
from facebook_business.api import FacebookAdsApi, FacebookResponse
from facebook_business.exceptions import FacebookRequestError
from facebook_business.session import FacebookSession

from tests.sandbox.stage import REDIRECT, Stage, approve, running

SCOPES = (
    "pages_show_list,pages_read_engagement,pages_manage_posts,pages_manage_engagement,pages_manage_metadata,"
    "pages_read_user_content,read_insights"
)
MEBIBYTE = 1024 * 1024

# The client's own tables of types lag behind the network: lists of words, statuses, fields.
pytestmark = [
    pytest.mark.filterwarnings("ignore:value of .* might not be compatible:UserWarning"),
    pytest.mark.filterwarnings("ignore:.* does not allow field:UserWarning"),
]


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


def client(stage: Stage, token: str) -> FacebookAdsApi:
    told = stage.networks["facebook"]
    session = FacebookSession(told["client_id"], told["client_secret"], token)
    session.requests.trust_env = False
    return FacebookAdsApi(session)


@pytest.fixture
def api(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> FacebookAdsApi:
    base = stage.networks["facebook"]["base_url"]
    monkeypatch.setattr(FacebookSession, "GRAPH", base)
    # The host of videos is written into the call.
    call = FacebookAdsApi.call

    def here(self: FacebookAdsApi, *given: Any, **named: Any) -> FacebookResponse:
        return call(self, *given, **{**named, "url_override": base})

    monkeypatch.setattr(FacebookAdsApi, "call", here)
    return client(stage, stage.networks["facebook"]["accounts"][0]["access_token"])


@pytest.fixture
def page(api: FacebookAdsApi, stage: Stage) -> Page:
    return Page(stage.account("facebook"), api=api)


def film(path: Path, size: int) -> Path:
    """A real film, followed by a box of nothing that makes it so long."""
    sample = (Path(__file__).parents[2] / "sandbox" / "media" / "sample.mp4").read_bytes()
    rest = size - len(sample)
    path.write_bytes(sample + rest.to_bytes(4, "big") + b"free" + bytes(rest - 8))
    return path


def code(caught: pytest.ExceptionInfo[FacebookRequestError]) -> tuple[int, int | None]:
    return caught.value.api_error_code(), caught.value.api_error_subcode()


def test_a_person_consents_and_their_pages_answer(stage: Stage, api: FacebookAdsApi) -> None:
    app = stage.networks["facebook"]
    asked = {"client_id": app["client_id"], "redirect_uri": REDIRECT, "state": "s", "scope": SCOPES}
    with stage.bare("facebook") as http:
        given = approve(http, "/v26.0/dialog/oauth", {**asked, "response_type": "code"})
    secrets = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    token = ("oauth", "access_token")
    short = api.call("GET", token, {**secrets, "redirect_uri": REDIRECT, "code": given["code"]}).json()
    longer = {"grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    long = api.call("GET", token, {**secrets, **longer}).json()
    assert long["expires_in"] > 5_000_000 > short["expires_in"]
    person = client(stage, long["access_token"])
    me = User("me", api=person)
    assert {one["permission"] for one in me.get_permissions()} == set(SCOPES.split(","))
    [mine] = me.get_accounts(fields=["id", "name", "access_token", "tasks"])
    assert {"CREATE_CONTENT", "ANALYZE"} <= set(mine["tasks"])
    acting = Page(mine["id"], api=client(stage, mine["access_token"]))
    assert acting.api_get(fields=["name", "followers_count"])["name"] == mine["name"]
    of_app = api.call("GET", token, {**secrets, "grant_type": "client_credentials"}).json()["access_token"]
    told = {"input_token": mine["access_token"]}
    seen = client(stage, of_app).call("GET", ("debug_token",), told).json()["data"]
    assert (seen["is_valid"], seen["expires_at"], seen["type"]) == (True, 0, "PAGE")
    # One consent ends as a whole.
    me.delete_permissions()
    with pytest.raises(FacebookRequestError) as caught:
        acting.api_get(fields=["name"])
    assert code(caught)[0] == 190
    assert not client(stage, of_app).call("GET", ("debug_token",), told).json()["data"]["is_valid"]


def test_a_post_is_made_read_changed_and_deleted(page: Page, api: FacebookAdsApi) -> None:
    made = page.create_feed(params={"message": "From Meta's client", "link": "https://shop.example/a"})
    post = PagePost(made["id"], api=api)
    fields = ["id", "message", "created_time", "permalink_url", "is_published", "status_type"]
    shown = post.api_get(fields=fields)
    assert (shown["message"], shown["is_published"]) == ("From Meta's client", True)
    assert made["id"] in [one["id"] for one in page.get_published_posts(fields=fields)]
    assert made["id"] in [one["id"] for one in page.get_feed()]
    post.api_update(params={"message": "Changed"})
    assert post.api_get(fields=["message"])["message"] == "Changed"
    assert [one["media_type"] for one in post.get_attachments()] == ["link"]
    post.api_delete()
    with pytest.raises(FacebookRequestError) as caught:
        post.api_get(fields=["message"])
    assert code(caught) == (100, 33)


def test_every_post_is_walked_though_a_page_of_them_is_empty(page: Page, stage: Stage) -> None:
    ids = [post["id"] for post in page.get_posts(fields=["id"], params={"limit": 40})]
    truth = stage.ledger("facebook")
    assert len(ids) == len(set(ids))
    assert set(ids) >= {id_ for id_, one in truth.items() if one["account"] == page["id"] and one["kind"] == "image"}


def test_photos_by_address_upload_and_as_a_carousel(page: Page, api: FacebookAdsApi, stage: Stage) -> None:
    one = page.create_photo(params={"url": f"{stage.control}/sample.jpg", "caption": "By address"})
    assert PagePost(one["post_id"], api=api).api_get(fields=["message"])["message"] == "By address"
    ids = []
    for name in ("a", "b", "c"):
        address, words = f"{stage.control}/pictures/{name}.jpg", f"Picture {name}"
        asked = {"url": address, "published": False, "alt_text_custom": words}
        ids.append(page.create_photo(params=asked)["id"])
    shown = Photo(ids[0], api=api).api_get(fields=["id", "alt_text_custom", "images"])
    assert shown["alt_text_custom"] == "Picture a"
    attached = [{"media_fbid": id_} for id_ in ids]
    made = page.create_feed(params={"message": "Three at once", "attached_media": attached})
    assert stage.ledger("facebook")[made["id"]]["kind"] == "carousel"
    assert {*ids, one["id"]} <= {photo["id"] for photo in page.get_photos(params={"type": "uploaded"})}
    Photo(one["id"], api=api).api_delete()
    assert one["post_id"] not in stage.ledger("facebook")
    with pytest.raises(FacebookRequestError) as caught:
        page.create_photo(params={"url": "http://127.0.0.1:9/none.jpg"})
    assert code(caught)[0] == 324


def test_a_video_in_three_pieces_is_encoded_and_shown(
    page: Page, api: FacebookAdsApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(video_uploader.time, "sleep", lambda seconds: None)
    video = AdVideo(parent_id=page["id"], api=api)
    video[AdVideo.Field.filepath] = str(film(tmp_path / "film.mp4", 5 * MEBIBYTE // 2))
    uploaded = video.remote_create()
    assert video["id"] == uploaded["id"]
    video.waitUntilEncodingReady(interval=0, timeout=20)
    shown = AdVideo(video["id"], api=api).api_get(fields=["title", "length", "status", "post_id", "permalink_url"])
    assert (shown["title"], shown["length"]) == ("film.mp4", 4.0)
    assert shown["status"]["video_status"] == "ready"
    post = PagePost(f"{page['id']}_{shown['post_id']}", api=api)
    assert post.api_get(fields=["status_type"])["status_type"] == "added_video"
    assert video["id"] in [one["id"] for one in page.get_videos(fields=["id"])]
    assert AdVideo(video["id"], api=api).get_thumbnails()[0]["uri"]


def test_a_transfer_that_went_wrong_goes_on_where_the_network_is(page: Page, api: FacebookAdsApi) -> None:
    path = (page["id"], "videos")
    started = api.call("POST", path, {"upload_phase": "start", "file_size": 30}).json()
    session = {"upload_phase": "transfer", "upload_session_id": started["upload_session_id"]}
    files = {"video_file_chunk": ("x", b"0123456789", "multipart/form-data")}
    assert api.call("POST", path, {**session, "start_offset": 0}, files=files).json()["start_offset"] == "10"
    with pytest.raises(FacebookRequestError) as caught:
        api.call("POST", path, {**session, "start_offset": 0}, files=files)
    assert code(caught)[1] == 1363037
    assert caught.value.body()["error"]["error_data"] == {"start_offset": "10", "end_offset": "30"}
    with pytest.raises(FacebookRequestError):
        api.call("POST", path, {"upload_phase": "finish", "upload_session_id": started["upload_session_id"]})
    assert api.call("POST", path, {**session, "upload_phase": "cancel"}).json() == {"success": True}
    with pytest.raises(FacebookRequestError):
        api.call("POST", path, {**session, "start_offset": 10}, files=files)


def test_a_video_by_address(page: Page, api: FacebookAdsApi, stage: Stage) -> None:
    made = page.create_video(params={"file_url": f"{stage.control}/sample.mp4", "description": "Fetched"})
    stage.advance("PT5S")
    assert AdVideo(made["id"], api=api).api_get(fields=["description", "published"])["published"]
    assert [one["text"] for one in stage.ledger("facebook").values() if one["kind"] == "video"].count("Fetched") == 1


def test_a_reel_and_stories(page: Page, api: FacebookAdsApi, stage: Stage, tmp_path: Path) -> None:
    content = film(tmp_path / "reel.mp4", 200_000).read_bytes()
    token = stage.networks["facebook"]["accounts"][0]["access_token"]

    def uploaded(start: Any) -> str:
        headers = {"authorization": f"OAuth {token}", "file_size": str(len(content))}
        half = httpx.post(start["upload_url"], content=content[:90_000], headers={**headers, "offset": "0"})
        assert half.status_code == 400
        at = httpx.get(start["upload_url"], headers=headers).json()["offset"]
        assert at == 90_000
        rest = httpx.post(start["upload_url"], content=content[at:], headers={**headers, "offset": str(at)})
        assert rest.json() == {"success": True}
        return str(start["video_id"])

    reel = uploaded(page.create_video_reel(params={"upload_phase": "START"}))
    done = {"upload_phase": "FINISH", "video_id": reel, "video_state": "PUBLISHED", "description": "A reel"}
    page.create_video_reel(params=done)
    story = uploaded(page.create_video_story(params={"upload_phase": "START"}).export_all_data())
    page.create_video_story(params={"upload_phase": "FINISH", "video_id": story})
    photo = page.create_photo(params={"url": f"{stage.control}/sample.jpg", "published": False})
    page.create_photo_story(params={"photo_id": photo["id"]})
    stage.advance("PT10M")
    assert [one["id"] for one in page.get_video_reels(fields=["id"])] == [reel]
    stories = {one["media_id"]: one for one in page.get_stories(params={"status": ["PUBLISHED"]})}
    assert {one["media_type"] for one in stories.values()} == {"photo", "video"}
    assert stories.keys() == {story, photo["id"]}
    asked = {"metric": ["STORY_MEDIA_VIEW", "STORY_INTERACTION"]}
    figures = PagePost(stories[story]["post_id"], api=api).get_insights(params=asked)
    assert [one["name"] for one in figures] == asked["metric"]


def test_posts_for_later(page: Page, api: FacebookAdsApi, stage: Stage) -> None:
    def at(span: timedelta) -> int:
        return int((stage.now() + span).timestamp())

    for refused in (timedelta(minutes=9), timedelta(days=31)):
        with pytest.raises(FacebookRequestError) as caught:
            page.create_feed(params={"message": "x", "published": False, "scheduled_publish_time": at(refused)})
        assert code(caught)[0] == 100
    when = {"published": False, "scheduled_publish_time": at(timedelta(hours=2))}
    later = PagePost(page.create_feed(params={"message": "Later", **when})["id"], api=api)
    soon = PagePost(page.create_feed(params={"message": "Soon", **when})["id"], api=api)
    never = PagePost(page.create_feed(params={"message": "Never", **when})["id"], api=api)
    fields = ["id", "message", "scheduled_publish_time", "is_published"]
    waiting = {post["id"]: post for post in page.get_scheduled_posts(fields=fields)}
    assert waiting.keys() == {later["id"], soon["id"], never["id"]}
    assert waiting[later["id"]]["scheduled_publish_time"] == when["scheduled_publish_time"]
    never.api_delete()
    soon.api_update(params={"is_published": True})
    later.api_update(params={"message": "Later, in other words"})
    assert {"Soon"} == {one["text"] for one in stage.ledger("facebook").values()} & {"Soon", "Later", "Never"}
    stage.advance("PT3H")
    live = {one["text"]: id_ for id_, one in stage.ledger("facebook").items()}
    assert live["Later, in other words"] == later["id"]
    assert "Never" not in live
    assert list(page.get_scheduled_posts(fields=fields)) == []
    draft = page.create_feed(params={"message": "Whenever", "published": False})["id"]
    assert draft not in stage.ledger("facebook")
    PagePost(draft, api=api).api_update(params={"is_published": True})
    assert draft in stage.ledger("facebook")


def test_comments_are_written_answered_hidden_and_deleted(page: Page, api: FacebookAdsApi) -> None:
    post = page.get_posts(fields=["id"], params={"limit": 30})[25]
    every = {"filter": "stream", "order": "reverse_chronological", "summary": True}
    fields = ["id", "message", "from", "created_time", "parent", "is_hidden", "can_hide", "like_count"]
    there = list(post.get_comments(fields=fields, params=every))
    times = [one["created_time"] for one in there]
    assert times == sorted(times, reverse=True)
    ours = Comment(post.create_comment(params={"message": "First!"})["id"], api=api)
    theirs = next(one for one in there if one["can_hide"])
    theirs.api_update(params={"is_hidden": True})
    assert Comment(theirs["id"], api=api).api_get(fields=fields)["is_hidden"]
    reply = theirs.create_comment(params={"message": "Thank you"})
    assert reply["id"] in [one["id"] for one in theirs.get_comments(fields=fields)]
    ours.api_update(params={"message": "First, changed"})
    assert ours.api_get(fields=["message"])["message"] == "First, changed"
    top = post.get_comments(params={"filter": "toplevel", "summary": True})
    assert reply["id"] not in [one["id"] for one in top]
    ours.api_delete()
    with pytest.raises(FacebookRequestError):
        ours.api_get()
    with pytest.raises(FacebookRequestError) as caught:
        post.get_comments(params={"order": "random"})
    assert code(caught)[0] == 100
    assert json.loads(post.get_reactions(params={"summary": True}).summary()[len("<Summary> ") :])["total_count"] >= 0


def test_insights_that_live_and_those_that_died(page: Page, api: FacebookAdsApi, stage: Stage) -> None:
    reactions = [f"page_actions_post_reactions_{kind}_total" for kind in ("like", "love", "wow", "haha", "sorry")]
    live = [
        "page_media_view", "page_total_media_view_unique", "page_follows", "page_daily_follows_unique",
        "page_daily_unfollows_unique", "page_post_engagements", "page_views_total", "page_video_views",
        "page_total_actions", *reactions, "page_actions_post_reactions_anger_total",
    ]  # fmt: skip
    until = stage.now()
    span = {"since": int((until - timedelta(days=7)).timestamp()), "until": int(until.timestamp())}
    found = {one["name"]: one for one in page.get_insights(params={"metric": live, "period": "day", **span})}
    assert found.keys() == set(live)
    assert all(one["id"].startswith(page["id"]) for one in found.values())
    dead = (
        "page_fans", "page_fan_adds", "page_impressions", "page_impressions_unique", "page_posts_impressions",
        "page_engaged_users", "page_consumptions", "page_video_views_unique",
    )  # fmt: skip
    for name in dead:
        with pytest.raises(FacebookRequestError, match="must be a valid insights metric") as caught:
            page.get_insights(params={"metric": ["page_follows", name], "period": "day"})
        assert code(caught)[0] == 100
    split = {"metric": ["page_media_view"], "period": "day", "breakdown": ["is_from_followers"], **span}
    values = page.get_insights(params=split)[0]["values"]
    assert {value["is_from_followers"] for value in values} == {"0", "1"}
    post = page.get_posts(fields=["id"], params={"limit": 5})[0]
    of_post = ["post_media_view", "post_total_media_view_unique", "post_clicks", "post_reactions_by_type_total"]
    assert [one["name"] for one in post.get_insights(params={"metric": of_post})] == of_post
    for name in ("post_impressions", "post_impressions_unique", "post_engaged_users"):
        with pytest.raises(FacebookRequestError, match="must be a valid insights metric"):
            post.get_insights(params={"metric": ["post_clicks", name]})


def test_a_batch_is_answered_call_by_call(page: Page, api: FacebookAdsApi, stage: Stage) -> None:
    told: list[Any] = []
    batch = api.new_batch()
    page.api_get(fields=["name"], batch=batch, success=lambda answer: told.append(answer.json()["name"]))
    page.get_posts(
        fields=["id"], params={"limit": 2}, batch=batch, success=lambda a: told.append(len(a.json()["data"]))
    )
    page.create_feed(params={"message": "In a batch"}, batch=batch, success=lambda a: told.append(a.json()["id"]))
    missing = PagePost("1_1", api=api)
    missing.api_get(fields=["id"], batch=batch, failure=lambda answer: told.append(answer.error().api_error_code()))
    assert batch.execute() is None
    assert told[1:] == [2, told[2], 100]
    assert stage.ledger("facebook")[told[2]]["text"] == "In a batch"


def test_subscriptions_of_a_page(page: Page, stage: Stage) -> None:
    page.create_subscribed_app(params={"subscribed_fields": ["feed", "mention"]})
    page.create_subscribed_app(params={"subscribed_fields": ["feed"]})
    [app] = page.get_subscribed_apps()
    assert (app["id"], app["subscribed_fields"]) == (stage.networks["facebook"]["client_id"], ["feed"])
    with pytest.raises(FacebookRequestError) as caught:
        page.create_subscribed_app(params={"subscribed_fields": ["live_comments"]})
    assert code(caught)[0] == 100
    page.delete_subscribed_apps()
    assert list(page.get_subscribed_apps()) == []


def test_other_pages_show_what_everybody_sees(page: Page, api: FacebookAdsApi, stage: Stage) -> None:
    rival = Page(stage.account("facebook", 1), api=api)
    shown = rival.api_get(fields=["name", "followers_count", "fan_count", "link", "about"])
    assert shown["followers_count"] > 0
    assert len(rival.get_posts(fields=["id", "message", "created_time"], params={"limit": 5})) > 0
    for tagged in page.get_tagged(fields=["id", "message", "created_time", "from"]):
        assert tagged["from"]["id"] == rival["id"]
    with pytest.raises(FacebookRequestError):
        rival.create_feed(params={"message": "not ours"})


def test_errors_carry_their_code(page: Page, stage: Stage) -> None:
    page.create_feed(params={"message": "Twice"})
    with pytest.raises(FacebookRequestError) as caught:
        page.create_feed(params={"message": "Twice"})
    assert (caught.value.http_status(), code(caught)) == (400, (506, None))
    with pytest.raises(FacebookRequestError) as caught:
        Page(page["id"], api=client(stage, "nonsense")).api_get(fields=["name"])
    assert code(caught)[0] == 190
    with pytest.raises(FacebookRequestError) as caught:
        page.get_ratings()
    assert code(caught)[0] == 12
