"""What is read of a Page besides posts and figures, and what a Page tells by itself."""

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from platforms.errors import ReconnectNeeded, Rejected
from platforms.facebook import PLATFORM, webhooks
from platforms.facebook.client import Client
from platforms.facebook.publish import publish
from platforms.facebook.reading import REACHES
from platforms.graph_hooks import verify_token
from platforms.platform import PostRef, Window
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.registration import App, Token
from platforms.windows import cut
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)
MONTH = Window(NOW - timedelta(days=30), NOW)
APP = App("1234", "app-secret")


async def rows(name: str, client: Client, window: Window, refs: Sequence[PostRef] = ()) -> list[dict[str, Any]]:
    found = resource(PLATFORM, name)
    return extract(found.contract, *await fetch(found, client, window, list(refs)))


async def test_comments_of_posts_with_writers_answers_and_hidden_ones(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        window = Window(client.now - timedelta(days=30), client.now)
        posts = await rows("posts", client, window)
        refs = [PostRef(post["external_id"], post["kind"], post["published_at"]) for post in posts[-3:]]
        gone = PostRef(f"{client.account}_100000000000000", None, client.now)
        found = await rows("comments", client, window, [gone, *refs])
        theirs = next(row for row in found if row["author_external_id"] != client.account)
        await client.write(f"/{theirs['external_id']}", {"is_hidden": "true"})
        again = await rows("comments", client, window, refs)
    assert {row["post_external_id"] for row in found} == {ref.external_id for ref in refs}
    assert all(row["text"] and row["author"] for row in found)
    ids = {row["external_id"] for row in found}
    assert {row["parent_external_id"] for row in found} - {None} <= ids
    hidden = {row["external_id"] for row in again if row["hidden"]}
    assert hidden == {theirs["external_id"]}


async def test_public_posts_that_name_the_page(sandbox: Sandbox) -> None:
    rival = sandbox.networks["facebook"]["accounts"][1]["external_id"]
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        found = await rows("mentions", client, Window(client.now - timedelta(days=180), client.now))
    assert found
    assert {row["author_external_id"] for row in found} == {rival}
    assert all(row["published_at"] >= NOW - timedelta(days=181) for row in found)


async def test_a_story_has_figures_while_it_is_shown(sandbox: Sandbox, photo: MediaFile) -> None:
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        post = Outgoing("", media=(photo,), format="story")
        step = await publish(client, post, None)
        assert isinstance(step, Pending)
        done = await publish(client, post, step.state)
        assert isinstance(done, Published)
        found = [row for row in await rows("stories", client, MONTH) if row["external_id"] == done.external_id]
        assert {row["metric"] for row in found} == {
            "STORY_MEDIA_VIEW", "STORY_TOTAL_MEDIA_VIEW_UNIQUE", "STORY_INTERACTION",
        }  # fmt: skip
        posts = await rows("posts", client, MONTH)
    assert done.external_id not in {row["external_id"] for row in posts}
    assert resource(PLATFORM, "stories").vanishes_after == timedelta(hours=24)


async def test_other_pages_by_name_and_id_and_not_those_that_nobody_has(sandbox: Sandbox) -> None:
    rival = sandbox.networks["facebook"]["accounts"][1]["external_id"]
    lookup = PLATFORM.lookup
    assert lookup is not None
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        handles = [rival, "@sundownroasters", "nobody.at.all", "1234567"]
        pages = [page async for page in lookup.fetch(client, handles)]
    found = extract(lookup.contract, *pages)
    assert [(row["handle"], row["external_id"]) for row in found] == [(rival, rival), ("@sundownroasters", rival)]
    assert all(row["followers"] > 0 for row in found)


async def test_without_the_reviewed_feature_the_look_up_says_so(wire: Wire) -> None:
    refused = {"message": "(#10) This endpoint requires the 'Page Public Content Access' feature", "code": 10}
    wire.answer({"error": refused}, status=400)
    lookup = PLATFORM.lookup
    assert lookup is not None
    async with httpx.AsyncClient() as http:
        client = Client(wire.app, Token("t"), "100", http)
        with pytest.raises(ReconnectNeeded, match="Page Public Content Access"):
            _ = [page async for page in lookup.fetch(client, ["rival"])]


async def test_a_metric_that_dies_at_the_network_is_parked_and_the_others_are_read(sandbox: Sandbox) -> None:
    planted = {"kind": "metric_dies", "network": "facebook", "metric": "page_video_views"}
    async with connected(PLATFORM, sandbox.app("facebook")) as (client, _):
        httpx.post(f"{sandbox.control}/world", json=planted).raise_for_status()
        found = await rows("account_metrics", client, Window(client.now - timedelta(days=5), client.now))
    assert list(client.parked.reasons) == ["page_video_views"]
    assert {row["metric"] for row in found} >= {"page_follows", "page_media_view", "page_total_actions"}


def test_a_call_never_spans_more_than_ninety_days() -> None:
    reach = REACHES["insights.read"]
    for end in (datetime(2026, 11, 2, 12, tzinfo=UTC), datetime(2026, 3, 9, 7, 30, tzinfo=UTC)):
        spans = cut(Window(end - timedelta(days=400), end), reach, end)
        assert all(span.end - span.start <= timedelta(days=90) for span in spans)
        assert [span.start for span in spans[1:]] == [span.end for span in spans[:-1]]


def test_the_challenge_is_answered_to_whoever_knows_the_verify_token() -> None:
    # printf webhooks | openssl dgst -sha256 -hmac app-secret
    token = "021ff62ffd68e02596d8dace5a232b1e8741eb7866e8bcf638c0909bda5011b0"
    assert verify_token(APP) == token
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": token}
    reply = webhooks.reply(APP, asked)
    assert reply is not None
    assert (reply.body, reply.content_type) == (b"1158201444", "text/plain")
    assert webhooks.reply(APP, asked | {"hub.verify_token": "guess"}) is None
    assert webhooks.reply(APP, asked | {"hub.mode": "unsubscribe"}) is None
    assert webhooks.reply(App("1234", "another"), asked) is None


BODY = (
    b'{"object":"page","entry":[{"id":"100","time":1763806800,"changes":['
    b'{"field":"feed","value":{"item":"comment","verb":"add","post_id":"100_7","comment_id":"7_9",'
    b'"message":"gr\\u00fc\\u00dfe","created_time":1763806799}},'
    b'{"field":"mention","value":{"post_id":"200_3","verb":"add","item":"post"}}]}]}'
)


def test_a_call_is_genuine_by_its_raw_bytes() -> None:
    signature = hmac.new(b"app-secret", BODY, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={signature}"}
    assert webhooks.genuine(APP, headers, BODY, NOW)
    # The same JSON in other bytes, one flipped bit, no signature, the old one, another app's.
    again = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    assert not webhooks.genuine(APP, headers, again, NOW)
    assert not webhooks.genuine(APP, headers, BODY[:-1] + b"|", NOW)
    assert not webhooks.genuine(APP, {}, BODY, NOW)
    assert not webhooks.genuine(APP, {"x-hub-signature": f"sha1={signature}"}, BODY, NOW)
    assert not webhooks.genuine(App("1234", "another"), headers, BODY, NOW)


def test_an_event_keeps_its_id_however_often_and_in_whatever_order_it_comes() -> None:
    first, second = webhooks.events(BODY)
    assert (first.kind, first.account_external_id, first.subject_external_id) == ("feed", "100", "7_9")
    assert (second.kind, second.subject_external_id) == ("mention", "200_3")
    assert first.occurred_at == datetime(2025, 11, 22, 10, 20, tzinfo=UTC)
    told = json.loads(BODY)
    told["entry"][0]["changes"].reverse()
    told["entry"][0]["time"] += 60
    assert {event.id for event in webhooks.events(json.dumps(told).encode())} == {first.id, second.id}
    assert first.id != second.id


@pytest.mark.parametrize("body", [b"", b"[]", b'{"object":"instagram","entry":[]}', b'{"object":"page"}'])
def test_a_body_that_is_not_the_networks_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"tells nothing|Expecting value"):
        webhooks.events(body)


async def test_an_answer_that_cannot_be_read_is_no_refusal_of_a_metric(wire: Wire) -> None:
    wire.answer({"error": {"code": 100, "message": "(#100) Invalid parameter", "type": "OAuthException"}}, status=400)
    async with httpx.AsyncClient() as http:
        client = Client(wire.app, Token("t"), "100", http)
        with pytest.raises(Rejected):
            await rows("account_metrics", client, Window(NOW - timedelta(days=2), NOW))
    assert client.parked.reasons == {}
