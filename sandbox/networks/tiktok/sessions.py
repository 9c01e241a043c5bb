"""Posts and drafts on their way: what they are, how far they came, and what outlives the process.

A publish id ends in the id that the post will have, so that its state is known as long as the post is.
"""

from __future__ import annotations

import dataclasses
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.tiktok.errors import Refusal
from sandbox.networks.tiktok.gate import NETWORK, Call
from sandbox.networks.tiktok.hooks import Hooks
from sandbox.world import Account, Media, Post, World

_PROCESSING = timedelta(seconds=1)
MODERATION = timedelta(seconds=3)
PUBLIC = "PUBLIC_TO_EVERYONE"
LONGEST_SECONDS = 600
_DAY = timedelta(days=1)
_SORTS = ("v_pub_file", "v_pub_url", "p_pub_url")


@dataclass
class Session:
    """One post or draft. Bytes are digested as they come and not kept; a draft has no `privacy`."""

    publish_id: str
    owner: str
    opened_at: str
    secret: str
    caption: str = ""
    privacy: str = ""
    title: str | None = None
    is_aigc: bool = False
    size: int = 0
    chunk: int = 0
    received: int = 0
    digests: list[str] = field(default_factory=list)
    # The first bytes in hexadecimal, and the length that was found in them or in later ones.
    head: str = ""
    seconds: float | None = None
    finished_at: str | None = None
    fail_reason: str | None = None

    @property
    def post_id(self) -> str:
        """The id that the post has once it is there."""
        return self.publish_id.rsplit(".", 1)[-1]

    @property
    def pulled(self) -> bool:
        """Whether TikTok fetches the media itself."""
        return "_url~" in self.publish_id

    @property
    def draft(self) -> bool:
        """Whether it goes to the creator's inbox, who may make a post of it."""
        return "_inbox_" in self.publish_id

    @property
    def photos(self) -> bool:
        return self.publish_id.startswith("p_")

    @property
    def ended(self) -> bool:
        return self.finished_at is not None or self.fail_reason is not None

    def take(self, content: bytes, seconds: float | None) -> None:
        """Append a chunk."""
        self.head = self.head or content[:16].hex()
        self.seconds = self.seconds if seconds is None else seconds
        self.digests.append(hashlib.sha256(content).hexdigest())
        self.received += len(content)

    @property
    def sha256(self) -> str:
        """Of the bytes; of the chunks' digests where there were several, since a digest outlives no process."""
        return self.digests[0] if len(self.digests) == 1 else hashlib.sha256("".join(self.digests).encode()).hexdigest()


class Sessions:
    """All posts on their way, and what became of them."""

    def __init__(self, world: World, hooks: Hooks) -> None:
        self.world = world
        self._hooks = hooks
        self._known: dict[str, Session] = {}

    def open(self, call: Call, sort: str, **about: Any) -> Session:
        """Begin a post; `about` are members of the session."""
        now = self.world.now()
        number = (int(now.timestamp()) << 32) | secrets.randbits(32)
        publish_id, secret = f"{sort}~v2-1.{number}", secrets.token_urlsafe(24)
        session = Session(publish_id, call.account.external_id, now.isoformat(), secret, **about)
        self._known[publish_id] = session
        self.keep(session)
        return session

    def find(self, publish_id: str) -> Session | None:
        """A post on its way, also from before the process began."""
        about = self.world.noted(NETWORK, publish_id)
        if publish_id not in self._known and about is not None:
            session = Session(**about)
            self._known[publish_id] = session
            if session.pulled and not session.ended:
                # Nobody fetches any more what was being fetched when the process ended.
                self.fail(session, "internal")
        return self._known.get(publish_id)

    def of(self, post: Post) -> Session | None:
        """How a post came here, where that was through this API."""
        found = (self.find(f"{sort}~v2-1.{post.external_id}") for sort in _SORTS)
        return next((session for session in found if session is not None), None)

    def private(self, post: Post) -> bool:
        """Whether not everybody sees a post."""
        session = self.of(post)
        return session is not None and session.privacy != PUBLIC

    def recent(self, account: Account, *, drafts: bool) -> int:
        """How many posts, or drafts that wait for their creator, an account has begun within a day."""
        since = self.world.now() - _DAY
        mine = [self.find(about["publish_id"]) for about in self.world.notes(NETWORK) if "publish_id" in about]
        return sum(
            session.owner == account.external_id
            and session.draft == drafts
            and datetime.fromisoformat(session.opened_at) > since
            and not (drafts and session.fail_reason)
            for session in mine
            if session is not None
        )

    def authorization_removed(self, account_id: str) -> None:
        """What is still on its way may not be published any more."""
        for about in self.world.notes(NETWORK):
            session = self.find(about["publish_id"]) if about.get("owner") == account_id else None
            if session is not None and not session.ended:
                self.fail(session, "auth_removed")

    def asked(self, call: Call) -> Session:
        """The session that a call names, if it is the user's own. Raises Refusal."""
        publish_id = call.body.get("publish_id")
        if not isinstance(publish_id, str) or not publish_id:
            raise Refusal("invalid_params", "publish_id is required")
        session = self.find(publish_id)
        if session is None:
            raise Refusal("invalid_publish_id", "The publish_id does not exist.")
        if session.owner != call.account.external_id:
            raise Refusal("token_not_authorized_for_specified_publish_id", "The publish_id belongs to another user.")
        return session

    def state(self, session: Session) -> dict[str, Any]:
        """How far it is, as TikTok tells it."""
        answer: dict[str, Any] = {"status": "PROCESSING_DOWNLOAD" if session.pulled else "PROCESSING_UPLOAD"}
        answer["downloaded_bytes" if session.pulled else "uploaded_bytes"] = session.received
        if session.fail_reason is not None:
            return answer | {"status": "FAILED", "fail_reason": session.fail_reason}
        if session.finished_at is None:
            return answer
        age = self.world.now() - datetime.fromisoformat(session.finished_at)
        if age < _PROCESSING:
            return answer
        if session.draft:
            return answer | {"status": "SEND_TO_USER_INBOX"}
        post = self.world.post(NETWORK, session.post_id)
        seen = post is not None and session.privacy == PUBLIC and age >= MODERATION
        # The misspelling is TikTok's own.
        ids = {"publicaly_available_post_id": [int(session.post_id)] if seen else []}
        return answer | {"status": "PUBLISH_COMPLETE"} | ids

    def keep(self, session: Session) -> None:
        """Let it outlive the process."""
        self.world.note(NETWORK, session.publish_id, dataclasses.asdict(session))

    def fail(self, session: Session, reason: str) -> None:
        """It will never be published."""
        session.fail_reason = reason
        self.keep(session)
        self._tell(session, "post.publish.failed", reason=reason)

    def finish(self, session: Session, media: list[Media]) -> None:
        """All media are there: publish it, or put it into the creator's inbox."""
        if session.ended:
            return
        session.finished_at = self.world.now().isoformat()
        self.keep(session)
        if session.draft:
            self._tell(session, "post.publish.inbox_delivered")
            return
        kind = ("image" if len(media) == 1 else "carousel") if session.photos else "video"
        self.world.create_post(
            NETWORK,
            session.owner,
            kind=kind,
            text=session.caption,
            title=session.title,
            media=media,
            external_id=session.post_id,
        )
        self._tell(session, "post.publish.complete")
        if session.privacy == PUBLIC:
            self._tell(session, "post.publish.publicly_available", MODERATION, post_id=session.post_id)

    def _tell(self, session: Session, event: str, after: timedelta = timedelta(0), **content: str) -> None:
        sort = "INBOX_SHARE" if session.draft else "DIRECT_POST"
        told = {"publish_id": session.publish_id, "publish_type": sort, **content}
        self._hooks.tell(event, session.owner, told, after)
