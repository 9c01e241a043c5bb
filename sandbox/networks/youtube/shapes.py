"""Channels, playlist items and videos in the parts that a request asked for. Every counter is a string."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.gate import Call
from sandbox.networks.youtube.sheets import Sheet, Sheets
from sandbox.world import Account, Post, World
from sandbox.world.chance import draw

_PICTURES = {"default": (120, 90), "medium": (320, 180), "high": (480, 360)}
_FILM = "https://www.youtube.com/embed/"


def instant(moment: datetime) -> str:
    """A moment as Google writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def uploads_playlist(account: Account) -> str:
    """The playlist of everything that a channel has uploaded."""
    return "UU" + account.external_id[2:]


def channel(call: Call, account: Account, parts: set[str]) -> dict[str, Any]:
    """A channel; `branding` may have been edited."""
    own = account.external_id == call.account.external_id
    branding = call.world.noted(NETWORK, f"branding {account.external_id}") or {}
    described = {"title": account.name, "description": branding.get("description", account.description)}
    country = {"country": branding["country"]} if branding.get("country") else {}
    known: dict[str, Any] = {
        "snippet": {
            **described,
            "customUrl": f"@{account.username}",
            "publishedAt": instant(account.created_at),
            "thumbnails": thumbnails(account.picture_url),
            "localized": described,
            **country,
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": uploads_playlist(account)}},
        "statistics": _channel_statistics(call, account),
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "allowed"},
        "brandingSettings": {"channel": described | country | _only(branding, {"keywords"})},
        "topicDetails": {"topicIds": [], "topicCategories": []},
    }
    if own:
        known["auditDetails"] = {
            "overallGoodStanding": True,
            "communityGuidelinesGoodStanding": True,
            "copyrightStrikesGoodStanding": True,
            "contentIdClaimsGoodStanding": True,
        }
    return {"kind": "youtube#channel", "id": account.external_id} | _only(known, parts)


def video(call: Call, sheets: Sheets, post: Post, parts: set[str], *, fresh: bool = False) -> dict[str, Any]:
    """A video; some of it is only for its owner. `fresh` is one whose last byte has just come."""
    own, sheet = post.account_id == call.account.external_id, sheets.of(post.external_id)
    done = sheets.processed(post) and not fresh
    known: dict[str, Any] = {
        "snippet": _video_snippet(call, post, sheet),
        "contentDetails": {
            "duration": duration(sheets.seconds(post)),
            "dimension": "2d",
            "definition": "hd",
            "caption": "false",
            "licensedContent": False,
            "contentRating": {},
            "projection": "rectangular",
        }
        | ({"hasCustomThumbnail": sheet.thumbnail} if own else {}),
        "status": _video_status(sheet, own=own, done=done),
        "statistics": video_statistics(call.world, sheets, post, own=own),
        "player": {"embedHtml": f'<iframe width="480" height="270" src="{_FILM}{post.external_id}"></iframe>'},
        "recordingDetails": {},
        "topicDetails": {"topicCategories": []},
        "localizations": {},
    }
    if own:
        known["processingDetails"] = {"processingStatus": "succeeded" if done else "processing"}
    return {"kind": "youtube#video", "id": post.external_id} | _only(known, parts)


def _video_snippet(call: Call, post: Post, sheet: Sheet) -> dict[str, Any]:
    account = call.world.account(NETWORK, post.account_id) or call.account
    name = title(post, sheet)
    tags = list(post.hashtags) if sheet.tags is None else sheet.tags
    languages = {"defaultLanguage": sheet.language, "defaultAudioLanguage": sheet.audio_language}
    return {
        "publishedAt": instant(post.created_at),
        "channelId": post.account_id,
        "title": name,
        "description": post.text,
        "thumbnails": video_thumbnails(call, post),
        "channelTitle": account.name,
        **({"tags": tags} if tags else {}),
        "categoryId": sheet.category,
        "liveBroadcastContent": "none",
        "localized": {"title": name, "description": post.text},
        **{name: value for name, value in languages.items() if value},
    }


def _video_status(sheet: Sheet, *, own: bool, done: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "uploadStatus": "processed" if done else "uploaded",
        "privacyStatus": sheet.privacy,
        "license": sheet.licence,
        "embeddable": sheet.embeddable,
        "publicStatsViewable": sheet.public_stats,
        "madeForKids": bool(sheet.made_for_kids),
    }
    if own and sheet.publish_at:
        shown["publishAt"] = instant(datetime.fromisoformat(sheet.publish_at))
    if own and sheet.made_for_kids is not None:
        shown["selfDeclaredMadeForKids"] = sheet.made_for_kids
    if sheet.synthetic is not None:
        shown["containsSyntheticMedia"] = sheet.synthetic
    return shown


def stat(call: Call, sheets: Sheets, post: Post, parts: set[str]) -> dict[str, Any]:
    """The little of a video that batchGetStats gives."""
    own = post.account_id == call.account.external_id
    counted = video_statistics(call.world, sheets, post, own=own)
    known = {
        "snippet": {"publishTime": instant(post.created_at)},
        "statistics": _only(counted, {"viewCount", "likeCount", "commentCount"}),
        "contentDetails": {"duration": f"{sheets.seconds(post)}s"},
    }
    return {"kind": "youtube#videoStats", "id": post.external_id} | _only(known, parts)


def title(post: Post, sheet: Sheet) -> str:
    """The name that a video was given last."""
    return sheet.title or post.title or ""


def duration(length: int) -> str:
    """A length as ISO 8601 writes it."""
    minutes, rest = divmod(length, 60)
    hours, minutes = divmod(minutes, 60)
    named = ((hours, "H"), (minutes, "M"), (rest, "S"))
    return "PT" + ("".join(f"{amount}{letter}" for amount, letter in named if amount) or "0S")


def rounded(count: int) -> int:
    """Three figures are public; the rest is cut."""
    scale = int("1" + "0" * max(len(str(count)) - 3, 0))
    return count // scale * scale


def video_thumbnails(call: Call, post: Post) -> dict[str, Any]:
    """The pictures that stand for a video."""
    return thumbnails(f"{call.world.origin}/pictures/{post.external_id}.jpg")


def thumbnails(address: str) -> dict[str, Any]:
    return {name: {"url": address, "width": width, "height": height} for name, (width, height) in _PICTURES.items()}


def living(world: World, statistics: Mapping[str, Any]) -> dict[str, Any]:
    """Figures without those that have been ended."""
    ended = {
        str(planted.get("metric")).removeprefix("statistics.") for planted in world.planted("metric_dies", NETWORK)
    }
    return {name: value for name, value in statistics.items() if name not in ended}


def video_statistics(world: World, sheets: Sheets, post: Post, *, own: bool) -> dict[str, str]:
    """Counters; likes that are hidden and comments that are closed are absent."""
    counters, sheet = sheets.counters(post), sheets.of(post.external_id)
    shown = {"viewCount": str(counters["views"])}
    if own or sheet.public_stats:
        shown["likeCount"] = str(counters["likes"])
    if own:
        shown["dislikeCount"] = "0"
    shown["favoriteCount"] = "0"
    if not sheet.made_for_kids:
        shown["commentCount"] = str(counters["comments"])
    return living(world, shown)


def hides_subscribers(world: World, account: Account) -> bool:
    """Some rivals do."""
    first = world.accounts(NETWORK)[0].external_id
    return account.external_id != first and draw("hidden", world.seed, account.external_id).random() < 0.3


def _channel_statistics(call: Call, account: Account) -> dict[str, Any]:
    counters = call.world.account_counters(account, call.world.now())
    hidden = hides_subscribers(call.world, account)
    shown = {
        "viewCount": str(counters["views"]),
        "subscriberCount": "0" if hidden else str(rounded(counters["followers"])),
        "hiddenSubscriberCount": hidden,
        "videoCount": str(counters["posts"]),
    }
    return living(call.world, shown)


def _only(known: Mapping[str, Any], parts: set[str]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if name in parts}
