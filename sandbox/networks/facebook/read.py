"""Pages and their posts as nodes with fields, and the lists of them."""

from collections.abc import Callable
from typing import Any

from sandbox.networks.facebook import comments, insights, rules, waiting
from sandbox.networks.facebook.professional import linked
from sandbox.networks.meta.errors import GraphError, invalid, missing, not_reviewed, unauthorized
from sandbox.networks.meta.fields import Want
from sandbox.networks.meta.fields import node as asked
from sandbox.networks.meta.graph import Call, stamp
from sandbox.world import Account, Post

Node = dict[str, Callable[[Want], Any]]

_PUBLIC_PAGES = "Page Public Content Access"
_STATUS = {
    "text": "mobile_status_update",
    "link": "shared_story",
    "image": "added_photos",
    "carousel": "added_photos",
    "video": "added_video",
    "reel": "added_video",
}
_ATTACHED = {
    "image": ("photo", "photo"),
    "carousel": ("album", "album"),
    "video": ("video", "video_inline"),
    "reel": ("video", "video_inline"),
    "link": ("link", "share"),
}
_REACTIONS = ("like", "love", "wow", "haha", "sorry", "anger")
# One in so many posts of others names the page.
_NAMING = 9


def node(call: Call, external_id: str) -> dict[str, Any]:
    """A page or a post, live or waiting."""
    call.acting(rules.READ)
    if page := _named(call, external_id):
        return asked(call.fields("name"), page_node(call, page), page.external_id, "Page")
    wants = call.fields("message,created_time")
    draft = waiting.draft(call, external_id)
    if draft is not None and (page := call.world.account("facebook", draft.page_id)):
        _check_owned(call, draft.page_id)
        return asked(wants, _waiting(call, draft, page), external_id, "Post")
    post = _readable(call, external_id)
    return asked(wants, _post(call, post), external_id, "Post")


def _named(call: Call, name: str) -> Account | None:
    """A page by its id or its name. Raises GraphError for a name that nobody has."""
    found = next((one for one in call.world.accounts("facebook") if name in (one.external_id, one.username)), None)
    if found is None and not name.replace("_", "").isdigit():
        raise GraphError(f"(#803) Some of the aliases you requested do not exist: {name}", 803)
    return found


def posts(call: Call, page_id: str) -> dict[str, Any]:
    """Newest first, between since and until; of other pages what everybody sees."""
    call.acting(rules.READ)
    if call.world.account("facebook", page_id) is None:
        raise missing(page_id)
    if call.kind() == "user":
        raise unauthorized("This method must be called with a Page Access Token", 2069032)
    found = [post for post in call.world.posts("facebook", page_id, **call.since_until()) if post.kind != "story"]
    return _listed(call, found)


def scheduled(call: Call, page_id: str) -> dict[str, Any]:
    """What goes live by itself, the next first."""
    page = rules.reading(call, page_id)
    found = waiting.drafts(call, page_id, scheduled=True)
    wants = call.fields("message,created_time")
    return call.page(
        found,
        lambda draft: asked(wants, _waiting(call, draft, page), draft.post_id, "Post"),
        lambda draft: draft.post_id,
    )


def tagged(call: Call, page_id: str) -> dict[str, Any]:
    """Public posts of others that name the page, newest first."""
    rules.reading(call, page_id)
    others = [one for one in call.world.accounts("facebook") if one.external_id != page_id]
    bounds = call.since_until()
    found = [
        post
        for other in others
        for post in call.world.posts("facebook", other.external_id, **bounds)
        if int(post.external_id.split("_")[1]) % _NAMING == 0
    ]
    return _listed(call, sorted(found, key=lambda post: post.created_at, reverse=True))


def none(call: Call, about: str) -> dict[str, Any]:
    """An edge on which nothing ever is here."""
    rules.reading(call, about.partition("_")[0])
    return {"data": []}


def picture(call: Call, page_id: str) -> dict[str, Any]:
    """The picture of a page, told instead of shown."""
    page = rules.reading(call, page_id)
    found: dict[str, Any] = page_node(call, page)["picture"](Want("picture"))
    return found


def edge(call: Call, external_id: str, name: str) -> dict[str, Any]:
    """`attachments`, `reactions` or `likes` of a post by themselves."""
    call.acting(rules.READ)
    if call.world.account("facebook", external_id) and name == "likes":
        return {"data": []}
    post = _readable(call, external_id)
    if name == "sharedposts":
        return {"data": []}
    counters = call.world.counters(post, call.now)
    how = {"summary": "true"} if call.params.get("summary") else {}
    if "type" in call.params:
        how["type"] = call.text("type")
    match name:
        case "attachments":
            wants = call.fields("description,media,media_type,target,title,type,url")
            return _attachments(call, post, Want(name, {}, wants)) or {"data": []}
        case "reactions":
            return _reactions(counters, Want(name, how))
    return _counted(Want(name, how), counters["reactions_like"], {"can_like": True, "has_liked": False})


def like(call: Call, external_id: str) -> dict[str, Any]:
    """The page likes something, or no longer."""
    call.acting(rules.ENGAGE)
    if comments.found(call, external_id) is None:
        _readable(call, external_id)
    return {"success": True}


def _listed(call: Call, found: list[Post]) -> dict[str, Any]:
    wants = call.fields("message,created_time")
    return call.page(
        found, lambda post: asked(wants, _post(call, post), post.external_id, "Post"), lambda post: post.external_id
    )


def _readable(call: Call, post_id: str) -> Post:
    """A live post of whatever page: the app was reviewed for public content. Raises GraphError."""
    post = call.world.post("facebook", post_id)
    if post is None:
        raise missing(post_id)
    return post


def _waiting(call: Call, draft: waiting.Draft, page: Account) -> Node:
    at = draft.goes_live
    return _post(call, waiting.shown(draft, page)) | {
        "is_published": lambda _: False,
        "scheduled_publish_time": lambda _: int(at.timestamp()) if at else None,
        "permalink_url": lambda _: None,
    }


def page_node(call: Call, page: Account) -> Node:
    """Every field of a page but those that only its owner's list of pages tells."""
    followers = call.world.account_counters(page, call.now)["followers"]
    category = page.extra["category"]
    return {
        "id": lambda _: page.external_id,
        "name": lambda _: page.name,
        "username": lambda _: page.username,
        "about": lambda _: page.description,
        "description": lambda _: page.description,
        "category": lambda _: category,
        "category_list": lambda _: [{"id": "197871390225897", "name": category}],
        "link": lambda _: f"https://www.facebook.com/{page.username}",
        "website": lambda _: f"https://shop.example/{page.username}",
        "is_published": lambda _: True,
        "is_verified": lambda _: False,
        "is_owned": lambda _: False,
        "can_post": lambda _: page.external_id in call.grant().account_ids,
        "has_transitioned_to_new_page_experience": lambda _: True,
        "talking_about_count": lambda _: followers // 50,
        "rating_count": lambda _: 0,
        "were_here_count": lambda _: 0,
        "emails": lambda _: [f"hello@{page.username}.example"],
        "phone": lambda _: None,
        "location": lambda _: None,
        "verification_status": lambda _: "not_verified",
        "followers_count": lambda _: followers,
        "fan_count": lambda _: followers - followers // 40,
        "picture": lambda _: {"data": {"height": 50, "is_silhouette": False, "url": page.picture_url, "width": 50}},
        "instagram_business_account": lambda want: linked(call, page, want),
        "access_token": lambda _: _own_token(call, page),
    }


def _own_token(call: Call, page: Account) -> str | None:
    """A page's token: the one of the call, or a new one for a person who runs the page.

    It ends only where the person's token is a short one.
    """
    grant = call.grant()
    if page.external_id not in grant.account_ids:
        return None
    if call.kind() != "user":
        return grant.access_token
    life = grant.expires_at - call.now if grant.expires_at and not grant.extra.get("lasting") else None
    return call.world.tokens.issue("facebook", page.external_id, grant.scopes, life, of=grant, kind="page").access_token


def _check_owned(call: Call, page_id: str) -> None:
    """Other people's pages need a feature that this app does not have. Raises GraphError."""
    if page_id not in call.grant().account_ids:
        raise not_reviewed(_PUBLIC_PAGES)


def _post(call: Call, post: Post) -> Node:
    counters = call.world.counters(post, call.now)
    page = call.world.account("facebook", post.account_id)
    picture = _picture(call, post)
    return {
        "id": lambda _: post.external_id,
        "message": lambda _: post.text or None,
        # Only posts that Facebook words itself, such as a new cover, have a story.
        "story": lambda _: None,
        "created_time": lambda _: stamp(post.created_at),
        "updated_time": lambda _: stamp(post.created_at),
        "permalink_url": lambda _: post.permalink,
        "full_picture": lambda _: picture,
        "picture": lambda _: picture,
        "status_type": lambda _: _STATUS.get(post.kind, "published_story"),
        "is_published": lambda _: True,
        "is_hidden": lambda _: False,
        "is_expired": lambda _: False,
        "is_popular": lambda _: False,
        "is_spherical": lambda _: False,
        "is_eligible_for_promotion": lambda _: True,
        "scheduled_publish_time": lambda _: None,
        "timeline_visibility": lambda _: "normal",
        "promotable_id": lambda _: post.external_id,
        "parent_id": lambda _: None,
        "place": lambda _: None,
        "message_tags": lambda _: None,
        "story_tags": lambda _: None,
        "to": lambda _: None,
        "privacy": lambda _: {"allow": "", "deny": "", "description": "Public", "friends": "", "value": "EVERYONE"},
        "from": lambda _: {"name": page.name if page else "", "id": post.account_id},
        "attachments": lambda want: _attachments(call, post, want),
        # Absent while nobody shared it.
        "shares": lambda _: {"count": counters["shares"]} if counters["shares"] else None,
        "reactions": lambda want: _reactions(counters, want),
        "likes": lambda want: _counted(want, counters["reactions_like"], {"can_like": True, "has_liked": False}),
        "comments": lambda want: comments.nested(call, post, want),
        "insights": lambda want: insights.nested(call, post, want),
    }


def _picture(call: Call, post: Post) -> str | None:
    has_one = _ATTACHED.get(post.kind, ("link", ""))[0] != "link"
    return f"{call.world.origin}/pictures/{post.external_id}.jpg" if has_one else None


def _attachments(call: Call, post: Post, want: Want) -> dict[str, Any] | None:
    """One attachment; a text has none."""
    if post.kind not in _ATTACHED:
        return None
    media_type, type_ = _ATTACHED[post.kind]
    picture = _picture(call, post)
    values: dict[str, Any] = {
        "media_type": media_type,
        "type": type_,
        "title": post.title,
        "description": post.text or None,
        "url": post.link or post.permalink,
        "unshimmed_url": post.link or post.permalink,
        "target": {"url": post.link or post.permalink},
        "media": {"image": {"height": 1080, "src": picture, "width": 1080}} if picture else None,
        "subattachments": None,
    }
    chosen = [field.name for field in want.of] or ["description", "media", "media_type", "target", "title", "url"]
    for name in chosen:
        if name not in values:
            raise invalid(f"Tried accessing nonexisting field ({name}) on node type (StoryAttachment)")
    return {"data": [{name: values[name] for name in chosen if values[name] is not None}]}


def _reactions(counters: dict[str, int], want: Want) -> dict[str, Any]:
    """All reactions, or with `.type(LOVE)` those of one kind."""
    kind = want.how.get("type", "").lower()
    total = counters[f"reactions_{kind}"] if kind in _REACTIONS else counters["reactions"]
    return _counted(want, total, {"viewer_reaction": "NONE"})


def _counted(want: Want, total: int, more: dict[str, Any]) -> dict[str, Any]:
    """An edge whose members are people, whom Facebook does not name to a page."""
    found: dict[str, Any] = {"data": []}
    if "summary" in want.how:
        found["summary"] = {"total_count": total, **more}
    return found
