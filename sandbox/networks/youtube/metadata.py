"""What is said about a video with its upload or afterwards, checked. A part that is sent is sent whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.networks.youtube.errors import bad
from sandbox.networks.youtube.gate import inner

# Category ids of YouTube, their names, and whether a video may be put there.
CATEGORIES: dict[str, tuple[str, bool]] = {
    "1": ("Film & Animation", True),
    "2": ("Autos & Vehicles", True),
    "10": ("Music", True),
    "15": ("Pets & Animals", True),
    "17": ("Sports", True),
    "18": ("Short Movies", False),
    "19": ("Travel & Events", True),
    "20": ("Gaming", True),
    "21": ("Videoblogging", False),
    "22": ("People & Blogs", True),
    "23": ("Comedy", True),
    "24": ("Entertainment", True),
    "25": ("News & Politics", True),
    "26": ("Howto & Style", True),
    "27": ("Education", True),
    "28": ("Science & Technology", True),
    "29": ("Nonprofits & Activism", True),
}
READABLE = frozenset(
    "id snippet status statistics contentDetails processingDetails player recordingDetails topicDetails localizations"
    " fileDetails suggestions liveStreamingDetails paidProductPlacementDetails".split()
)
_VIDEO = "youtube.video"
_TITLE, _DESCRIPTION, _TAGS = 100, 5000, 500


def snippet(body: dict[str, Any], *, updating: bool) -> dict[str, Any]:
    """The fields of a sheet that a snippet sets, and `text`. Raises Refusal."""
    sent = inner(body, "snippet")
    title, description = sent.get("title"), sent.get("description", "")
    if not isinstance(title, str) or not 1 <= len(title.strip()) or len(title) > _TITLE or set("<>") & set(title):
        raise bad("invalidTitle", "The request metadata specifies an invalid or empty video title.", _VIDEO)
    if not isinstance(description, str) or len(description.encode()) > _DESCRIPTION or set("<>") & set(description):
        raise bad("invalidDescription", "The request metadata specifies an invalid video description.", _VIDEO)
    category = sent.get("categoryId", None if updating else "22")
    if not CATEGORIES.get(str(category), ("", False))[1]:
        raise bad("invalidCategoryId", "The snippet.categoryId property specifies an invalid category ID.", _VIDEO)
    return {
        "title": title,
        "text": description,
        "tags": _tags(sent.get("tags")),
        "category": str(category),
        "language": sent.get("defaultLanguage"),
        "audio_language": sent.get("defaultAudioLanguage"),
    }


def status(body: dict[str, Any], now: datetime) -> dict[str, Any]:
    """The fields of a sheet that a status sets. Raises Refusal."""
    sent = inner(body, "status")
    privacy, licence = sent.get("privacyStatus", "public"), sent.get("license", "youtube")
    if privacy not in ("public", "unlisted", "private") or licence not in ("youtube", "creativeCommon"):
        raise bad("invalidVideoMetadata", "The request metadata is invalid.", _VIDEO)
    publish_at = _moment(sent["publishAt"]) if sent.get("publishAt") else None
    if publish_at is not None and privacy != "private":
        raise bad("invalidPublishAt", "The request metadata specifies an invalid scheduled publishing time.", _VIDEO)
    if publish_at is not None and publish_at <= now:
        privacy, publish_at = "public", None
    return {
        "privacy": privacy,
        "publish_at": publish_at.isoformat() if publish_at else None,
        "licence": licence,
        "embeddable": sent.get("embeddable") is not False,
        "public_stats": sent.get("publicStatsViewable") is not False,
        "made_for_kids": _flag(sent, "selfDeclaredMadeForKids"),
        "synthetic": _flag(sent, "containsSyntheticMedia"),
    }


def known_parts(parts: set[str]) -> set[str]:
    """The parts, if each is one of a video. Raises Refusal."""
    if not parts <= READABLE:
        unknown = ", ".join(sorted(parts - READABLE))
        raise bad("unknownPart", f"'{unknown}' names no part of a video.", "youtube.part")
    return parts


def _tags(sent: Any) -> list[str] | None:
    """Tags count with the commas between them, and with quotation marks where they have a space."""
    tags = [] if sent is None else sent
    if not isinstance(tags, list) or not all(isinstance(tag, str) and tag and not set("<>") & set(tag) for tag in tags):
        raise bad("invalidTags", "The request metadata specifies invalid video keywords.", _VIDEO)
    if sum(len(tag) + (2 if " " in tag else 0) for tag in tags) + max(len(tags) - 1, 0) > _TAGS:
        raise bad("invalidTags", "The request metadata specifies invalid video keywords.", _VIDEO)
    return tags


def _moment(sent: Any) -> datetime:
    try:
        found = datetime.fromisoformat(sent)
    except (TypeError, ValueError) as error:
        raise bad("invalidPublishAt", "The scheduled publishing time is no date and time.", _VIDEO) from error
    if found.tzinfo is None:
        raise bad("invalidPublishAt", "The scheduled publishing time has no zone.", _VIDEO)
    return found


def _flag(sent: dict[str, Any], name: str) -> bool | None:
    value = sent.get(name)
    if value is not None and not isinstance(value, bool):
        raise bad("invalidVideoMetadata", "The request metadata is invalid.", _VIDEO)
    return value
