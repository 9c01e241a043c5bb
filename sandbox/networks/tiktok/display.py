"""The read side: the user and the user's public videos, lifetime counters only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal, envelope
from sandbox.networks.tiktok.gate import NETWORK, Call
from sandbox.networks.tiktok.sessions import Session, Sessions
from sandbox.world import Account, Post

_MOST = 20
_USER_FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name"),
    "user.info.profile": ("bio_description", "profile_deep_link", "profile_web_link", "is_verified", "username"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
_VIDEO_FIELDS = frozenset(
    "id create_time cover_image_url share_url video_description duration height width title embed_html"
    " embed_link like_count comment_count share_count view_count is_aigc".split()
)


class Display:
    """Answers about users and videos."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    async def user(self, call: Call) -> Response:
        """The user of the token in the fields asked for, each under its scope."""
        fields = _fields(call, {name for names in _USER_FIELDS.values() for name in names})
        for scope, names in _USER_FIELDS.items():
            if fields & set(names) and scope not in call.scopes:
                raise Refusal("scope_not_authorized", f"The user did not authorize the scope {scope}.")
        known = _user(call, call.account)
        return envelope({"user": {name: known[name] for name in known if name in fields}})

    async def videos(self, call: Call) -> Response:
        """The user's public posts before a cursor, newest first."""
        fields = _fields(call, _VIDEO_FIELDS)
        count, cursor = call.body.get("max_count", 10), call.body.get("cursor")
        if not isinstance(count, int) or not 1 <= count <= _MOST:
            raise Refusal("invalid_params", f"max_count must be between 1 and {_MOST}")
        if cursor is not None and not isinstance(cursor, int):
            raise Refusal("invalid_params", "cursor must be a UTC timestamp in milliseconds")
        older = [post for post in self._public(call) if not cursor or _milliseconds(post) < cursor]
        shown = older[:count]
        data = {
            "videos": [self._video(call, post, fields) for post in shown],
            "cursor": _milliseconds(shown[-1]) if shown else cursor or 0,
            "has_more": len(older) > count,
        }
        return envelope(data)

    async def query(self, call: Call) -> Response:
        """The user's own posts by id; those that are not there are left out."""
        fields = _fields(call, _VIDEO_FIELDS)
        filters = call.body.get("filters")
        asked = filters.get("video_ids") if isinstance(filters, dict) else None
        if not isinstance(asked, list) or not 1 <= len(asked) <= _MOST:
            raise Refusal("invalid_params", f"filters.video_ids must hold 1 to {_MOST} ids")
        known = {post.external_id: post for post in self._public(call)}
        found = [known[wanted] for wanted in map(str, asked) if wanted in known]
        return envelope({"videos": [self._video(call, post, fields) for post in found]})

    def _public(self, call: Call) -> Iterable[Post]:
        posts = call.world.posts(NETWORK, call.account.external_id)
        return [post for post in posts if not self._sessions.private(post)]

    def _video(self, call: Call, post: Post, fields: set[str]) -> dict[str, Any]:
        """A post in the fields asked for."""
        counters, session = call.world.counters(post, call.world.now()), self._sessions.of(post)
        video = post.kind == "video"
        address = post.permalink if video else post.permalink.replace("/video/", "/photo/")
        known = {
            "id": post.external_id,
            "create_time": int(post.created_at.timestamp()),
            "cover_image_url": f"{call.world.origin}/pictures/{post.external_id}.jpg",
            "share_url": address,
            "video_description": post.text,
            "duration": _seconds(post, session) if video else 0,
            "height": 1024,
            "width": 576,
            "title": post.title or post.text[:90],
            "embed_html": f'<blockquote class="tiktok-embed" cite="{address}"></blockquote>',
            "embed_link": f"https://www.tiktok.com/embed/v2/{post.external_id}",
            "like_count": counters["likes"],
            "comment_count": counters["comments"],
            "share_count": counters["shares"],
            "view_count": counters["views"],
            "is_aigc": session is not None and session.is_aigc,
        }
        return {name: value for name, value in known.items() if name in fields}


def _seconds(post: Post, session: Session | None) -> int:
    """A film's length; of one that does not say so its id gives a plausible one."""
    said = session.seconds if session else None
    return post.duration_s or (round(said) if said else 8 + int(post.external_id) % 52)


def _fields(call: Call, known: Iterable[str]) -> set[str]:
    """The fields asked for, which TikTok demands. Raises Refusal."""
    allowed = set(known) - {plant["metric"] for plant in call.world.planted("metric_dies", NETWORK)}
    asked = {name for name in call.request.query_params.get("fields", "").split(",") if name}
    if not asked:
        raise Refusal("invalid_params", "The fields query parameter is required")
    unknown = sorted(name for name in asked if name not in allowed)
    if unknown:
        raise Refusal("invalid_params", f"Invalid fields: {','.join(unknown)}")
    return asked


def _user(call: Call, account: Account) -> dict[str, Any]:
    counters = call.world.account_counters(account, call.world.now())
    address = f"https://www.tiktok.com/@{account.username}"
    return {
        "open_id": open_id(account),
        "union_id": str(account.extra.get("union_id", open_id(account))),
        "avatar_url": account.picture_url,
        "avatar_url_100": account.picture_url,
        "avatar_large_url": account.picture_url,
        "display_name": account.name,
        "bio_description": account.description,
        "profile_deep_link": address,
        "profile_web_link": address,
        "is_verified": False,
        "username": account.username,
        "follower_count": counters["followers"],
        "following_count": counters["following"],
        "likes_count": counters["likes"],
        "video_count": counters["posts"],
    }


def open_id(account: Account) -> str:
    """The user's id for this app."""
    return str(account.extra.get("open_id", account.external_id))


def _milliseconds(post: Post) -> int:
    return int(post.created_at.timestamp() * 1000)
