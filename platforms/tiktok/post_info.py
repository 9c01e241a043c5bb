"""What a post tells TikTok of itself: its text, who may see it, and the settings that its author chose.

Settings are `Outgoing.options` by TikTok's own names. Nothing is chosen silently: a post without `privacy_level` is
public where the creator offers that, and refused in words where not; it never goes to fewer people than was asked.
"""

from collections.abc import Mapping
from typing import Any

from platforms.errors import Rejected
from platforms.posting import MediaFile, Outgoing

PUBLIC, PRIVATE = "PUBLIC_TO_EVERYONE", "SELF_ONLY"
DIRECT, DRAFT = "DIRECT_POST", "MEDIA_UPLOAD"
MOST_PHOTOS = 35
PHOTO_TITLE = 90
_PHOTO_TYPES = ("image/jpeg", "image/webp")
_BOTH = frozenset({"post_mode", "privacy_level", "disable_comment", "brand_content_toggle", "brand_organic_toggle"})
_VIDEO = _BOTH | {"disable_duet", "disable_stitch", "is_aigc", "video_cover_timestamp_ms"}
_PHOTO = _BOTH | {"auto_add_music", "photo_cover_index"}
# What is no part of post_info.
_ELSEWHERE = ("post_mode", "privacy_level", "photo_cover_index")


def is_video(post: Outgoing) -> bool:
    """Whether it is one video; else it is photos. Raises Rejected for what is neither."""
    if not post.media:
        raise Rejected("TikTok takes videos and photos only")
    if post.media[0].is_video and len(post.media) == 1:
        return True
    if len(post.media) > MOST_PHOTOS:
        raise Rejected(f"TikTok takes at most {MOST_PHOTOS} photos in a post")
    wrong = [media.content_type for media in post.media if media.content_type not in _PHOTO_TYPES]
    if wrong:
        raise Rejected(f"TikTok takes one video, or photos as JPEG or WebP, not {wrong[0]}")
    return False


def is_draft(post: Outgoing, *, video: bool) -> bool:
    """Whether it goes to the creator's inbox, to be finished there. Raises Rejected for settings without meaning."""
    unknown = sorted(set(post.options) - (_VIDEO if video else _PHOTO))
    if unknown:
        raise Rejected(f"TikTok has no setting {unknown[0]} for {'a video' if video else 'photos'}")
    mode = post.options.get("post_mode", DIRECT)
    if mode not in (DIRECT, DRAFT):
        raise Rejected(f"post_mode is {DIRECT} or {DRAFT}, not {mode}")
    return bool(mode == DRAFT)


def video_info(post: Outgoing, creator: Mapping[str, Any]) -> dict[str, Any]:
    """`post_info` of a video that goes live by itself. Raises Rejected."""
    _check_length(post.media[0], creator)
    return {"title": post.text_with_link, **_direct(post, creator, ("comment", "duet", "stitch"))}


def photo_info(post: Outgoing, creator: Mapping[str, Any] | None) -> dict[str, Any]:
    """`post_info` of photos; without a creator that of a draft. Raises Rejected."""
    title = post.title or post.text.strip().split("\n", 1)[0]
    told = {"title": _cut(title), "description": post.text_with_link}
    return told | (_direct(post, creator, ("comment",)) if creator is not None else {})


def _direct(post: Outgoing, creator: Mapping[str, Any], may_be_off: tuple[str, ...]) -> dict[str, Any]:
    """What only a post that goes live by itself says. What the creator switched off stays off."""
    chosen = {name: value for name, value in post.options.items() if name not in _ELSEWHERE}
    off = {f"disable_{what}": True for what in may_be_off if creator.get(f"{what}_disabled")}
    return {"privacy_level": _privacy(post.options, creator), **chosen, **off}


def _privacy(options: Mapping[str, Any], creator: Mapping[str, Any]) -> str:
    offered = creator.get("privacy_level_options", [])
    level: str = options.get("privacy_level", PUBLIC)
    if level not in offered:
        named = ", ".join(offered) or "nothing"
        raise Rejected(f"TikTok lets this account post only as: {named}, not {level}", evidence={"options": offered})
    if options.get("brand_content_toggle") and level == PRIVATE:
        raise Rejected("TikTok shows paid partnerships to more than the author: choose another privacy_level")
    return level


def _check_length(media: MediaFile, creator: Mapping[str, Any]) -> None:
    longest = creator.get("max_video_post_duration_sec")
    if isinstance(longest, int) and media.seconds is not None and media.seconds > longest:
        raise Rejected(f"This account may post {longest} seconds of video; this one has {media.seconds:.0f}")


def _cut(title: str) -> str:
    """As much of a title as TikTok takes, counted in UTF-16 units."""
    return title.encode("utf-16-le")[: PHOTO_TITLE * 2].decode("utf-16-le", "ignore")
