"""Channels, playlist items and videos in the parts that a request asked for. Every counter is a string."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.networks.youtube.gate import NETWORK, Call
from sandbox.world import Account, Post, World


@dataclass
class Sheet:
    """What an upload said about a video that the world does not keep."""

    privacy: str = "public"
    tags: list[str] = field(default_factory=list)
    category: str = "22"
    made_for_kids: bool = False


class Sheets:
    """The sheets of all uploads, kept by the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def keep(self, video_id: str, sheet: Sheet) -> None:
        """Remember what an upload said."""
        self._world.note(NETWORK, f"sheet {video_id}", asdict(sheet))

    def of(self, video_id: str) -> Sheet:
        """What is known of a video; of one that was not uploaded here, the ordinary."""
        about = self._world.noted(NETWORK, f"sheet {video_id}")
        return Sheet(**about) if about else Sheet()


def instant(moment: datetime) -> str:
    """A moment as Google writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def uploads_playlist(account: Account) -> str:
    """The playlist of everything that a channel has uploaded."""
    return "UU" + account.external_id[2:]


def channel(call: Call, account: Account, parts: set[str]) -> dict[str, Any]:
    """A channel."""
    known = {
        "snippet": {
            "title": account.name,
            "description": account.description,
            "customUrl": f"@{account.username}",
            "publishedAt": instant(account.created_at),
            "thumbnails": _thumbnails(account.picture_url),
            "localized": {"title": account.name, "description": account.description},
        },
        "contentDetails": {"relatedPlaylists": {"likes": "", "uploads": uploads_playlist(account)}},
        "statistics": _channel_statistics(call, account),
        "status": {"privacyStatus": "public", "isLinked": True, "longUploadsStatus": "longUploadsUnspecified"},
    }
    return {"kind": "youtube#channel", "id": account.external_id} | _only(known, parts)


def playlist_item(call: Call, account: Account, post: Post, position: int, parts: set[str]) -> dict[str, Any]:
    """A video's place in the uploads of its channel."""
    known = {
        "snippet": {
            "publishedAt": instant(post.created_at),
            "channelId": account.external_id,
            "title": post.title or "",
            "description": post.text,
            "thumbnails": _video_thumbnails(call, post),
            "channelTitle": account.name,
            "playlistId": uploads_playlist(account),
            "position": position,
            "resourceId": {"kind": "youtube#video", "videoId": post.external_id},
            "videoOwnerChannelTitle": account.name,
            "videoOwnerChannelId": account.external_id,
        },
        "contentDetails": {"videoId": post.external_id, "videoPublishedAt": instant(post.created_at)},
        "status": {"privacyStatus": "public"},
    }
    return {"kind": "youtube#playlistItem", "id": f"VVV{post.external_id}"} | _only(known, parts)


def video(call: Call, post: Post, sheet: Sheet, parts: set[str]) -> dict[str, Any]:
    """A video; processing details only for its owner."""
    account = call.world.account(NETWORK, post.account_id) or call.account
    title = post.title or ""
    known: dict[str, Any] = {
        "snippet": {
            "publishedAt": instant(post.created_at),
            "channelId": post.account_id,
            "title": title,
            "description": post.text,
            "thumbnails": _video_thumbnails(call, post),
            "channelTitle": account.name,
            "tags": sheet.tags or list(post.hashtags),
            "categoryId": sheet.category,
            "liveBroadcastContent": "none",
            "localized": {"title": title, "description": post.text},
        },
        "contentDetails": {
            "duration": duration(seconds(post)),
            "dimension": "2d",
            "definition": "hd",
            "caption": "false",
            "licensedContent": False,
            "projection": "rectangular",
        },
        "status": {
            "uploadStatus": "processed",
            "privacyStatus": sheet.privacy,
            "license": "youtube",
            "embeddable": True,
            "publicStatsViewable": True,
            "madeForKids": sheet.made_for_kids,
        },
        "statistics": _video_statistics(call, post),
    }
    if post.account_id == call.account.external_id:
        known["processingDetails"] = {"processingStatus": "succeeded"}
    return {"kind": "youtube#video", "id": post.external_id} | _only(known, parts)


def stat(call: Call, post: Post, parts: set[str]) -> dict[str, Any]:
    """The little of a video that batchGetStats gives."""
    counted = _video_statistics(call, post)
    known = {
        "snippet": {"publishTime": instant(post.created_at)},
        "statistics": {name: counted[name] for name in ("viewCount", "likeCount", "commentCount")},
        "contentDetails": {"duration": f"{seconds(post)}s"},
    }
    return {"kind": "youtube#videoStats", "id": post.external_id} | _only(known, parts)


def seconds(post: Post) -> int:
    """A video's length; of one that came through the wire nobody has looked, so its id gives a plausible one."""
    return post.duration_s or 15 + sum(post.external_id.encode()) % 165


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


def _video_thumbnails(call: Call, post: Post) -> dict[str, Any]:
    """The pictures that stand for a video."""
    return _thumbnails(f"{call.world.origin}/pictures/{post.external_id}.jpg")


def _thumbnails(address: str) -> dict[str, Any]:
    return {"default": {"url": address, "width": 120, "height": 90}}


def _channel_statistics(call: Call, account: Account) -> dict[str, Any]:
    counters = call.world.account_counters(account, call.world.now())
    return {
        "viewCount": str(counters["views"]),
        "subscriberCount": str(rounded(counters["followers"])),
        "hiddenSubscriberCount": False,
        "videoCount": str(counters["posts"]),
    }


def _video_statistics(call: Call, post: Post) -> dict[str, str]:
    counters = call.world.counters(post, call.world.now())
    shown = {
        "viewCount": str(counters["views"]),
        "likeCount": str(counters["likes"]),
        "favoriteCount": "0",
        "commentCount": str(counters["comments"]),
    }
    return shown | ({"dislikeCount": "0"} if post.account_id == call.account.external_id else {})


def _only(known: dict[str, Any], parts: set[str]) -> dict[str, Any]:
    return {name: value for name, value in known.items() if name in parts}
