"""Puts one video or photo on TikTok, and finds it again.

A video gets its `publish_id` before a byte of it leaves, and nothing can appear without the bytes: on re-entry only
the state behind that id is asked. A photo is pulled by TikTok from its address, so its first call is irreversible.
"""

from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, same_text
from platforms.errors import OutcomeUnknown, Rejected
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.tiktok.client import Client
from platforms.tiktok.insights import listed, moment

PUBLIC = "PUBLIC_TO_EVERYONE"
PHOTO_TITLE = 90
# One chunk may have up to 64 MB, the last one up to 128 MB; the rest that fills no chunk joins the last.
LARGEST_CHUNK = 64_000_000
CHUNK = 10_000_000
PROCESSING = timedelta(seconds=5)


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    if not post.media:
        raise Rejected("TikTok takes videos and photos only")
    if state is None:
        await _check_creator(client)
        if post.media[0].content_type.startswith("video/"):
            return await _start_video(client, post.text_with_link, post.media[0])
        return await _start_photo(client, post, post.media[0])
    status = await client.data("/v2/post/publish/status/fetch/", {"publish_id": state["publish_id"]})
    return await _follow(client, post.media[0], state, status)


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest public post since a moment that says the same as ours; TikTok does not tell photos from videos."""
    start = since - CLOCK_SKEW
    found: Published | None = None
    async for _, videos in listed(client, start, None):
        for video in videos:
            texts = (video.get("video_description"), video.get("title"))
            at = moment(video)
            if at is not None and at >= start and any(same_text(post.text_with_link, text) for text in texts):
                found = Published(str(video["id"]), video.get("share_url"))
    return found


async def _check_creator(client: Client) -> None:
    """TikTok demands this look before each post; only public posts are what a brand asks for."""
    creator = await client.data("/v2/post/publish/creator_info/query/", {})
    options = creator.get("privacy_level_options", [])
    if PUBLIC not in options:
        offered = ", ".join(options) or "nothing"
        raise Rejected(f"TikTok lets this account post only as: {offered}", evidence={"options": options})


async def _start_video(client: Client, text: str, media: MediaFile) -> Pending:
    chunk, count = chunks(media.size)
    source = {
        "source": "FILE_UPLOAD",
        "video_size": media.size,
        "chunk_size": chunk,
        "total_chunk_count": count,
    }
    body = {"post_info": {"title": text, "privacy_level": PUBLIC}, "source_info": source}
    started = await client.data("/v2/post/publish/video/init/", body)
    return Pending({"publish_id": started["publish_id"], "upload_url": started["upload_url"]}, handle=True)


async def _start_photo(client: Client, post: Outgoing, media: MediaFile) -> Pending:
    title = post.title or post.text.strip().split("\n", 1)[0]
    body = {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {"title": title[:PHOTO_TITLE], "description": post.text_with_link, "privacy_level": PUBLIC},
        "source_info": {"source": "PULL_FROM_URL", "photo_images": [media.url], "photo_cover_index": 0},
    }
    started = await client.data("/v2/post/publish/content/init/", body, irreversible=True)
    if "publish_id" not in started:
        raise OutcomeUnknown("TikTok accepted the photo but does not name it")
    return Pending({"publish_id": started["publish_id"]}, PROCESSING, handle=True)


async def _follow(
    client: Client, media: MediaFile, state: dict[str, Any], status: dict[str, Any]
) -> Published | Pending:
    """What the state behind a publish id asks for next."""
    word = status.get("status")
    if word == "PUBLISH_COMPLETE":
        ids = status.get("publicaly_available_post_id") or []
        return Published(str(ids[0]) if ids else None)
    if word == "FAILED":
        reason = str(status.get("fail_reason", "unknown"))
        raise Rejected(f"TikTok did not publish it: {reason}", evidence={"fail_reason": reason})
    if word == "PROCESSING_UPLOAD" and "upload_url" in state:
        await _upload_rest(client, state["upload_url"], media, int(status.get("uploaded_bytes", 0)))
    return Pending(state, PROCESSING, handle=True)


async def _upload_rest(client: Client, url: str, media: MediaFile, done: int) -> None:
    """Send the chunks after `done` bytes, in order: TikTok keeps whole chunks only."""
    chunk, count = chunks(media.size)
    with media.path.open("rb") as content:
        for number in range(done // chunk, count):
            start = number * chunk
            end = media.size if number == count - 1 else start + chunk
            if start >= done:
                content.seek(start)
                range_sent = f"bytes {start}-{end - 1}/{media.size}"
                await client.upload(url, content.read(end - start), range_sent, media.content_type)


def chunks(size: int) -> tuple[int, int]:
    """The size of a chunk and their number, for a file of `size` bytes."""
    chunk = size if size <= LARGEST_CHUNK else CHUNK
    return chunk, size // chunk
