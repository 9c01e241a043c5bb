"""Creating and deleting posts."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.x.asked import json_object, numeric
from sandbox.networks.x.errors import Problem, forbidden, invalid, missing
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.networks.x.media import Upload, Uploads, usable
from sandbox.networks.x.shapes import reply_note
from sandbox.networks.x.text import LONGEST, urls, weighted_length
from sandbox.web import json_response
from sandbox.world import Media

_MEMBERS = {
    "card_uri": str,
    "community_id": str,
    "direct_message_deep_link": str,
    "edit_options": dict,
    "for_super_followers_only": bool,
    "geo": dict,
    "made_with_ai": bool,
    "media": dict,
    "nullcast": bool,
    "paid_partnership": bool,
    "poll": dict,
    "quote_tweet_id": str,
    "reply": dict,
    "reply_settings": str,
    "share_with_followers": bool,
    "text": str,
}
_EXCLUSIVE = ("media", "poll", "quote_tweet_id", "card_uri")
_REPLY_SETTINGS = frozenset({"following", "mentionedUsers", "subscribers", "verified"})
_MEMORY = timedelta(days=1)


class Publisher:
    """Makes posts out of requests, with the media that were uploaded before."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads

    async def create(self, call: Call) -> Response:
        """A new post by the user of the token."""
        body = await _body(call)
        text = unicodedata.normalize("NFC", body.get("text", ""))
        uploads = self._attached(call, body)
        _check(call, body, text, uploads)
        post = call.world.create_post(
            NETWORK, call.account.external_id, kind=_kind(text, uploads), text=text, media=_media(uploads)
        )
        if "reply" in body:
            call.world.note(NETWORK, reply_note(post.external_id), {"to": body["reply"]["in_reply_to_tweet_id"]})
        data = {"id": post.external_id, "text": post.text, call.dialect.history: [post.external_id]}
        return json_response({"data": data}, 201)

    def _attached(self, call: Call, body: dict[str, Any]) -> list[Upload]:
        """The uploads that a post names, all of them ready."""
        wanted = body.get("media", {}).get("media_ids", [])
        if "media" in body and (not isinstance(wanted, list) or not 1 <= len(wanted) <= 4):
            raise invalid("media.media_ids", wanted, "A post carries 1 to 4 media")
        try:
            uploads = [self._uploads.find(call, str(media_id)) for media_id in wanted]
        except Problem as error:
            raise invalid("media.media_ids", wanted, "Your media IDs are invalid.") from error
        if not all(usable(call, upload) for upload in uploads):
            raise invalid("media.media_ids", wanted, "Your media IDs are invalid.")
        if len(uploads) > 1 and any(upload.sort != "image" for upload in uploads):
            raise invalid("media.media_ids", wanted, "A post carries up to 4 photos, or 1 GIF, or 1 video")
        return uploads


async def delete(call: Call) -> Response:
    """Delete an own post."""
    wanted_id = numeric(call.request.path_params["id"], "id")
    post = call.world.post(NETWORK, wanted_id)
    if post is None:
        raise missing(call.dialect.post, "id", wanted_id)
    if post.account_id != call.account.external_id:
        raise forbidden("You are not authorized to delete this Tweet.")
    call.world.delete_post(NETWORK, wanted_id)
    return json_response({"data": {"deleted": True}})


async def _body(call: Call) -> dict[str, Any]:
    """The body with only the members that X knows, each of its type."""
    body = await json_object(call)
    for name, value in body.items():
        if name not in _MEMBERS:
            message = f"$.{name}: is not defined in the schema and the schema does not allow additional properties"
            raise invalid(name, value, message)
        if not isinstance(value, _MEMBERS[name]):
            raise invalid(name, value, f"$.{name}: {type(value).__name__} found, {_MEMBERS[name].__name__} expected")
    return body


def _check(call: Call, body: dict[str, Any], text: str, uploads: list[Upload]) -> None:
    """Refuse what X refuses."""
    if sum(name in body for name in _EXCLUSIVE) > 1:
        raise invalid("media", "", "media, poll, quote_tweet_id and card_uri are mutually exclusive")
    if not text.strip() and not uploads:
        raise invalid("text", text, "text or media is required")
    if "reply_settings" in body and body["reply_settings"] not in _REPLY_SETTINGS:
        raise invalid("reply_settings", body["reply_settings"], "reply_settings is not valid")
    if "quote_tweet_id" in body or "edit_options" in body:
        raise forbidden("You are not permitted to perform this action.")
    if "reply" in body:
        _check_reply(call, body["reply"])
    if weighted_length(text) > LONGEST:
        raise forbidden("Your Tweet text is too long.")
    since = call.world.now() - _MEMORY
    recent = call.world.posts(NETWORK, call.account.external_id, since=since)
    if text and any(post.text == text for post in recent):
        raise forbidden("You are not allowed to create a Tweet with duplicate content.")


def _check_reply(call: Call, reply: dict[str, Any]) -> None:
    """Replies go to own posts, or to those that name the user."""
    wanted_id = numeric(str(reply.get("in_reply_to_tweet_id", "")), "reply.in_reply_to_tweet_id")
    post = call.world.post(NETWORK, wanted_id)
    if post is None or post.deleted_at is not None:
        raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
    summoned = f"@{call.account.username}".lower() in post.text.lower()
    if post.account_id != call.account.external_id and not summoned:
        raise forbidden("You are not permitted to reply to this Tweet.")


def _kind(text: str, uploads: list[Upload]) -> str:
    if not uploads:
        return "link" if urls(text) else "text"
    if uploads[0].sort != "image":
        return "video"
    return "image" if len(uploads) == 1 else "carousel"


def _media(uploads: list[Upload]) -> list[Media]:
    return [upload.medium for upload in uploads if upload.medium is not None]
