"""The two ways to an account: Instagram Login, and Facebook Login through the page that it is linked to."""

from dataclasses import fields

from sandbox.networks.meta.errors import denied, invalid, missing
from sandbox.networks.meta.graph import Call
from sandbox.world import Account, Post, World

BASIC = "instagram_business_basic"
PUBLISH = "instagram_business_content_publish"
COMMENTS = "instagram_business_manage_comments"
INSIGHTS = "instagram_business_manage_insights"

# What Facebook Login calls them.
BY_PAGE = {
    BASIC: "instagram_basic",
    PUBLISH: "instagram_content_publish",
    COMMENTS: "instagram_manage_comments",
    INSIGHTS: "instagram_manage_insights",
}


class ThroughPage(Call):
    """A call with a page's token, or that of a person who runs the page: it acts for the page's account."""

    __slots__ = ()

    def acting(self, scope: str) -> Account:
        """The account that is linked to the token's page. Raises GraphError."""
        page = super().acting(BY_PAGE[scope])
        account = linked(self.world, page)
        if account is None:
            raise denied(BY_PAGE[scope])
        return account


def through_page(call: Call) -> ThroughPage:
    """The same call, as one to an Instagram account."""
    return ThroughPage(**{field.name: getattr(call, field.name) for field in fields(call)})


def by_page(call: Call) -> bool:
    """Whether a call came through Facebook Login, which offers more."""
    return isinstance(call, ThroughPage)


def only_by_page(call: Call, what: str) -> None:
    """Raises GraphError for what Instagram Login does not know."""
    if not by_page(call):
        raise missing(what)


def linked(world: World, page: Account) -> Account | None:
    """The Instagram account of a page: the one of the same brand."""
    return next((one for one in world.accounts("instagram") if one.name == page.name), None)


def own(call: Call, account_id: str, scope: str) -> Account:
    """The token's account, named by either of its ids. Raises GraphError."""
    acting = call.acting(scope)
    if account_id not in (acting.external_id, acting.extra["app_scoped_id"]):
        raise denied(BY_PAGE[scope] if by_page(call) else scope)
    return acting


def own_post(call: Call, acting: Account, media_id: str) -> Post:
    """A medium of the token's account. Raises GraphError."""
    post = call.world.post("instagram", media_id)
    if post is None or post.account_id != acting.external_id:
        raise missing(media_id)
    return post


def switched(call: Call, name: str) -> bool:
    """A parameter that is on or off. Raises GraphError."""
    value = call.text(name).lower()
    if value not in ("true", "false", "1", "0"):
        raise invalid(f"Param {name} must be a boolean")
    return value in ("true", "1")
