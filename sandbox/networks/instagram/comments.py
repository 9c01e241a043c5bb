"""Comments under media: those of the world and those written through the API; replies stand inside them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.networks.instagram import subscriptions
from sandbox.networks.instagram.login import COMMENTS, own_post, switched
from sandbox.networks.instagram.nature import post_id as new_id
from sandbox.networks.instagram.shapes import Node, product
from sandbox.networks.meta.errors import invalid, missing
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.networks.meta.paging import bounded
from sandbox.world import Account, Post
from sandbox.world.remarks import remarks

_LONGEST = 300
_MOST_HASHTAGS, _MOST_LINKS = 4, 1
# What ids of comments begin with: those of the world, and those written through the API.
_MARKS = ("1785", "180")


@dataclass(frozen=True, slots=True)
class _Comment:
    """`answers` is the id of the comment that it replies to."""

    id: str
    post: Post
    author: str
    text: str
    at: datetime
    likes: int
    hidden: bool
    answers: str | None
    replies: list["_Comment"] = field(default_factory=list)


def of(call: Call, media_id: str) -> dict[str, Any]:
    """Comments of a medium, newest first; replies are inside those that they answer."""
    acting = call.acting(COMMENTS)
    found = _all(call, acting, own_post(call, acting, media_id))
    return _listed(call, acting, [one for one in reversed(found) if one.answers is None])


def replies(call: Call, comment_id: str) -> dict[str, Any]:
    """Replies to a comment, oldest first."""
    acting = call.acting(COMMENTS)
    comment = _own(call, acting, comment_id)
    return _listed(call, acting, comment.replies)


def node(call: Call, comment_id: str) -> dict[str, Any] | None:
    """A comment or reply; None where there is no such. Raises GraphError."""
    if not _is_comment(comment_id):
        return None
    acting = call.acting(COMMENTS)
    values = _values(call, acting, _own(call, acting, comment_id))
    return asked(call.fields("id,text,timestamp"), values, comment_id, "IGComment")


def nested(call: Call, post: Post, want: Want) -> dict[str, Any]:
    """`comments.limit(2){id,text}` within the fields of a medium."""
    acting = call.acting(COMMENTS)
    found = [one for one in reversed(_all(call, acting, post)) if one.answers is None]
    wants = want.of or (Want("id"), Want("text"), Want("timestamp"))
    shown = found[: bounded(want.how.get("limit"))]
    return {"data": [asked(wants, _values(call, acting, one), one.id, "IGComment") for one in shown]}


def write(call: Call, media_id: str) -> dict[str, Any]:
    """A comment of the account under its own medium. Raises GraphError."""
    acting = call.acting(COMMENTS)
    post = own_post(call, acting, media_id)
    if not (call.world.noted("instagram", f"media {media_id}") or {}).get("comment_enabled", True):
        raise invalid("Comments are turned off for this media.")
    return _write(call, acting, post, None)


def reply(call: Call, comment_id: str) -> dict[str, Any]:
    """A reply of the account; to a reply it stands beside it. Raises GraphError."""
    acting = call.acting(COMMENTS)
    comment = _own(call, acting, comment_id)
    return _write(call, acting, comment.post, comment.answers or comment.id)


def hide(call: Call, comment_id: str) -> dict[str, Any] | None:
    """Hide a comment or show it again; None where there is no such. Raises GraphError."""
    if not _is_comment(comment_id):
        return None
    acting = call.acting(COMMENTS)
    if _own(call, acting, comment_id).author == acting.username:
        raise invalid("A comment of the account itself cannot be hidden.")
    _note(call, comment_id, hidden=switched(call, "hide"))
    return {"success": True}


def delete(call: Call, comment_id: str) -> dict[str, Any] | None:
    """Take a comment away; None where there is no such. Raises GraphError."""
    if not _is_comment(comment_id):
        return None
    _own(call, call.acting(COMMENTS), comment_id)
    _note(call, comment_id, deleted=True)
    call.world.comments.remove("instagram", comment_id)
    return {"success": True}


def _write(call: Call, acting: Account, post: Post, answers: str | None) -> dict[str, Any]:
    text = call.text("message").strip()
    links = text.count("http://") + text.count("https://")
    shouts = text.isupper() and sum(map(str.isalpha, text)) > 1
    if not text or len(text) > _LONGEST or text.count("#") > _MOST_HASHTAGS or links > _MOST_LINKS or shouts:
        raise invalid("A comment has 1 to 300 characters, 4 hashtags and 1 link at most, and not only capitals.")
    number = sum(about.get("note") == "comment" for about in call.world.notes("instagram"))
    comment_id = f"180{new_id(acting.external_id, call.now, f'comment {post.external_id} {number}')[3:]}"
    about = {"note": "comment", "id": comment_id, "media": post.external_id, "text": text, "answers": answers}
    call.world.note("instagram", f"comment {comment_id}", about | {"at": call.now.isoformat(), "by": acting.username})
    call.world.comments.write(
        "instagram", comment_id, acting.external_id, on=post.external_id, text=text, answers=answers
    )
    told = {"id": comment_id, "text": text, "media": {"id": post.external_id, "media_product_type": product(post)}}
    writer = {"id": person_id(acting.username), "username": acting.username}
    parent = {"parent_id": answers} if answers else {}
    subscriptions.tell(call, acting.external_id, "comments", {**told, **parent, "from": writer})
    return {"id": comment_id}


def _is_comment(external_id: str) -> bool:
    return external_id.startswith(_MARKS)


def _own(call: Call, acting: Account, comment_id: str) -> _Comment:
    """A comment under a medium of the account. Raises GraphError."""
    written = call.world.noted("instagram", f"comment {comment_id}") or {}
    posts = call.world.posts("instagram", acting.external_id)
    for post in posts:
        if post.external_id == written.get("media") or comment_id.startswith(_prefix(post)):
            for comment in _all(call, acting, post):
                if comment.id == comment_id:
                    return comment
    raise missing(comment_id)


def _all(call: Call, acting: Account, post: Post) -> list[_Comment]:
    """Every comment and reply that stands, oldest first."""
    found = [
        _Comment(
            f"{_prefix(post)}{remark.number:03d}", post, remark.author, remark.text, remark.at, remark.likes, False,
            f"{_prefix(post)}{remark.answers:03d}" if remark.answers else None,
        )
        for remark in remarks(post, call.world.counters(post, call.now)["comments"], acting.username)
    ]  # fmt: skip
    found += [
        _Comment(
            about["id"], post, about["by"], about["text"], datetime.fromisoformat(about["at"]), 0, False,
            about["answers"],
        )
        for about in call.world.notes("instagram")
        if about.get("note") == "comment" and about["media"] == post.external_id
    ]  # fmt: skip
    gone = {one.id for one in found if _noted(call, one.id).get("deleted")}
    standing = {one.id: one for one in found if one.id not in gone and one.answers not in gone}
    for one in standing.values():
        if one.answers in standing:
            standing[one.answers].replies.append(one)
    return list(standing.values())


def _noted(call: Call, comment_id: str) -> dict[str, Any]:
    return call.world.noted("instagram", f"fate {comment_id}") or {}


def _note(call: Call, comment_id: str, **fate: bool) -> None:
    call.world.note("instagram", f"fate {comment_id}", _noted(call, comment_id) | fate)


def _prefix(post: Post) -> str:
    """What the ids of a post's comments begin with."""
    return f"{int(post.external_id) % 10**12 + 1785 * 10**13}"


def _listed(call: Call, acting: Account, found: list[_Comment]) -> dict[str, Any]:
    wants = call.fields("id,text,timestamp")
    return call.page(
        found, lambda one: asked(wants, _values(call, acting, one), one.id, "IGComment"), lambda one: one.id
    )


def _values(call: Call, acting: Account, comment: _Comment) -> Node:
    def inside(want: Want) -> dict[str, Any] | None:
        wants = want.of or (Want("id"), Want("text"), Want("timestamp"))
        shown = [asked(wants, _values(call, acting, one), one.id, "IGComment") for one in comment.replies]
        return {"data": shown} if shown else None

    own = comment.author == acting.username
    return {
        "id": lambda _: comment.id,
        "text": lambda _: comment.text,
        "username": lambda _: comment.author,
        "timestamp": lambda _: stamp(comment.at),
        "like_count": lambda _: comment.likes,
        "hidden": lambda _: bool(_noted(call, comment.id).get("hidden")),
        "from": lambda _: {"id": person_id(comment.author), "username": comment.author},
        # Who wrote it as an account: only where that is the owner of the medium.
        "user": lambda _: {"id": acting.external_id} if own else None,
        "media": lambda _: {"id": comment.post.external_id},
        "parent_id": lambda _: comment.answers,
        "legacy_instagram_comment_id": lambda _: comment.id,
        "replies": inside,
    }


def person_id(username: str) -> str:
    """The id of a person as this app knows them."""
    return str(178 * 10**14 + sum(username.encode()))
