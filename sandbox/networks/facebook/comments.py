"""Comments under posts and films: read, written, answered, hidden, changed, taken away, liked."""

import dataclasses
from datetime import datetime
from typing import Any

from sandbox.networks.facebook import clips, photos, rules
from sandbox.networks.meta.errors import GraphError, invalid, missing
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Post
from sandbox.world.remarks import remarks

_FIRST, _FIRST_OF_OURS = 10**6, 5 * 10**6
_FILTERS, _ORDERS = ("toplevel", "stream"), ("chronological", "reverse_chronological")


@dataclasses.dataclass(slots=True)
class Comment:
    """`parent` is the comment that it answers; `by_page` says that the page wrote it."""

    comment_id: str
    post_id: str
    text: str
    author: str
    author_id: str
    made: str
    likes: int = 0
    parent: str | None = None
    hidden: bool = False
    by_page: bool = False


def all_of(call: Call, post: Post) -> list[Comment]:
    """What people wrote and what was written through the network, oldest first, less what was taken away."""
    page = call.world.account("facebook", post.account_id)
    kept = call.world.noted("facebook", f"comments:{post.external_id}") or {}
    changed: dict[str, dict[str, Any]] = kept.get("changed", {})
    found = []
    for remark in remarks(post, call.world.counters(post, call.now)["comments"], page.name if page else ""):
        by_page = page is not None and remark.author == page.name
        author_id = post.account_id if by_page else _person_id(remark.author)
        parent = _id(post, _FIRST + remark.answers) if remark.answers else None
        found.append(
            Comment(
                _id(post, _FIRST + remark.number), post.external_id, remark.text, remark.author, author_id,
                remark.at.isoformat(), remark.likes, parent, by_page=by_page,
            )
        )  # fmt: skip
    found += [Comment(**one) for one in kept.get("made", {}).values()]
    shown = [dataclasses.replace(one, **changed.get(one.comment_id, {})) for one in found if not _gone(one, changed)]
    return sorted(shown, key=lambda one: one.made)


def _gone(one: Comment, changed: dict[str, dict[str, Any]]) -> bool:
    """Taken away, or an answer to one that was."""
    removed = {id_ for id_, how in changed.items() if how is None}
    return one.comment_id in removed or one.parent in removed


def found(call: Call, comment_id: str) -> Comment | None:
    """A comment on the token's page; None for an id that is none's."""
    number, _, own = comment_id.partition("_")
    if not (number.isdigit() and own.isdigit()):
        return None
    post = call.world.post("facebook", f"{call.grant().account_id}_{number}")
    return next((one for one in all_of(call, post) if one.comment_id == comment_id), None) if post else None


def listed(call: Call, about: str) -> dict[str, Any]:
    """Comments of a post or film, or answers to a comment; answers among them only with `filter=stream`."""
    call.acting(rules.READ)
    comment = found(call, about)
    post = _about(call, comment.post_id if comment else about)
    every = all_of(call, post)
    if comment is not None:
        shown = [one for one in every if one.parent == comment.comment_id]
    elif _one_of(call, "filter", _FILTERS) == "toplevel":
        shown = [one for one in every if one.parent is None]
    else:
        shown = every
    if since := call.moment("since"):
        shown = [one for one in shown if datetime.fromisoformat(one.made) >= since]
    if _one_of(call, "order", _ORDERS) == "reverse_chronological":
        shown = shown[::-1]
    wants = call.fields("created_time,from,message")
    answer = call.page(
        shown, lambda one: asked(wants, values(call, one), one.comment_id, "Comment"), lambda one: one.comment_id
    )
    if call.params.get("summary"):
        total = len(shown) if comment else len(every)
        answer["summary"] = {"order": "chronological", "total_count": total, "can_comment": True}
    return answer


def nested(call: Call, post: Post, want: Want) -> dict[str, Any]:
    """`comments.limit(5).summary(true){…}` among the fields of a post."""
    every = all_of(call, post)
    shown = [one for one in every if one.parent is None or want.how.get("filter") == "stream"]
    limit = want.how.get("limit", "25")
    wants = want.of or tuple(Want(name) for name in ("created_time", "from", "message"))
    most = min(int(limit), 100) if limit.isdigit() else 25
    answer: dict[str, Any] = {
        "data": [asked(wants, values(call, one), one.comment_id, "Comment") for one in shown[:most]]
    }
    if "summary" in want.how:
        answer["summary"] = {"order": "ranked", "total_count": len(every), "can_comment": True}
    return answer


def write(call: Call, about: str) -> dict[str, Any]:
    """A comment of the page, under a post or film, or in answer to a comment. Raises GraphError."""
    page = call.acting(rules.ENGAGE)
    text = str(call.params.get("message") or "")
    if not text and not {"attachment_id", "attachment_url", "attachment_share_url"} & call.params.keys():
        raise invalid("The parameter message is required.")
    answered = found(call, about)
    post = _about(call, answered.post_id if answered else about)
    kept = call.world.noted("facebook", f"comments:{post.external_id}") or {}
    made: dict[str, Any] = kept.get("made", {})
    comment = Comment(
        _id(post, _FIRST_OF_OURS + len(made)), post.external_id, text, page.name, page.external_id,
        call.now.isoformat(), parent=(answered.parent or answered.comment_id) if answered else None, by_page=True,
    )  # fmt: skip
    made = {**made, comment.comment_id: dataclasses.asdict(comment)}
    call.world.note("facebook", f"comments:{post.external_id}", {**kept, "made": made})
    call.world.comments.write(
        "facebook", comment.comment_id, page.external_id, on=post.external_id, text=text, answers=comment.parent
    )
    return {"id": comment.comment_id}


def node(call: Call, comment: Comment) -> dict[str, Any]:
    """A comment and its fields."""
    call.acting(rules.READ)
    wants = call.fields("created_time,from,message")
    return asked(wants, values(call, comment), comment.comment_id, "Comment")


def edit(call: Call, comment: Comment) -> dict[str, Any]:
    """Hide or show what others wrote, change what the page wrote. Raises GraphError."""
    call.acting(rules.ENGAGE)
    if "message" in call.params:
        if not comment.by_page:
            raise GraphError("(#200) Only the author may edit a comment", 200, status=403)
        _change(call, comment, {"text": call.text("message")})
        call.world.comments.edit("facebook", comment.comment_id, call.text("message"))
    elif "is_hidden" in call.params:
        if comment.by_page:
            raise GraphError("(#200) A page's own comments cannot be hidden", 200, status=403)
        _change(call, comment, {"hidden": rules.is_true(call, "is_hidden")})
    else:
        raise invalid("Requires one of the params: is_hidden, message")
    return {"success": True}


def delete(call: Call, comment: Comment) -> dict[str, Any]:
    """Take a comment and the answers to it away."""
    call.acting(rules.ENGAGE)
    _change(call, comment, None)
    call.world.comments.remove("facebook", comment.comment_id)
    return {"success": True}


def _change(call: Call, comment: Comment, how: dict[str, Any] | None) -> None:
    """`how` None takes it away."""
    kept = call.world.noted("facebook", f"comments:{comment.post_id}") or {}
    changed = kept.get("changed", {})
    now = None if how is None else {**(changed.get(comment.comment_id) or {}), **how}
    call.world.note(
        "facebook", f"comments:{comment.post_id}", {**kept, "changed": {**changed, comment.comment_id: now}}
    )


def values(call: Call, comment: Comment) -> dict[str, Any]:
    """What a comment can be asked for. Who wrote it is told only to those who may read what people write."""
    told = "pages_read_user_content" in call.grant().scopes
    last = comment.comment_id.split("_")[1]
    shown: dict[str, Any] = {
        "id": comment.comment_id,
        "message": comment.text,
        "created_time": stamp(datetime.fromisoformat(comment.made)),
        "like_count": comment.likes,
        "comment_count": 0,
        "is_hidden": comment.hidden,
        "is_private": False,
        "can_hide": not comment.by_page,
        "can_remove": True,
        "can_comment": comment.parent is None,
        "can_like": True,
        "can_reply_privately": not comment.by_page,
        "user_likes": False,
        "permalink_url": f"https://www.facebook.com/{comment.post_id}?comment_id={last}",
        "object": {"id": comment.post_id},
        "parent": {"id": comment.parent} if comment.parent else None,
        "attachment": None,
        "message_tags": None,
        "from": {"name": comment.author, "id": comment.author_id} if told else None,
    }
    found: dict[str, Any] = {name: _giving(value) for name, value in shown.items()}

    def answers(want: Want) -> int:
        post = call.world.post("facebook", comment.post_id)
        return sum(one.parent == comment.comment_id for one in all_of(call, post)) if post else 0

    return found | {"comment_count": answers}


def _about(call: Call, external_id: str) -> Post:
    """The post of an id, which may be that of its photo or film. Raises GraphError."""
    clip, photo = clips.found(call, external_id), photos.found(call, external_id)
    post_id = clip.post_id if clip else photo.post_id if photo else external_id
    post = call.world.post("facebook", post_id or "")
    if post is None or post.account_id not in call.grant().account_ids:
        raise missing(external_id)
    return post


def _one_of(call: Call, name: str, known: tuple[str, ...]) -> str:
    value = call.text(name, known[0]).lower()
    if value not in known:
        raise invalid(f"Param {name} must be one of {{{', '.join(known)}}}")
    return value


def _id(post: Post, number: int) -> str:
    return f"{post.external_id.split('_')[1]}_{number}"


def _person_id(name: str) -> str:
    return str(10**9 + int.from_bytes(name.encode()[:6], "big") % 10**9)


def _giving(value: Any) -> Any:
    return lambda _: value
