"""What an account, its media and their comments answer, whichever of the two logins a call came through."""

from typing import Any

from sandbox.networks.instagram import comments, containers, hashtags, insights, mentions, publish, read, subscriptions
from sandbox.networks.meta.errors import missing
from sandbox.networks.meta.graph import Call

OPERATIONS = (
    "node.read", "node.update", "node.delete", "media.read", "media.create", "media_publish",
    "content_publishing_limit.read", "stories.read", "live_media.read", "tags.read", "insights.read",
    "children.read", "comments.read", "comments.create", "replies.read", "replies.create",
    "mentions.create", "subscribed_apps.read", "subscribed_apps.create", "subscribed_apps.delete",
)  # fmt: skip


async def answer(call: Call) -> Any:
    """What a call is answered with. Raises GraphError."""
    match call.method, call.path:
        case "GET", [*path]:
            return _read(call, path)
        case "POST", [*path]:
            return await _written(call, path)
        case "DELETE", [account, "subscribed_apps"]:
            return subscriptions.unsubscribe(call, account)
        case "DELETE", [external_id]:
            return comments.delete(call, external_id) or publish.delete(call, external_id)
    raise missing("/".join(call.path))


def _read(call: Call, path: list[str]) -> Any:
    match path:
        case ["ig_hashtag_search"]:
            return hashtags.search(call)
        case [external_id]:
            return _node(call, external_id)
        case [hashtag, "recent_media" | "top_media" as edge]:
            return hashtags.media(call, hashtag, edge)
        case [account, "recently_searched_hashtags"]:
            return hashtags.searched(call, account)
        case [account, "media"]:
            return read.media(call, account)
        case [account, "stories"]:
            return read.stories(call, account)
        case [account, "live_media"]:
            return read.live(call, account)
        case [account, "tags"]:
            return mentions.tags(call, account)
        case [account, "content_publishing_limit"]:
            return publish.limit(call, account)
        case [account, "subscribed_apps"]:
            return subscriptions.shown(call, account)
        case [about, "insights"]:
            return insights.of(call, about)
        case [media, "children"]:
            return read.children(call, media)
        case [media, "collaborators"]:
            return read.collaborators(call, media)
        case [media, "comments"]:
            return comments.of(call, media)
        case [comment, "replies"]:
            return comments.replies(call, comment)
    raise missing("/".join(path))


def _node(call: Call, external_id: str) -> dict[str, Any]:
    for read_node in (containers.status, comments.node, hashtags.node):
        if (found := read_node(call, external_id)) is not None:
            return found
    return read.node(call, external_id)


async def _written(call: Call, path: list[str]) -> Any:
    match path:
        case [account, "media"]:
            return await containers.make(call, account)
        case [account, "media_publish" | "mediapublish"]:
            return publish.publish(call, account)
        case [account, "mentions"]:
            return mentions.answer(call, account)
        case [account, "subscribed_apps"]:
            return subscriptions.subscribe(call, account)
        case [media, "comments"]:
            return comments.write(call, media)
        case [comment, "replies"]:
            return comments.reply(call, comment)
        case [external_id]:
            return comments.hide(call, external_id) or publish.switch_comments(call, external_id)
    raise missing("/".join(path))
