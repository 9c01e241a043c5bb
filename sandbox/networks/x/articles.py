"""Articles: a draft of blocks, and the post that it becomes."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.networks.x.asked import numeric
from sandbox.networks.x.body import TEXT, checked, many, members, one_of, text, whole
from sandbox.networks.x.errors import forbidden, invalid, missing
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.networks.x.media import Uploads, usable
from sandbox.networks.x.nature import post_id
from sandbox.networks.x.posts import note_of
from sandbox.web import json_response

_INDEX = whole(0, 10**9)
_SPANS = many(members(("from_index", "to_index", "text"), from_index=_INDEX, to_index=_INDEX, text=TEXT))
_BLOCK = members(
    ("type", "text"),
    type=one_of(
        "unstyled", "header-one", "header-two", "header-three", "unordered-list-item", "ordered-list-item",
        "blockquote", "atomic",
    ),
    text=TEXT,
    key=TEXT,
    data=members(cashtags=_SPANS, hashtags=_SPANS, mentions=_SPANS, urls=_SPANS),
    entity_ranges=many(members(("key", "offset", "length"), key=_INDEX, offset=_INDEX, length=_INDEX)),
    inline_style_ranges=many(
        members(
            ("style", "offset", "length"),
            style=one_of("bold", "italic", "strikethrough"),
            offset=_INDEX,
            length=_INDEX,
        )
    ),
)  # fmt: skip
_MEDIUM = members(("media_category", "media_id"), media_category=TEXT, media_id=TEXT)
_ENTITY = members(
    ("key", "value"),
    key=TEXT,
    value=members(
        ("type", "mutability", "data"),
        type=one_of("post", "link", "image", "emoji", "markdown", "divider", "latex"),
        mutability=one_of("immutable", "mutable", "segmented"),
        data=members(caption=TEXT, entity_key=TEXT, markdown=TEXT, media_items=many(_MEDIUM), post_id=TEXT, url=TEXT),
    ),
)
_DRAFT = members(
    ("title", "content_state"),
    title=text(1),
    cover_media=_MEDIUM,
    content_state=members(("blocks", "entities"), blocks=many(_BLOCK), entities=many(_ENTITY)),
)


class Articles:
    """Drafts and what becomes of them."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def draft(self, call: Call) -> Response:
        """Keep an article that nobody sees yet."""
        body = await checked(call, _DRAFT)
        cover = body.get("cover_media", {}).get("media_id")
        upload = self._uploads.known(call, cover) if cover else None
        if cover and (upload is None or not usable(call, upload)):
            raise invalid("cover_media.media_id", cover, "Your media IDs are invalid.")
        article_id = post_id(call.account.external_id, call.world.now(), body["title"])
        about = {"owner": call.account.external_id, "title": body["title"], "text": _plain(body), "cover": cover}
        call.world.note(NETWORK, f"article {article_id}", about)
        return json_response({"data": {"id": article_id, "title": body["title"]}}, 201)

    async def publish(self, call: Call) -> Response:
        """Make a post of a draft, once."""
        article_id = numeric(call.request.path_params["article_id"], "article_id")
        about = call.world.noted(NETWORK, f"article {article_id}")
        if about is None or about["owner"] != call.account.external_id:
            raise missing("article", "article_id", article_id)
        if "post" in about:
            raise forbidden("This article is already published.")
        post = call.world.create_post(
            NETWORK, call.account.external_id, kind="text", text=f"https://x.com/i/article/{article_id}"
        )
        call.world.note(NETWORK, f"article {article_id}", about | {"post": post.external_id})
        media: dict[str, Any] = {"media": [about["cover"]]} if about["cover"] else {}
        call.world.note(NETWORK, note_of(post.external_id), {"article": about["title"], **media})
        return json_response({"data": {"post_id": post.external_id}})


def _plain(body: dict[str, Any]) -> str:
    return "\n\n".join(block["text"] for block in body["content_state"]["blocks"])
