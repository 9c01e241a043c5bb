"""What Instagram tells by itself, by vectors made by hand: OpenSSL signed them."""

from datetime import UTC, datetime

import pytest

from platforms.inbound import Reply
from platforms.instagram import webhooks
from platforms.registration import App

APP = App("1234", "app-secret")
NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
# printf '{"object":"instagram","entry":[]}' | openssl dgst -sha256 -hmac app-secret
EMPTY = b'{"object":"instagram","entry":[]}'
EMPTY_SIGNED = "4868ba1823ceabaf8b38db993057d6e01e2dea967330aad8444f60a4531cd687"
# The same way, of the bytes as Meta escapes them.
ESCAPED = rb'{"text":"\u00e9"}'
ESCAPED_SIGNED = "60680c5f9da5368e9a6fdfeee209e1ba6bda975d4d269f5149012553b6ba75d6"
# printf webhooks | openssl dgst -sha256 -hmac app-secret
VERIFY = "021ff62ffd68e02596d8dace5a232b1e8741eb7866e8bcf638c0909bda5011b0"

BY_PAGE = b"""{"object":"instagram","entry":[{"id":"17841400000000001","time":1795377600,"changes":[
    {"field":"comments","value":{"id":"17850000000000002","text":"Nice","from":{"id":"1","username":"a"},
        "media":{"id":"17900000000000003","media_product_type":"FEED"}}},
    {"field":"mentions","value":{"media_id":"17900000000000004","comment_id":"17850000000000005"}}]}]}"""
DIRECT = b"""{"object":"instagram","entry":[{"id":"17841400000000001","time":1795377600000,"field":"comments",
    "value":{"id":"17850000000000002","text":"Nice","from":{"id":"1","username":"a"},
        "media":{"id":"17900000000000003","media_product_type":"FEED"}}}]}"""


def test_the_raw_bytes_are_what_is_signed() -> None:
    assert webhooks.genuine(APP, {"x-hub-signature-256": f"sha256={EMPTY_SIGNED}"}, EMPTY, NOW)
    assert webhooks.genuine(APP, {"x-hub-signature-256": f"sha256={ESCAPED_SIGNED}"}, ESCAPED, NOW)
    unescaped = '{"text":"é"}'.encode()
    assert not webhooks.genuine(APP, {"x-hub-signature-256": f"sha256={ESCAPED_SIGNED}"}, unescaped, NOW)


@pytest.mark.parametrize(
    "signature", ["", EMPTY_SIGNED, f"sha1={EMPTY_SIGNED}", f"sha256={EMPTY_SIGNED[:-1]}0", "sha256=", "sha256=é"]
)
def test_other_signatures_are_not_genuine(signature: str) -> None:
    assert not webhooks.genuine(APP, {"x-hub-signature-256": signature}, EMPTY, NOW)
    assert not webhooks.genuine(APP, {}, EMPTY, NOW)


def test_the_challenge_is_answered_to_whoever_knows_the_verify_token() -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    assert webhooks.reply(APP, asked) == Reply(b"1158201444")
    assert webhooks.reply(APP, asked | {"hub.verify_token": "guess"}) is None
    assert webhooks.reply(APP, asked | {"hub.mode": "unsubscribe"}) is None
    assert webhooks.reply(APP, {}) is None


def test_each_change_is_an_event_about_its_media() -> None:
    comment, mention = webhooks.events(BY_PAGE)
    assert (comment.kind, comment.subject_external_id) == ("comments", "17900000000000003")
    assert (mention.kind, mention.subject_external_id) == ("mentions", "17900000000000004")
    assert {comment.account_external_id, mention.account_external_id} == {"17841400000000001"}
    assert comment.occurred_at == datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert comment.body["text"] == "Nice"
    assert comment.id != mention.id


def test_both_shapes_tell_the_same_event_and_a_repetition_too() -> None:
    first, _ = webhooks.events(BY_PAGE)
    [direct] = webhooks.events(DIRECT)
    [again] = webhooks.events(DIRECT)
    assert first == direct == again


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"not json",
        b'{"object":"page","entry":[]}',
        b'{"object":"instagram"}',
        b'{"object":"instagram","entry":[{"changes":[]}]}',
        b'{"object":"instagram","entry":[{"id":"1","changes":[{"value":1}]}]}',
    ],
)
def test_what_is_not_instagrams_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"tells nothing|names no|Expecting"):
        webhooks.events(body)


def test_messages_are_no_events_of_ours() -> None:
    assert webhooks.events(b'{"object":"instagram","entry":[{"id":"1","time":1,"messaging":[{}]}]}') == []


def test_an_entry_without_a_time_has_none() -> None:
    [event] = webhooks.events(b'{"object":"instagram","entry":[{"id":"1","field":"follow","value":"x"}]}')
    assert event.occurred_at is None
    assert event.subject_external_id is None
