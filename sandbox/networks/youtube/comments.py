"""Comments under videos: those that people of the world write, and those that come through the wire."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.errors import Refusal, bad, forbidden, not_found, required
from sandbox.networks.youtube.gate import Call, inner
from sandbox.networks.youtube.listing import paged, shown, with_etag
from sandbox.networks.youtube.read import Reader
from sandbox.networks.youtube.said import Said, resource, thread
from sandbox.networks.youtube.sheets import Sheets
from sandbox.world import Post
from sandbox.world.remarks import remarks

_STATUSES = ("heldForReview", "published", "rejected")
_MOST = 100
_LONGEST = 10_000


@dataclass(frozen=True)
class Threads:
    """The comments of one video, and which of them a person may read."""

    post: Post
    said: list[Said]

    def top(self) -> list[Said]:
        return [one for one in self.said if one.parent is None]

    def answers(self, key: str) -> list[Said]:
        return [one for one in self.said if one.parent == key]


class Comments:
    def __init__(self, sheets: Sheets, reader: Reader) -> None:
        self._sheets, self._reader = sheets, reader

    async def threads(self, call: Call) -> Response:
        """Threads of a video, of all videos of a channel, or by id."""
        parts, found = call.parts(), self._found(call)
        wanted = call.asked("moderationStatus") or "published"
        tops = [(some, one) for some in found for one in some.top() if one.status == wanted]
        if call.listed("id"):
            tops = [(some, one) for some, one in tops if one.id in call.listed("id")]
        terms = (call.asked("searchTerms") or "").lower()
        tops = [(some, one) for some, one in tops if terms in one.text.lower()]
        by_likes = call.asked("order") == "relevance"
        tops.sort(key=lambda pair: (pair[1].likes if by_likes else 0, pair[1].at), reverse=True)
        return paged(
            call,
            "youtube#commentThreadListResponse",
            tops,
            lambda pair: thread(pair[0].post, pair[1], pair[0].answers(pair[1].id), parts),
            most=_MOST,
            usual=20,
        )

    async def every(self, call: Call) -> Response:
        """Replies to a comment, or comments by id."""
        parts, parent = call.parts(), call.asked("parentId")
        keys = [parent] if parent else call.listed("id")
        if not keys:
            raise required("id, parentId")
        found = [(some, one) for some in (self._of_comment(call, key) for key in keys) if some for one in some.said]
        said = [
            (some.post, one)
            for some, one in found
            if (one.parent == parent if parent else one.id in keys) and one.status == "published"
        ]
        if not said and not parent:
            raise not_found("comment")
        unique = {one.id: (post, one) for post, one in said}
        return paged(
            call,
            "youtube#commentListResponse",
            sorted(unique.values(), key=lambda pair: pair[1].at),
            lambda pair: resource(*pair, parts),
            most=_MOST,
            usual=20,
        )

    async def start(self, call: Call) -> Response:
        """A comment of its own under a video."""
        body, parts = await call.body(), call.parts()
        snippet = inner(body, "snippet")
        text = _text(inner(inner(snippet, "topLevelComment"), "snippet"))
        post = self._reader.visible(call, str(snippet.get("videoId")))
        if post is None:
            raise not_found("video", "videoId")
        made = self._say(call, post, text, None)
        return shown(call, with_etag(thread(post, made, [], parts)))

    async def insert(self, call: Call) -> Response:
        """A reply to a comment."""
        snippet, parts = inner(await call.body(), "snippet"), call.parts()
        some = self._of_comment(call, str(snippet.get("parentId")))
        if some is None or not any(one.id == snippet.get("parentId") for one in some.said):
            raise not_found("parentComment", "parentId")
        made = self._say(call, some.post, _text(snippet), str(snippet["parentId"]).partition(".")[0])
        return shown(call, with_etag(resource(some.post, made, parts)))

    async def update(self, call: Call) -> Response:
        """Another text for an own comment."""
        body, parts = await call.body(), call.parts()
        # A thread is named by its first comment, and edited through it.
        written = inner(inner(inner(body, "snippet"), "topLevelComment"), "snippet") or inner(body, "snippet")
        post, said = self._one(call, str(body.get("id")))
        if said.channel != call.account.external_id:
            raise forbidden("The comment was written by somebody else.", "youtube.comment")
        new = replace(said, text=_text(written), updated=call.now)
        self._keep(call, new)
        call.world.comments.edit(NETWORK, new.id, new.text)
        return shown(call, with_etag(resource(post, new, parts)))

    async def delete(self, call: Call) -> Response:
        """An own comment, or one under an own video."""
        post, said = self._one(call, call.asked("id") or "")
        if call.account.external_id not in (said.channel, post.account_id):
            raise forbidden("The comment cannot be deleted by this account.", "youtube.comment")
        self._keep(call, replace(said, status="deleted"))
        call.world.comments.remove(NETWORK, said.id)
        return Response(status_code=204)

    async def moderate(self, call: Call) -> Response:
        """Show comments under own videos, or not."""
        status = call.asked("moderationStatus")
        if status not in _STATUSES:
            raise bad("invalidModerationStatus", "The moderation status is not valid.", "youtube.comment")
        if call.yes("banAuthor") and status != "rejected":
            raise bad("banWithoutReject", "banAuthor needs the status rejected.", "youtube.comment")
        found = [self._one(call, key) for key in call.listed("id")]
        if not found:
            raise required("id")
        if any(post.account_id != call.account.external_id for post, _ in found):
            raise forbidden("The comment is not under a video of this account.", "youtube.comment")
        for _, said in found:
            self._keep(call, replace(said, status=status))
        return Response(status_code=204)

    def _found(self, call: Call) -> list[Threads]:
        """The videos that a request for threads is about. Raises Refusal."""
        if call.asked("videoId"):
            post = self._reader.visible(call, call.asked("videoId") or "")
            if post is None:
                raise not_found("video", "videoId")
            return [self._threads(call, post)]
        if call.listed("id"):
            return [some for some in (self._of_comment(call, key) for key in call.listed("id")) if some]
        channel = call.asked("allThreadsRelatedToChannelId")
        if channel is None:
            raise required("allThreadsRelatedToChannelId, channelId, id, videoId")
        if call.world.account(NETWORK, channel) is None:
            raise not_found("channel", "allThreadsRelatedToChannelId")
        posts = [post for post in self._sheets.posts(channel) if self._reader.listed(call, post)]
        return [self._threads(call, post) for post in posts if not self._closed(post)]

    def _threads(self, call: Call, post: Post) -> Threads:
        """All comments of a video. Raises Refusal where there can be none."""
        if self._closed(post):
            message = "The video identified by the videoId parameter has disabled comments."
            raise Refusal(403, "commentsDisabled", message, "youtube.commentThread", "videoId")
        counted = self._sheets.counters(post)["comments"]
        brand = call.world.account(NETWORK, post.account_id) or call.account
        said = []
        for remark in remarks(post, counted, brand.name):
            own = remark.author == brand.name
            number = f"{remark.number:06d}"
            parent = f"Ug{post.external_id}{remark.answers:06d}" if remark.answers else None
            key = f"{parent}.{number}" if parent else f"Ug{post.external_id}{number}"
            channel = brand.external_id if own else _channel(remark.author)
            said.append(Said(key, parent, remark.author, channel, remark.text, remark.at, remark.likes))
        written = (call.world.noted(NETWORK, f"said {post.external_id}") or {"ids": []})["ids"]
        changed = {one.id: one for key in [*written, *(one.id for one in said)] if (one := self._kept(call, key))}
        all_said = [changed.pop(one.id, one) for one in said] + list(changed.values())
        gone = {one.id for one in all_said if one.status == "deleted"}
        return Threads(post, [one for one in all_said if one.id not in gone and one.parent not in gone])

    def _closed(self, post: Post) -> bool:
        return bool(self._sheets.of(post.external_id).made_for_kids)

    def _of_comment(self, call: Call, key: str) -> Threads | None:
        """The threads of the video that a comment's id names."""
        post = self._reader.visible(call, key[2:13])
        return self._threads(call, post) if post is not None else None

    def _one(self, call: Call, key: str) -> tuple[Post, Said]:
        some = self._of_comment(call, key)
        said = next((one for one in some.said if one.id == key), None) if some else None
        if some is None or said is None:
            raise not_found("comment")
        return some.post, said

    def _say(self, call: Call, post: Post, text: str, parent: str | None) -> Said:
        if self._closed(post):
            self._threads(call, post)
        account = call.account
        key = f"{parent}.{secrets.token_hex(6)}" if parent else f"Ug{post.external_id}{secrets.token_hex(6)}"
        made = Said(key, parent, account.name, account.external_id, text, call.now)
        self._keep(call, made)
        name = f"said {post.external_id}"
        ids = (call.world.noted(NETWORK, name) or {"ids": []})["ids"]
        call.world.note(NETWORK, name, {"ids": [*ids, key]})
        call.world.comments.write(NETWORK, key, account.external_id, on=post.external_id, text=text, answers=parent)
        return made

    def _keep(self, call: Call, said: Said) -> None:
        about: dict[str, Any] = asdict(said)
        about |= {"at": said.at.isoformat(), "updated": said.updated.isoformat() if said.updated else None}
        call.world.note(NETWORK, f"comment {said.id}", about)

    def _kept(self, call: Call, key: str) -> Said | None:
        about = call.world.noted(NETWORK, f"comment {key}")
        if about is None:
            return None
        moments = {name: datetime.fromisoformat(about[name]) if about[name] else None for name in ("at", "updated")}
        return Said(**{**about, **moments})


def _text(snippet: dict[str, Any]) -> str:
    """Raises Refusal."""
    text = snippet.get("textOriginal")
    if not isinstance(text, str) or not text.strip():
        raise bad("commentTextRequired", "The comment needs a text.", "youtube.comment")
    if len(text) > _LONGEST:
        raise bad("commentTextTooLong", "The comment is too long.", "youtube.comment")
    return text


def _channel(author: str) -> str:
    return "UC" + hashlib.sha256(author.encode()).hexdigest()[:22]
