"""LinkedIn has no published specification: what its documentation says, worked out by hand.

HMACs were computed with openssl, escapes and addresses written from the pages on little text and on Rest.li 2.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from platforms.errors import PlatformError
from platforms.linkedin import PLATFORM
from platforms.linkedin.client import Client
from platforms.linkedin.little_text import escape, text_length
from platforms.linkedin.restli import encoded, interval, listed, record
from platforms.platform import Window
from platforms.posting import MediaFile, Outgoing, Pending
from platforms.registration import App, Token
from tests.platforms.conftest import Wire

APP = App("client", "s3cret")
CHALLENGE = "890e4665-4dfe-4ab1-b689-ed553bceeed0"
BODY = (
    b'{"type":"ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS","notifications":[{"notificationId":77,'
    b'"organizationalEntity":"urn:li:organization:5","action":"COMMENT","sourcePost":"urn:li:share:9",'
    b'"lastModifiedAt":1793491200000}]}'
)
SIGNATURE = "e0a6bfde7e2be0f83c1bd87b175ba51ef55d342bf74a30c24910115b8597b6fa"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("Plain words, 50% off!", "Plain words, 50% off!"),
        ("Hello (world)", "Hello \\(world\\)"),
        ("a_b *c* ~d~", "a\\_b \\*c\\* \\~d\\~"),
        ("<b>{x}|[y]", "\\<b\\>\\{x\\}\\|\\[y\\]"),
        ("me@x.org", "me\\@x.org"),
        ("back\\slash", "back\\\\slash"),
        ("#beans", "{hashtag|\\#|beans}"),
        ("#tag_one now", "{hashtag|\\#|tag\\_one} now"),
        ("C# is fun", "C\\# is fun"),
        ("# alone", "\\# alone"),
        ("zero ☕ ½", "zero ☕ ½"),
    ],
)
def test_little_text_is_escaped_as_the_documentation_says(plain: str, written: str) -> None:
    assert escape(plain) == written
    assert text_length(plain) == len(written)


@pytest.mark.parametrize(
    ("found", "written"),
    [
        (encoded("urn:li:organization:1"), "urn%3Ali%3Aorganization%3A1"),
        (encoded("a (b), 'c'"), "a%20%28b%29%2C%20%27c%27"),
        (encoded("urn:li:comment:(urn:li:activity:6,7)"), "urn%3Ali%3Acomment%3A%28urn%3Ali%3Aactivity%3A6%2C7%29"),
        (listed(["urn:li:share:1", "urn:li:share:2"]), "List(urn%3Ali%3Ashare%3A1,urn%3Ali%3Ashare%3A2)"),
        (listed([]), "List()"),
        (record({"share": encoded("urn:li:share:1")}), "(share:urn%3Ali%3Ashare%3A1)"),
        (
            interval(Window(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))),
            "(timeRange:(start:1793491200000,end:1793664000000),timeGranularityType:DAY)",
        ),
    ],
)
def test_addresses_are_written_in_the_second_protocol(found: str, written: str) -> None:
    assert found == written


def test_a_challenge_is_answered_with_the_secrets_proof() -> None:
    assert PLATFORM.webhooks is not None
    answer = PLATFORM.webhooks.reply(APP, {"challengeCode": CHALLENGE, "applicationId": "1"})
    assert answer is not None
    assert answer.content_type == "application/json"
    proof = "282e84d6c3fe9e152bf838a2c9ac5fabeace9e4bcc5a62d3eb0925f22f514d62"
    assert json.loads(answer.body) == {"challengeCode": CHALLENGE, "challengeResponse": proof}
    assert PLATFORM.webhooks.reply(APP, {"hub.challenge": "1"}) is None


def test_only_linkedins_signature_over_these_bytes_is_genuine() -> None:
    assert PLATFORM.webhooks is not None
    genuine = PLATFORM.webhooks.genuine
    assert genuine(APP, {"x-li-signature": SIGNATURE}, BODY, NOW)
    assert not genuine(APP, {"x-li-signature": SIGNATURE}, BODY + b" ", NOW)
    assert not genuine(APP, {"x-li-signature": "hmacsha256=" + SIGNATURE}, BODY, NOW)
    assert not genuine(APP, {"x-li-signature": "ø"}, BODY, NOW)
    assert not genuine(APP, {}, BODY, NOW)
    assert not genuine(App("client", "other"), {"x-li-signature": SIGNATURE}, BODY, NOW)


def test_a_notification_is_told_apart_by_its_id() -> None:
    assert PLATFORM.webhooks is not None
    [event] = PLATFORM.webhooks.events(BODY)
    assert (event.id, event.kind, event.subject_external_id) == ("77", "COMMENT", "urn:li:share:9")
    assert event.account_external_id == "urn:li:organization:5"
    assert event.occurred_at == datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"[]", b"{}", b"hello", b'{"notifications":[{"action":"LIKE"}]}'])
def test_what_is_no_notification_is_said_to_be_none(body: bytes) -> None:
    assert PLATFORM.webhooks is not None
    with pytest.raises(ValueError, match=r"notification|Expecting value"):
        PLATFORM.webhooks.events(body)


async def test_nine_million_bytes_go_up_in_three_parts_and_on_after_a_break(wire: Wire, tmp_path: Path) -> None:
    content = bytes(index % 251 for index in range(9_000_000))
    film = MediaFile("video/mp4", tmp_path / "film.mp4", "http://127.0.0.1:9/film.mp4", seconds=12)
    film.path.write_bytes(content)
    # 9,000,000 = 4,194,304 + 4,194,304 + 611,392
    bounds = [(0, 4_194_303), (4_194_304, 8_388_607), (8_388_608, 8_999_999)]
    parts = [
        {"uploadUrl": f"{wire.base_url}/part/{place}", "firstByte": first, "lastByte": last}
        for place, (first, last) in enumerate(bounds)
    ]
    wire.answer({"value": {"video": "urn:li:video:C5", "uploadToken": "", "uploadInstructions": parts}})
    wire.answer(b"", etag="tag-0")
    wire.hang_up()
    wire.answer(b"", etag="tag-1")
    wire.answer(b"", etag="tag-2")
    wire.answer({})
    assert PLATFORM.publish is not None
    post, state = Outgoing("Film", media=(film,)), None
    async with httpx.AsyncClient() as http:
        for _ in range(6):
            try:
                step = await PLATFORM.publish(_client(wire, http), post, state)
            except PlatformError:
                # The answer to the second part was lost: the same state goes on with the same part.
                continue
            assert isinstance(step, Pending)
            assert step.handle
            state = step.state
    assert state == {"assets": ["urn:li:video:C5"]}
    sent = [asked for asked in wire.asked if asked.method == "PUT"]
    assert [asked.path for asked in sent] == ["/part/0", "/part/1", "/part/1", "/part/2"]
    assert b"".join(asked.body for asked in (sent[0], *sent[2:])) == content
    assert b'"uploadedPartIds":["tag-0","tag-1","tag-2"]' in wire.asked[-1].body.replace(b" ", b"")


def _client(wire: Wire, http: httpx.AsyncClient) -> Any:
    return Client(wire.app, Token("t"), "urn:li:organization:5", http)
