"""What uploads and edits said about videos that the world does not keep, and videos that are not public yet."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.world import Media, Post, World

# YouTube works on a video so long after its last byte came.
_BYTES_A_SECOND = 64 * 1024 * 1024


@dataclass(frozen=True)
class Sheet:
    """A video beyond the world. `title` is the one it was given last; `publish_at` is ISO 8601."""

    title: str | None = None
    tags: list[str] | None = None
    category: str = "22"
    language: str | None = None
    audio_language: str | None = None
    privacy: str = "public"
    publish_at: str | None = None
    licence: str = "youtube"
    embeddable: bool = True
    public_stats: bool = True
    made_for_kids: bool | None = None
    synthetic: bool | None = None
    # The project was not audited, so the video stays private whatever is asked.
    locked: bool = False
    seconds: int | None = None
    thumbnail: bool = False
    # How it came, of a video that came through the wire: account, text, kind, media, at.
    upload: dict[str, Any] = field(default_factory=dict)


class Sheets:
    """The sheets of all videos, kept by the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, video_id: str) -> Sheet:
        """What is known of a video at this moment; of one that was not uploaded here, the ordinary."""
        about = self._world.noted(NETWORK, f"sheet {video_id}")
        sheet = Sheet(**about) if about else Sheet()
        if sheet.publish_at and self._world.now() >= datetime.fromisoformat(sheet.publish_at):
            return replace(sheet, privacy="public", publish_at=None)
        return sheet

    def keep(self, video_id: str, sheet: Sheet) -> None:
        """Remember a sheet, and let the world show the video when its sheet says so."""
        before = self.of(video_id)
        if sheet.locked:
            sheet = replace(sheet, privacy="private", publish_at=None)
        self._world.note(NETWORK, f"sheet {video_id}", asdict(sheet))
        if not sheet.upload:
            return
        new = self._world.noted(NETWORK, f"upload of {video_id}") is None
        if new or before.publish_at != sheet.publish_at:
            self._place(video_id, sheet, new=new)

    def post(self, video_id: str) -> Post | None:
        """A video that is there, be it only for its owner."""
        found = self._world.post(NETWORK, video_id)
        if found is not None or self._gone(video_id):
            return found
        sheet = self.of(video_id)
        return self._draft(video_id, sheet) if sheet.upload and sheet.publish_at else None

    def posts(self, account_id: str) -> list[Post]:
        """All videos of a channel, newest first."""
        waiting = [post for post in self._waiting() if post.account_id == account_id]
        return [*waiting, *self._world.posts(NETWORK, account_id)]

    def delete(self, video_id: str) -> None:
        self._world.note(NETWORK, f"gone {video_id}", {"gone": True})
        self._world.delete_post(NETWORK, video_id)

    def counters(self, post: Post) -> dict[str, int]:
        """What a video has come to; nothing yet before its moment."""
        if not post.final:
            return {"views": 0, "likes": 0, "comments": 0}
        return self._world.counters(post, self._world.now())

    def seconds(self, post: Post) -> int:
        """A video's length; of bytes that are no film its id gives a plausible one."""
        known = post.duration_s or self.of(post.external_id).seconds
        return known or 15 + sum(post.external_id.encode()) % 165

    def processed(self, post: Post) -> bool:
        """Whether YouTube is done with it."""
        upload = self.of(post.external_id).upload
        if not upload:
            return True
        work = timedelta(seconds=sum(one["size"] for one in upload["media"]) // _BYTES_A_SECOND)
        return self._world.now() >= datetime.fromisoformat(upload["at"]) + work

    def _gone(self, video_id: str) -> bool:
        return self._world.noted(NETWORK, f"gone {video_id}") is not None

    def _place(self, video_id: str, sheet: Sheet, *, new: bool) -> None:
        """Put an upload into the world, live from the moment that its sheet names."""
        upload = sheet.upload
        if not new:
            self._world.delete_post(NETWORK, video_id)
        self._world.create_post(
            NETWORK,
            upload["account"],
            kind=upload["kind"],
            text=upload["text"],
            title=sheet.title,
            media=[Media(**one) for one in upload["media"]],
            external_id=video_id,
            at=datetime.fromisoformat(sheet.publish_at) if sheet.publish_at else None,
        )
        waiting = (self._world.noted(NETWORK, "waiting") or {"ids": []})["ids"]
        if sheet.publish_at and video_id not in waiting:
            self._world.note(NETWORK, "waiting", {"ids": [*waiting, video_id]})
        self._world.note(NETWORK, f"upload of {video_id}", {"placed": True})

    def went_public(self) -> list[Post]:
        """Videos that waited for their moment and are public since the last time that this was asked."""
        ids = (self._world.noted(NETWORK, "waiting") or {"ids": []})["ids"]
        waiting = [one for one in ids if self.of(one).publish_at]
        if waiting == ids:
            return []
        self._world.note(NETWORK, "waiting", {"ids": waiting})
        found = (self._world.post(NETWORK, one) for one in ids if self.of(one).privacy == "public")
        return [post for post in found if post is not None]

    def _waiting(self) -> list[Post]:
        ids = (self._world.noted(NETWORK, "waiting") or {"ids": []})["ids"]
        found = (self.post(one) for one in reversed(ids) if self.of(one).publish_at)
        return [post for post in found if post is not None]

    def _draft(self, video_id: str, sheet: Sheet) -> Post | None:
        """A video before its moment: nobody has seen it."""
        upload = sheet.upload
        account = self._world.account(NETWORK, upload["account"])
        if account is None:
            return None
        return Post(
            network=NETWORK,
            external_id=video_id,
            account_id=account.external_id,
            kind=upload["kind"],
            text=upload["text"],
            title=sheet.title,
            created_at=datetime.fromisoformat(upload["at"]),
            permalink=f"https://www.youtube.com/watch?v={video_id}",
            hashtags=(),
            link=None,
            media=[Media(**one) for one in upload["media"]],
        )
