"""What a post becomes in the two parts of a video that can be written, and the settings of YouTube's own."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from platforms.errors import Rejected
from platforms.posting import Outgoing

TITLE = 100
# A Short is what YouTube finds to be upright or square, and no longer than this; nothing asks for one.
SHORT_SECONDS = 180
PEOPLE_AND_BLOGS = "22"
# What can be written of each part. What is left out of an update is erased.
SNIPPET = ("title", "description", "tags", "categoryId", "defaultLanguage", "defaultAudioLanguage")
STATUS = (
    "privacyStatus",
    "publishAt",
    "license",
    "embeddable",
    "publicStatsViewable",
    "selfDeclaredMadeForKids",
    "containsSyntheticMedia",
)
# Parameters of the upload itself.
QUERY = ("notifySubscribers",)
_OURS = ("title", "description", "publishAt")
_OPTIONS = frozenset({*SNIPPET, *STATUS, *QUERY} - set(_OURS))


def title(post: Outgoing) -> str:
    """The first line where the author gave no title."""
    return post.title or post.text.strip().split("\n", 1)[0][:TITLE]


def snippet(post: Outgoing) -> dict[str, Any]:
    """What a post says."""
    return {"title": title(post), "description": post.text_with_link, **_chosen(post, SNIPPET)}


def status(post: Outgoing) -> dict[str, Any]:
    """Who may see it, and from when on. Raises Rejected for a moment that cannot be."""
    chosen = _chosen(post, STATUS)
    if post.publish_at is None:
        return chosen
    if chosen.get("privacyStatus", "private") != "private":
        raise Rejected("a video that goes public later is private until then: leave privacyStatus out")
    return {**chosen, "privacyStatus": "private", "publishAt": post.publish_at.astimezone(UTC).isoformat()}


def query(post: Outgoing) -> dict[str, str]:
    return {name: str(value).lower() for name, value in _chosen(post, QUERY).items()}


def check(post: Outgoing) -> None:
    """Raises Rejected for what YouTube would never take."""
    unknown = sorted(set(post.options) - _OPTIONS)
    if unknown:
        raise Rejected(f"YouTube has no setting {', '.join(unknown)}")
    if not post.media or not post.media[0].is_video:
        raise Rejected("YouTube takes videos only")
    if len(post.media) > 2 or (len(post.media) == 2 and post.media[1].is_video):
        raise Rejected("YouTube takes one video, and one picture as its thumbnail")
    seconds = post.media[0].seconds
    if post.kind == "short" and seconds is not None and seconds > SHORT_SECONDS:
        raise Rejected(f"a Short is at most {SHORT_SECONDS} seconds long; this is {seconds:.0f}")


def kept(part: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What an update must send again of a part, so that it stays."""
    return {name: part[name] for name in names if name in part}


def _chosen(post: Outgoing, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: post.options[name] for name in names if name in post.options}
