"""Records: written under keys that the caller may choose, so that the same post twice is one post."""

from datetime import datetime
from typing import Any

from sandbox.networks.bluesky.errors import XrpcError, invalid
from sandbox.networks.bluesky.gate import Call
from sandbox.networks.bluesky.names import NETWORK, POST, blob_cid, cid, handle, is_tid, tid, uri
from sandbox.networks.bluesky.records import blob, record
from sandbox.world import Media, Post, World

_TEXT_BYTES = 3000
_GRAPHEMES = 300
_IMAGE_BYTES = 1_000_000
_BLOB_BYTES = 100_000_000


class Repository:
    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, call: Call) -> dict[str, Any]:
        """A record under a new key. Raises XrpcError where the key is taken by another."""
        key = str(call.body.get("rkey") or tid(self._world.now(), str(self._world.now().timestamp())))
        return self._write(call, key, may_replace=False)

    async def put(self, call: Call) -> dict[str, Any]:
        """A record under a key, whatever was there."""
        return self._write(call, call.sent("rkey"), may_replace=True)

    async def read(self, call: Call) -> dict[str, Any]:
        post = self._post(call.one("repo"), call.one("collection"), call.one("rkey"))
        if post is None:
            raise XrpcError("RecordNotFound", "Could not locate record")
        written = record(self._world, post)
        return {"uri": post.external_id, "cid": cid(written), "value": written}

    async def listed(self, call: Call) -> dict[str, Any]:
        """Newest first, unless `reverse`; the cursor is the last key."""
        if call.one("collection") != POST:
            return {"records": []}
        posts = self._world.posts(NETWORK, call.one("repo"))
        if call.request.query_params.get("reverse") in ("true", "True"):
            posts.reverse()
        after = call.request.query_params.get("cursor")
        keys = [post.external_id.rsplit("/", 1)[-1] for post in posts]
        first = keys.index(after) + 1 if after in keys else 0
        shown = posts[first : first + call.limit()]
        records = [
            {"uri": post.external_id, "cid": cid(found := record(self._world, post)), "value": found} for post in shown
        ]
        more = first + len(shown) < len(posts)
        return {"records": records, **({"cursor": keys[first + len(shown) - 1]} if more else {})}

    async def delete(self, call: Call) -> dict[str, Any]:
        """A record that is not there is deleted already."""
        self._own(call)
        post = self._post(call.account.external_id, call.sent("collection"), call.sent("rkey"))
        if post is not None:
            self._world.delete_post(NETWORK, post.external_id)
            self._world.comments.remove(NETWORK, post.external_id, with_answers=False)
        return {"commit": self._commit(call)}

    async def upload(self, call: Call) -> dict[str, Any]:
        """A file; it is kept once something refers to it."""
        content, kind = await call.request.body(), call.request.headers.get("content-type", "*/*")
        if not content:
            raise invalid("Request encoding (Content-Type) required but not provided")
        if len(content) > _BLOB_BYTES:
            raise XrpcError("BlobTooLarge", "This file is too large", 413)
        about = blob_cid(content)
        self.keep(about, kind, len(content))
        return {"blob": blob(about, kind, len(content))}

    def keep(self, about: str, content_type: str, size: int) -> None:
        self._world.note(NETWORK, f"blob {about}", {"content_type": content_type, "size": size})

    def _write(self, call: Call, key: str, *, may_replace: bool) -> dict[str, Any]:
        self._own(call)
        written, collection = call.sent("record", dict), call.sent("collection")
        if collection != POST or written.get("$type", POST) != POST:
            raise invalid(f"This server keeps {POST} only")
        if not is_tid(key):
            raise invalid("Invalid record key: it must be a TID")
        try:
            media = self._checked(written)
        except (KeyError, TypeError, AttributeError) as error:
            raise invalid(f"Invalid app.bsky.feed.post record: {error!r}") from error
        address = uri(call.account.external_id, key)
        there = self._world.post(NETWORK, address)
        if there is not None and cid(record(self._world, there)) != cid(written):
            if not may_replace:
                raise XrpcError("InvalidSwap", "Record already exists")
            self._world.edit_post(NETWORK, address, written["text"])
            self._world.comments.edit(NETWORK, address, written["text"])
        self._world.note(NETWORK, address, {"record": written})
        if there is None:
            self._world.create_post(
                NETWORK, call.account.external_id, kind=_kind(written), text=written["text"], media=media,
                link=written.get("embed", {}).get("external", {}).get("uri"), external_id=address,
            )  # fmt: skip
            self._answer(call.account.external_id, address, written)
        return {"uri": address, "cid": cid(written), "commit": self._commit(call), "validationStatus": "valid"}

    def _answer(self, author: str, address: str, written: dict[str, Any]) -> None:
        """A reply is a comment too."""
        if (reply := written.get("reply")) is not None:
            root, parent = reply["root"]["uri"], reply["parent"]["uri"]
            answers = parent if parent != root else None
            self._world.comments.write(NETWORK, address, author, on=root, text=written["text"], answers=answers)

    def _checked(self, written: dict[str, Any]) -> list[Media]:
        """The files of a record that is as the lexicon says. Raises XrpcError."""
        text = written.get("text")
        if not isinstance(text, str):
            raise invalid('Invalid app.bsky.feed.post record: Record must have the property "text"')
        if len(text.encode()) > _TEXT_BYTES:
            raise invalid(f"Invalid app.bsky.feed.post record: text must not be longer than {_TEXT_BYTES} bytes")
        if len(text) > _GRAPHEMES and _plain(text) > _GRAPHEMES:
            raise invalid(f"Invalid app.bsky.feed.post record: text must not be longer than {_GRAPHEMES} graphemes")
        try:
            datetime.fromisoformat(written["createdAt"])
        except (KeyError, ValueError, TypeError) as error:
            raise invalid("Invalid app.bsky.feed.post record: createdAt must be a datetime") from error
        for facet in written.get("facets", []):
            if not 0 <= facet["index"]["byteStart"] < facet["index"]["byteEnd"] <= len(text.encode()):
                raise invalid("Invalid app.bsky.feed.post record: facet outside of text")
        if "reply" in written and not all(isinstance(written["reply"][end]["uri"], str) for end in ("root", "parent")):
            raise invalid("Invalid app.bsky.feed.post record: reply must name a root and a parent")
        embed = written.get("embed", {})
        files = [one["image"] for one in embed.get("images", [])] + ([embed["video"]] if "video" in embed else [])
        if len(embed.get("images", [])) > 4:
            raise invalid("Invalid app.bsky.feed.post record: images must not have more than 4 elements")
        return [self._file(one) for one in files]

    def _file(self, reference: dict[str, Any]) -> Media:
        kept = self._world.noted(NETWORK, f"blob {reference['ref']['$link']}")
        if kept is None:
            raise XrpcError("BlobNotFound", f"Could not find blob: {reference['ref']['$link']}")
        if kept["content_type"].startswith("image/") and kept["size"] > _IMAGE_BYTES:
            raise XrpcError("BlobTooLarge", f"This file is too large. It is {kept['size']} bytes")
        return Media(kept["content_type"], kept["size"], reference["ref"]["$link"])

    def _own(self, call: Call) -> None:
        if call.sent("repo") not in (call.account.external_id, handle(call.account.username)):
            raise XrpcError("InvalidToken", "The token is of another repository", 403)

    def _post(self, owner: str, collection: str, key: str) -> Post | None:
        return self._world.post(NETWORK, uri(owner, key, collection))

    def _commit(self, call: Call) -> dict[str, str]:
        now = self._world.now()
        return {"cid": cid({"commit": now.isoformat()}), "rev": tid(now, call.account.external_id)}


def _kind(written: dict[str, Any]) -> str:
    embed = written.get("embed", {})
    if "video" in embed:
        return "video"
    if "images" in embed:
        return "carousel" if len(embed["images"]) > 1 else "image"
    return "link" if "external" in embed else "text"


def _plain(text: str) -> int:
    """Signs without those that only change the one before: never more than there are graphemes."""
    joined, count = False, 0.0
    for sign in text:
        extends = sign in "\u200d\ufe0f" or "\u0300" <= sign <= "\u036f" or "\U0001f3fb" <= sign <= "\U0001f3ff"
        flag = "\U0001f1e6" <= sign <= "\U0001f1ff"
        count += not (extends or joined) and (0.5 if flag else 1)
        joined = sign == "\u200d"
    return int(count)
