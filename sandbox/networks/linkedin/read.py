"""Who is there: the member, roles, organizations."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.call import ORGANIZATION, Call, organization, organization_by_urn
from sandbox.networks.linkedin.errors import missing
from sandbox.networks.linkedin.feed import milliseconds
from sandbox.networks.linkedin.people import NETWORK, member
from sandbox.web import json_response
from sandbox.world import Account

_ROLES = (
    "ADMINISTRATOR", "DIRECT_SPONSORED_CONTENT_POSTER", "RECRUITING_POSTER", "LEAD_CAPTURE_ADMINISTRATOR",
    "LEAD_GEN_FORMS_MANAGER", "ANALYST", "CURATOR", "CONTENT_ADMINISTRATOR", "CONTENT_ADMIN",
)  # fmt: skip
_STATES = ("APPROVED", "REJECTED", "REQUESTED", "REVOKED")


async def userinfo(call: Call) -> Response:
    """The person behind the token, in the words of OpenID Connect; the address only with the scope for it."""
    person = call.person
    sub = member(person)
    body: dict[str, Any] = {
        "sub": sub,
        "name": person.name,
        "given_name": person.extra["given"],
        "family_name": person.extra["family"],
        "picture": person.picture_url,
        "locale": {"country": "US", "language": "en"},
    }
    if "email" in call.scopes:
        body |= {"email": f"{person.username}@example.com", "email_verified": True}
    return json_response(body)


async def me(call: Call) -> Response:
    """The person behind the token, as apps without OpenID Connect read it."""
    person = call.person

    def localized(text: str) -> dict[str, Any]:
        return {"localized": {"en_US": text}, "preferredLocale": {"country": "US", "language": "en"}}

    return json_response(
        {
            "id": member(person),
            "firstName": localized(person.extra["given"]),
            "lastName": localized(person.extra["family"]),
            "localizedFirstName": person.extra["given"],
            "localizedLastName": person.extra["family"],
            "localizedHeadline": person.description,
            "vanityName": person.extra["vanityName"],
            "profilePicture": {"displayImage": "urn:li:digitalmediaAsset:C4D03AQ" + member(person)},
        }
    )


async def acls(call: Call) -> Response:
    """Which organizations the member may act for, or who may act for one of them."""
    finder = call.one_of("q", ("roleAssignee", "organization"))
    role, state = call.one_of("role", _ROLES, "ADMINISTRATOR"), call.one_of("state", _STATES, "APPROVED")
    elements = []
    foreign = finder == "organization" and not call.owns(call.text("organization"))
    if (role, state) == ("ADMINISTRATOR", "APPROVED") and not foreign:
        person, page = call.person.external_id, organization(call.account)
        elements = [{"organization": page, "role": role, "roleAssignee": person, "state": state}]
    return json_response(call.page(elements, ("q", "role", "state", "organization")))


async def organizations(call: Call) -> Response:
    """Organizations by vanity name, or by a list of numbers."""
    if "ids" in call.query:
        return json_response(restli.batch(call.ids(), lambda number: _by_number(call, str(number))))
    call.one_of("q", ("vanityName",))
    name = call.text("vanityName").lower()
    found = [account for account in call.world.accounts(NETWORK) if vanity(account).lower() == name]
    return json_response(call.page([_organization(call, account) for account in found], ("q", "vanityName")))


async def one_organization(call: Call) -> Response:
    """One organization by its number."""
    return json_response(_by_number(call, call.key()))


def vanity(account: Account) -> str:
    """The name of an organization in its address."""
    return str(account.extra.get("vanityName", account.username))


def _by_number(call: Call, wanted: str) -> dict[str, Any]:
    account = organization_by_urn(call.world, ORGANIZATION + wanted)
    if account is None:
        raise missing(f"Organization {wanted}")
    return _organization(call, account)


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
