"""Users, posts and media in the fields that a request asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sandbox.networks.x import text
from sandbox.networks.x.asked import chosen, instant
from sandbox.networks.x.dialect import MEDIA_FIELDS
from sandbox.networks.x.errors import Problem, partial
from sandbox.networks.x.gate import Call
from sandbox.world import Account, Post

PRIVATE_DAYS = timedelta(days=30)
_PRIVATE = ("non_public_metrics", "organic_metrics", "promoted_metrics")
_TAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"@(\w{1,15})")
_PIXELS = {"photo": (1080, 1080), "video": (1920, 1080)}


@dataclass
class Wanted:
    """The fields and expansions of one request."""

    post: set[str]
    user: set[str]
    media: set[str]
    expansions: set[str]
    errors: list[dict[str, Any]] = field(default_factory=list)


def wanted(call: Call) -> Wanted:
    """Read and check what a request asks for."""
    query, words = call.request.query_params, call.dialect
    return Wanted(
        chosen(query, words.parameter, words.post_fields),
        chosen(query, "user.fields", words.user_fields),
        chosen(query, "media.fields", MEDIA_FIELDS),
        chosen(query, "expansions", words.expansions),
    )


def user(call: Call, account: Account, fields: set[str]) -> dict[str, Any]:
    """A user: id, name and username always, the rest when asked."""
    counters = call.world.account_counters(account, call.world.now())
    known = {
        "created_at": instant(account.created_at),
        "description": account.description,
        "profile_image_url": account.picture_url,
        "protected": False,
        "url": f"https://x.com/{account.username}",
        "verified": True,
        "verified_type": "business",
        "public_metrics": {
            "followers_count": counters["followers"],
            "following_count": counters["following"],
            call.dialect.posts: counters["posts"],
            "listed_count": counters["followers"] // 90,
        },
    }
    always = {"id": account.external_id, "name": account.name, "username": account.username}
    return always | {name: value for name, value in known.items() if name in fields}


def post(call: Call, post: Post, want: Wanted) -> dict[str, Any]:
    """A post: id, text and edit history always, the rest when asked and allowed."""
    words, keys = call.dialect, [medium["media_key"] for medium in media(call, post)]
    known: dict[str, Any] = {
        "author_id": post.account_id,
        "created_at": instant(post.created_at),
        "display_text_range": [0, len(post.text)],
        "entities": entities(post.text),
        "lang": "und",
        "possibly_sensitive": False,
        "reply_settings": "everyone",
        "public_metrics": _public(call, post),
        **_reply(call, post),
    }
    if keys:
        known["attachments"] = {"media_keys": keys}
    fields = want.post | ({"author_id", "in_reply_to_user_id", words.references} & want.expansions)
    if "attachments.media_keys" in want.expansions:
        fields.add("attachments")
    always = {"id": post.external_id, "text": post.text, words.history: [post.external_id]}
    shown = always | {name: value for name, value in known.items() if name in fields and value}
    return shown | _private(call, post, want)


def reply_note(external_id: str) -> str:
    """Under which name the world keeps what a post replies to."""
    return f"reply {external_id}"


def _reply(call: Call, post: Post) -> dict[str, Any]:
    """What a post replies to, and the root of its conversation."""
    root, parent = post.external_id, None
    while (found := call.world.noted("x", reply_note(root))) is not None:
        root = found["to"]
        parent = parent or root
    if parent is None:
        return {"conversation_id": root}
    answered = call.world.post("x", parent)
    return {
        "conversation_id": root,
        "in_reply_to_user_id": answered.account_id if answered else None,
        call.dialect.references: [{"type": "replied_to", "id": parent}],
    }


def media(call: Call, post: Post) -> list[dict[str, Any]]:
    """The media of a post with every field that X would tell."""
    kind = {"image": "photo", "carousel": "photo", "video": "video"}.get(post.kind)
    if kind is None:
        return []
    prefix, (width, height) = ("3", _PIXELS[kind]) if kind == "photo" else ("7", _PIXELS[kind])
    shown = []
    for place in range(max(len(post.media), 1)):
        key = f"{prefix}_{int(post.external_id) + place + 1}"
        medium: dict[str, Any] = {"media_key": key, "type": kind, "width": width, "height": height}
        picture = f"{call.world.origin}/pictures/{key}.jpg"
        if kind == "photo":
            medium["url"] = picture
        else:
            views = call.world.counters(post, call.world.now())["impressions"] // 3
            medium |= {"preview_image_url": picture, "public_metrics": {"view_count": views}}
            if post.duration_s is not None:
                medium["duration_ms"] = post.duration_s * 1000
        shown.append(medium)
    return shown


def includes(call: Call, posts: list[Post], want: Wanted) -> dict[str, Any]:
    """What the expansions of a request add beside its data."""
    added: dict[str, Any] = {}
    if "attachments.media_keys" in want.expansions:
        fields = want.media | {"media_key", "type"}
        every = [medium for one in posts for medium in media(call, one)]
        if every:
            added["media"] = [{key: value for key, value in medium.items() if key in fields} for medium in every]
    if "author_id" in want.expansions:
        authors = [call.world.account("x", author) for author in dict.fromkeys(one.account_id for one in posts)]
        added["users"] = [user(call, author, want.user) for author in authors if author is not None]
    return added


def entities(written: str) -> dict[str, Any]:
    """Hashtags, mentions and addresses with their places in the text."""
    found: dict[str, Any] = {
        "hashtags": [{"start": m.start(), "end": m.end(), "tag": m[1]} for m in _TAG.finditer(written)],
        "mentions": [{"start": m.start(), "end": m.end(), "username": m[1]} for m in _MENTION.finditer(written)],
        "urls": [
            {"start": start, "end": end, "url": written[start:end], "expanded_url": written[start:end]}
            for start, end in text.urls(written)
        ],
    }
    return {name: places for name, places in found.items() if places}


def _public(call: Call, post: Post) -> dict[str, int]:
    """The counters that everybody sees."""
    counters = call.world.counters(post, call.world.now())
    return {
        call.dialect.reposts: counters["reposts"],
        "reply_count": counters["comments"],
        "like_count": counters["likes"],
        "quote_count": counters["quotes"],
        "bookmark_count": counters["saves"],
        "impression_count": counters["impressions"],
    }


def _private(call: Call, post: Post, want: Wanted) -> dict[str, Any]:
    """The author's own counters of a young post; for anything else a partial error per field."""
    asked = [name for name in _PRIVATE if name in want.post]
    young = call.world.now() - post.created_at <= PRIVATE_DAYS
    mine = post.account_id == call.account.external_id
    shown: dict[str, Any] = {}
    for name in asked:
        if mine and young and name != "promoted_metrics":
            shown[name] = _own(call, post, organic=name == "organic_metrics")
        else:
            want.errors.append(partial(_not_for_you(call, post, name), call.dialect))
    return shown


def _own(call: Call, post: Post, *, organic: bool) -> dict[str, int]:
    counters = call.world.counters(post, call.world.now())
    own = {
        "impression_count": counters["impressions"],
        "url_link_clicks": counters["clicks"],
        "user_profile_clicks": counters["profile_visits"],
    }
    if not organic:
        return own | {"engagements": counters["engagements"]}
    public = {call.dialect.reposts: counters["reposts"], "reply_count": counters["comments"]}
    return own | public | {"like_count": counters["likes"]}


def _not_for_you(call: Call, post: Post, name: str) -> Problem:
    word = call.dialect.post
    return Problem(
        403,
        "Field Authorization Error",
        f"Sorry, you are not authorized to access '{name}' on the {word.title()} with ids : [{post.external_id}].",
        "not-authorized-for-field",
        resource_type=word,
        resource_id=post.external_id,
        parameter="ids",
        value=post.external_id,
        section="data",
        field=name,
    )
