"""Which call is answered by what."""

from typing import Any

from sandbox.networks.facebook import (
    clips,
    comments,
    insights,
    oauth,
    photos,
    professional,
    publish,
    read,
    reels,
    subscriptions,
    telling,
    videos,
)
from sandbox.networks.meta import hooks
from sandbox.networks.meta.errors import GraphError, missing
from sandbox.networks.meta.graph import Call

_LISTS = ("feed", "posts", "published_posts")


async def answer(call: Call) -> Any:
    """What a call is answered with. Raises GraphError."""
    match call.method, call.path:
        case "GET" | "POST", ["dialog", "oauth"]:
            return await oauth.dialog(call)
        case "GET" | "POST", ["oauth", "access_token"]:
            return oauth.access_token(call)
        case "GET", ["debug_token"]:
            return oauth.debug_token(call)
        case _, [_, *_] if oauth.is_person(call):
            return oauth.person(call)
        case _, [_, "subscriptions"]:
            return await _subscriptions(call)
        case "POST", ["video-upload", *_, video_id]:
            return await reels.take(call, video_id)
        case "GET", ["video-upload", *_, video_id]:
            return reels.progress(call, video_id)
    if professional.concerns(call):
        return await professional.answer(call)
    match call.method, [_resolved(call, part) for part in call.path]:
        case "GET", [about]:
            return _node(call, about)
        case "GET", [about, edge]:
            return _edge(call, about, edge)
        case "POST", [about]:
            return telling.changed(call, about, _changed(call, about))
        case "POST", [about, edge]:
            return telling.made(call, about, edge, await _made(call, about, edge))
        case "DELETE", [page, "subscribed_apps"]:
            return subscriptions.unsubscribe(call, page)
        case "DELETE", [about, "likes"]:
            return read.like(call, about)
        case "DELETE", [about]:
            return telling.removed(call, about, _removed(call, about))
    if call.path:
        raise missing(call.path[0])
    raise GraphError("Unsupported get request.", 100, 33, "GraphMethodException")


def _node(call: Call, about: str) -> Any:
    if clip := clips.found(call, about):
        call.acting("pages_read_engagement")
        return videos.node(call, clip)
    if photo := photos.found(call, about):
        call.acting("pages_read_engagement")
        return photos.node(call, photo)
    if call.world.post("facebook", about) is None and (comment := comments.found(call, about)):
        return comments.node(call, comment)
    return read.node(call, about)


def _edge(call: Call, about: str, edge: str) -> Any:
    match edge:
        case "insights":
            is_page = call.world.account("facebook", about)
            return insights.of_page(call, about) if is_page else insights.of_post(call, about)
        case "comments":
            return comments.listed(call, about)
        case "scheduled_posts":
            return read.scheduled(call, about)
        case "tagged":
            return read.tagged(call, about)
        case "stories":
            return reels.stories(call, about)
        case "subscribed_apps":
            return subscriptions.subscribed(call, about)
        case "photos":
            return photos.listed(call, about)
        case "video_reels":
            return videos.listed(call, about, "reel")
        case "videos" | "indexed_videos":
            return videos.listed(call, about, None)
        case "thumbnails" if clip := clips.found(call, about):
            return videos.thumbnails(call, clip)
        case "attachments" | "reactions" | "likes" | "sharedposts":
            return read.edge(call, about, edge)
        case "picture":
            return read.picture(call, about)
        case "visitor_posts" | "ads_posts" | "to":
            return read.none(call, about)
    if edge in _LISTS:
        return read.posts(call, about)
    if edge == "ratings":
        raise GraphError("(#12) ratings edge is deprecated for versions v3.0 and higher", 12)
    raise missing(about)


async def _made(call: Call, about: str, edge: str) -> Any:
    match edge:
        case "feed":
            return publish.feed(call, about)
        case "photos":
            return await photos.create(call, about)
        # The network's own Python client sends a page's videos to the edge of ad accounts.
        case "videos" | "advideos":
            return await videos.create(call, about)
        case "video_reels":
            return reels.create(call, about, "reel")
        case "video_stories":
            return reels.create(call, about, "story")
        case "photo_stories":
            return photos.story(call, about)
        case "comments":
            return comments.write(call, about)
        case "likes":
            return read.like(call, about)
        case "subscribed_apps":
            return subscriptions.subscribe(call, about)
    raise missing(about)


def _changed(call: Call, about: str) -> Any:
    if clip := clips.found(call, about):
        return videos.edit(call, clip)
    if call.world.post("facebook", about) is None and (comment := comments.found(call, about)):
        return comments.edit(call, comment)
    return publish.edit(call, about)


def _removed(call: Call, about: str) -> Any:
    if clip := clips.found(call, about):
        return videos.delete(call, clip)
    if photo := photos.found(call, about):
        return photos.delete(call, photo)
    if call.world.post("facebook", about) is None and (comment := comments.found(call, about)):
        return comments.delete(call, comment)
    return publish.delete(call, about)


async def _subscriptions(call: Call) -> Any:
    match call.method:
        case "POST":
            return await hooks.register(call)
        case "DELETE":
            return hooks.unregister(call)
    return hooks.registered(call)


def _resolved(call: Call, part: str) -> str:
    """`me` is the page of a page's token."""
    return call.grant().account_id if part == "me" else part
