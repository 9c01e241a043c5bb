"""LinkedIn's sandbox: people beside pages, what survives a restart, names of operations, quotas, strict addresses."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from sandbox.networks.linkedin import OPERATIONS
from tests.sandbox.stage import REDIRECT, Stage, approve, running

PERSON_SCOPES = "openid profile w_member_social r_member_social r_member_postAnalytics"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=2) as found:
        yield found


@pytest.fixture
def http(stage: Stage) -> Iterator[httpx.Client]:
    with page(stage) as client:
        yield client


def headers(stage: Stage) -> dict[str, str]:
    return {"LinkedIn_Version": f"{stage.now() - timedelta(days=60):%Y%m}", "X_Restli_Protocol_Version": "2.0.0"}


def page(stage: Stage, place: int = 0) -> httpx.Client:
    return stage.http("linkedin", place, **headers(stage))


@contextmanager
def person(stage: Stage, scope: str = PERSON_SCOPES) -> Iterator[tuple[httpx.Client, str]]:
    """A client of the person, and their URN."""
    app = stage.networks["linkedin"]
    params = {"response_type": "code", "client_id": app["client_id"], "redirect_uri": REDIRECT, "scope": scope}
    with stage.bare("linkedin") as browser:
        form = {
            "grant_type": "authorization_code",
            "code": approve(browser, "/oauth/v2/authorization", params)["code"],
            "redirect_uri": REDIRECT,
            "client_id": app["client_id"],
            "client_secret": app["client_secret"],
        }
        token = browser.post("/oauth/v2/accessToken", data=form).json()["access_token"]
    with stage.bare("linkedin", authorization=f"Bearer {token}", **headers(stage)) as client:
        client.get("/v2/userinfo")
        yield client, "urn:li:person:" + client.get("/v2/userinfo").json()["sub"]


def draft(author: str, commentary: str, **more: Any) -> dict[str, Any]:
    distribution = {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []}
    return {
        "author": author,
        "commentary": commentary,
        "visibility": "PUBLIC",
        "distribution": distribution,
        "lifecycleState": "PUBLISHED",
        **more,
    }


def path(urn: str) -> str:
    return f"/rest/posts/{quote(urn, safe='')}"


def plant(stage: Stage, kind: str, **about: Any) -> None:
    answer = httpx.post(f"{stage.control}/world", json={"kind": kind, "network": "linkedin", **about})
    assert answer.is_success, answer.text


def test_a_person_acts_with_scopes_of_their_own(stage: Stage, http: httpx.Client) -> None:
    basic = "openid profile w_member_social"
    with person(stage) as (allowed, urn), person(stage, basic) as (narrow, same):
        assert same == urn
        made = narrow.post("/rest/posts", json=draft(urn, "Mine"))
        assert made.status_code == 201
        # They may write, but not read; the page may neither read nor write for them without the scope.
        assert narrow.get(path(made.headers["x-restli-id"])).status_code == 403
        assert http.get(path(made.headers["x-restli-id"])).status_code == 403
        assert allowed.get(path(made.headers["x-restli-id"])).json()["author"] == urn
        foreign = narrow.post("/rest/posts", json=draft(stage.account("linkedin"), "Not mine"))
        assert (foreign.status_code, foreign.json()["code"]) == (403, "ACCESS_DENIED")
        with page(stage, 1) as rival:
            assert rival.post("/rest/posts", json=draft(urn, "Nor theirs")).status_code == 403
        again = narrow.post("/rest/posts", json=draft(urn, "Mine"))
        assert again.status_code == 422
        assert made.headers["x-restli-id"] in again.json()["message"]


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    with running(seed=4, state=tmp_path) as stage:
        with person(stage) as (client, urn):
            kept, gone = (client.post("/rest/posts", json=draft(urn, text)) for text in ("Stays", "Goes"))
            kept_urn, gone_urn = kept.headers["x-restli-id"], gone.headers["x-restli-id"]
            change = {"patch": {"$set": {"commentary": "Stays, edited"}}}
            assert client.post(path(kept_urn), json=change).status_code == 204
            assert client.delete(path(gone_urn)).status_code == 204
            old = client.get(f"/rest/posts?q=author&author={quote(urn, safe='')}&start=5&count=1").json()["elements"][0]
            assert client.post(path(old["id"]), json=change).status_code == 204
            comments = f"/rest/socialActions/{quote(kept_urn, safe='')}/comments"
            said = client.post(comments, json={"actor": urn, "object": kept_urn, "message": {"text": "Hi"}})
            assert said.status_code == 201
            whole = client.get(f"/rest/posts?q=author&author={quote(urn, safe='')}&count=100").json()
            token = client.headers["authorization"]
    with running(seed=4, state=tmp_path) as stage:
        with stage.bare("linkedin", authorization=token, **headers(stage)) as client:
            assert client.get(f"/rest/posts?q=author&author={quote(urn, safe='')}&count=100").json() == whole
            assert client.get(path(kept_urn)).json()["commentary"] == "Stays, edited"
            assert client.get(path(old["id"])).json()["commentary"] == "Stays, edited"
            assert client.get(path(gone_urn)).status_code == 404
            assert [one["message"]["text"] for one in client.get(comments).json()["elements"]] == ["Hi"]


def test_the_ledger_knows_people_and_their_posts(stage: Stage) -> None:
    ledger = httpx.get(f"{stage.control}/ledger", params={"network": "linkedin"}).json()
    with person(stage) as (client, urn):
        (told,) = [one for one in ledger["people"] if one["external_id"] == urn]
        made = client.post("/rest/posts", json=draft(urn, "In the ledger")).headers["x-restli-id"]
        every = [one["external_id"] for one in stage.ledger("linkedin").values() if one["account"] == urn]
        listed = client.get(f"/rest/posts?q=author&author={quote(urn, safe='')}&count=100").json()
    assert told["counters"]["followers"] > 0
    assert len(every) == told["counters"]["posts"] + 1
    assert set(every) >= {made, *(one["id"] for one in listed["elements"])}
    truth = httpx.get(f"{stage.control}/truth").json()["networks"]["linkedin"]
    assert urn in truth["people"]
    assert set(truth["accounts"]) == {stage.account("linkedin"), stage.account("linkedin", 1)}


def test_what_is_planted_reaches_people() -> None:
    with running(seed=4) as stage, person(stage) as (client, urn):
        mine = [one for one in stage.ledger("linkedin").values() if one["account"] == urn]
        ranked = sorted(mine, key=lambda one: one["counters"]["impressions"])
        told, gone = (ranked[place]["external_id"] for place in (-1, -2))
        plant(stage, "correction", post=told, counter="impressions", value=3)
        entity = f"({'ugc' if ':ugcPost:' in told else 'share'}:{quote(told, safe='')})"
        url = f"/rest/memberCreatorPostAnalytics?q=entity&queryType=IMPRESSION&entity={entity}"
        assert client.get(url).json()["elements"][0]["count"] < ranked[-1]["counters"]["impressions"]
        plant(stage, "post_deleted", post=gone)
        assert client.get(path(gone)).status_code == 404
        after = httpx.get(f"{stage.control}/ledger", params={"network": "linkedin"}).json()
        assert gone in {one["external_id"] for one in after["deleted"]}
        plant(stage, "counter_falls", account=urn, counter="followers", share=0.5)
        followers = {one["external_id"]: one["counters"]["followers"] for one in after["people"]}[urn]
        later = httpx.get(f"{stage.control}/ledger", params={"network": "linkedin"}).json()["people"]
        assert {one["external_id"]: one["counters"]["followers"] for one in later}[urn] <= followers // 2 + 5
        plant(stage, "token_revoked", account=urn)
        assert client.get("/v2/userinfo").json()["code"] == "REVOKED_ACCESS_TOKEN"
        with person(stage) as (anew, _):
            assert anew.get("/v2/userinfo").status_code == 200


def test_a_token_that_never_was_is_called_invalid(stage: Stage) -> None:
    with stage.bare("linkedin", authorization="Bearer nobody", **headers(stage)) as client:
        assert client.get("/v2/userinfo").json()["serviceErrorCode"] == 65600


def test_every_operation_has_a_name_that_faults_know(stage: Stage, http: httpx.Client) -> None:
    assert len(set(OPERATIONS)) == len(OPERATIONS)
    author = quote(stage.account("linkedin"), safe="")
    http.get(f"/rest/posts?q=author&author={author}")
    tunnel = {"X-HTTP-Method-Override": "GET", "content-type": "application/x-www-form-urlencoded"}
    http.post("/rest/posts", content=f"q=author&author={author}", headers=tunnel)
    http.get("/v2/industries?ids=List(4)")
    log = httpx.get(f"{stage.control}/requests", params={"network": "linkedin"}).json()["requests"]
    assert [one["operation"] for one in log[-3:]] == ["posts.find", "posts.find", "industries.find"]
    for operation in OPERATIONS:
        fault = {"network": "linkedin", "operation": operation, "kind": "http_500", "after": 1_000_000}
        assert httpx.post(f"{stage.control}/faults", json=fault).is_success
    httpx.delete(f"{stage.control}/faults", params={"network": "linkedin"}).raise_for_status()


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("http_500", 500, {"status": 500, "code": "INTERNAL_SERVER_ERROR"}),
        ("rate_limited", 429, {"status": 429, "serviceErrorCode": 101}),
        ("token_expired", 401, {"status": 401, "serviceErrorCode": 65602, "code": "EXPIRED_ACCESS_TOKEN"}),
        ("token_revoked", 401, {"status": 401, "serviceErrorCode": 65601, "code": "REVOKED_ACCESS_TOKEN"}),
    ],
)
def test_a_fault_is_said_in_linkedins_words(
    stage: Stage, http: httpx.Client, kind: str, status: int, body: dict[str, Any]
) -> None:
    asked = {"network": "linkedin", "operation": "organizationAcls.find", "kind": kind}
    httpx.post(f"{stage.control}/faults", json=asked).raise_for_status()
    answer = http.get("/rest/organizationAcls?q=roleAssignee")
    assert answer.status_code == status
    assert answer.json().items() >= body.items()
    assert http.get("/rest/organizationAcls?q=roleAssignee").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "ids=List(urn:li:share:1)",
        "ids=List(a,,b",
        "ids=List(a,)",
        "ids=(a:1,b:2,)",
        "ids=List(a)b",
        "q=author&author=it's",
        "q=author&author=a,b",
    ],
)
def test_a_structure_is_read_strictly(http: httpx.Client, query: str) -> None:
    answer = http.get(f"/rest/posts?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_INVALID")


@pytest.mark.parametrize(("version", "status"), [("2.0.0", 200), ("1.0.0", 400), ("3.0.0", 400), (None, 400)])
def test_structures_are_of_the_second_protocol(stage: Stage, version: str | None, status: int) -> None:
    with page(stage) as client:
        del client.headers["x-restli-protocol-version"]
        said = {"X-Restli-Protocol-Version": version} if version else {}
        number = stage.account("linkedin").rsplit(":", 1)[-1]
        assert client.get(f"/rest/organizations?ids=List({number})", headers=said).status_code == status


def test_comments_of_the_world_are_as_many_as_its_counter_says(stage: Stage, http: httpx.Client) -> None:
    ledger = [post for post in stage.ledger("linkedin").values() if post["account"] == stage.account("linkedin")]
    post = max(ledger, key=lambda one: one["counters"]["comments"])
    target = f"/rest/socialActions/{quote(post['external_id'], safe='')}/comments"
    first = http.get(f"{target}?count=100").json()["elements"]
    answers = [
        one
        for comment in first
        if comment["commentsSummary"]["totalFirstLevelComments"]
        for one in http.get(f"/rest/socialActions/{quote(comment['commentUrn'], safe='')}/comments?count=100").json()[
            "elements"
        ]
    ]
    assert len(first) + len(answers) == post["counters"]["comments"]
    assert all(answer["parentComment"] for answer in answers)
    sums = http.get(f"/rest/socialMetadata/{quote(post['external_id'], safe='')}").json()
    assert sums["commentSummary"] == {"count": post["counters"]["comments"], "topLevelCount": len(first)}
    assert sums["reactionSummaries"]["LIKE"]["count"] == post["counters"]["likes"]


def test_a_planted_quota_ends_with_the_day(stage: Stage) -> None:
    rival = stage.account("linkedin", 1)
    plant(stage, "quota", bucket="organizationAcls", remaining=1, account=rival)
    with page(stage, 1) as spent, page(stage) as other:
        url = "/rest/organizationAcls?q=roleAssignee"
        assert [spent.get(url).status_code for _ in range(3)] == [200, 429, 429]
        assert other.get(url).status_code == 200
        number = rival.rsplit(":", 1)[-1]
        assert spent.get(f"/rest/organizations/{number}").status_code == 200
        stage.advance("P1D")
        assert spent.get(url).status_code == 200


def test_a_planted_sunset_ends_one_version_for_all(stage: Stage) -> None:
    version = f"{stage.now() - timedelta(days=120):%Y%m}"
    with page(stage) as client:
        client.headers["linkedin-version"] = version
        assert client.get("/rest/organizationAcls?q=roleAssignee").status_code == 200
        plant(stage, "version_sunset", version=version)
        answer = client.get("/rest/organizationAcls?q=roleAssignee")
        assert (answer.status_code, answer.json()["code"]) == (426, "NONEXISTENT_VERSION")
        assert answer.json()["message"] == f"Requested version {version}01 is not active"


def test_a_metric_that_died_is_refused_by_name_or_left_out(stage: Stage, http: httpx.Client) -> None:
    plant(stage, "metric_dies", metric="RESHARE")
    plant(stage, "metric_dies", metric="clickCount")
    with person(stage) as (client, _):
        url = "/rest/memberCreatorPostAnalytics?q=me&aggregation=TOTAL&queryType="
        assert client.get(f"{url}RESHARE").status_code == 400
        assert client.get(f"{url}COMMENT").status_code == 200
    entity = quote(stage.account("linkedin"), safe="")
    statistics = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={entity}"
    shown = http.get(statistics).json()["elements"][0]["totalShareStatistics"]
    assert "clickCount" not in shown
    assert shown["impressionCount"] > 0


def test_a_token_that_was_ended_is_called_revoked(stage: Stage) -> None:
    with person(stage) as (client, _):
        app = stage.networks["linkedin"]
        token = client.headers["authorization"].removeprefix("Bearer ")
        form = {"token": token, "client_id": app["client_id"], "client_secret": app["client_secret"]}
        assert client.post("/oauth/v2/revoke", data=form).status_code == 200
        assert client.get("/v2/userinfo").json()["serviceErrorCode"] == 65601


@pytest.mark.parametrize("days", [400, 800])
def test_a_span_older_than_a_year_is_refused(stage: Stage, http: httpx.Client, days: int) -> None:
    end = stage.now()
    bounds = ",".join(
        f"{name}:{int(at.timestamp() * 1000)}" for name, at in (("start", end - timedelta(days=days)), ("end", end))
    )
    entity = quote(stage.account("linkedin"), safe="")
    url = f"/rest/organizationalEntityFollowerStatistics?q=organizationalEntity&organizationalEntity={entity}"
    answer = http.get(f"{url}&timeIntervals=(timeRange:({bounds}),timeGranularityType:DAY)")
    assert (answer.status_code, answer.json()["code"]) == (400, "PARAM_INVALID")
