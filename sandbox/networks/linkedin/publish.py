"""Creating, changing and deleting posts of an organization."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import littletext
from sandbox.networks.linkedin.errors import denied, duplicate, invalid
from sandbox.networks.linkedin.gate import NETWORK, Call
from sandbox.networks.linkedin.media import Assets, body
from sandbox.networks.linkedin.read import milliseconds
from sandbox.world import Media

_LONGEST = 3000
_MEMORY = timedelta(days=1)
_REQUIRED = ("author", "visibility", "distribution", "lifecycleState")
_VISIBILITY = frozenset({"PUBLIC", "CONNECTIONS", "LOGGED_IN", "CONTAINER"})


@dataclass
class Content:
    """What a post carries beside its commentary."""

    kind: str = "text"
    title: str | None = None
    link: str | None = None
    media: list[Media] = field(default_factory=list)


class Publisher:
    """Makes posts out of requests, with the media that were uploaded before."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    async def create(self, call: Call) -> Response:
        """A new post: 201, an empty body, and the id in a header."""
        asked = await body(call)
        _check(call, asked)
        content = self._content(call, asked.get("content") or {})
        text = littletext.read(asked.get("commentary", ""))
        _refuse_duplicate(call, text, content)
        post = call.world.create_post(
            NETWORK,
            call.account.external_id,
            kind=content.kind,
            text=text,
            title=content.title,
            media=content.media,
            link=content.link,
            external_id=_video_urn(call) if content.kind == "video" else None,
        )
        return Response(status_code=201, headers={"x-restli-id": post.external_id})

    def _content(self, call: Call, content: dict[str, Any]) -> Content:
        """The one kind of content that a post names. Raises Refusal."""
        if len(content) > 1:
            raise invalid("Only one kind of content is allowed", "UNION_INVALID")
        match content:
            case {"media": {"id": str(urn), **rest}}:
                asset = self._assets.attached(call, urn)
                kind = "video" if asset.is_video else "image"
                return Content(kind, str(rest.get("title", "")) or None, None, [asset.medium()])
            case {"multiImage": {"images": list(images)}}:
                if not 2 <= len(images) <= 20:
                    raise invalid("multiImage takes 2 to 20 images", "FIELD_LENGTH_INVALID")
                assets = [self._assets.attached(call, _image_id(image)) for image in images]
                return Content("carousel", None, None, [asset.medium() for asset in assets])
            case {"article": {"source": str(source), "title": str(title)}}:
                return Content("link", title, source)
            case {"poll": {"question": str(question)}}:
                return Content("text", question)
            case {}:
                return Content()
        raise invalid("content is invalid", "FIELD_VALUE_INVALID")


async def delete(call: Call) -> Response:
    """Delete an own post; deleting it again is no error."""
    urn = call.key()
    post = call.world.post(NETWORK, urn)
    if post is not None and post.account_id != call.account.external_id:
        raise denied("posts.DELETE")
    if post is not None and post.deleted_at is None:
        call.world.delete_post(NETWORK, urn)
    return Response(status_code=204)


def _video_urn(call: Call) -> str:
    """Videos become ugcPosts, everything else shares; both numbers sort by time."""
    return f"urn:li:ugcPost:{milliseconds(call.world.now()) << 22 | secrets.randbits(22)}"


def _check(call: Call, asked: dict[str, Any]) -> None:
    """Refuse a post that lacks what LinkedIn demands."""
    for name in _REQUIRED:
        if not asked.get(name):
            raise invalid(
                f"ERROR :: /{name} :: field is required but not found and has no default value", "MISSING_FIELD"
            )
    if not call.owns(str(asked["author"])):
        raise denied("posts.CREATE")
    if asked["visibility"] not in _VISIBILITY or asked["lifecycleState"] != "PUBLISHED":
        raise invalid("visibility or lifecycleState is not allowed", "FIELD_VALUE_INVALID")
    commentary = asked.get("commentary", "")
    if not isinstance(commentary, str):
        raise invalid("ERROR :: /commentary :: must be a string", "FIELD_VALUE_INVALID")
    if len(commentary) > _LONGEST:
        raise invalid(f"ERROR :: /commentary :: length {len(commentary)} exceeds {_LONGEST}", "FIELD_LENGTH_TOO_LONG")
    if not commentary and not asked.get("content"):
        raise invalid("ERROR :: /commentary :: a post needs commentary or content", "MISSING_FIELD")


def _refuse_duplicate(call: Call, text: str, content: Content) -> None:
    """The same text with the same content within a day is refused with the URN of the first."""
    since = call.world.now() - _MEMORY
    for post in call.world.posts(NETWORK, call.account.external_id, since=since):
        if post.text == text and [one.sha256 for one in post.media] == [one.sha256 for one in content.media]:
            raise duplicate(post.external_id)


def _image_id(image: object) -> str:
    """The URN in an entry of a multi-image. Raises Refusal."""
    if not isinstance(image, dict) or not isinstance(image.get("id"), str):
        raise invalid("ERROR :: /content/multiImage/images :: id is required", "MISSING_FIELD")
    return str(image["id"])
