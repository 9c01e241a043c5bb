"""What the app shows: profiles, feeds, posts, threads, notices."""

from datetime import datetime
from typing import Any

from sandbox.networks.bluesky.errors import invalid
from sandbox.networks.bluesky.gate import Call
from sandbox.networks.bluesky.identity import Identities
from sandbox.networks.bluesky.names import NETWORK, cid, did, tid, uri
from sandbox.networks.bluesky.records import post_view, profile, record, stamp
from sandbox.world import Account, Post, World
from sandbox.world.remarks import Remark, remarks

_FILTERS = (
    "posts_with_replies",
    "posts_no_replies",
    "posts_with_media",
    "posts_and_author_threads",
    "posts_with_video",
)
_NOTICED_POSTS = 60


class Reader:
    def __init__(self, world: World, identities: Identities) -> None:
        self._world, self._identities = world, identities

    async def profile(self, call: Call) -> dict[str, Any]:
        return profile(self._world, self._account(call.one("actor")), self._world.now())

    async def profiles(self, call: Call) -> dict[str, Any]:
        """Unknown ones are left out."""
        found = [self._identities.named(who) for who in call.many("actors", 25)]
        now = self._world.now()
        return {"profiles": [profile(self._world, one, now) for one in found if one is not None]}

    async def feed(self, call: Call) -> dict[str, Any]:
        account = self._account(call.one("actor"))
        chosen = call.request.query_params.get("filter", "posts_with_replies")
        if chosen not in _FILTERS:
            raise invalid(f"filter must be one of {', '.join(_FILTERS)}")
        posts = [post for post in self._world.posts(NETWORK, account.external_id) if self._matches(post, chosen)]
        shown, cursor = _part(call, posts)
        now = self._world.now()
        return {"feed": [{"post": post_view(self._world, post, now)} for post in shown], **cursor}

    async def posts(self, call: Call) -> dict[str, Any]:
        """Unknown and deleted ones are left out."""
        found = [self._world.post(NETWORK, one) for one in call.many("uris", 25)]
        now = self._world.now()
        return {"posts": [post_view(self._world, post, now) for post in found if post is not None]}

    async def thread(self, call: Call) -> dict[str, Any]:
        post = self._world.post(NETWORK, call.one("uri"))
        if post is None:
            raise invalid("Post not found: " + call.one("uri"))
        now = self._world.now()
        count = self._world.counters(post, now)["comments"]
        replies = [
            {"$type": "app.bsky.feed.defs#threadViewPost", "post": self._reply(post, one, now), "replies": []}
            for one in remarks(post, min(count, call.limit(100)), "brand")
        ]
        view = post_view(self._world, post, now)
        return {"thread": {"$type": "app.bsky.feed.defs#threadViewPost", "post": view, "replies": replies}}

    async def notices(self, call: Call) -> dict[str, Any]:
        """Replies of others to the account's posts, newest first."""
        wanted = call.request.query_params.getlist("reasons") or call.request.query_params.getlist("reasons[]")
        now = self._world.now()
        told: list[dict[str, Any]] = []
        if not wanted or "reply" in wanted:
            for post in self._world.posts(NETWORK, call.account.external_id)[:_NOTICED_POSTS]:
                count = self._world.counters(post, now)["comments"]
                told += [self._notice(post, one) for one in remarks(post, count, "brand") if one.answers is None]
        told.sort(key=lambda one: (one["indexedAt"], one["uri"]), reverse=True)
        first = int(call.request.query_params.get("cursor") or 0)
        shown = told[first : first + call.limit()]
        cursor = {"cursor": str(first + len(shown))} if first + len(shown) < len(told) else {}
        return {"notifications": shown, **cursor}

    def _account(self, who: str) -> Account:
        found = self._identities.named(who)
        if found is None:
            raise invalid("Profile not found")
        return found

    def _matches(self, post: Post, chosen: str) -> bool:
        replies = "reply" in record(self._world, post)
        match chosen:
            case "posts_no_replies":
                return not replies
            case "posts_with_media":
                return post.kind in ("image", "carousel", "video")
            case "posts_with_video":
                return post.kind == "video"
        return True

    def _reply(self, post: Post, remark: Remark, now: datetime) -> dict[str, Any]:
        notice = self._notice(post, remark)
        counters = {"replyCount": 0, "repostCount": 0, "likeCount": remark.likes, "quoteCount": 0, "bookmarkCount": 0}
        return {name: notice[name] for name in ("uri", "cid", "author", "record", "indexedAt", "labels")} | counters

    def _notice(self, post: Post, remark: Remark) -> dict[str, Any]:
        written = record(self._world, post)
        subject = {"uri": post.external_id, "cid": cid(written)}
        reply = {
            "$type": "app.bsky.feed.post",
            "text": remark.text,
            "createdAt": stamp(remark.at),
            "reply": {"root": written.get("reply", {}).get("root", subject), "parent": subject},
        }
        who = did(sum(map(ord, remark.author)))
        name = remark.author.replace("_", "-").replace(".", "-")
        return {
            "uri": uri(who, tid(remark.at, f"{post.external_id} {remark.number}")),
            "cid": cid(reply),
            "author": {"did": who, "handle": f"{name}.bsky.social", "displayName": remark.author, "labels": []},
            "reason": "reply",
            "reasonSubject": post.external_id,
            "record": reply,
            "isRead": False,
            "indexedAt": stamp(remark.at),
            "labels": [],
        }


def _part(call: Call, posts: list[Post]) -> tuple[list[Post], dict[str, str]]:
    """Those after the cursor, which is the moment of the last one shown, as many as wanted."""
    before = call.request.query_params.get("cursor")
    if before:
        posts = [post for post in posts if stamp(post.created_at) < before]
    shown = posts[: call.limit()]
    return shown, {"cursor": stamp(shown[-1].created_at)} if len(shown) < len(posts) else {}
