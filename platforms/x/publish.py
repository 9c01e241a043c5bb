"""Puts posts on X, changes, answers and deletes them, and finds them again.

Media are uploaded first, which nobody sees. Only the call that creates a post is irreversible; a thread is a
chain of such calls, so each step of one first looks whether it was done already.
"""

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from platforms.calls import CLOCK_SKEW, json_object, same_text
from platforms.errors import OutcomeUnknown, Rejected
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.x import articles, media
from platforms.x.client import Client
from platforms.x.insights import instant, timeline
from platforms.x.prices import CREATE, CREATE_WITH_URL
from platforms.x.text import has_url

# What an author may set besides text and media, by its name on the wire.
OPTIONS = frozenset({"made_with_ai", "paid_partnership", "poll", "reply_settings", "share_with_followers"})
_State = dict[str, Any]


async def publish(client: Client, post: Outgoing, state: _State | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    if post.kind == "article":
        return await articles.publish(client, post, state)
    if post.kind == "thread":
        return await _thread(client, post, state)
    step = await _uploaded(client, post.media, state)
    if isinstance(step, Pending):
        return step
    return _published(await _create(client, post, step))


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest post since a moment that says the same and has media or not, as ours; of a thread, the whole."""
    if post.kind == "article":
        return await articles.find(client, post, since)
    entries = await _own(client, since)
    found = [entry for entry in entries if _says(post, entry)]
    if post.kind != "thread":
        return _published(found[0]["id"]) if found else None
    for first in found:
        ids = [first["id"]]
        for part in post.parts:
            ids += [e["id"] for e in entries if _replies_to(e) == ids[-1] and _says(part, e)][:1]
        if len(ids) == 1 + len(post.parts):
            return Published(ids[0], permalink(ids[0]), tuple(ids[1:]))
    return None


async def edit(client: Client, external_id: str, post: Outgoing) -> Published:
    """Another text in the place of a post's, within 30 minutes and five times; it has a new id. Its media stay."""
    params = {"expansions": "attachments.media_keys", "post.fields": "attachments"}
    shown = json_object(await client.get(f"/2/tweets/{external_id}", params)).get("data")
    if not isinstance(shown, dict):
        raise Rejected("the post is not there any more", evidence={"id": external_id})
    keys = shown.get("attachments", {}).get("media_keys", [])
    extra = {"edit_options": {"previous_post_id": external_id}}
    return _published(await _create(client, post, [key.partition("_")[2] for key in keys], **extra))


async def delete(client: Client, external_id: str) -> None:
    """Take a post down; one that is gone is no error."""
    try:
        await client.delete(f"/2/tweets/{external_id}")
    except Rejected as refusal:
        if refusal.evidence.get("kind") != "resource-not-found":
            raise


async def comment(client: Client, external_id: str, text: str) -> str:
    """A reply to an own post, or to one that names us: X lets no app answer others. Its id."""
    return await _create(client, Outgoing(text), (), reply={"in_reply_to_tweet_id": external_id})


def permalink(external_id: str) -> str:
    """Where people see a post."""
    return f"https://x.com/i/status/{external_id}"


async def _thread(client: Client, post: Outgoing, state: _State | None) -> Published | Pending:
    """One post of a chain. The ids so far are the handle by which X tells whether the next is live."""
    if state is None:
        now = await client.network_now()
        return Pending({"ids": [], "since": instant(now), "media": None}, handle=True)
    ids: list[str] = state["ids"]
    part = (post, *post.parts)[len(ids)]
    step = await _uploaded(client, part.media, state["media"])
    if isinstance(step, Pending):
        return Pending({**state, "media": step.state}, step.check_after, handle=True)
    done = await _already(client, part, state)
    if done is None:
        reply = {"reply": {"in_reply_to_tweet_id": ids[-1]}} if ids else {}
        done = await _create(client, part, step, **reply)
    ids = [*ids, done]
    if len(ids) <= len(post.parts):
        return Pending({**state, "ids": ids, "media": None}, handle=True)
    return Published(ids[0], permalink(ids[0]), tuple(ids[1:]))


async def _already(client: Client, part: Outgoing, state: _State) -> str | None:
    """The part of a thread that an earlier try made without hearing so."""
    entries = await _own(client, datetime.fromisoformat(state["since"]).astimezone(UTC))
    parent = state["ids"][-1] if state["ids"] else None
    return next((e["id"] for e in entries if _replies_to(e) == parent and _says(part, e)), None)


async def _uploaded(client: Client, files: Sequence[MediaFile], state: _State | None) -> list[str] | Pending:
    """The ids of all media, or the next step towards them."""
    state = state or {"done": [], "upload": None}
    if len(state["done"]) == len(files):
        return list(state["done"])
    upload, wait = await media.advance(client, files[len(state["done"])], state["upload"])
    if upload.get("ready"):
        return Pending({"done": [*state["done"], upload["id"]], "upload": None}, wait)
    return Pending({"done": state["done"], "upload": upload}, wait)


async def _create(client: Client, post: Outgoing, media_ids: Sequence[str], **extra: Any) -> str:
    """The one call that cannot be undone; the id of the post."""
    unknown = post.options.keys() - OPTIONS
    if unknown:
        raise Rejected(f"X knows no {', '.join(sorted(unknown))}")
    body: dict[str, Any] = {"text": post.text_with_link, **post.options, **extra}
    if media_ids:
        body["media"] = {"media_ids": list(media_ids)}
    data = await client.post("/2/tweets", irreversible=True, json=body)
    client.spent.charge(CREATE_WITH_URL if has_url(post.text_with_link) else CREATE)
    if "id" not in data:
        raise OutcomeUnknown("X accepted the post but does not name it")
    return str(data["id"])


async def _own(client: Client, since: datetime) -> list[dict[str, Any]]:
    """Own posts since a moment, oldest first."""
    pages = [body.get("data", []) async for _, body in timeline(client, since - CLOCK_SKEW, None)]
    return [entry for entries in reversed(pages) for entry in reversed(entries)]


def _says(post: Outgoing, entry: dict[str, Any]) -> bool:
    has_media = bool(entry.get("attachments", {}).get("media_keys"))
    return has_media == bool(post.media) and same_text(post.text_with_link, _shown(entry))


def _replies_to(entry: dict[str, Any]) -> str | None:
    """The id of the post that one answers."""
    references = entry.get("referenced_posts") or entry.get("referenced_tweets") or []
    return next((one["id"] for one in references if one.get("type") == "replied_to"), None)


def _shown(entry: dict[str, Any]) -> str:
    """A post's text as it was written: X escapes it, shortens its links, and adds one for its picture."""
    text: str = entry.get("text", "")
    for address in entry.get("entities", {}).get("urls", []):
        if "url" in address:
            written = "" if "media_key" in address else address.get("expanded_url", address["url"])
            text = text.replace(address["url"], written)
    return html.unescape(text)


def _published(external_id: str) -> Published:
    return Published(external_id, permalink(external_id))
