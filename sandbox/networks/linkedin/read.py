"""The read side: the member, organizations, roles, posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import littletext, restli
from sandbox.networks.linkedin.errors import denied, invalid, missing
from sandbox.networks.linkedin.gate import (
    NETWORK,
    ORGANIZATION,
    Call,
    member,
    organization,
    organization_by_urn,
)
from sandbox.web import json_response
from sandbox.world import Account, Post

_MOST_PER_PAGE = 100


def milliseconds(moment: datetime) -> int:
    """A moment as LinkedIn writes it."""
    return int(moment.timestamp() * 1000)


async def userinfo(call: Call) -> Response:
    """The person behind the token."""
    sub = member(call.world, call.account)
    return json_response(
        {
            "sub": sub,
            "name": f"Kim of {call.account.name}",
            "given_name": "Kim",
            "family_name": f"of {call.account.name}",
            "picture": call.account.picture_url,
            "locale": {"country": "US", "language": "en"},
            "email": f"{sub}@example.com",
            "email_verified": True,
        }
    )


async def acls(call: Call) -> Response:
    """Which organizations the member may act for."""
    if call.text("q") != "roleAssignee":
        raise invalid("Parameter 'q' is invalid", "PARAM_INVALID")
    role, state = call.text("role", "ADMINISTRATOR"), call.text("state", "APPROVED")
    elements = []
    if (role, state) == ("ADMINISTRATOR", "APPROVED"):
        person = "urn:li:person:" + member(call.world, call.account)
        elements = [{"organization": organization(call.account), "role": role, "roleAssignee": person, "state": state}]
    return _paged(call, elements, ("q", "role", "state"))


async def organizations(call: Call) -> Response:
    """Organizations by vanity name."""
    if call.text("q") != "vanityName":
        raise invalid("Parameter 'q' is invalid", "PARAM_INVALID")
    name = call.text("vanityName").lower()
    found = [account for account in call.world.accounts(NETWORK) if vanity(account).lower() == name]
    return _paged(call, [_organization(call, account) for account in found], ("q", "vanityName"))


async def one_organization(call: Call) -> Response:
    """One organization by its number."""
    wanted = call.key()
    account = organization_by_urn(call.world, ORGANIZATION + wanted)
    if account is None:
        raise missing(f"Organization {wanted}")
    return json_response(_organization(call, account))


async def posts(call: Call) -> Response:
    """An organization's posts, newest first, or several posts by id."""
    if "ids" in call.query:
        return _batch(call)
    if call.text("q") != "author":
        raise invalid("Parameter 'q' is invalid", "PARAM_INVALID")
    author = call.text("author")
    account = organization_by_urn(call.world, author)
    if account is None or not call.owns(author):
        raise denied("posts.FINDER-author")
    if call.text("sortBy", "LAST_MODIFIED") not in ("LAST_MODIFIED", "CREATED"):
        raise invalid("Parameter 'sortBy' is invalid", "PARAM_INVALID")
    found = call.world.posts(NETWORK, account.external_id)
    count = call.number("count", 10, _MOST_PER_PAGE)
    start = call.number("start", 0)
    asked = {"q": "author", "author": author}
    paged = restli.page("/rest/posts", asked, found, start, count)
    paged["elements"] = [shown(post, account) for post in paged["elements"]]
    return json_response(paged)


async def one_post(call: Call) -> Response:
    """One post by its URN."""
    post, account = own_post(call, call.key())
    return json_response(shown(post, account))


def own_post(call: Call, urn: str) -> tuple[Post, Account]:
    """A living post of the member's organization. Raises Refusal."""
    post = call.world.post(NETWORK, urn)
    if post is None or post.deleted_at is not None:
        raise missing(urn)
    if post.account_id != call.account.external_id:
        raise denied("posts.GET")
    return post, call.account


def shown(post: Post, account: Account) -> dict[str, Any]:
    """A post as LinkedIn shows it."""
    at = milliseconds(post.created_at)
    body: dict[str, Any] = {
        "id": post.external_id,
        "author": organization(account),
        "commentary": littletext.write(post.text),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "lifecycleStateInfo": {"isEditedByAuthor": False},
        "isReshareDisabledByAuthor": False,
        "createdAt": at,
        "publishedAt": at,
        "lastModifiedAt": at,
    }
    content = _content(post)
    return body | {"content": content} if content else body


def vanity(account: Account) -> str:
    """The name of an organization in its address."""
    return str(account.extra.get("vanityName", account.username))


def _content(post: Post) -> dict[str, Any]:
    number = post.external_id.rsplit(":", 1)[-1]
    match post.kind:
        case "image":
            return {"media": {"id": f"urn:li:image:D4E10AQ{number}", "altText": ""}}
        case "carousel":
            places = range(max(len(post.media), 2))
            return {"multiImage": {"images": [{"id": f"urn:li:image:D4E10AQ{number}{place}"} for place in places]}}
        case "video" | "reel" | "short":
            return {"media": {"id": f"urn:li:video:D4E10AQ{number}", "title": post.title or ""}}
        case "link":
            return {"article": {"source": post.link or "", "title": post.title or post.text[:80]}}
    return {}


def _batch(call: Call) -> Response:
    """Posts by a list of URNs: results, and an error for each that is not there."""
    results, errors, statuses = {}, {}, {}
    for urn in call.listed("ids"):
        post = call.world.post(NETWORK, urn)
        if post is None or post.deleted_at is not None or post.account_id != call.account.external_id:
            errors[urn], statuses[urn] = missing(urn).body, 404
        else:
            results[urn], statuses[urn] = shown(post, call.account), 200
    return json_response({"results": results, "statuses": statuses, "errors": errors})


def _organization(call: Call, account: Account) -> dict[str, Any]:
    """An organization; of one that the member does not administer only what everybody sees."""
    localized = {"localized": {"en_US": account.name}, "preferredLocale": {"country": "US", "language": "en"}}
    public = {
        "id": int(account.external_id.removeprefix(ORGANIZATION)),
        "name": localized,
        "localizedName": account.name,
        "vanityName": vanity(account),
        "localizedWebsite": f"https://{vanity(account)}.example",
        "primaryOrganizationType": "NONE",
    }
    if not call.owns(organization(account)):
        return public
    return public | {
        "localizedDescription": account.description,
        "organizationStatus": "OPERATING",
        "created": {"time": milliseconds(account.created_at)},
        "versionTag": "1",
    }


def _paged(call: Call, elements: list[dict[str, Any]], names: tuple[str, ...]) -> Response:
    asked = {name: call.text(name) for name in names if name in call.query}
    start, count = call.number("start", 0), call.number("count", 10, _MOST_PER_PAGE)
    return json_response(restli.page(call.request.url.path, asked, elements, start, count))
