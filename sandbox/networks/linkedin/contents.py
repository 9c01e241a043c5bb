"""What a post carries besides its words: media, several images, an article, a poll, a document, another post."""

from __future__ import annotations

from typing import Any

from sandbox.networks.linkedin.call import Call
from sandbox.networks.linkedin.errors import invalid, missing, required, too_long
from sandbox.networks.linkedin.feed import Content
from sandbox.networks.linkedin.media import Assets

_KINDS = {"image": "image", "video": "video", "document": "document"}
_QUESTION, _OPTION = 140, 30
_DURATIONS = ("ONE_DAY", "THREE_DAYS", "SEVEN_DAYS", "FOURTEEN_DAYS")


class Contents:
    """Reads the content of a draft, with the media that were uploaded before."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    def read(self, call: Call, asked: dict[str, Any]) -> Content:
        """The one kind of content that a draft names. Raises Refusal."""
        content = asked.get("content") or {}
        if not isinstance(content, dict) or len(content) > 1:
            raise invalid("Only one kind of content is allowed", "UNION_INVALID")
        found = self._content(call, content)
        found.about["content"] = content
        parent = (asked.get("reshareContext") or {}).get("parent")
        if parent is not None:
            found.about["reshareContext"] = self._reshared(call, str(parent))
        return found

    def _content(self, call: Call, content: dict[str, Any]) -> Content:
        match content:
            case {"media": {"id": str(urn), **rest}}:
                asset = self._assets.attached(call, urn)
                return Content(_KINDS[asset.sort], str(rest.get("title", "")) or None, None, [asset.medium()])
            case {"multiImage": {"images": list(images)}}:
                if not 2 <= len(images) <= 20:
                    raise invalid("multiImage takes 2 to 20 images", "FIELD_LENGTH_INVALID")
                assets = [self._assets.attached(call, _image_id(image)) for image in images]
                return Content("carousel", None, None, [asset.medium() for asset in assets])
            case {"article": {"source": str(source), "title": str(title), **rest}}:
                if "thumbnail" in rest:
                    self._assets.attached(call, str(rest["thumbnail"]))
                return Content("link", title, source)
            case {"poll": {"question": str(question), "options": list(options)}}:
                _check_poll(question, options, content["poll"])
                return Content("poll", question)
            case {}:
                return Content()
        raise invalid("content is invalid", "FIELD_VALUE_INVALID")

    def _reshared(self, call: Call, parent: str) -> dict[str, str]:
        """A post to share again, and the one at the root of it. Raises Refusal."""
        post = call.feed.post(parent)
        if post is None:
            raise missing(parent)
        about = call.feed.about(post)
        if about.get("isReshareDisabledByAuthor"):
            raise invalid(f"The author of {parent} does not allow reshares", "RESHARE_DISABLED")
        root = (about.get("reshareContext") or {}).get("root", post.external_id)
        return {"parent": post.external_id, "root": root}


def _image_id(image: object) -> str:
    """The URN in an entry of a multi-image. Raises Refusal."""
    if not isinstance(image, dict) or not isinstance(image.get("id"), str):
        raise required("/content/multiImage/images/id")
    return str(image["id"])


def _check_poll(question: str, options: list[Any], poll: dict[str, Any]) -> None:
    texts = [option.get("text") if isinstance(option, dict) else None for option in options]
    if not 2 <= len(texts) <= 4 or not all(isinstance(text, str) and text for text in texts):
        raise invalid("ERROR :: /content/poll/options :: 2 to 4 options with a text", "FIELD_LENGTH_INVALID")
    for path, text, most in [("question", question, _QUESTION), *(("options", str(text), _OPTION) for text in texts)]:
        if len(text) > most:
            raise too_long(f"/content/poll/{path}", len(text), most)
    if (poll.get("settings") or {}).get("duration", "THREE_DAYS") not in _DURATIONS:
        raise invalid("ERROR :: /content/poll/settings/duration :: is not a duration", "FIELD_VALUE_INVALID")
