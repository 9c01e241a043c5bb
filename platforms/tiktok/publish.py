"""Puts a video or photos on TikTok, and finds them again.

A video gets its `publish_id` before a byte of it leaves, and nothing can appear without the bytes: on re-entry only
the state behind that id is asked, which says how many bytes are there. Photos are pulled by TikTok from their
addresses, so their first call is irreversible.
"""

from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, same_text
from platforms.errors import OutcomeUnknown, ReconnectNeeded, Rejected
from platforms.posting import MediaFile, Outgoing, Pending, Published
from platforms.tiktok.client import Client
from platforms.tiktok.insights import listed, moment
from platforms.tiktok.post_info import DIRECT, DRAFT, is_draft, is_video, photo_info, video_info

# One chunk may have up to 64 MB, the last one up to 128 MB; the rest that fills no chunk joins the last.
LARGEST_CHUNK = 64_000_000
CHUNK = 10_000_000
PROCESSING = timedelta(seconds=5)
# A draft waits for its creator.
_IN_INBOX = timedelta(hours=1)
# What the upload host says of an address that ended, and of bytes that are not the next ones.
_CLOSED, _OUT_OF_ORDER = 403, 416
_PATH = "/v2/post/publish"


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    if state is None:
        video = is_video(post)
        draft = is_draft(post, video=video)
        return await (_start_video if video else _start_photos)(client, post, draft)
    return await _follow(client, post, state, await _status(client, state))


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


async def _creator(client: Client) -> dict[str, Any]:
    """What the creator allows now; TikTok demands this look before each direct post."""
    return await client.data(f"{_PATH}/creator_info/query/", {})


async def _start_video(client: Client, post: Outgoing, draft: bool) -> Pending:
    """A session that takes the bytes; an unfinished one publishes nothing."""
    media = post.media[0]
    chunk, count = chunks(media.size)
    source = {"source": "FILE_UPLOAD", "video_size": media.size, "chunk_size": chunk, "total_chunk_count": count}
    if draft:
        started = await client.data(f"{_PATH}/inbox/video/init/", {"source_info": source})
    else:
        info = video_info(post, await _creator(client))
        started = await client.data(f"{_PATH}/video/init/", {"post_info": info, "source_info": source})
    return Pending({"publish_id": started["publish_id"], "upload_url": started["upload_url"]}, handle=True)


async def _start_photos(client: Client, post: Outgoing, draft: bool) -> Pending:
    cover = post.options.get("photo_cover_index", 0)
    addresses = [media.url for media in post.media]
    body = {
        "media_type": "PHOTO",
        "post_mode": DRAFT if draft else DIRECT,
        "post_info": photo_info(post, None if draft else await _creator(client)),
        "source_info": {"source": "PULL_FROM_URL", "photo_images": addresses, "photo_cover_index": cover},
    }
    started = await client.data(f"{_PATH}/content/init/", body, irreversible=True)
    if "publish_id" not in started:
        raise OutcomeUnknown("TikTok accepted the photos but does not name them")
    return Pending({"publish_id": started["publish_id"]}, PROCESSING, handle=True)


async def _status(client: Client, state: dict[str, Any]) -> dict[str, Any]:
    return await client.data(f"{_PATH}/status/fetch/", {"publish_id": state["publish_id"]})


async def _follow(client: Client, post: Outgoing, state: dict[str, Any], status: dict[str, Any]) -> Published | Pending:
    """What the state behind a publish id asks for next."""
    word = status.get("status")
    if word == "PUBLISH_COMPLETE":
        ids = status.get("publicaly_available_post_id") or []
        return Published(str(ids[0]) if ids else None)
    if word == "FAILED":
        reason = str(status.get("fail_reason", "unknown"))
        error = ReconnectNeeded if reason == "auth_removed" else Rejected
        raise error(f"TikTok did not publish it: {reason}", evidence={"fail_reason": reason})
    if word == "SEND_TO_USER_INBOX":
        return Pending(state, _IN_INBOX, handle=True)
    if word == "PROCESSING_UPLOAD" and "upload_url" in state:
        return await _go_on(client, post, state, int(status.get("uploaded_bytes", 0)))
    return Pending(state, PROCESSING, handle=True)


async def _go_on(client: Client, post: Outgoing, state: dict[str, Any], done: int) -> Pending:
    """Send what is missing; into a new session where the address of the old one has ended."""
    media = post.media[0]
    try:
        await _upload_rest(client, state["upload_url"], media, done)
    except Rejected as refusal:
        if refusal.evidence.get("status") == _OUT_OF_ORDER:
            # Other bytes are there than was said a moment ago: asked again, the state tells which.
            return Pending(state, PROCESSING, handle=True)
        if refusal.evidence.get("status") != _CLOSED:
            raise
        status = await _status(client, state)
        if status.get("status") == "PROCESSING_UPLOAD" and int(status.get("uploaded_bytes", 0)) < media.size:
            return await _start_video(client, post, is_draft(post, video=True))
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
