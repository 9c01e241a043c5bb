"""Posts as records, and records as the views that the app shows."""

from datetime import UTC, datetime
from typing import Any

from sandbox.networks.bluesky.names import NETWORK, POST, cid, handle
from sandbox.world import Account, Post, World

_TYPES = {"image": "images", "carousel": "images", "video": "video", "link": "external"}


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record(world: World, post: Post) -> dict[str, Any]:
    """As it was written through the network, or what an app would have written."""
    written = world.noted(NETWORK, post.external_id)
    if written is not None:
        return dict(written["record"])
    found: dict[str, Any] = {"$type": POST, "text": post.text, "createdAt": stamp(post.created_at), "langs": ["en"]}
    if post.kind in _TYPES:
        found["embed"] = _embed(post)
    return found


def blob(about: str, content_type: str, size: int) -> dict[str, Any]:
    """A reference to a file of a server."""
    return {"$type": "blob", "ref": {"$link": about}, "mimeType": content_type, "size": size}


def _embed(post: Post) -> dict[str, Any]:
    about = cid({"of": post.external_id})
    if post.kind == "link":
        card = {"uri": post.link or "https://example.com/", "title": post.text[:60], "description": ""}
        return {"$type": "app.bsky.embed.external", "external": card}
    if post.kind == "video":
        return {"$type": "app.bsky.embed.video", "video": blob(about, "video/mp4", 800_000)}
    count = 3 if post.kind == "carousel" else 1
    image = {"image": blob(about, "image/jpeg", 120_000), "alt": ""}
    return {"$type": "app.bsky.embed.images", "images": [image] * count}


def author(world: World, account: Account) -> dict[str, Any]:
    """The few words about an account that stand beside everything it does."""
    return {
        "did": account.external_id,
        "handle": handle(account.username),
        "displayName": account.name,
        "avatar": account.picture_url,
        "labels": [],
        "createdAt": stamp(account.created_at),
    }


def post_view(world: World, post: Post, at: datetime) -> dict[str, Any]:
    """The post with its counters at a moment."""
    account = world.account(NETWORK, post.account_id)
    assert account is not None
    written, counters = record(world, post), world.counters(post, at)
    view = {
        "uri": post.external_id,
        "cid": cid(written),
        "author": author(world, account),
        "record": written,
        "replyCount": counters["comments"],
        "repostCount": counters["reposts"],
        "likeCount": counters["likes"],
        "quoteCount": counters["quotes"],
        "bookmarkCount": counters["saves"],
        "indexedAt": stamp(post.created_at),
        "labels": [],
    }
    shown = _shown(world, written.get("embed"))
    return _living(world, view | ({"embed": shown} if shown else {}))


def _living(world: World, view: dict[str, Any]) -> dict[str, Any]:
    """What is shown, less the counts that are shown no more."""
    dead = {plant["metric"] for plant in world.planted("metric_dies", NETWORK)}
    return {name: value for name, value in view.items() if name not in dead}


def _shown(world: World, embed: dict[str, Any] | None) -> dict[str, Any] | None:
    """An embed as the app shows it."""
    kind = embed["$type"].rsplit(".", 1)[-1] if embed else None
    if embed is None or kind not in ("images", "video", "external"):
        return None
    if kind == "external":
        return {"$type": "app.bsky.embed.external#view", "external": embed["external"]}
    if kind == "video":
        about = embed["video"]["ref"]["$link"]
        playlist = f"{world.origin}/video/{about}/playlist.m3u8"
        return {"$type": "app.bsky.embed.video#view", "cid": about, "playlist": playlist}
    images = [
        {"thumb": (address := f"{world.origin}/pictures/{one['image']['ref']['$link']}.jpg"), "fullsize": address,
         "alt": one.get("alt", "")}
        for one in embed["images"]
    ]  # fmt: skip
    return {"$type": "app.bsky.embed.images#view", "images": images}


def profile(world: World, account: Account, at: datetime) -> dict[str, Any]:
    """Everything about an account that anybody may know."""
    counters = world.account_counters(account, at)
    found = {
        **author(world, account),
        "description": account.description,
        "followersCount": counters["followers"],
        "followsCount": counters["following"],
        "postsCount": counters["posts"],
        "indexedAt": stamp(account.created_at),
    }
    return _living(world, found)
