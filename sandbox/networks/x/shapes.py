"""Users and posts in the fields that a request asked for, and what its expansions add."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sandbox.networks.x import text
from sandbox.networks.x.asked import chosen, instant
from sandbox.networks.x.attached import media, polls
from sandbox.networks.x.dialect import MEDIA_FIELDS, PLACE_FIELDS, POLL_FIELDS, names
from sandbox.networks.x.errors import Problem, partial
from sandbox.networks.x.gate import Call
from sandbox.networks.x.posts import MOST_EDITS, Seen, lookup, people
from sandbox.world import Account

PRIVATE_DAYS = timedelta(days=30)
_PRIVATE = ("non_public_metrics", "organic_metrics", "promoted_metrics")
_TAG = re.compile(r"#(\w+)")
_MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{1,15})")


@dataclass
class Wanted:
    """The fields and expansions of one request."""

    post: set[str]
    user: set[str]
    media: set[str]
    poll: set[str]
    expansions: set[str]
    errors: list[dict[str, Any]] = field(default_factory=list)


def wanted(call: Call, *, of_users: bool = False) -> Wanted:
    """Read and check what a request asks for."""
    words = call.dialect
    chosen(call, "place.fields", PLACE_FIELDS)
    return Wanted(
        chosen(call, words.parameter, words.post_fields),
        chosen(call, "user.fields", words.user_fields),
        chosen(call, "media.fields", MEDIA_FIELDS),
        chosen(call, "poll.fields", POLL_FIELDS),
        chosen(call, "expansions", words.user_expansions if of_users else words.expansions),
    )


def user(call: Call, account: Account, fields: set[str]) -> dict[str, Any]:
    """A user: id, name and username always, the rest when asked."""
    brand = call.world.account("x", account.external_id) is not None
    counters = call.world.account_counters(account, call.world.now()) if brand else {}
    known: dict[str, Any] = {
        "created_at": instant(account.created_at),
        "description": account.description,
        "profile_image_url": account.picture_url,
        "protected": False,
        "url": f"https://x.com/{account.username}",
        "verified": brand,
        "verified_type": "business" if brand else "none",
        "public_metrics": {
            "followers_count": counters.get("followers", account.followers),
            "following_count": counters.get("following", 1),
            **dict.fromkeys(names(call.request.query_params, "posts"), counters.get("posts", 1)),
            "listed_count": account.followers // 90,
        },
    }
    latest = call.world.posts("x", account.external_id)[:1] if brand and call.dialect.latest in fields else []
    if latest:
        known[call.dialect.latest] = latest[0].external_id
    always = {"id": account.external_id, "name": account.name, "username": account.username}
    return always | {name: value for name, value in known.items() if name in fields}


def post(call: Call, seen: Seen, want: Wanted) -> dict[str, Any]:
    """A post: id, text and edit history always, the rest when asked and allowed."""
    words, written = call.dialect, seen.post.text
    known: dict[str, Any] = {
        "author_id": seen.author.external_id,
        "conversation_id": seen.root,
        "created_at": instant(seen.post.created_at),
        "display_text_range": [0, len(written)],
        "edit_controls": _edit_controls(call, seen),
        "entities": entities(written),
        "lang": "und",
        "possibly_sensitive": False,
        "paid_partnership": seen.about.get("paid_partnership"),
        "reply_settings": seen.about.get("reply_settings", "everyone"),
        "source": "Sandbox",
        "public_metrics": _public(call, seen),
        "attachments": _attachments(call, seen),
        **_reply(call, seen),
    }
    if "article" in seen.about:
        known |= {key: {"title": seen.about["article"]} for key in ("article", "article_title")}
    if alts := [{key: m[key] for key in ("media_key", "alt_text")} for m in media(call, seen) if "alt_text" in m]:
        known["media_metadata"] = alts
    expanded = {"author_id", "in_reply_to_user_id", words.references} & {one.split(".")[0] for one in want.expansions}
    fields = want.post | expanded
    if any(name.startswith("attachments.") for name in want.expansions):
        fields.add("attachments")
    always = {
        "id": seen.id,
        "text": written,
        **dict.fromkeys(names(call.request.query_params, "history"), seen.history),
    }
    shown = always | {name: value for name, value in known.items() if name in fields and value not in (None, {}, [])}
    return shown | _private(call, seen, want)


def includes(call: Call, posts: list[Seen], want: Wanted) -> dict[str, Any]:
    """What the expansions of a request add beside its data."""
    added: dict[str, list[dict[str, Any]]] = {}
    if "attachments.media_keys" in want.expansions:
        fields = want.media | {"media_key", "type"}
        every = {medium["media_key"]: medium for one in posts for medium in media(call, one)}
        added["media"] = [{k: v for k, v in medium.items() if k in fields} for medium in every.values()]
    if "attachments.poll_ids" in want.expansions:
        fields = want.poll | {"id", "options"}
        added["polls"] = [{k: v for k, v in poll.items() if k in fields} for one in posts for poll in polls(call, one)]
    words = call.dialect.references
    referenced = [found for found in (_parent(call, one) for one in posts) if found is not None]
    if want.expansions & {words, f"{words}.id"}:
        added[call.dialect.included] = [post(call, one, want) for one in {one.id: one for one in referenced}.values()]
    added["users"] = [user(call, one, want.user) for one in _users(call, posts, referenced, want)]
    return {name: things for name, things in added.items() if things}


def _users(call: Call, posts: list[Seen], referenced: list[Seen], want: Wanted) -> list[Account]:
    """The people whom the expansions of a request name."""
    found: list[Account] = []
    if "author_id" in want.expansions:
        found += [one.author for one in posts]
    if "referenced_tweets.id.author_id" in want.expansions:
        found += [one.author for one in referenced]
    if "in_reply_to_user_id" in want.expansions:
        found += [one for one in (call.world.account("x", seen.parent_author or "") for seen in posts) if one]
    if "entities.mentions.username" in want.expansions:
        names = {name.lower() for one in posts for name in _MENTION.findall(one.post.text)}
        found += [one for one in people(call.world) if names and one.username.lower() in names]
    return list({one.external_id: one for one in found}.values())


def _parent(call: Call, seen: Seen) -> Seen | None:
    return lookup(call.world, seen.parent) if seen.parent else None


def _reply(call: Call, seen: Seen) -> dict[str, Any]:
    """What a post replies to."""
    if seen.parent is None:
        return {}
    return {
        "in_reply_to_user_id": seen.parent_author,
        call.dialect.references: [{"type": "replied_to", "id": seen.parent}],
    }


def _attachments(call: Call, seen: Seen) -> dict[str, Any]:
    keys = [medium["media_key"] for medium in media(call, seen)]
    found = {"media_keys": keys, "poll_ids": [poll["id"] for poll in polls(call, seen)]}
    return {name: ids for name, ids in found.items() if ids}


def _edit_controls(call: Call, seen: Seen) -> dict[str, Any]:
    return {
        "edits_remaining": MOST_EDITS - len(seen.history) + 1,
        "is_edit_eligible": "poll" not in seen.about and seen.parent is None,
        "editable_until": instant(seen.editable_until),
    }


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


def _public(call: Call, seen: Seen) -> dict[str, int]:
    """The counters that everybody sees, less those that X has given up."""
    counters = call.world.counters(seen.post, call.world.now())
    shown = {
        call.dialect.reposts: counters["reposts"],
        "reply_count": counters["comments"],
        "like_count": counters["likes"],
        "quote_count": counters["quotes"],
        "bookmark_count": counters["saves"],
        "impression_count": counters["impressions"],
    }
    dead = {name.removeprefix("public_metrics.") for name in call.dead}
    return {name: value for name, value in shown.items() if name not in dead}


def _private(call: Call, seen: Seen, want: Wanted) -> dict[str, Any]:
    """The author's own counters of a young post; for anything else a partial error per field."""
    asked = [name for name in _PRIVATE if name in want.post]
    young = call.world.now() - seen.post.created_at <= PRIVATE_DAYS
    mine = call.viewer is not None and seen.author.external_id == call.viewer.external_id
    shown: dict[str, Any] = {}
    for name in asked:
        if mine and young and name != "promoted_metrics":
            shown[name] = _own(call, seen, organic=name == "organic_metrics")
        else:
            want.errors.append(partial(_not_for_you(call, seen, name), call.dialect))
    return shown


def _own(call: Call, seen: Seen, *, organic: bool) -> dict[str, int]:
    counters = call.world.counters(seen.post, call.world.now())
    own = {
        "impression_count": counters["impressions"],
        "url_link_clicks": counters["clicks"],
        "user_profile_clicks": counters["profile_visits"],
    }
    if not organic:
        return own | {"engagements": counters["engagements"]}
    public = {call.dialect.reposts: counters["reposts"], "reply_count": counters["comments"]}
    return own | public | {"like_count": counters["likes"]}


def _not_for_you(call: Call, seen: Seen, name: str) -> Problem:
    word = call.dialect.post
    return Problem(
        403,
        "Field Authorization Error",
        f"Sorry, you are not authorized to access '{name}' on the {word.title()} with ids : [{seen.id}].",
        "not-authorized-for-field",
        resource_type=word,
        resource_id=seen.id,
        parameter="ids",
        value=seen.id,
        section="data",
        field=name,
    )
