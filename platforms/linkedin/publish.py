"""Puts a text, link, image, several images, video, document or poll on a page or a profile, and finds it again.

Media are uploaded first, which nobody sees. Only the call that creates the post is irreversible.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from platforms.calls import CLOCK_SKEW, same_text
from platforms.errors import OutcomeUnknown, Rejected
from platforms.linkedin.client import Client
from platforms.linkedin.little_text import escape, unescape
from platforms.linkedin.media import prepare, sort_of
from platforms.linkedin.posts import authored, moment
from platforms.linkedin.restli import encoded
from platforms.posting import Kind, Outgoing, Pending, Published

KINDS: tuple[Kind, ...] = ("text", "link", "image", "carousel", "video")
# What an author may choose, by LinkedIn's own names.
OPTIONS = frozenset({"visibility", "isReshareDisabledByAuthor", "poll"})


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    _check(post)
    if post.media and not (state and state.get("ready")):
        return await prepare(client, post.media, state or {"assets": []})
    response = await client.post("/rest/posts", _draft(client, post, state), irreversible=True)
    external_id = response.headers.get("x-restli-id")
    if not external_id:
        raise OutcomeUnknown("LinkedIn accepted the post but does not name it")
    return Published(external_id, permalink(external_id))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest post since a moment that says and carries the same."""
    start = since - CLOCK_SKEW
    found: Published | None = None
    async for _, entries in authored(client, start):
        for entry in entries:
            at = moment(entry)
            same = same_text(_text(post), unescape(entry.get("commentary", "")))
            if at is not None and at >= start and same and _carries(entry.get("content") or {}) == _carried(post):
                found = Published(entry["id"], permalink(entry["id"]))
    return found


async def edit(client: Client, external_id: str, post: Outgoing) -> Published:
    """Another text; what the post carries stays."""
    await client.change(f"/rest/posts/{encoded(external_id)}", {"commentary": escape(_text(post))})
    return Published(external_id, permalink(external_id))


async def delete(client: Client, external_id: str) -> None:
    """Take a post down; LinkedIn does not mind one that is gone."""
    try:
        await client.delete(f"/rest/posts/{encoded(external_id)}")
    except Rejected as refusal:
        if refusal.evidence.get("status") != 404:
            raise


async def comment(client: Client, external_id: str, text: str) -> str:
    """Say something under a post; its URN. Comments are no little text: what is written is shown."""
    said = {"actor": client.account, "object": external_id, "message": {"text": text}}
    response = await client.post(f"/rest/socialActions/{encoded(external_id)}/comments", said, irreversible=True)
    body = response.json() if response.content else {}
    named = body.get("commentUrn") or response.headers.get("x-restli-id")
    if not named:
        raise OutcomeUnknown("LinkedIn accepted the comment but does not name it")
    return str(named)


def permalink(external_id: str) -> str:
    """Where people see a post."""
    return f"https://www.linkedin.com/feed/update/{external_id}"


def _check(post: Outgoing) -> None:
    """Refuse what LinkedIn could not take. Raises Rejected."""
    if post.kind not in KINDS:
        raise Rejected(f"LinkedIn has no {post.kind} through its API")
    unknown = sorted(post.options.keys() - OPTIONS)
    if unknown:
        raise Rejected(f"LinkedIn knows no option {', '.join(unknown)}")
    if post.format == "link" and not post.link:
        raise Rejected("a link post needs a link")
    if "poll" in post.options and (post.media or post.link):
        raise Rejected("a poll carries neither media nor a link")
    if len(post.media) > 1 and any(sort_of(one) != "image" for one in post.media):
        raise Rejected("several media of one post must all be images")


def _draft(client: Client, post: Outgoing, state: dict[str, Any] | None) -> dict[str, Any]:
    content = _content(post, state["assets"] if state else ())
    return {
        "author": client.account,
        "commentary": escape(_text(post)),
        "visibility": post.options.get("visibility", "PUBLIC"),
        "distribution": {"feedDistribution": "MAIN_FEED", "targetEntities": [], "thirdPartyDistributionChannels": []},
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": bool(post.options.get("isReshareDisabledByAuthor", False)),
        **({"content": content} if content else {}),
    }


def _content(post: Outgoing, assets: Sequence[str]) -> dict[str, Any]:
    """What the post carries besides its text."""
    if len(assets) > 1:
        described = zip(assets, post.media, strict=True)
        return {"multiImage": {"images": [{"id": urn, **_alt(one.alt_text)} for urn, one in described]}}
    if assets:
        title = {"title": post.title} if post.title else {}
        return {"media": {"id": assets[0], **title, **_alt(post.media[0].alt_text)}}
    if "poll" in post.options:
        return {"poll": post.options["poll"]}
    if post.link:
        # LinkedIn reads no page: without a title of ours there is none.
        return {"article": {"source": post.link, "title": post.title or post.link}}
    return {}


def _alt(text: str | None) -> dict[str, str]:
    return {"altText": text} if text else {}


def _carried(post: Outgoing) -> str:
    """What the post will carry, in the words of `_carries`."""
    if post.media:
        return "multiImage" if len(post.media) > 1 else sort_of(post.media[0])
    if "poll" in post.options:
        return "poll"
    return "article" if post.link else ""


def _carries(content: dict[str, Any]) -> str:
    """What a post at LinkedIn carries."""
    if "media" in content:
        return str(content["media"].get("id", "")).removeprefix("urn:li:").partition(":")[0]
    return next(iter(content), "")


def _text(post: Outgoing) -> str:
    """A link beside media goes into the text; alone it becomes the post's article."""
    return post.text if not post.media else post.text_with_link
