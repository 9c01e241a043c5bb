"""TikTok has no published specification: figures worked out by hand, or by other tools, from its documentation."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from platforms.errors import Rejected
from platforms.posting import MediaFile, Outgoing
from platforms.registration import App
from platforms.tiktok import oauth, webhooks
from platforms.tiktok.post_info import is_draft, is_video, photo_info, video_info
from platforms.tiktok.publish import chunks

APP = App("bwo2m45353a6k85", "tiktok-client-secret")
# The verifier of RFC 7636, appendix B, and the octets of its SHA-256 printed there, in hexadecimal.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3"
# printf '1633174587.%s' "$BODY" | openssl dgst -sha256 -hmac tiktok-client-secret
BODY = (
    b'{"client_key":"bwo2m45353a6k85","event":"video.publish.completed","create_time":1615338610,'
    b'"user_openid":"act.example12345Example12345Example",'
    b'"content":"{\\"share_id\\":\\"video.6974245311675353080.VDCxrcMJ\\"}"}'
)
SIGNED = "t=1633174587,s=c340e5a68a6833b78aaefb363c79a7beee95e387033e108c8c596e6b6263684f"
MOMENT = datetime.fromtimestamp(1633174587, UTC)
CREATOR = {"privacy_level_options": ["PUBLIC_TO_EVERYONE", "SELF_ONLY"], "max_video_post_duration_sec": 300}


async def test_the_challenge_is_hexadecimal() -> None:
    async with httpx.AsyncClient() as http:
        url = await oauth.authorize_url(APP, http, state="s", redirect_uri="https://r.test/back", verifier=VERIFIER)
    query = parse_qs(urlsplit(url).query)
    assert query["code_challenge"] == [CHALLENGE]
    assert query["code_challenge_method"] == ["S256"]
    assert "client_id" not in query


@pytest.mark.parametrize(
    ("size", "chunk", "count", "last"),
    [
        (1, 1, 1, 1),
        (4_999_999, 4_999_999, 1, 4_999_999),
        (64_000_000, 64_000_000, 1, 64_000_000),
        # 6 whole tens and 4,000,001 more: the sixth takes them.
        (64_000_001, 10_000_000, 6, 14_000_001),
        (100_000_000, 10_000_000, 10, 10_000_000),
        (109_999_999, 10_000_000, 10, 19_999_999),
        (4_000_000_000, 10_000_000, 400, 10_000_000),
    ],
)
def test_a_plan_of_chunks(size: int, chunk: int, count: int, last: int) -> None:
    assert chunks(size) == (chunk, count)
    assert size - chunk * (count - 1) == last


@pytest.mark.parametrize(
    ("signature", "body", "now", "genuine"),
    [
        (SIGNED, BODY, MOMENT, True),
        (SIGNED, BODY, MOMENT + timedelta(minutes=5), True),
        (SIGNED, BODY, MOMENT + timedelta(minutes=5, seconds=1), False),
        (SIGNED, BODY, MOMENT - timedelta(minutes=6), False),
        (SIGNED, BODY.replace(b"completed", b"complete_"), MOMENT, False),
        (SIGNED.replace("c340", "c341"), BODY, MOMENT, False),
        (SIGNED.replace("t=1633174587", "t=1633174588"), BODY, MOMENT, False),
        ("", BODY, MOMENT, False),
        ("t=,s=", BODY, MOMENT, False),
        ("t=²,s=x", BODY, MOMENT, False),
        ("s=\xff", BODY, MOMENT, False),
    ],
)
def test_a_signature_covers_the_moment_and_the_raw_bytes(
    signature: str, body: bytes, now: datetime, genuine: bool
) -> None:
    assert webhooks.genuine(APP, {"tiktok-signature": signature}, body, now) is genuine


def test_content_is_a_string_that_holds_json() -> None:
    [event] = webhooks.events(BODY)
    assert (event.kind, event.account_external_id) == ("video.publish.completed", "act.example12345Example12345Example")
    assert event.subject_external_id == "video.6974245311675353080.VDCxrcMJ"
    assert event.occurred_at == datetime(2021, 3, 10, 1, 10, 10, tzinfo=UTC)
    assert [again.id for again in webhooks.events(BODY)] == [event.id]
    assert webhooks.reply(APP, {"challenge": "1"}) is None


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "Expecting value"),
        (b"[]", "names no event"),
        (b"{}", "names no event"),
        (b'{"event":"x","content":"[1]"}', "no JSON object"),
        (b'{"event":"x","content":"{"}', "Expecting property"),
    ],
)
def test_what_tiktok_does_not_document_is_no_event(body: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        webhooks.events(body)


def film(seconds: float | None = None) -> MediaFile:
    return MediaFile("video/mp4", Path("film.mp4"), "http://127.0.0.1:9/film.mp4", seconds=seconds)


def picture(content_type: str = "image/jpeg") -> MediaFile:
    return MediaFile(content_type, Path("a.jpg"), "http://127.0.0.1:9/a.jpg")


def test_a_post_says_who_may_see_it() -> None:
    assert video_info(Outgoing("Hi", media=(film(),)), CREATOR) == {
        "title": "Hi",
        "privacy_level": "PUBLIC_TO_EVERYONE",
    }
    chosen = {"privacy_level": "SELF_ONLY", "disable_duet": True, "is_aigc": True}
    assert video_info(Outgoing("Hi", media=(film(),), options=chosen), CREATOR) == {"title": "Hi", **chosen}


def test_what_the_creator_switched_off_stays_off() -> None:
    outgoing = Outgoing("Hi", media=(film(),), options={"disable_comment": False})
    found = video_info(outgoing, CREATOR | {"comment_disabled": True, "stitch_disabled": True})
    assert (found["disable_comment"], found["disable_stitch"], found.get("disable_duet")) == (True, True, None)


@pytest.mark.parametrize(
    ("options", "seconds", "creator"),
    [
        ({"privacy_level": "FOLLOWER_OF_CREATOR"}, None, CREATOR),
        ({}, None, {"privacy_level_options": ["SELF_ONLY"]}),
        ({"privacy_level": "SELF_ONLY", "brand_content_toggle": True}, None, CREATOR),
        ({}, 300.5, CREATOR),
    ],
)
def test_what_a_creator_may_not_post_is_refused_before_anything_is_sent(
    options: dict[str, object], seconds: float | None, creator: dict[str, object]
) -> None:
    with pytest.raises(Rejected):
        video_info(Outgoing("Hi", media=(film(seconds),), options=options), creator)


def test_a_title_is_cut_between_characters() -> None:
    found = photo_info(Outgoing("☕" + "🦊" * 60, media=(picture(),)), None)
    assert found == {"title": "☕" + "🦊" * 44, "description": "☕" + "🦊" * 60}


@pytest.mark.parametrize(
    "media",
    [(), (film(), film()), (film(), picture()), (picture("image/png"),), (picture(),) * 36],
    ids=["nothing", "two-films", "mixed", "png", "36-photos"],
)
def test_other_media_are_refused(media: tuple[MediaFile, ...]) -> None:
    with pytest.raises(Rejected):
        is_video(Outgoing("Hi", media=media))


@pytest.mark.parametrize("options", [{"schedule": 1}, {"photo_cover_index": 0}, {"post_mode": "LATER"}])
def test_a_setting_that_tiktok_does_not_have_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(Rejected):
        is_draft(Outgoing("Hi", media=(film(),), options=options), video=True)
