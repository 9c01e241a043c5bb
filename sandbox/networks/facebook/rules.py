"""What holds for whatever a page publishes."""

from typing import Any

from sandbox.networks.meta.errors import GraphError, denied, missing, unauthorized
from sandbox.networks.meta.graph import Call
from sandbox.world import Account, Media, Post

PUBLISH = "pages_manage_posts"
ENGAGE = "pages_manage_engagement"
READ = "pages_read_engagement"


def page(call: Call, page_id: str, scope: str = PUBLISH) -> Account:
    """The page of a page's token. Raises GraphError."""
    found = call.acting(scope)
    if found.external_id != page_id or call.kind() == "user":
        raise denied(scope)
    return found


def reading(call: Call, page_id: str) -> Account:
    """A page that the token may read as its own. Raises GraphError."""
    call.acting(READ)
    found = call.world.account("facebook", page_id)
    if found is None:
        raise missing(page_id)
    if call.kind() == "user":
        raise unauthorized("This method must be called with a Page Access Token", 2069032)
    if page_id not in call.grant().account_ids:
        raise denied(READ)
    return found


def own_post(call: Call, post_id: str, scope: str = PUBLISH) -> Post:
    """A live post of the token's page. Raises GraphError."""
    acting, post = call.acting(scope), call.world.post("facebook", post_id)
    if post is None or post.account_id != acting.external_id:
        raise missing(post_id)
    return post


def is_false(call: Call, name: str) -> bool:
    return str(call.params.get(name, "true")).lower() in ("false", "0")


def is_true(call: Call, name: str) -> bool:
    return str(call.params.get(name, "false")).lower() in ("true", "1")


def refuse_duplicate(call: Call, of: Account, message: str, link: Any, attached: list[Media]) -> None:
    """Only the very last post counts."""
    last = [post for post in call.world.posts("facebook", of.external_id)[:5] if post.kind != "story"][:1]
    if last and (last[0].text, last[0].link, last[0].media) == (message, link, attached):
        raise GraphError("(#506) Duplicate status message", 506, title="Duplicate Status Update")
