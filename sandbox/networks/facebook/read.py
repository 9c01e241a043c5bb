"""Pages, posts and comments as nodes with fields."""

from collections.abc import Callable
from typing import Any

from sandbox.networks.facebook import insights
from sandbox.networks.facebook.professional import linked
from sandbox.networks.meta.errors import invalid, missing, not_reviewed, unauthorized
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post
from sandbox.world.remarks import Remark, remarks

Node = dict[str, Callable[[Want], Any]]

_PUBLIC_PAGES = "Page Public Content Access"
_STATUS = {
    "text": "mobile_status_update",
    "link": "shared_story",
    "image": "added_photos",
    "carousel": "added_photos",
    "video": "added_video",
    "reel": "added_video",
}
_ATTACHED = {
    "image": ("photo", "photo"),
    "carousel": ("album", "album"),
    "video": ("video", "video_inline"),
    "reel": ("video", "video_inline"),
    "link": ("link", "share"),
}
_REACTIONS = ("like", "love", "wow", "haha", "sorry", "anger")
# A field's own page of comments, and the most that it shows.
_NESTED, _NESTED_MOST = 25, 100


def node(call: Call, external_id: str) -> dict[str, Any]:
    """A page or a post."""
    acting = call.acting("pages_read_engagement")
    if page := call.world.account("facebook", external_id):
        _check_owned(call, external_id)
        return asked(call.fields("name"), page_node(call, page), external_id, "Page")
    post = call.world.post("facebook", external_id)
    if post is None:
        raise missing(external_id)
    if post.account_id not in (acting.external_id, *call.grant().account_ids):
        raise not_reviewed(_PUBLIC_PAGES)
    return asked(call.fields("message,created_time"), _post(call, post), external_id, "Post")


def posts(call: Call, page_id: str, *, scheduled: bool) -> dict[str, Any]:
    """Newest first, between since and until; nothing waits for its time here."""
    call.acting("pages_read_engagement")
    if call.world.account("facebook", page_id) is None:
        raise missing(page_id)
    if call.kind() == "user":
        raise unauthorized("This method must be called with a Page Access Token", 2069032)
    _check_owned(call, page_id)
    found = [] if scheduled else call.world.posts("facebook", page_id, **call.since_until())
    wants = call.fields("message,created_time")
    return call.page(
        found, lambda post: asked(wants, _post(call, post), post.external_id, "Post"), lambda post: post.external_id
    )


def comments(call: Call, post_id: str) -> dict[str, Any]:
    """Comments of a post, oldest first unless asked otherwise; replies among them only with `filter=stream`."""
    call.acting("pages_read_engagement")
    post = call.world.post("facebook", post_id)
    if post is None:
        raise missing(post_id)
    _check_owned(call, post.account_id)
    found = _remarks(call, post)
    total = len(found)
    if call.text("filter", "toplevel") == "toplevel":
        found = [remark for remark in found if remark.answers is None]
    if call.text("order", "chronological") == "reverse_chronological":
        found.reverse()
    wants = call.fields("created_time,from,message")
    shown = call.page(
        found,
        lambda remark: asked(wants, _comment(call, post, remark), _comment_id(post, remark.number), "Comment"),
        lambda remark: str(remark.number),
    )
    if call.params.get("summary"):
        shown["summary"] = {"order": "chronological", "total_count": total, "can_comment": True}
    return shown


def page_node(call: Call, page: Account) -> Node:
    """Every field of a page but those that only its owner's list of pages tells."""
    followers = call.world.account_counters(page, call.now)["followers"]
    category = page.extra["category"]
    return {
        "id": lambda _: page.external_id,
        "name": lambda _: page.name,
        "username": lambda _: page.username,
        "about": lambda _: page.description,
        "description": lambda _: page.description,
        "category": lambda _: category,
        "category_list": lambda _: [{"id": "197871390225897", "name": category}],
        "link": lambda _: f"https://www.facebook.com/{page.username}",
        "website": lambda _: f"https://shop.example/{page.username}",
        "is_published": lambda _: True,
        "verification_status": lambda _: "not_verified",
        "followers_count": lambda _: followers,
        "fan_count": lambda _: followers - followers // 40,
        "picture": lambda _: {"data": {"height": 50, "is_silhouette": False, "url": page.picture_url, "width": 50}},
        "instagram_business_account": lambda want: linked(call, page, want),
        "access_token": lambda _: call.token() if call.kind() != "user" else None,
    }


def _check_owned(call: Call, page_id: str) -> None:
    """Other people's pages need a feature that this app does not have. Raises GraphError."""
    if page_id not in call.grant().account_ids:
        raise not_reviewed(_PUBLIC_PAGES)


def _post(call: Call, post: Post) -> Node:
    counters = call.world.counters(post, call.now)
    page = call.world.account("facebook", post.account_id)
    picture = _picture(call, post)
    return {
        "id": lambda _: post.external_id,
        "message": lambda _: post.text or None,
        # Only posts that Facebook words itself, such as a new cover, have a story.
        "story": lambda _: None,
        "created_time": lambda _: stamp(post.created_at),
        "updated_time": lambda _: stamp(post.created_at),
        "permalink_url": lambda _: post.permalink,
        "full_picture": lambda _: picture,
        "picture": lambda _: picture,
        "status_type": lambda _: _STATUS.get(post.kind, "published_story"),
        "is_published": lambda _: True,
        "is_hidden": lambda _: False,
        "is_expired": lambda _: False,
        "from": lambda _: {"name": page.name if page else "", "id": post.account_id},
        "attachments": lambda want: _attachments(call, post, want),
        # Absent while nobody shared it.
        "shares": lambda _: {"count": counters["shares"]} if counters["shares"] else None,
        "reactions": lambda want: _reactions(counters, want),
        "likes": lambda want: _counted(want, counters["reactions_like"], {"can_like": True, "has_liked": False}),
        "comments": lambda want: _nested_comments(call, post, want),
        "insights": lambda want: insights.nested(call, post, want),
    }


def _picture(call: Call, post: Post) -> str | None:
    has_one = _ATTACHED.get(post.kind, ("link", ""))[0] != "link"
    return f"{call.world.origin}/pictures/{post.external_id}.jpg" if has_one else None


def _attachments(call: Call, post: Post, want: Want) -> dict[str, Any] | None:
    """One attachment; a text has none."""
    if post.kind not in _ATTACHED:
        return None
    media_type, type_ = _ATTACHED[post.kind]
    picture = _picture(call, post)
    values: dict[str, Any] = {
        "media_type": media_type,
        "type": type_,
        "title": post.title,
        "description": post.text or None,
        "url": post.link or post.permalink,
        "unshimmed_url": post.link or post.permalink,
        "target": {"url": post.link or post.permalink},
        "media": {"image": {"height": 1080, "src": picture, "width": 1080}} if picture else None,
        "subattachments": None,
    }
    chosen = [field.name for field in want.of] or ["description", "media", "media_type", "target", "title", "url"]
    for name in chosen:
        if name not in values:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type (StoryAttachment)")
    return {"data": [{name: values[name] for name in chosen if values[name] is not None}]}


def _reactions(counters: dict[str, int], want: Want) -> dict[str, Any]:
    """All reactions, or with `.type(LOVE)` those of one kind."""
    kind = want.how.get("type", "").lower()
    total = counters[f"reactions_{kind}"] if kind in _REACTIONS else counters["reactions"]
    return _counted(want, total, {"viewer_reaction": "NONE"})


def _counted(want: Want, total: int, more: dict[str, Any]) -> dict[str, Any]:
    """An edge whose members are people, whom Facebook does not name to a page."""
    found: dict[str, Any] = {"data": []}
    if "summary" in want.how:
        found["summary"] = {"total_count": total, **more}
    return found


def _nested_comments(call: Call, post: Post, want: Want) -> dict[str, Any]:
    limit = want.how.get("limit", str(_NESTED))
    most = min(int(limit), _NESTED_MOST) if limit.isdigit() else _NESTED
    found = _remarks(call, post)
    wants = want.of or tuple(Want(name) for name in ("created_time", "from", "message"))
    shown = [remark for remark in found if remark.answers is None][:most]
    answer: dict[str, Any] = {
        "data": [
            asked(wants, _comment(call, post, remark), _comment_id(post, remark.number), "Comment") for remark in shown
        ]
    }
    if "summary" in want.how:
        answer["summary"] = {"order": "ranked", "total_count": len(found), "can_comment": True}
    return answer


def _remarks(call: Call, post: Post) -> list[Remark]:
    page = call.world.account("facebook", post.account_id)
    return remarks(post, call.world.counters(post, call.now)["comments"], page.name if page else "")


def _comment_id(post: Post, number: int) -> str:
    return f"{post.external_id.split('_')[1]}_{10**6 + number}"


def _comment(call: Call, post: Post, remark: Remark) -> Node:
    told = "pages_read_user_content" in call.grant().scopes
    return {
        "id": lambda _: _comment_id(post, remark.number),
        "message": lambda _: remark.text,
        "created_time": lambda _: stamp(remark.at),
        "like_count": lambda _: remark.likes,
        "is_hidden": lambda _: False,
        "can_hide": lambda _: True,
        "parent": lambda _: {"id": _comment_id(post, remark.answers)} if remark.answers else None,
        # Who wrote it is told only to those who may read what people write.
        "from": lambda _: {"name": remark.author, "id": _person_id(remark.author)} if told else None,
    }


def _person_id(name: str) -> str:
    return str(10**9 + int.from_bytes(name.encode()[:6], "big") % 10**9)
