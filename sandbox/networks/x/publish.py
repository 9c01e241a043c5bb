"""Creating, editing, hiding and deleting posts."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import Response

from sandbox.networks.x import shapes
from sandbox.networks.x.asked import numeric
from sandbox.networks.x.body import FLAG, ID, TEXT, checked, many, members, one_of, text, whole
from sandbox.networks.x.dialect import names
from sandbox.networks.x.errors import client_forbidden, forbidden, invalid, missing
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.networks.x.media import Upload, Uploads, usable
from sandbox.networks.x.posts import MOST_EDITS, Seen, lookup, note_of
from sandbox.networks.x.text import LONGEST, urls, weighted_length
from sandbox.networks.x.webhooks import Hooks
from sandbox.web import json_response
from sandbox.world import Media

_SETTINGS = one_of("following", "mentionedUsers", "subscribers", "verified")
_CREATE = members(
    card_uri=TEXT,
    community_id=ID,
    direct_message_deep_link=TEXT,
    edit_options=members(("previous_post_id",), previous_post_id=ID),
    for_super_followers_only=FLAG,
    geo=members(("place_id",), place_id=TEXT),
    made_with_ai=FLAG,
    media=members(
        ("media_ids",),
        media_ids=many(ID, 1, 4),
        tagged_user_ids=many(ID, 0, 10),
        call_to_actions=members(open_=True),
        description=TEXT,
        embeddable=FLAG,
        preview_media_id=ID,
        title=TEXT,
    ),
    nullcast=FLAG,
    paid_partnership=FLAG,
    poll=members(
        ("options", "duration_minutes"),
        options=many(text(1, 25), 2, 4),
        duration_minutes=whole(5, 10_080),
        reply_settings=_SETTINGS,
    ),
    quote_tweet_id=ID,
    reply=members(
        ("in_reply_to_tweet_id",),
        in_reply_to_tweet_id=ID,
        auto_populate_reply_metadata=FLAG,
        exclude_reply_user_ids=many(TEXT),
    ),
    reply_settings=_SETTINGS,
    share_with_followers=FLAG,
    text=TEXT,
)
_HIDE = members(("hidden",), hidden=FLAG)
_EXCLUSIVE = ("media", "poll", "quote_tweet_id", "card_uri")
_KEPT = ("reply_settings", "paid_partnership", "made_with_ai", "poll")
_MEMORY = timedelta(days=1)


class Publisher:
    """Makes posts out of requests, with the media that were uploaded before."""

    def __init__(self, uploads: Uploads, hooks: Hooks) -> None:
        self._uploads, self._hooks = uploads, hooks

    async def create(self, call: Call) -> Response:
        """A new post by the user of the token, or another version of one."""
        body = await checked(call, _CREATE)
        written = unicodedata.normalize("NFC", body.get("text", ""))
        uploads = self._attached(call, body)
        _check(body, written, uploads)
        previous = _previous(call, body)
        parent = _parent(call, body)
        _check_duplicate(call, written, previous)
        post = call.world.create_post(
            NETWORK, call.account.external_id, kind=_kind(written, uploads), text=written, media=_media(uploads)
        )
        about = {name: body[name] for name in _KEPT if name in body} | _links(post.external_id, parent, previous)
        if uploads:
            about["media"] = [upload.id for upload in uploads]
        call.world.note(NETWORK, note_of(post.external_id), about)
        if "to" in about:
            to = about["to"] if about["to"] != about["root"] else None
            call.world.comments.write(
                NETWORK, post.external_id, post.account_id, on=about["root"], text=post.text, answers=to
            )
        for upload in uploads:
            call.world.note(NETWORK, f"carried {upload.id}", {"by": post.external_id})
        if previous is not None:
            _take_down(call, previous.id)
        seen = Seen(post, call.account, about.get("root", post.external_id), about.get("to"), None, about)
        data = {
            "id": post.external_id,
            "text": post.text,
            **dict.fromkeys(names(call.request.query_params, "history"), seen.history),
        }
        return json_response_then({"data": data}, 201, self._told(call, seen))

    async def delete(self, call: Call) -> Response:
        """Delete an own post."""
        wanted_id = numeric(call.request.path_params["id"], "id")
        post = call.world.post(NETWORK, wanted_id)
        if post is None:
            raise missing(call.dialect.post, "id", wanted_id)
        if post.account_id != call.account.external_id:
            raise forbidden("You are not authorized to delete this Tweet.")
        _take_down(call, wanted_id)
        payload = {"id": wanted_id, "author_id": post.account_id}
        task = BackgroundTask(self._hooks.tell, call.world, "post.delete", post.account_id, payload)
        return json_response_then({"data": {"deleted": True}}, 200, task)

    def _told(self, call: Call, seen: Seen) -> BackgroundTask:
        """The call to whoever subscribed to the account."""
        words = shapes.Wanted(
            {"created_at", "conversation_id", "entities", "public_metrics"}, set(), set(), set(), set()
        )
        payload = shapes.post(call, seen, words) | {"author_id": seen.author.external_id}
        return BackgroundTask(self._hooks.tell, call.world, "post.create", seen.author.external_id, payload)

    def _attached(self, call: Call, body: dict[str, Any]) -> list[Upload]:
        """The uploads that a post names, all of them ready."""
        wanted = body.get("media", {}).get("media_ids", [])
        uploads = [self._uploads.known(call, media_id) for media_id in wanted]
        ready = [upload for upload in uploads if upload is not None and usable(call, upload)]
        if len(ready) < len(wanted):
            raise invalid("media.media_ids", wanted, "Your media IDs are invalid.")
        if len(ready) > 1 and any(upload.sort != "image" for upload in ready):
            raise invalid("media.media_ids", wanted, "A post carries up to 4 photos, or 1 GIF, or 1 video")
        if any(upload.sort == "subtitles" for upload in ready):
            raise invalid("media.media_ids", wanted, "Your media IDs are invalid.")
        return ready


async def hide(call: Call) -> Response:
    """Hide a reply in an own conversation, or show it again."""
    wanted_id = numeric(call.request.path_params["tweet_id"], "tweet_id")
    hidden = (await checked(call, _HIDE))["hidden"]
    seen = lookup(call.world, wanted_id)
    if seen is None:
        raise missing(call.dialect.post, "tweet_id", wanted_id)
    root = call.world.post(NETWORK, seen.root)
    if seen.parent is None or root is None or root.account_id != call.account.external_id:
        raise forbidden("You can only hide replies in conversations that you started.")
    call.world.note(NETWORK, f"hidden {wanted_id}", {"hidden": hidden})
    return json_response({"data": {"hidden": hidden}})


def json_response_then(data: dict[str, Any], status: int, task: BackgroundTask) -> Response:
    """An answer, and what is done after it."""
    response = json_response(data, status)
    response.background = task
    return response


def _check(body: dict[str, Any], written: str, uploads: list[Upload]) -> None:
    """Refuse what X refuses whoever asks."""
    if sum(name in body for name in _EXCLUSIVE) > 1:
        raise invalid("media", "", "media, poll, quote_tweet_id and card_uri are mutually exclusive")
    if not written.strip() and not uploads:
        raise invalid("text", written, "text or media is required")
    if "quote_tweet_id" in body:
        raise client_forbidden("official-client-forbidden", "Creating quote posts is not part of this access level.")
    for name in ("community_id", "geo", "card_uri", "nullcast", "for_super_followers_only"):
        if body.get(name):
            raise forbidden(f"You are not permitted to use {name}.")
    if weighted_length(written) > LONGEST:
        raise forbidden(
            "Your Tweet text is too long. For more information on how Twitter determines text length see"
            " https://github.com/twitter/twitter-text."
        )


def _check_duplicate(call: Call, written: str, previous: Seen | None) -> None:
    since = call.world.now() - _MEMORY
    recent = call.world.posts(NETWORK, call.account.external_id, since=since)
    edited = previous.id if previous else None
    if written and any(post.text == written and post.external_id != edited for post in recent):
        raise forbidden("You are not allowed to create a Tweet with duplicate content.")


def _previous(call: Call, body: dict[str, Any]) -> Seen | None:
    """The version that this one takes the place of: own, young, and not changed too often."""
    if "edit_options" not in body:
        return None
    seen = lookup(call.world, body["edit_options"]["previous_post_id"])
    if seen is None or seen.author.external_id != call.account.external_id:
        raise forbidden("You are not permitted to edit this Tweet.")
    if call.world.now() > seen.editable_until or "poll" in seen.about:
        raise forbidden("This Tweet can no longer be edited.")
    if len(seen.history) > MOST_EDITS:
        raise forbidden("This Tweet has reached its maximum number of edits.")
    return seen


def _parent(call: Call, body: dict[str, Any]) -> Seen | None:
    """What a post replies to: an own post, or one that names the user."""
    if "reply" not in body:
        return None
    seen = lookup(call.world, body["reply"]["in_reply_to_tweet_id"])
    if seen is None:
        raise forbidden("You attempted to reply to a Tweet that is deleted or not visible to you.")
    summoned = f"@{call.account.username}".lower() in seen.post.text.lower()
    if seen.author.external_id != call.account.external_id and not summoned:
        raise forbidden(
            "Reply to this conversation is not allowed because you have not been mentioned or otherwise"
            " engaged by the author of the post you are replying to."
        )
    return seen


def _links(external_id: str, parent: Seen | None, previous: Seen | None) -> dict[str, Any]:
    """How a post hangs together with others."""
    if parent is not None:
        return {"to": parent.id, "to_author": parent.author.external_id, "root": parent.root}
    if previous is None:
        return {}
    kept = {name: value for name, value in previous.about.items() if name in ("to", "to_author", "root")}
    return kept | {"history": previous.history}


def _take_down(call: Call, external_id: str) -> None:
    """What answered a post stays."""
    call.world.delete_post(NETWORK, external_id)
    call.world.comments.remove(NETWORK, external_id, with_answers=False)


def _kind(written: str, uploads: list[Upload]) -> str:
    if not uploads:
        return "link" if urls(written) else "text"
    if uploads[0].sort != "image":
        return "video"
    return "image" if len(uploads) == 1 else "carousel"


def _media(uploads: list[Upload]) -> list[Media]:
    return [upload.medium for upload in uploads if upload.medium is not None]
