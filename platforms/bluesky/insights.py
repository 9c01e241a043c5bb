"""What Bluesky tells about an account and its posts: what people did in the open, never how many saw it."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any

from platforms.bluesky.client import Client
from platforms.calls import batches
from platforms.platform import Contract, Field, Lookup, Page, PostRef, Resource, Window

POSTS_PER_CALL = 25
PROFILES_PER_CALL = 25

_KIND = """
CASE f->>'$.post.embed."$type"'
    WHEN 'app.bsky.embed.images#view' THEN
        CASE WHEN json_array_length(f, '$.post.embed.images') > 1 THEN 'carousel' ELSE 'image' END
    WHEN 'app.bsky.embed.video#view' THEN 'video'
    WHEN 'app.bsky.embed.external#view' THEN 'link'
    ELSE 'text'
END
"""
# A repost of somebody else's post stands in the feed with a reason.
POSTS = f"""
list_transform(list_filter(json_extract(body, '$.feed[*]'), lambda f: (f->'$.reason') IS NULL),
    lambda f: json_merge_patch(f->'$.post', json_object(
        'kind', {_KIND},
        'permalink', concat('https://bsky.app/profile/', f->>'$.post.author.did', '/post/',
            regexp_extract(f->>'$.post.uri', '[^/]+$')))))
"""
NOTICES = "list_filter(json_extract(body, '$.notifications[*]'), lambda n: (n->>'$.reason') IN ({}))"


def moment(text: str) -> datetime:
    """A time as Bluesky writes it."""
    return datetime.fromisoformat(text)


async def accounts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The account as it is now."""
    yield await client.page("app.bsky.actor.getProfile", {"actor": client.account})


async def timeline(client: Client, since: datetime) -> AsyncIterator[tuple[Page, dict[str, Any]]]:
    """Own posts and replies, newest first, back to a moment; the last page may reach beyond it."""
    params = {"actor": client.account, "filter": "posts_with_replies", "limit": 100}
    async for page, body in client.pages("app.bsky.feed.getAuthorFeed", params):
        yield page, body
        listed = [entry["post"]["record"]["createdAt"] for entry in body.get("feed", []) if "reason" not in entry]
        if listed and moment(listed[-1]) < since:
            return


async def posts(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Own posts, wherever they were made."""
    async for page, _ in timeline(client, window.start):
        yield page


async def post_metrics(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Lifetime counters. A deleted post is absent."""
    for some in batches(posts, POSTS_PER_CALL):
        uris = [post.external_id for post in some]
        yield (await client.page("app.bsky.feed.getPosts", {"uris": uris})).answering(uris)


async def comments(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Replies to own posts."""
    async for page in _notices(client, window, ["reply"]):
        yield page


async def mentions(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """Posts of others that name or quote the account."""
    async for page in _notices(client, window, ["mention", "quote"]):
        yield page


async def profiles(client: Client, handles: Sequence[str]) -> AsyncIterator[Page]:
    """Public figures of accounts, by handle or DID; one that does not exist is absent."""
    for some in batches(handles, PROFILES_PER_CALL):
        yield await client.page("app.bsky.actor.getProfiles", {"actors": list(some)})


async def _notices(client: Client, window: Window, reasons: Sequence[str]) -> AsyncIterator[Page]:
    """Notices of a kind, newest first, back to the window's start."""
    params = {"reasons": list(reasons), "limit": 100}
    async for page, body in client.pages("app.bsky.notification.listNotifications", params):
        yield page
        told = body.get("notifications", [])
        if told and moment(told[-1]["indexedAt"]) < window.start:
            return


_NOTICE = (
    Field("external_id", "VARCHAR", "$.uri", required=True),
    Field("published_at", "TIMESTAMPTZ", "$.indexedAt", required=True),
    Field("reason", "VARCHAR", "$.reason", required=True),
    Field("post_external_id", "VARCHAR", "$.reasonSubject"),
    Field("parent_external_id", "VARCHAR", "$.record.reply.parent.uri"),
    Field("author_external_id", "VARCHAR", "$.author.did", required=True),
    Field("author_username", "VARCHAR", "$.author.handle"),
    Field("author_name", "VARCHAR", "$.author.displayName"),
    Field("text", "VARCHAR", "$.record.text"),
)
_PROFILE = (
    Field("external_id", "VARCHAR", "$.did", required=True),
    Field("username", "VARCHAR", "$.handle", required=True),
    Field("name", "VARCHAR", "$.displayName"),
    Field("description", "VARCHAR", "$.description"),
    Field("picture_url", "VARCHAR", "$.avatar"),
    Field("created_at", "TIMESTAMPTZ", "$.createdAt"),
    Field("followers", "BIGINT", "$.followersCount"),
    Field("following", "BIGINT", "$.followsCount"),
    Field("posts", "BIGINT", "$.postsCount"),
)

RESOURCES = (
    Resource("accounts", accounts, Contract("[body]", _PROFILE, ("external_id",))),
    Resource(
        "posts",
        posts,
        Contract(
            POSTS,
            (
                Field("external_id", "VARCHAR", "$.uri", required=True),
                Field("published_at", "TIMESTAMPTZ", "$.record.createdAt", required=True),
                Field("kind", "VARCHAR", "$.kind", required=True),
                Field("text", "VARCHAR", "$.record.text"),
                Field("language", "VARCHAR", "$.record.langs[0]"),
                Field("link", "VARCHAR", "$.embed.external.uri"),
                Field("permalink", "VARCHAR", "$.permalink"),
                Field("thumbnail_url", "VARCHAR", "$.embed.images[0].thumb"),
                Field("reply_to", "VARCHAR", "$.record.reply.parent.uri"),
            ),
            ("external_id",),
        ),
        lists_all=True,
    ),
    Resource(
        "post_metrics",
        post_metrics,
        Contract(
            "json_extract(body, '$.posts[*]')",
            (
                Field("external_id", "VARCHAR", "$.uri", required=True),
                Field("likes", "BIGINT", "$.likeCount"),
                Field("comments", "BIGINT", "$.replyCount"),
                Field("reposts", "BIGINT", "$.repostCount"),
                Field("quotes", "BIGINT", "$.quoteCount"),
                Field("saves", "BIGINT", "$.bookmarkCount"),
            ),
            ("external_id",),
        ),
        needs_posts=True,
    ),
    Resource("comments", comments, Contract(NOTICES.format("'reply'"), _NOTICE, ("external_id",))),
    Resource("mentions", mentions, Contract(NOTICES.format("'mention', 'quote'"), _NOTICE, ("external_id", "reason"))),
)
LOOKUP = Lookup(profiles, Contract("json_extract(body, '$.profiles[*]')", _PROFILE, ("external_id",)))
