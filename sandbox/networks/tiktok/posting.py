"""Direct posts: what a creator may do, the start of a post, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal, envelope
from sandbox.networks.tiktok.gate import Call
from sandbox.networks.tiktok.sessions import Sessions

_PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY")
_MEGABYTE = 1_000_000
_SMALLEST_CHUNK, _LARGEST_CHUNK, _LARGEST_LAST = 5 * _MEGABYTE, 64 * _MEGABYTE, 128 * _MEGABYTE
_MOST_CHUNKS = 1000
_LARGEST_VIDEO = 4 * 1000 * _MEGABYTE
_MOST_PHOTOS = 35
_DAILY = 15


class Posting:
    """Starts posts and tells how far they are."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def creator(self, call: Call) -> Response:
        """What the creator's settings allow. TikTok wants this asked before each post."""
        account = call.account
        return envelope(
            {
                "creator_avatar_url": account.picture_url,
                "creator_username": account.username,
                "creator_nickname": account.name,
                "privacy_level_options": list(_PRIVACY),
                "comment_disabled": False,
                "duet_disabled": False,
                "stitch_disabled": False,
                "max_video_post_duration_sec": 600,
            }
        )

    async def video(self, call: Call) -> Response:
        """Start a video: its bytes will be put to an address, or are pulled from one."""
        info, source = _member(call.body, "post_info"), _member(call.body, "source_info")
        caption = _text(info, "title", 2200)
        privacy = _privacy(info)
        self._refuse_flood(call)
        if source.get("source") == "PULL_FROM_URL":
            address = self._sessions.verified(str(source.get("video_url", "")))
            session = self._sessions.open(call, "v_pub_url", caption, privacy)
            self._sessions.pull(session, [address])
            return envelope({"publish_id": session.publish_id})
        if source.get("source") != "FILE_UPLOAD":
            raise Refusal("invalid_params", "source_info.source must be FILE_UPLOAD or PULL_FROM_URL")
        size, chunk = _chunks(source)
        session = self._sessions.open(call, "v_pub_file", caption, privacy, size=size, chunk=chunk)
        return envelope({"publish_id": session.publish_id, "upload_url": self._sessions.address(call, session)})

    async def photos(self, call: Call) -> Response:
        """Start a photo post, whose pictures are always pulled."""
        info, source = _member(call.body, "post_info"), _member(call.body, "source_info")
        if call.body.get("media_type") != "PHOTO" or call.body.get("post_mode") != "DIRECT_POST":
            raise Refusal("invalid_params", "media_type must be PHOTO and post_mode DIRECT_POST")
        title, caption = _text(info, "title", 90), _text(info, "description", 4000)
        privacy = _privacy(info)
        photos = source.get("photo_images")
        if source.get("source") != "PULL_FROM_URL" or not isinstance(photos, list):
            raise Refusal("invalid_params", "source_info must be PULL_FROM_URL with photo_images")
        if not 1 <= len(photos) <= _MOST_PHOTOS or source.get("photo_cover_index", 0) not in range(len(photos)):
            raise Refusal("invalid_params", f"photo_images takes 1 to {_MOST_PHOTOS} and a cover among them")
        self._refuse_flood(call)
        addresses = [self._sessions.verified(str(photo)) for photo in photos]
        session = self._sessions.open(call, "p_pub_url", caption or title, privacy, title=title or None)
        self._sessions.pull(session, addresses)
        return envelope({"publish_id": session.publish_id})

    async def status(self, call: Call) -> Response:
        """How far a post is."""
        publish_id = call.body.get("publish_id")
        if not isinstance(publish_id, str) or not publish_id:
            raise Refusal("invalid_params", "publish_id is required")
        return envelope(self._sessions.status(call, publish_id))

    def _refuse_flood(self, call: Call) -> None:
        """A creator posts some fifteen times a day through all apps together."""
        since = call.world.now() - timedelta(days=1)
        if self._sessions.started(call.account, since) >= _DAILY:
            raise Refusal(
                "spam_risk_too_many_posts", "The daily post cap from the API is reached for the current user."
            )


def _member(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise Refusal("invalid_params", f"{name} is required")
    return value


def _text(info: dict[str, Any], name: str, longest: int) -> str:
    """A text whose length TikTok counts in UTF-16 units."""
    text = info.get(name, "")
    if not isinstance(text, str) or len(text.encode("utf-16-le")) // 2 > longest:
        raise Refusal("invalid_params", f"post_info.{name} takes at most {longest} UTF-16 units")
    return text


def _privacy(info: dict[str, Any]) -> str:
    level = info.get("privacy_level")
    if not isinstance(level, str) or not level:
        raise Refusal("invalid_params", "post_info.privacy_level is required")
    if level not in _PRIVACY:
        raise Refusal("privacy_level_option_mismatch", "privacy_level is not among the creator's privacy_level_options")
    return level


def _chunks(source: dict[str, Any]) -> tuple[int, int]:
    """Size of the video and of a chunk. The remainder joins the last chunk, so the count is rounded down."""
    size, chunk, count = (source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count"))
    if not (isinstance(size, int) and isinstance(chunk, int) and isinstance(count, int)):
        raise Refusal("invalid_params", "video_size, chunk_size and total_chunk_count must be integers")
    if not 0 < size <= _LARGEST_VIDEO or chunk <= 0:
        raise Refusal("invalid_params", "The video_size or chunk_size is invalid")
    whole = chunk == size and size <= _LARGEST_CHUNK
    if not whole and not _SMALLEST_CHUNK <= chunk <= _LARGEST_CHUNK:
        raise Refusal("invalid_params", "The chunk size is invalid")
    if count != math.floor(size / chunk) or not 1 <= count <= _MOST_CHUNKS:
        raise Refusal("invalid_params", "The total chunk count is invalid")
    if size - chunk * (count - 1) > _LARGEST_LAST:
        raise Refusal("invalid_params", "The last chunk is too large")
    return size, chunk
