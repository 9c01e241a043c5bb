"""What is planted in the world, as Bluesky tells it: quotas of one account and operation, counts that are gone."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import Stage, running

TIMELINE = "/xrpc/app.bsky.feed.getAuthorFeed"
PROFILE = "/xrpc/app.bsky.actor.getProfile"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=8) as found:
        yield found


def session(stage: Stage, place: int = 0) -> httpx.Client:
    told = stage.networks["bluesky"]["accounts"][place]
    asked = {"identifier": told["external_id"], "password": told["access_token"]}
    with stage.bare("bluesky") as http:
        access = http.post("/xrpc/com.atproto.server.createSession", json=asked).raise_for_status().json()["accessJwt"]
    return stage.bare("bluesky", authorization=f"Bearer {access}")


def plant(stage: Stage, **about: Any) -> None:
    httpx.post(f"{stage.control}/world", json={"network": "bluesky", **about}).raise_for_status()


def test_a_planted_quota_is_of_one_operation_and_account_and_ends_with_its_window(stage: Stage) -> None:
    me, rival = (stage.account("bluesky", place) for place in (0, 1))
    plant(stage, kind="quota", bucket="app.bsky.actor.getProfile", remaining=2, account=me)
    with session(stage) as mine, session(stage, 1) as theirs:
        answers = [mine.get(PROFILE, params={"actor": me}) for _ in range(3)]
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert answers[2].json()["error"] == "RateLimitExceeded"
        assert answers[2].headers["ratelimit-remaining"] == "0"
        assert stage.now().timestamp() < int(answers[2].headers["ratelimit-reset"])
        assert mine.get(TIMELINE, params={"actor": me}).status_code == 200
        assert theirs.get(PROFILE, params={"actor": rival}).status_code == 200
        stage.advance("PT6M")
        assert mine.get(PROFILE, params={"actor": me}).status_code == 200


def test_a_count_that_died_is_left_out_and_the_others_stay(stage: Stage) -> None:
    me = stage.account("bluesky", 1)
    plant(stage, kind="metric_dies", metric="likeCount")
    with session(stage, 1) as http:
        post = http.get(TIMELINE, params={"actor": me}).json()["feed"][0]["post"]
        assert "likeCount" not in post
        assert post["repostCount"] >= 0
        assert http.get(PROFILE, params={"actor": me}).json()["followersCount"] > 0
