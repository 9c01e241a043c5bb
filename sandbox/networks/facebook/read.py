"""Pages and posts as nodes with fields."""

from collections.abc import Callable
from typing import Any

from sandbox.networks.facebook import insights
from sandbox.networks.meta.errors import denied, missing, unauthorized
from sandbox.networks.meta.fields import Want, parse
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

_STATUS = {"text": "mobile_status_update", "link": "shared_story", "image": "added_photos", "reel": "added_video"}
_ATTACHED = {"image": ("photo", "photo"), "reel": ("video", "video_inline"), "link": ("link", "share")}


def node(call: Call, external_id: str) -> dict[str, Any]:
    """A page or a post."""
    call.acting("pages_read_engagement")
    wants = parse(call.text("fields", "name" if "_" not in external_id else "message,created_time"))
    if page := call.world.account("facebook", external_id):
        return asked(wants, _page(call, page), external_id, "Page")
    if post := call.world.post("facebook", external_id):
        return asked(wants, _post(call, post), external_id, "Post")
    raise missing(external_id)


def posts(call: Call, page_id: str) -> dict[str, Any]:
    """Newest first, between since and until."""
    acting = call.acting("pages_read_engagement")
    if call.grant().extra.get("kind") == "user":
        raise unauthorized("This method must be called with a Page Access Token")
    if acting.external_id != page_id:
        raise denied("Page Public Content Access")
    found = call.world.posts("facebook", page_id, since=call.moment("since"), until=call.moment("until"))
    wants = parse(call.text("fields", "message,created_time"))
    return call.page(found, lambda post: asked(wants, _post(call, post), post.external_id, "Post"))


def comments(call: Call, post_id: str) -> dict[str, Any]:
    """The world counts comments and keeps no words of them: the list is empty, its summary true."""
    call.acting("pages_read_engagement")
    post = call.world.post("facebook", post_id)
    if post is None:
        raise missing(post_id)
    found: dict[str, Any] = {"data": []}
    if call.params.get("summary"):
        found["summary"] = {"order": "ranked", "total_count": call.world.counters(post, call.now)["comments"]}
    return found


def _page(call: Call, page: Account) -> dict[str, Callable[[Want], Any]]:
    counters = call.world.account_counters(page, call.now)
    return {
        "id": lambda _: page.external_id,
        "name": lambda _: page.name,
        "username": lambda _: page.username,
        "about": lambda _: page.description,
        "category": lambda _: page.extra["category"],
        "link": lambda _: f"https://www.facebook.com/{page.username}",
        "followers_count": lambda _: counters["followers"],
        "fan_count": lambda _: counters["followers"] - counters["following"],
        "picture": lambda _: {"data": {"url": page.picture_url, "is_silhouette": False}},
        "access_token": lambda _: None,
    }


def _post(call: Call, post: Post) -> dict[str, Callable[[Want], Any]]:
    counters = call.world.counters(post, call.now)
    kind, type_ = _ATTACHED.get(post.kind, (None, None))
    picture = f"https://pictures.example/{post.external_id}.jpg" if post.kind in ("image", "reel") else None

    def attachments(want: Want) -> Any:
        if kind is None:
            return None
        one = {"media_type": kind, "type": type_, "url": post.link or post.permalink, "title": post.title}
        names = [field.name for field in want.of] or list(one)
        return {"data": [{name: one[name] for name in names if one.get(name) is not None}]}

    return {
        "id": lambda _: post.external_id,
        "message": lambda _: post.text or None,
        "created_time": lambda _: stamp(post.created_at),
        "updated_time": lambda _: stamp(post.created_at),
        "permalink_url": lambda _: post.permalink,
        "full_picture": lambda _: picture,
        "status_type": lambda _: _STATUS.get(post.kind, "published_story"),
        "is_published": lambda _: True,
        "from": lambda _: {"id": post.account_id},
        "attachments": attachments,
        # Absent while nobody shared it.
        "shares": lambda _: {"count": counters["shares"]} if counters["shares"] else None,
        "reactions": lambda want: _counted(want, counters["reactions"], {"viewer_reaction": "NONE"}),
        "likes": lambda want: _counted(want, counters["reactions_like"], {"can_like": True, "has_liked": False}),
        "comments": lambda want: _counted(want, counters["comments"], {"order": "ranked", "can_comment": True}),
        "insights": lambda want: insights.nested(call, post, want),
    }


def _counted(want: Want, total: int, more: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"data": []}
    if "summary" in want.how:
        found["summary"] = {"total_count": total, **more}
    return found
