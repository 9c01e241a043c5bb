"""Posts and drafts: what a creator may do, the start of each, and what became of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal, envelope
from sandbox.networks.tiktok.gate import Call
from sandbox.networks.tiktok.sessions import LONGEST_SECONDS, PUBLIC, Sessions
from sandbox.networks.tiktok.transfer import Transfer

_PRIVATE = "SELF_ONLY"
_PRIVACY = (PUBLIC, "MUTUAL_FOLLOW_FRIENDS", _PRIVATE)
_SWITCHES = ("disable_comment", "disable_duet", "disable_stitch", "brand_content_toggle", "brand_organic_toggle")
_VIDEO_SWITCHES = (*_SWITCHES, "is_aigc")
_PHOTO_SWITCHES = ("disable_comment", "auto_add_music", "brand_content_toggle", "brand_organic_toggle")
_MEGABYTE = 1_000_000
_SMALLEST_CHUNK, _LARGEST_CHUNK, _LARGEST_LAST = 5 * _MEGABYTE, 64 * _MEGABYTE, 128 * _MEGABYTE
_MOST_CHUNKS = 1000
_LARGEST_VIDEO = 4 * 1000 * _MEGABYTE
_MOST_PHOTOS = 35
_DAILY, _PENDING = 15, 5


class Posting:
    """Starts posts and tells how far they are."""

    def __init__(self, sessions: Sessions, transfer: Transfer) -> None:
        self._sessions = sessions
        self._transfer = transfer

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
                "max_video_post_duration_sec": LONGEST_SECONDS,
            }
        )

    async def video(self, call: Call) -> Response:
        """Start a video that goes live by itself."""
        info = _member(call.body, "post_info")
        caption, privacy = _text(info, "title", 2200), _privacy(call, info)
        switches = _switches(info, _VIDEO_SWITCHES)
        return self._start(call, "v_pub", caption=caption, privacy=privacy, is_aigc=switches["is_aigc"])

    async def draft(self, call: Call) -> Response:
        """Start a video for the creator's inbox."""
        return self._start(call, "v_inbox")

    async def photos(self, call: Call) -> Response:
        """Start a post or draft of photos, whose pictures are always pulled."""
        info, source = _member(call.body, "post_info"), _member(call.body, "source_info")
        mode = call.body.get("post_mode")
        if call.body.get("media_type") != "PHOTO" or mode not in ("DIRECT_POST", "MEDIA_UPLOAD"):
            raise Refusal("invalid_params", "media_type must be PHOTO, post_mode DIRECT_POST or MEDIA_UPLOAD")
        draft = mode == "MEDIA_UPLOAD"
        if ("video.upload" if draft else "video.publish") not in call.scopes:
            raise Refusal("scope_not_authorized", "The user did not authorize the scope required for this post_mode.")
        title, caption = _text(info, "title", 90), _text(info, "description", 4000)
        privacy = "" if draft else _privacy(call, info)
        _switches(info, _PHOTO_SWITCHES)
        photos, cover = source.get("photo_images"), source.get("photo_cover_index", 0)
        if source.get("source") != "PULL_FROM_URL" or not isinstance(photos, list):
            raise Refusal("invalid_params", "source_info must be PULL_FROM_URL with photo_images")
        if not 1 <= len(photos) <= _MOST_PHOTOS or cover not in range(len(photos)):
            raise Refusal("invalid_params", f"photo_images takes 1 to {_MOST_PHOTOS} and a cover among them")
        addresses = [self._transfer.verified(photo) for photo in photos]
        self._refuse_flood(call, draft=draft)
        sort = "p_inbox_url" if draft else "p_pub_url"
        session = self._sessions.open(call, sort, caption=caption or title, privacy=privacy, title=title or None)
        self._transfer.pull(session, addresses)
        return envelope({"publish_id": session.publish_id})

    async def status(self, call: Call) -> Response:
        """How far a post is."""
        return envelope(self._sessions.state(self._sessions.asked(call)))

    async def cancel(self, call: Call) -> Response:
        """Give up what is not published yet."""
        session = self._sessions.asked(call)
        if session.ended:
            raise Refusal("invalid_publish_id", "The publish_id is not in a state that can be cancelled.")
        self._sessions.fail(session, "publish_cancelled")
        return envelope({})

    def _start(self, call: Call, sort: str, **about: Any) -> Response:
        """A video: its bytes will be put to an address, or are pulled from one. Raises Refusal."""
        source, draft = _member(call.body, "source_info"), "inbox" in sort
        if source.get("source") == "PULL_FROM_URL":
            address = self._transfer.verified(source.get("video_url"))
            self._refuse_flood(call, draft=draft)
            session = self._sessions.open(call, f"{sort}_url", **about)
            self._transfer.pull(session, [address])
            return envelope({"publish_id": session.publish_id})
        if source.get("source") != "FILE_UPLOAD":
            raise Refusal("invalid_params", "source_info.source must be FILE_UPLOAD or PULL_FROM_URL")
        size, chunk = _chunks(source)
        self._refuse_flood(call, draft=draft)
        session = self._sessions.open(call, f"{sort}_file", size=size, chunk=chunk, **about)
        return envelope({"publish_id": session.publish_id, "upload_url": self._transfer.address(call, session)})

    def _refuse_flood(self, call: Call, *, draft: bool) -> None:
        """Caps of a creator over a day, through all apps together; planted ones are lower. Raises Refusal."""
        if call.left("active_users") == 0:
            raise Refusal("reached_active_user_cap", "The daily quota for active publishing users is reached.")
        bucket, most = ("pending_shares", _PENDING) if draft else ("posts", _DAILY)
        planted = call.left(bucket)
        if planted == 0 or self._sessions.recent(call.account, drafts=draft) >= most:
            word = "too_many_pending_share" if draft else "too_many_posts"
            raise Refusal(f"spam_risk_{word}", "The daily cap from the API is reached for the current user.")
        call.spend(bucket)


def _member(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise Refusal("invalid_params", f"{name} is required")
    return value


def _text(info: dict[str, Any], name: str, longest: int) -> str:
    """A text whose length TikTok counts in UTF-16 units."""
    text = info.get(name, "")
    if not isinstance(text, str) or len(text.encode("utf-16-le", "surrogatepass")) // 2 > longest:
        raise Refusal("invalid_params", f"post_info.{name} takes at most {longest} UTF-16 units")
    return text


def _switches(info: dict[str, Any], names: tuple[str, ...]) -> dict[str, bool]:
    """What is on or off; what is not said is off. Raises Refusal."""
    found = {name: info.get(name, False) for name in names}
    wrong = [name for name, value in found.items() if not isinstance(value, bool)]
    if wrong:
        raise Refusal("invalid_params", f"post_info.{wrong[0]} must be a boolean")
    return found


def _privacy(call: Call, info: dict[str, Any]) -> str:
    level = info.get("privacy_level")
    if not isinstance(level, str) or not level:
        raise Refusal("invalid_params", "post_info.privacy_level is required")
    if level not in _PRIVACY:
        raise Refusal("privacy_level_option_mismatch", "privacy_level is not among the creator's privacy_level_options")
    if level != _PRIVATE and not call.audited:
        raise Refusal("unaudited_client_can_only_post_to_private_accounts", "Please review our integration guidelines.")
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
