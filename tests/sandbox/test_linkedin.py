"""LinkedIn as its contract says it answers, over HTTP."""

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image

from tests.sandbox.stage import REDIRECT, Stage, approve, running


def jpeg(width: int = 40, height: int = 30) -> bytes:
    """A real picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (11, 110, 110)).save(file, "JPEG")
    return file.getvalue()


JPEG = jpeg()
PART = 4_194_304
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(PART + 100)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running() as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    version = f"{stage.now() - timedelta(days=60):%Y%m}"
    with stage.http("linkedin", LinkedIn_Version=version, X_Restli_Protocol_Version="2.0.0") as client:
        yield client


def encoded(stage: Stage, place: int = 0) -> str:
    return quote(stage.account("linkedin", place), safe="")


def draft(stage: Stage, commentary: str, **more: Any) -> dict[str, Any]:
    return {
        "author": stage.account("linkedin"),
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
        **more,
    }


def statistics(http: httpx.Client, stage: Stage, rest: str = "") -> list[dict[str, Any]]:
    answer = http.get(
        f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={encoded(stage)}{rest}"
    )
    assert answer.status_code == 200, answer.text
    return list(answer.json()["elements"])


def intervals(stage: Stage, days: int) -> str:
    end = stage.now()
    start = end - timedelta(days=days)
    span = f"start:{int(start.timestamp() * 1000)},end:{int(end.timestamp() * 1000)}"
    return f"&timeIntervals=(timeRange:({span}),timeGranularityType:DAY)"


def own(stage: Stage) -> list[dict[str, Any]]:
    return [post for post in stage.ledger("linkedin").values() if post["account"] == stage.account("linkedin")]


def test_consent_gives_sixty_days_and_a_first_call_that_stumbles(stage: Stage) -> None:
    app = stage.networks["linkedin"]
    params = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": REDIRECT, "state": "s"}
    with stage.bare("linkedin") as http:
        back = approve(http, "/oauth/v2/authorization", {**params, "scope": "openid profile"})
        form = {
            "grant_type": "authorization_code",
            "code": back["code"],
            "redirect_uri": REDIRECT,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
        }
        granted = http.post("/oauth/v2/accessToken", data=form).json()
        assert http.post("/oauth/v2/accessToken", data=form).status_code == 400
        headers = {"authorization": f"Bearer {granted['access_token']}"}
        first, second = (http.get("/v2/userinfo", headers=headers) for _ in range(2))
    assert granted["expires_in"] == 5_184_000
    assert "refresh_token" not in granted
    assert (first.status_code, first.json()["serviceErrorCode"]) == (401, 65601)
    assert second.json()["sub"]


def test_denied_consent_comes_back_as_an_error(stage: Stage) -> None:
    params = {"response_type": "code", "client_id": stage.networks["linkedin"]["client_id"], "state": "s"}
    with stage.bare("linkedin") as http:
        asked = {**params, "redirect_uri": REDIRECT, "scope": "openid"}
        assert approve(http, "/oauth/v2/authorization", asked, "deny")["error"] == "access_denied"


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [(None, 400, "VERSION_MISSING"), ("202401", 426, "NONEXISTENT_VERSION"), ("299901", 426, "NONEXISTENT_VERSION")],
)
def test_the_version_header_is_required_and_current(stage: Stage, version: str | None, status: int, code: str) -> None:
    with stage.http("linkedin") as http:
        headers = {"LinkedIn-Version": version} if version else {}
        answer = http.get("/rest/organizationAcls?q=roleAssignee", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_unknown_token_and_missing_rights(stage: Stage, http: httpx.Client) -> None:
    with stage.bare("linkedin", authorization="Bearer nothing") as stranger:
        assert stranger.get("/v2/userinfo").json()["serviceErrorCode"] == 65600
    answer = http.get(f"/rest/posts?q=author&author={encoded(stage, 1)}")
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCESS_DENIED")


def test_roles_lead_to_the_organization(stage: Stage, http: httpx.Client) -> None:
    found = http.get("/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED").json()["elements"]
    assert [role["organization"] for role in found] == [stage.account("linkedin")]
    number = stage.account("linkedin").rsplit(":", 1)[-1]
    organization = http.get(f"/rest/organizations/{number}").json()
    assert str(organization["id"]) == number
    by_name = http.get(f"/rest/organizations?q=vanityName&vanityName={organization['vanityName']}").json()
    assert by_name["elements"] == [organization]


def test_paging_gives_every_post_of_the_ledger_once(stage: Stage, http: httpx.Client) -> None:
    url, seen = f"/rest/posts?q=author&author={encoded(stage)}&count=20", []
    while url:
        page = http.get(url).json()
        seen += [post["id"] for post in page["elements"]]
        following = [link["href"] for link in page["paging"]["links"] if link["rel"] == "next"]
        url = following[0] if following else ""
    assert sorted(seen) == sorted(post["external_id"] for post in own(stage))


def test_a_urn_must_be_percent_encoded(stage: Stage, http: httpx.Client) -> None:
    urn = own(stage)[0]["external_id"]
    assert http.get(f"/rest/posts/{quote(urn, safe='')}").json()["id"] == urn
    assert http.get(f"/rest/posts/{urn}").status_code == 400
    assert http.get(f"/rest/posts?q=author&author={stage.account('linkedin')}").status_code == 400


def test_a_long_get_may_be_tunnelled(stage: Stage, http: httpx.Client) -> None:
    answer = http.post(
        "/rest/posts",
        content=f"q=author&author={encoded(stage)}&count=1",
        headers={"X-HTTP-Method-Override": "GET", "content-type": "application/x-www-form-urlencoded"},
    )
    assert len(answer.json()["elements"]) == 1


def test_a_long_write_may_be_tunnelled_in_two_parts(http: httpx.Client) -> None:
    name = "urn%3Ali%3Ashare%3A1"
    change = {"entities": {name: {"patch": {"$set": {"commentary": "x"}}}}}
    parts = [("application/x-www-form-urlencoded", f"ids=List({name})"), ("application/json", json.dumps(change))]
    content = "".join(f"--cut\r\nContent-Type: {sort}\r\n\r\n{text}\r\n" for sort, text in parts) + "--cut--"
    headers = {
        "content-type": "multipart/mixed; boundary=cut",
        "x-http-method-override": "POST",
        "x-restli-method": "BATCH_PARTIAL_UPDATE",
    }
    answer = http.post("/rest/posts", content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"][name]["status"] == 404
    broken = http.post("/rest/posts", content="--cut--", headers=headers)
    assert broken.status_code == 400


def test_several_posts_by_id(stage: Stage, http: httpx.Client) -> None:
    urn = own(stage)[0]["external_id"]
    ids = f"{quote(urn, safe='')},urn%3Ali%3Ashare%3A1"
    body = http.get(f"/rest/posts?ids=List({ids})", headers={"X-RestLi-Method": "BATCH_GET"}).json()
    assert list(body["results"]) == [quote(urn, safe="")]
    assert list(body["errors"]) == ["urn%3Ali%3Ashare%3A1"]


def test_share_statistics_equal_the_ledger(stage: Stage, http: httpx.Client) -> None:
    posts = [post for post in own(stage) if post["counters"]["impressions"]][-3:]
    urns = ",".join(quote(post["external_id"], safe="") for post in posts)
    found = {one["share"]: one["totalShareStatistics"] for one in statistics(http, stage, f"&shares=List({urns})")}
    for post in posts:
        counters, shown = post["counters"], found[post["external_id"]]
        assert shown["impressionCount"] == counters["impressions"]
        assert shown["uniqueImpressionsCount"] == counters["reach"]
        assert shown["likeCount"] == counters["likes"]
        acts = counters["likes"] + counters["comments"] + counters["shares"] + counters["clicks"]
        assert shown["engagement"] == pytest.approx(acts / counters["impressions"])


def test_days_add_up_to_the_lifetime(stage: Stage, http: httpx.Client) -> None:
    days = statistics(http, stage, intervals(stage, 364))
    total = sum(day["totalShareStatistics"]["impressionCount"] for day in days)
    assert total == sum(post["counters"]["impressions"] for post in own(stage))
    starts = [day["timeRange"]["start"] for day in days]
    assert all(start % 86_400_000 == 0 for start in starts)


def test_statistics_of_an_unknown_share_are_absent(http: httpx.Client, stage: Stage) -> None:
    assert statistics(http, stage, "&ugcPosts=List(urn%3Ali%3AugcPost%3A1)") == []


def test_followers_by_facet_and_by_day(stage: Stage, http: httpx.Client) -> None:
    url = f"/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={encoded(stage)}"
    facets = http.get(url).json()["elements"][0]
    size = http.get(f"/rest/networkSizes/{encoded(stage)}?edgeType=COMPANY_FOLLOWED_BY_MEMBER").json()
    seniority = facets["followerCountsBySeniority"]
    assert sum(one["followerCounts"]["organicFollowerCount"] for one in seniority) == size["firstDegreeSize"]
    assert seniority[0]["seniority"].startswith("urn:li:seniority:")
    days = http.get(url + intervals(stage, 10)).json()["elements"]
    assert len(days) == 11
    assert "followerCountsBySeniority" not in days[0]
    assert isinstance(days[0]["followerGains"]["organicFollowerGain"], int)


def test_structures_need_the_second_protocol(stage: Stage, http: httpx.Client) -> None:
    url = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={encoded(stage)}"
    answer = http.get(url + "&shares=List()", headers={"X-Restli-Protocol-Version": "1.0.0"})
    assert answer.status_code == 400
    assert http.get(url + "&shares=List(urn:li:share:1)").status_code == 400


def test_a_post_is_created_with_an_empty_body_and_an_id(stage: Stage, http: httpx.Client) -> None:
    text = "Fresh \\(really\\) from us @[Nordlys](urn:li:organization:1) {hashtag|\\#|coffee} #tea"
    created = http.post("/rest/posts", json=draft(stage, text))
    urn = created.headers["x-restli-id"]
    assert (created.status_code, created.content) == (201, b"")
    assert stage.ledger("linkedin")[urn]["text"] == "Fresh (really) from us Nordlys #coffee #tea"
    again = http.post("/rest/posts", json=draft(stage, text))
    assert again.status_code == 422
    assert urn in again.json()["message"]
    assert again.json()["errorDetails"]["inputErrors"][0]["code"] == "DUPLICATE_POST"
    path = f"/rest/posts/{quote(urn, safe='')}"
    assert http.get(path).json()["commentary"] == "Fresh \\(really\\) from us Nordlys #coffee #tea"
    stage.advance("P1D")
    shown = statistics(http, stage, f"&shares=List({quote(urn, safe='')})")
    assert shown[0]["totalShareStatistics"]["impressionCount"] > 0
    assert http.delete(path).status_code == http.delete(path).status_code == 204
    assert http.get(path).status_code == 404


def test_an_unescaped_character_silently_ends_the_text(stage: Stage, http: httpx.Client) -> None:
    created = http.post("/rest/posts", json=draft(stage, "Half of this (is lost)"))
    assert created.status_code == 201
    assert stage.ledger("linkedin")[created.headers["x-restli-id"]]["text"] == "Half of this "


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"commentary": "a" * 3001}, 400, "FIELD_LENGTH_TOO_LONG"),
        ({"visibility": None}, 400, "MISSING_FIELD"),
        ({"author": "urn:li:organization:1"}, 403, "ACCESS_DENIED"),
        ({"content": {"media": {"id": "urn:li:image:none"}}}, 404, "NOT_FOUND"),
    ],
)
def test_a_post_that_linkedin_refuses(
    stage: Stage, http: httpx.Client, change: dict[str, Any], status: int, code: str
) -> None:
    answer = http.post("/rest/posts", json={**draft(stage, "refuse me"), **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_image_must_be_there_before_it_is_posted(stage: Stage, http: httpx.Client) -> None:
    asked = {"initializeUploadRequest": {"owner": stage.account("linkedin")}}
    value = http.post("/rest/images?action=initializeUpload", json=asked).json()["value"]
    body = draft(stage, "A picture", content={"media": {"id": value["image"], "altText": "cup"}})
    early = http.post("/rest/posts", json=body)
    assert (early.status_code, early.json()["code"]) == (400, "MEDIA_ASSET_WAITING_UPLOAD")
    assert http.put(value["uploadUrl"], content=JPEG).status_code == 201
    status = http.get(f"/rest/images/{quote(value['image'], safe='')}").json()["status"]
    assert status == "AVAILABLE"
    created = http.post("/rest/posts", json=body)
    assert stage.ledger("linkedin")[created.headers["x-restli-id"]]["kind"] == "image"


def test_a_video_goes_in_parts_and_becomes_a_ugc_post(stage: Stage, http: httpx.Client) -> None:
    asked = {"initializeUploadRequest": {"owner": stage.account("linkedin"), "fileSizeBytes": len(MP4)}}
    value = http.post("/rest/videos?action=initializeUpload", json=asked).json()["value"]
    tags = [
        http.put(part["uploadUrl"], content=MP4[part["firstByte"] : part["lastByte"] + 1]).headers["etag"]
        for part in value["uploadInstructions"]
    ]
    assert len(tags) == 2
    final = {"video": value["video"], "uploadToken": value["uploadToken"], "uploadedPartIds": tags}
    finished = http.post("/rest/videos?action=finalizeUpload", json={"finalizeUploadRequest": final})
    assert finished.status_code == 200
    path = f"/rest/videos/{quote(value['video'], safe='')}"
    assert http.get(path).json()["status"] == "PROCESSING"
    stage.advance("PT5S")
    assert http.get(path).json()["status"] == "AVAILABLE"
    body = draft(stage, "Moving", content={"media": {"id": value["video"], "title": "Film"}})
    urn = http.post("/rest/posts", json=body).headers["x-restli-id"]
    assert urn.startswith("urn:li:ugcPost:")
    stage.advance("PT3H")
    assert statistics(http, stage, f"&ugcPosts=List({quote(urn, safe='')})")[0]["ugcPost"] == urn


def test_an_expired_token_says_so(stage: Stage) -> None:
    app = stage.networks["linkedin"]
    params = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": "openid"}
    with stage.bare("linkedin") as http:
        code = approve(http, "/oauth/v2/authorization", params)["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
        form |= {"client_id": app["client_id"], "client_secret": app["client_secret"]}
        token = http.post("/oauth/v2/accessToken", data=form).json()["access_token"]
        headers = {"authorization": f"Bearer {token}"}
        http.get("/v2/userinfo", headers=headers)
        assert http.get("/v2/userinfo", headers=headers).status_code == 200
        stage.advance("P61D")
        assert http.get("/v2/userinfo", headers=headers).json()["serviceErrorCode"] == 65602


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_broken_body_is_refused(http: httpx.Client, body: bytes) -> None:
    assert http.post("/rest/posts", content=body).status_code == 400


@pytest.mark.parametrize(
    "intervals",
    [
        "(timeRange:(start:99999999999999999999),timeGranularityType:DAY)",
        "(timeRange:(start:0),timeGranularityType:HOUR)",
        "(timeRange:List(1),timeGranularityType:DAY)",
        "(timeRange:(start:1",
        "DAY",
    ],
)
def test_a_broken_interval_is_refused(stage: Stage, http: httpx.Client, intervals: str) -> None:
    url = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={encoded(stage)}"
    assert http.get(f"{url}&timeIntervals={intervals}").status_code == 400
