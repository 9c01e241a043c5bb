"""What Instagram takes: parameters of a container, pictures and films. URLs are really fetched."""

import dataclasses
import json
import re
from datetime import timedelta
from typing import Any

from sandbox.networks.instagram import refusals
from sandbox.networks.instagram.login import by_page, switched
from sandbox.networks.meta import media
from sandbox.networks.meta.errors import invalid
from sandbox.networks.meta.graph import Call
from sandbox.networks.meta.media import Seen

_LONGEST_CAPTION, _MOST_HASHTAGS, _MOST_MENTIONS = 2200, 30, 20
_LONGEST_ALT_TEXT, _MOST_COLLABORATORS, _MOST_TAGS = 1000, 3, 20
_LARGEST_PICTURE = 8_000_000
_SLIMMEST, _WIDEST = 0.8, 1.91
# A ratio counts as the nearest one that whole pixels can have.
_ROUNDING = 0.01
_FILM = "video/mp4"
# Seconds from and to, and bytes.
_FILMS = {"REELS": (3, 900, 300_000_000), "STORIES": (3, 60, 100_000_000), "VIDEO": (3, 60, 100_000_000)}
# Seconds until a container is ready.
_READY_AFTER = {"IMAGE": 1, "CAROUSEL": 1, "STORIES": 1, "REELS": 2, "VIDEO": 2}
_GRADUATIONS = ("MANUAL", "SS_PERFORMANCE")
_OF_REELS = ("cover_url", "thumb_offset", "share_to_feed", "audio_name", "trial_params")
_BY_PAGE_ONLY = ("location_id", "product_tags", "upload_type")


def settings(call: Call, media_type: str) -> dict[str, Any]:
    """What a container says beside its medium and caption. Raises GraphError."""
    sent = call.params.keys()
    if not by_page(call) and (wrong := [name for name in _BY_PAGE_ONLY if name in sent]):
        raise invalid(f"The parameter {wrong[0]} is not supported with Instagram Login.")
    if media_type != "REELS" and (wrong := [name for name in _OF_REELS if name in sent]):
        raise invalid(f"The parameter {wrong[0]} is only supported for REELS.")
    found: dict[str, Any] = {}
    if "alt_text" in sent:
        found["alt_text"] = _alt_text(call, media_type)
    if "collaborators" in sent:
        found["collaborators"] = _collaborators(call, media_type)
    if "user_tags" in sent:
        found["user_tags"] = _user_tags(call, media_type)
    if "share_to_feed" in sent:
        found["share_to_feed"] = switched(call, "share_to_feed")
    if "trial_params" in sent:
        found["trial"] = _trial(call)
    if "thumb_offset" in sent:
        found["thumb_offset"] = _thumb_offset(call)
    return found


def caption(call: Call, media_type: str) -> str:
    """Stories have none. Raises GraphError."""
    text = str(call.params.get("caption") or "")
    too_long = len(text) > _LONGEST_CAPTION
    if too_long or text.count("#") > _MOST_HASHTAGS or len(re.findall(r"(?<!\w)@\w", text)) > _MOST_MENTIONS:
        raise refusals.caption()
    return "" if media_type == "STORIES" else text


async def fetched(call: Call, media_type: str) -> tuple[Seen, bool]:
    """What is behind `image_url` or `video_url`, and whether it was called a film. Raises GraphError."""
    image, film = call.params.get("image_url"), call.params.get("video_url")
    url = film if media_type in ("REELS", "VIDEO") else image or (film if media_type == "STORIES" else None)
    if not url:
        name = "video_url" if media_type in ("REELS", "VIDEO") else "image_url"
        raise invalid(f"The parameter {name} is required.")
    if cover := call.params.get("cover_url"):
        check_picture(await media.fetch(str(cover), refusals.unreachable(), refusals.too_slow()), "COVER")
    seen = await media.fetch(str(url), refusals.unreachable(), refusals.too_slow())
    if url != film:
        check_picture(seen, media_type)
    elif seen.medium.content_type != _FILM:
        raise refusals.video_format()
    return seen, url == film


def check_picture(seen: Seen, media_type: str) -> None:
    """JPEG, 8 MB, and in the feed 4:5 to 1.91:1. Raises GraphError."""
    if seen.medium.content_type != "image/jpeg":
        raise refusals.picture_format()
    if seen.medium.size > _LARGEST_PICTURE:
        raise refusals.picture_size()
    in_feed = seen.ratio is not None and _SLIMMEST - _ROUNDING <= seen.ratio <= _WIDEST + _ROUNDING
    if media_type == "IMAGE" and not in_feed:
        raise refusals.ratio()


def filled(call: Call, about: dict[str, Any], seen: Seen, *, is_film: bool) -> dict[str, Any]:
    """What a container becomes by its medium; a film that is no good shows once it was processed."""
    good = not is_film or _film_is_good(seen, about["type"], about["settings"].get("thumb_offset"))
    return {"media": [dataclasses.asdict(seen.medium)], "ready_at": ready(call, about["type"]), "failed": not good}


def ready(call: Call, media_type: str) -> str:
    """When a container that has all it needs is ready."""
    return (call.now + timedelta(seconds=_READY_AFTER[media_type])).isoformat()


def _film_is_good(seen: Seen, media_type: str, thumb_offset: int | None) -> bool:
    """Whether a film is what processing takes: MP4, of its length and size."""
    shortest, longest, largest = _FILMS[media_type]
    if seen.medium.content_type != _FILM or seen.medium.size > largest:
        return False
    if seen.seconds is None:
        return True
    return shortest <= seen.seconds <= longest and (thumb_offset or 0) <= seen.seconds * 1000


def _alt_text(call: Call, media_type: str) -> str:
    text = call.text("alt_text")
    if media_type != "IMAGE":
        raise invalid("The parameter alt_text is only supported for images.")
    if len(text) > _LONGEST_ALT_TEXT:
        raise invalid(f"The alt_text has {_LONGEST_ALT_TEXT} characters at most.")
    return text


def _collaborators(call: Call, media_type: str) -> list[str]:
    names = call.words("collaborators")
    if media_type == "STORIES" or len(names) > _MOST_COLLABORATORS:
        raise invalid(f"Up to {_MOST_COLLABORATORS} collaborators may be asked, and none for a story.")
    return names


def _user_tags(call: Call, media_type: str) -> list[dict[str, Any]]:
    tags: list[Any] = _json(call, "user_tags", list)
    if len(tags) > _MOST_TAGS:
        raise refusals.too_many_tags()
    for tag in tags:
        if not isinstance(tag, dict) or not tag.get("username"):
            raise invalid("Each of user_tags needs a username.")
        places = [tag.get(name) for name in ("x", "y")]
        if media_type == "IMAGE" and not all(isinstance(at, int | float) and 0 <= at <= 1 for at in places):
            raise invalid("Each of user_tags of an image needs x and y from 0.0 to 1.0.")
    return tags


def _trial(call: Call) -> str:
    strategy = _json(call, "trial_params", dict).get("graduation_strategy")
    if strategy not in _GRADUATIONS:
        raise invalid(f"graduation_strategy must be one of {', '.join(_GRADUATIONS)}")
    return str(strategy)


def _thumb_offset(call: Call) -> int:
    text = call.text("thumb_offset")
    if not text.isdigit():
        raise refusals.thumb_offset()
    return int(text)


def _json(call: Call, name: str, shape: type) -> Any:
    """A parameter that holds a list or an object. Raises GraphError."""
    try:
        found = json.loads(call.text(name))
    except json.JSONDecodeError as error:
        raise invalid(f"Param {name} must be JSON") from error
    if not isinstance(found, shape):
        raise invalid(f"Param {name} must be a {'list' if shape is list else 'map'}")
    return found
