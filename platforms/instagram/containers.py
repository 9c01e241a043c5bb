"""What a post becomes at Instagram: the parameters of its containers, or why it becomes none."""

from typing import Any, Literal

from platforms.errors import Rejected
from platforms.instagram.client import Client, written
from platforms.posting import MediaFile, Outgoing

MAX_ITEMS = 10
MAX_COLLABORATORS = 3
_OF_ALL = frozenset({"user_tags", "collaborators"})
_OF_REELS = frozenset({"cover_url", "thumb_offset", "share_to_feed", "audio_name", "trial_params"})
_BY_PAGE = frozenset({"location_id", "product_tags"})

MediaType = Literal["IMAGE", "VIDEO", "CAROUSEL_ALBUM"]


def media_type(post: Outgoing) -> MediaType:
    """Instagram's word for what it becomes."""
    if post.kind == "carousel":
        return "CAROUSEL_ALBUM"
    return "VIDEO" if post.media[0].is_video else "IMAGE"


def check(client: Client, post: Outgoing) -> None:
    """Raises Rejected for what Instagram does not publish, before anything is sent."""
    if not post.media:
        raise Rejected("Instagram publishes no post without a picture or a video")
    if post.kind == "carousel":
        if not 2 <= len(post.media) <= MAX_ITEMS:
            raise Rejected(f"a carousel has 2 to {MAX_ITEMS} pictures and videos, not {len(post.media)}")
    elif len(post.media) > 1:
        raise Rejected(f"a {post.kind} has one picture or video, not {len(post.media)}")
    if post.kind == "reel" and not post.media[0].is_video:
        raise Rejected("a reel is a video")
    if post.kind == "story" and (post.text or post.link):
        raise Rejected("Instagram publishes stories without text and without a link")
    known = _OF_ALL | (_OF_REELS if _is_reel(post) else frozenset()) | (_BY_PAGE if client.uploads else frozenset())
    if unknown := sorted(post.options.keys() - known):
        raise Rejected(f"Instagram knows no {unknown[0]} for a {post.kind}: it takes {', '.join(sorted(known))}")


def single(client: Client, post: Outgoing) -> dict[str, str]:
    """The container of one picture or video."""
    file = post.media[0]
    form = {name: written(value) for name, value in post.options.items()}
    if post.kind == "story":
        return form | {"media_type": "STORIES"} | _medium(client, file)
    if file.is_video:
        return form | {"caption": post.text_with_link, "media_type": "REELS"} | _medium(client, file)
    return form | {"caption": post.text_with_link} | _medium(client, file) | _described(file)


def item(file: MediaFile) -> dict[str, str]:
    """The container of one item of a carousel, which Instagram fetches from its address."""
    if file.is_video:
        return {"is_carousel_item": "true", "media_type": "VIDEO", "video_url": file.url}
    return {"is_carousel_item": "true", "image_url": file.url} | _described(file)


def carousel(post: Outgoing, children: list[str]) -> dict[str, str]:
    """The container of a carousel whose items are ready."""
    form: dict[str, Any] = {name: written(value) for name, value in post.options.items()}
    return form | {"media_type": "CAROUSEL", "children": ",".join(children), "caption": post.text_with_link}


def _medium(client: Client, file: MediaFile) -> dict[str, str]:
    if not file.is_video:
        return {"image_url": file.url}
    return {"upload_type": "resumable"} if client.uploads else {"video_url": file.url}


def _described(file: MediaFile) -> dict[str, str]:
    return {"alt_text": file.alt_text} if file.alt_text else {}


def _is_reel(post: Outgoing) -> bool:
    return post.kind in ("reel", "video")
