"""Comments: what people say by themselves, and what was said through the API."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.call import Call, author_of, urn_of
from sandbox.networks.linkedin.errors import Refusal, denied, invalid, missing, required, too_long, unoffered
from sandbox.networks.linkedin.feed import milliseconds
from sandbox.networks.linkedin.people import NETWORK, PERSON
from sandbox.networks.linkedin.shapes import activity
from sandbox.networks.linkedin.subscriptions import Subscriptions
from sandbox.web import json_response
from sandbox.world import Post
from sandbox.world.remarks import remarks

_LONGEST = 1250
_READ = (("r_member_social", "r_member_social_feed"), ("r_organization_social_feed",))
_WRITE = (("w_member_social", "w_member_social_feed"), ("w_organization_social_feed",))


@dataclass(frozen=True)
class Comment:
    """One comment; times in milliseconds, `parent` the id of the comment that it answers."""

    id: str
    actor: str
    text: str
    at: int
    likes: int = 0
    parent: str | None = None
    attributes: tuple[dict[str, Any], ...] = ()
    edited_at: int | None = None


class Comments:
    """The resource `socialActions/comments`."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    async def find(self, call: Call) -> Response:
        """Comments of a post, or answers to one of its comments, oldest first; or several by id."""
        post, parent = self._target(call, -2)
        self._may(call, post, "socialActions.comments.GET", _READ)
        if "ids" in call.query:
            return json_response(
                restli.batch(call.ids(), lambda wanted: self._shown(call, post, self._named(call, post, wanted)))
            )
        found = [one for one in self._all(call, post) if one.parent == (parent.id if parent else None)]
        return json_response(call.page([self._shown(call, post, one) for one in found], ()))

    async def get(self, call: Call) -> Response:
        """One comment."""
        post, _ = self._target(call, -3)
        self._may(call, post, "socialActions.comments.GET", _READ)
        return json_response(self._shown(call, post, self._named(call, post, call.key())))

    async def create(self, call: Call) -> Response:
        """Say something under a post or under a comment: 201 with the comment, its id in a header."""
        if call.method != "CREATE":
            raise unoffered(call.method, "socialActions/comments")
        post, above = self._target(call, -2)
        asked = call.body()
        actor = call.author(str(asked.get("actor")), "socialActions.comments.CREATE", *_WRITE)
        named = asked.get("parentComment")
        parent = self._named(call, post, str(named)) if named else above
        comment = Comment(
            id=str(milliseconds(call.world.now()) << 22 | secrets.randbits(22)),
            actor=urn_of(actor),
            text=_text(asked.get("message")),
            at=milliseconds(call.world.now()),
            parent=parent.id if parent else None,
            attributes=tuple((asked.get("message") or {}).get("attributes") or ()),
        )
        self._keep(call, post, comment)
        call.world.comments.write(
            NETWORK, comment.id, actor.external_id, on=post.external_id, text=comment.text, answers=comment.parent
        )
        await self._subscriptions.tell(call, post, "COMMENT", _urn(post, comment.id))
        return json_response(self._shown(call, post, comment), 201, {"x-restli-id": comment.id})

    async def update(self, call: Call) -> Response:
        """Other words for an own comment."""
        post, comment = self._own(call, "socialActions.comments.PARTIAL_UPDATE")
        patch = call.body().get("patch") or {}
        message = (patch.get("$set") or {}).get("message") or (patch.get("message") or {}).get("$set")
        said = vars(comment) | {"text": _text(message), "edited_at": milliseconds(call.world.now())}
        self._keep(call, post, Comment(**said))
        call.world.comments.edit(NETWORK, comment.id, said["text"])
        await self._subscriptions.tell(call, post, "COMMENT_EDIT", _urn(post, comment.id))
        return Response(status_code=204)

    async def delete(self, call: Call) -> Response:
        """Take a comment down: an own one, or any under an own post. Again is no error."""
        post, _ = self._target(call, -3)
        call.author(call.text("actor"), "socialActions.comments.DELETE", *_WRITE)
        try:
            comment = self._named(call, post, call.key())
        except Refusal:
            return Response(status_code=204)
        kept = self._kept(call, post)
        kept["gone"] = [*kept["gone"], comment.id]
        call.world.note(NETWORK, _place(post), kept)
        call.world.comments.remove(NETWORK, comment.id)
        await self._subscriptions.tell(call, post, "COMMENT_DELETE", _urn(post, comment.id))
        return Response(status_code=204)

    def count(self, call: Call, post: Post) -> tuple[int, int]:
        """How many comments a post has, and how many of them answer none."""
        found = self._all(call, post)
        return len(found), sum(one.parent is None for one in found)

    def _own(self, call: Call, what: str) -> tuple[Post, Comment]:
        post, _ = self._target(call, -3)
        actor = call.author(call.text("actor"), what, *_WRITE)
        comment = self._named(call, post, call.key())
        if comment.actor != urn_of(actor):
            raise denied(what)
        return post, comment

    def _target(self, call: Call, place: int) -> tuple[Post, Comment | None]:
        """The post that a path names, by itself or by one of its comments. Raises Refusal."""
        urn = call.key(place)
        within, number = urn, ""
        if urn.startswith("urn:li:comment:(") and urn.endswith(")"):
            within, _, number = urn.removeprefix("urn:li:comment:(").removesuffix(")").rpartition(",")
        post = call.feed.post(within)
        if post is None:
            raise missing(urn)
        return post, self._named(call, post, number) if number else None

    def _may(self, call: Call, post: Post, what: str, scopes: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
        """Only comments of own posts can be read. Raises Refusal."""
        call.author(urn_of(author_of(call.world, post)), what, *scopes)

    def _named(self, call: Call, post: Post, wanted: object) -> Comment:
        number = str(wanted).removesuffix(")").rpartition(",")[2]
        found = next((one for one in self._all(call, post) if one.id == number), None)
        if found is None:
            raise missing(f"comment {wanted}")
        return found

    def _all(self, call: Call, post: Post) -> list[Comment]:
        """Every comment of a post, oldest first."""
        page = author_of(call.world, post)
        count = call.world.counters(post, call.world.now())["comments"]
        made = remarks(post, count, page.name)
        numbers = {one.number: str(milliseconds(one.at) << 22 | one.number) for one in made}
        found = {
            numbers[one.number]: Comment(
                id=numbers[one.number],
                actor=urn_of(page) if one.author == page.name else PERSON + _id(one.author),
                text=one.text,
                at=milliseconds(one.at),
                likes=one.likes,
                parent=numbers.get(one.answers) if one.answers else None,
            )
            for one in made
        }
        kept = self._kept(call, post)
        said = {one["id"]: Comment(**one | {"attributes": tuple(one["attributes"])}) for one in kept["said"]}
        living = {**found, **said}
        return sorted((one for one in living.values() if one.id not in kept["gone"]), key=lambda one: (one.at, one.id))

    def _kept(self, call: Call, post: Post) -> dict[str, Any]:
        return dict(call.world.noted(NETWORK, _place(post)) or {"said": [], "gone": []})

    def _keep(self, call: Call, post: Post, comment: Comment) -> None:
        kept = self._kept(call, post)
        kept["said"] = [one for one in kept["said"] if one["id"] != comment.id] + [vars(comment)]
        call.world.note(NETWORK, _place(post), kept)

    def _shown(self, call: Call, post: Post, comment: Comment) -> dict[str, Any]:
        answers = sum(one.parent == comment.id for one in self._all(call, post))
        body: dict[str, Any] = {
            "id": comment.id,
            "commentUrn": _urn(post, comment.id),
            "actor": comment.actor,
            "object": activity(post),
            "message": {"attributes": list(comment.attributes), "text": comment.text},
            "created": {"actor": comment.actor, "time": comment.at},
            "lastModified": {"actor": comment.actor, "time": comment.edited_at or comment.at},
            "likesSummary": {
                "aggregatedTotalLikes": comment.likes,
                "likedByCurrentUser": False,
                "selectedLikes": [],
                "totalLikes": comment.likes,
            },
        }
        if comment.parent:
            return body | {"parentComment": _urn(post, comment.parent)}
        summary = {"aggregatedTotalComments": answers, "selectedComments": [], "totalFirstLevelComments": answers}
        return body | {"commentsSummary": summary}


def _place(post: Post) -> str:
    return f"comments {post.external_id}"


def _urn(post: Post, number: str) -> str:
    return f"urn:li:comment:({activity(post)},{number})"


def _id(name: str) -> str:
    return hashlib.sha256(f"member {name}".encode()).hexdigest()[:10]


def _text(message: Any) -> str:
    """The words of a message. Comments are no little text: what is written is shown. Raises Refusal."""
    text = message.get("text") if isinstance(message, dict) else None
    if not isinstance(text, str) or not text.strip():
        raise required("/message/text")
    if len(text) > _LONGEST:
        raise too_long("/message/text", len(text), _LONGEST)
    if "\x00" in text:
        raise invalid("ERROR :: /message/text :: is not a text", "FIELD_VALUE_INVALID")
    return text
