"""Puts pictures, carousels, reels and stories on an account, finds them again, and what can be done to them later.

Two phases: a container that Instagram fills, then its publication. The container's id is the handle: it is stored
before it is published, and its own state tells whether it was. Until then nobody sees anything, so all before may
be done again.
"""

from datetime import datetime, timedelta
from typing import Any

from platforms.calls import CLOCK_SKEW, json_object, same_text
from platforms.errors import PlatformError, RateLimited, Rejected, Unavailable
from platforms.graph import WITHOUT_FIGURES, entries, moment
from platforms.instagram import containers
from platforms.instagram.client import ByPage, Client
from platforms.instagram.reading import live_stories, media
from platforms.posting import Outgoing, Pending, Published

FOUND = "id,caption,media_type,permalink,timestamp"
# Meta asks to look once a minute at a video; a picture is ready within seconds.
LOOK_AGAIN = {"IMAGE": timedelta(seconds=3), "VIDEO": timedelta(minutes=1), "CAROUSEL_ALBUM": timedelta(seconds=3)}
NOT_READY = 2207027
# The network tells how much of a rolling day is used, not when the oldest post falls out of it.
QUOTA_WAIT = timedelta(hours=1)


async def publish(client: Client, post: Outgoing, state: dict[str, Any] | None) -> Published | Pending:
    """The next step towards a live post. Raises PlatformError."""
    containers.check(client, post)
    if state is None:
        await _check_quota(client)
        state = {"since": client.now.isoformat()}
        if post.kind != "carousel":
            return await _contain(client, post, state)
        state["children"] = []
    if "container_id" not in state:
        return await _gather(client, post, state)
    return await _finish(client, post, state)


async def find(client: Client, post: Outgoing, since: datetime) -> Published | None:
    """The oldest media since a moment with the same caption and type as ours."""
    start = since - CLOCK_SKEW
    wanted, is_story = containers.media_type(post), post.kind == "story"
    end = max(client.now, since) + CLOCK_SKEW
    pages = live_stories(client, FOUND) if is_story else media(client, FOUND, start, end)
    found: Published | None = None
    async for page in pages:
        for entry in entries(page):
            created = moment(entry, "timestamp")
            recent = created is not None and created >= start
            same = is_story or same_text(post.text_with_link, entry.get("caption"))
            if recent and same and entry.get("media_type") == wanted:
                found = Published(entry["id"], entry.get("permalink"))
    return found


async def comment(client: Client, media_id: str, text: str) -> str:
    """A comment of the account under one of its media; its id. Raises PlatformError."""
    return await client.create(f"/{media_id}/comments", {"message": text}, irreversible=True)


async def delete(client: Client, media_id: str) -> None:
    """Take a post down, which Facebook Login alone can; one that is gone already is no error."""
    if not isinstance(client, ByPage):
        raise Rejected("Instagram Login deletes no media: connect the account by Facebook Login")
    try:
        await client.remove(f"/{media_id}")
    except Rejected as error:
        if error.evidence.get("subcode") not in WITHOUT_FIGURES:
            raise


async def subscribe(client: Client, callback_url: str) -> None:
    """Be called about comments and mentions. Where the calls go is entered once per app, in Meta's dashboard."""
    fields = {"subscribed_fields": "comments,live_comments,mentions,story_insights"}
    await client.write(f"/{client.account}/subscribed_apps", fields)


async def _check_quota(client: Client) -> None:
    """Raises RateLimited where the day's posts are used up, as the network itself counts them."""
    path = f"/{client.account}/content_publishing_limit"
    told = json_object(await client.get(path, {"fields": "quota_usage,config"})).get("data") or [{}]
    used, most = told[0].get("quota_usage"), told[0].get("config", {}).get("quota_total")
    if used is not None and most is not None and used >= most:
        evidence: dict[str, object] = {"quota_usage": used, "quota_total": most}
        raise RateLimited(f"Instagram takes {most} posts a day", retry_after=QUOTA_WAIT, evidence=evidence)


async def _contain(client: Client, post: Outgoing, state: dict[str, Any]) -> Pending:
    """A container. One that nobody publishes is never seen and expires after a day."""
    form = containers.single(client, post)
    made = await client.write(f"/{client.account}/media", form)
    if "id" not in made:
        raise Unavailable("the answer names no container")
    state = state | {"container_id": str(made["id"])}
    if "uri" in made:
        state["uri"] = made["uri"]
    return _look_again(post, state)


async def _gather(client: Client, post: Outgoing, state: dict[str, Any]) -> Pending:
    """The next item of a carousel; once all are there and ready, the carousel's own container."""
    children: list[str] = state["children"]
    if len(children) < len(post.media):
        form = containers.item(post.media[len(children)])
        child = await client.create(f"/{client.account}/media", form, irreversible=False)
        return Pending(state | {"children": [*children, child]}, handle=True)
    for child, file in zip(children, post.media, strict=True):
        if file.is_video and await _standing(client, child) != "FINISHED":
            return Pending(state, LOOK_AGAIN["VIDEO"], handle=True)
    form = containers.carousel(post, children)
    container = await client.create(f"/{client.account}/media", form, irreversible=False)
    return _look_again(post, {"container_id": container, "since": state["since"]})


async def _finish(client: Client, post: Outgoing, state: dict[str, Any]) -> Published | Pending:
    """Bytes that are still to come, then the publication."""
    if "uri" in state and isinstance(client, ByPage):
        sent = await _sent(client, state["container_id"])
        if sent is not None:
            await client.upload(state["uri"], post.media[0].path, sent)
            return _look_again(post, state)
    status = await _standing(client, state["container_id"])
    if status == "IN_PROGRESS":
        return _look_again(post, state)
    if status == "PUBLISHED":
        # An earlier publication went through, though its answer was lost. The container names no media.
        since = datetime.fromisoformat(state["since"])
        return await find(client, post, since) or Published(None)
    form = {"creation_id": state["container_id"]}
    try:
        media_id = await client.create(f"/{client.account}/media_publish", form, irreversible=True)
    except Rejected as error:
        if error.evidence.get("subcode") == NOT_READY:
            return _look_again(post, state)
        raise
    return Published(media_id, await _permalink(client, media_id))


def _look_again(post: Outgoing, state: dict[str, Any]) -> Pending:
    return Pending(state, LOOK_AGAIN[containers.media_type(post)], handle=True)


async def _standing(client: Client, container_id: str) -> str:
    """IN_PROGRESS, FINISHED or PUBLISHED. Raises Rejected for a container of which nothing comes any more."""
    container = json_object(await client.get(f"/{container_id}", {"fields": "status_code,status"}))
    status = container.get("status_code")
    if status in ("IN_PROGRESS", "FINISHED", "PUBLISHED"):
        return str(status)
    reason = container.get("status") or f"the container is {status}"
    raise Rejected(str(reason), evidence={"status_code": status, "container_id": container_id})


async def _sent(client: Client, container_id: str) -> int | None:
    """How many bytes of a film arrived; None once all did."""
    container = json_object(await client.get(f"/{container_id}", {"fields": "status_code,video_status"}))
    phase = container.get("video_status", {}).get("uploading_phase", {})
    waiting = container.get("status_code") == "IN_PROGRESS" and phase.get("status") != "complete"
    return int(phase.get("bytes_transferred") or 0) if waiting else None


async def _permalink(client: Client, media_id: str) -> str | None:
    """Where the media stands. It is live whatever this read gives, so a failure only leaves it unknown."""
    try:
        response = await client.get(f"/{media_id}", {"fields": "permalink"})
    except PlatformError:
        return None
    permalink: str | None = json_object(response).get("permalink")
    return permalink
