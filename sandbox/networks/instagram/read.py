"""The account and its own media as nodes with fields."""

from datetime import timedelta
from typing import Any

from sandbox.networks.instagram import comments, discovery, insights, mentions, shapes
from sandbox.networks.instagram.login import BASIC, by_page, only_by_page, own, own_post
from sandbox.networks.instagram.shapes import Node
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call
from sandbox.networks.meta.paging import bounded
from sandbox.world import Account, Post

_STORY_LIFE = timedelta(days=1)
# Fields that exist and that these media have nothing for.
_WITHOUT_VALUE = ("boost_eligibility_info", "copyright_check_information", "video_title")


def node(call: Call, external_id: str) -> dict[str, Any]:
    """The account or one medium."""
    acting = call.acting(BASIC)
    if external_id in (acting.external_id, acting.extra["app_scoped_id"]):
        id_ = acting.external_id if by_page(call) else acting.extra["app_scoped_id"]
        return asked(call.fields("id"), _account(call, acting), id_, "IGUser")
    post = own_post(call, acting, external_id)
    return asked(call.fields("id"), _medium(call, acting, post), external_id, "IGMedia")


def media(call: Call, account_id: str) -> dict[str, Any]:
    """Newest first, stories apart."""
    account = own(call, account_id, BASIC)
    found = call.world.posts("instagram", account.external_id, **call.since_until())
    return _listed(call, account, [post for post in found if post.kind != "story"])


def stories(call: Call, account_id: str) -> dict[str, Any]:
    """Those of the last day."""
    account = own(call, account_id, BASIC)
    found = call.world.posts("instagram", account.external_id, since=call.now - _STORY_LIFE)
    return _listed(call, account, [post for post in found if post.kind == "story"])


def live(call: Call, account_id: str) -> dict[str, Any]:
    """Broadcasts that run now: there are none."""
    own(call, account_id, BASIC)
    call.fields("id")
    return {"data": []}


def children(call: Call, media_id: str) -> dict[str, Any]:
    """The media of a carousel."""
    post = own_post(call, call.acting(BASIC), media_id)
    is_carousel = shapes.media_type(post) == "CAROUSEL_ALBUM"
    return shapes.children(call, post, call.fields("id")) if is_carousel else {"data": []}


def collaborators(call: Call, media_id: str) -> dict[str, Any]:
    """Who was asked to share a medium."""
    only_by_page(call, media_id)
    post = own_post(call, call.acting(BASIC), media_id)
    names = (call.world.noted("instagram", f"media {post.external_id}") or {}).get("collaborators", [])
    return {"data": [{"username": n, "invite_status": "Pending", "id": comments.person_id(n)} for n in names]}


def _listed(call: Call, account: Account, found: list[Post]) -> dict[str, Any]:
    wants = call.fields("id")
    return call.page(
        found,
        lambda post: asked(wants, _medium(call, account, post), post.external_id, "IGMedia"),
        lambda post: post.external_id,
    )


def _account(call: Call, account: Account) -> Node:
    found = discovery.public(call, account) | {
        "media": lambda want: _newest(call, account, want, stories=False),
        "stories": lambda want: _newest(call, account, want, stories=True),
    }
    if by_page(call):
        return found | {
            "ig_id": lambda _: int(account.external_id),
            "business_discovery": lambda want: discovery.found(call, want),
            "mentioned_comment": lambda want: mentions.comment(call, account, want),
            "mentioned_media": lambda want: mentions.medium(call, account, want),
            "has_profile_pic": lambda _: True,
            "legacy_instagram_user_id": lambda _: account.external_id,
            "owner_business": lambda _: None,
            "shopping_review_status": lambda _: None,
            "is_published": lambda _: True,
            "shopping_product_tag_eligibility": lambda _: False,
        }
    return found | {
        "id": lambda _: account.extra["app_scoped_id"],
        "user_id": lambda _: account.external_id,
        "account_type": lambda _: "BUSINESS",
    }


def _newest(call: Call, account: Account, want: Want, *, stories: bool) -> dict[str, Any]:
    """`media.limit(3){id}` within the fields of an account."""
    found = call.world.posts("instagram", account.external_id, since=call.now - _STORY_LIFE if stories else None)
    shown = [post for post in found if (post.kind == "story") == stories][: bounded(want.how.get("limit"))]
    wants = want.of or (Want("id"),)
    return {"data": [asked(wants, _medium(call, account, post), post.external_id, "IGMedia") for post in shown]}


def _medium(call: Call, account: Account, post: Post) -> Node:
    """A medium as its owner sees it."""
    about = call.world.noted("instagram", f"media {post.external_id}") or {}
    is_reel = shapes.product(post) == "REELS"
    found = shapes.medium(call, account, post) | {
        "shortcode": lambda _: shapes.shortcode(post),
        "alt_text": lambda _: about.get("alt_text"),
        "is_comment_enabled": lambda _: about.get("comment_enabled", True),
        "is_shared_to_feed": lambda _: about.get("share_to_feed", True) if is_reel else None,
        "comments": lambda want: comments.nested(call, post, want),
        "insights": lambda want: insights.nested(call, post, want),
        "current_live_viewer_count": lambda _: None,
    }
    if by_page(call):
        views = call.world.counters(post, call.now)["views"] if shapes.media_type(post) == "VIDEO" else None
        found |= dict.fromkeys(_WITHOUT_VALUE, lambda _: None) | {
            "ig_id": lambda _: post.external_id,
            "legacy_instagram_media_id": lambda _: post.external_id,
            "view_count": lambda _: views,
            "has_poll": lambda _: False,
            "has_slider": lambda _: False,
        }
    return found
