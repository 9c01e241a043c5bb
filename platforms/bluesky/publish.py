"""Publishing to Bluesky under record keys of our own: writing the same post again writes the same post.

That makes every call repeatable: a lost answer is asked for anew, and nothing is ever live twice.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from platforms.bluesky.client import Client
from platforms.bluesky.insights import moment, timeline
from platforms.bluesky.keys import fixed, fresh
from platforms.bluesky.text import facets
from platforms.calls import CLOCK_SKEW, UPLOAD_TIMEOUT, json_object, same_text
from platforms.errors import Rejected
from platforms.posting import MediaFile, Outgoing, Pending, Published

POST = "app.bsky.feed.post"
VIDEO = "https://video.bsky.app"
_LOOK_AGAIN = timedelta(seconds=2)


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """Choose the keys, bring the media, write the records. Raises PlatformError.

    State: `keys`, one per post of the thread, `at` (when it was first tried), `media` (what became of each file).
    """
    if state is None:
        at = datetime.now(UTC)
        keys = [fresh(at, place) for place in range(1 + len(post.parts))]
        return Pending({"keys": keys, "at": at.isoformat(), "media": {}}, handle=True)
    for place, part in enumerate((post, *post.parts)):
        for number, file in enumerate(part.media):
            name = f"{place}.{number}"
            if name not in state["media"]:
                brought = await (_begin_video(client, file) if file.is_video else _upload(client, file))
                return Pending({**state, "media": {**state["media"], name: brought}}, handle=True)
            if "job" in (brought := state["media"][name]):
                seen = await _look_at_video(client, brought["job"])
                wait = _LOOK_AGAIN if "job" in seen else timedelta(0)
                return Pending({**state, "media": {**state["media"], name: seen}}, wait, handle=True)
    return await _write(client, post, state)


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """A post with these words since a moment."""
    start = since - CLOCK_SKEW
    async for _, body in timeline(client, start):
        for entry in body.get("feed", []):
            found = entry["post"]
            own = "reason" not in entry and moment(found["record"]["createdAt"]) >= start
            if own and same_text(_text(post), found["record"].get("text")):
                return Published(found["uri"], permalink(found["uri"]))
    return None


async def delete(client: Client, external_id: str) -> None:
    """Take a post down; one that is gone is no error."""
    _, _, _, collection, key = external_id.split("/")
    await client.procedure(
        "com.atproto.repo.deleteRecord", json={"repo": client.account, "collection": collection, "rkey": key}
    )


async def comment(client: Client, external_id: str, text: str) -> str:
    """Reply to a post; the reply's key follows from both, so that it is written once. Its id."""
    answer = json_object(await client.query("app.bsky.feed.getPosts", {"uris": [external_id]}))
    if not answer.get("posts"):
        raise Rejected("the post is gone", evidence={"uri": external_id})
    parent = answer["posts"][0]
    ref = {"uri": parent["uri"], "cid": parent["cid"]}
    root = parent["record"].get("reply", {}).get("root", ref)
    at = moment(parent["record"]["createdAt"])
    record = await _record(client, Outgoing(text), at, {}, 0, {"root": root, "parent": ref})
    written = await _put(client, fixed(at, f"{external_id} {text}"), record)
    return str(written["uri"])


def permalink(uri: str) -> str:
    """Where people see a post."""
    _, _, did, _, key = uri.split("/")
    return f"https://bsky.app/profile/{did}/post/{key}"


async def _write(client: Client, post: Outgoing, state: Mapping[str, Any]) -> Published:
    """The records one after the other: each answers the one before, and all stand under the first."""
    at = datetime.fromisoformat(state["at"])
    refs: list[dict[str, str]] = []
    for place, (key, part) in enumerate(zip(state["keys"], (post, *post.parts), strict=True)):
        reply = {"root": refs[0], "parent": refs[-1]} if refs else None
        # A moment apart, so that their order shows.
        record = await _record(client, part, at + timedelta(milliseconds=place), state["media"], place, reply)
        written = await _put(client, key, record)
        refs.append({"uri": written["uri"], "cid": written["cid"]})
    first, *others = (ref["uri"] for ref in refs)
    return Published(first, permalink(first), tuple(others))


async def _put(client: Client, key: str, record: dict[str, Any]) -> dict[str, Any]:
    body = {"repo": client.account, "collection": POST, "rkey": key, "record": record}
    return await client.procedure("com.atproto.repo.putRecord", json=body)


async def _record(
    client: Client,
    post: Outgoing,
    at: datetime,
    media: Mapping[str, Any],
    place: int,
    reply: Mapping[str, Any] | None,
) -> dict[str, Any]:
    async def did_of(handle: str) -> str | None:
        try:
            found = json_object(await client.query("com.atproto.identity.resolveHandle", {"handle": handle}))
        except Rejected:
            return None
        return found.get("did")

    text = _text(post)
    record: dict[str, Any] = {
        "$type": POST,
        "text": text,
        "createdAt": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if marked := await facets(text, did_of):
        record["facets"] = marked
    if languages := post.options.get("langs"):
        record["langs"] = languages
    if reply is not None:
        record["reply"] = reply
    if embed := _embed(post, media, place):
        record["embed"] = embed
    return record


def _text(post: Outgoing) -> str:
    """A link goes out as a card, where nothing else is attached."""
    return post.text_with_link if post.media else post.text


def _embed(post: Outgoing, media: Mapping[str, Any], place: int) -> dict[str, Any] | None:
    blobs = [media[f"{place}.{number}"]["blob"] for number in range(len(post.media))]
    if post.media and post.media[0].is_video:
        video = {"$type": "app.bsky.embed.video", "video": blobs[0]}
        return video | ({"alt": post.media[0].alt_text} if post.media[0].alt_text else {})
    if post.media:
        images = [{"image": blob, "alt": file.alt_text or ""} for blob, file in zip(blobs, post.media, strict=True)]
        return {"$type": "app.bsky.embed.images", "images": images}
    if post.link:
        card = {"uri": post.link, "title": post.title or post.link, "description": ""}
        return {"$type": "app.bsky.embed.external", "external": card}
    return None


async def _upload(client: Client, file: MediaFile) -> dict[str, Any]:
    """The reference to bytes that the server keeps; the same bytes have the same one."""
    answer = await client.procedure(
        "com.atproto.repo.uploadBlob",
        content=file.path.read_bytes(),
        headers={"Content-Type": file.content_type},
        timeout=UPLOAD_TIMEOUT,
    )
    return {"blob": answer["blob"]}


async def _begin_video(client: Client, file: MediaFile) -> dict[str, Any]:
    """Hand a video to the service that prepares it, with a word from the account's server."""
    server = (await client.server()).removeprefix("https://").removeprefix("http://")
    asked = {"aud": f"did:web:{server.replace(':', '%3A')}", "lxm": "com.atproto.repo.uploadBlob"}
    word = json_object(await client.query("com.atproto.server.getServiceAuth", asked))["token"]
    response = await client.call(
        "POST",
        client.app.url(VIDEO, "/xrpc/app.bsky.video.uploadVideo"),
        params={"did": client.account, "name": f"{file.path.stem}.mp4"},
        content=file.path.read_bytes(),
        headers={"Authorization": f"Bearer {word}", "Content-Type": file.content_type},
        timeout=UPLOAD_TIMEOUT,
    )
    body = json_object(response)
    return _state_of(body.get("jobStatus", body))


async def _look_at_video(client: Client, job: str) -> dict[str, Any]:
    url = client.app.url(VIDEO, "/xrpc/app.bsky.video.getJobStatus")
    response = await client.call("GET", url, params={"jobId": job})
    return _state_of(json_object(response)["jobStatus"])


def _state_of(job: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a video: its blob, or the job to look at again. Raises Rejected."""
    if job.get("state") == "JOB_STATE_FAILED":
        reason = str(job.get("message") or job.get("error") or "Bluesky could not prepare the video")
        raise Rejected(reason, evidence={"job": job.get("jobId"), "error": job.get("error")})
    return {"blob": job["blob"]} if job.get("blob") else {"job": job["jobId"]}
