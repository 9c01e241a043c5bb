"""One admitted call: who asks for what, with its parameters already parsed, and what they may do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.errors import Refusal, denied, invalid
from sandbox.networks.linkedin.feed import Feed
from sandbox.networks.linkedin.people import NETWORK, PERSON
from sandbox.world import Account, Post, World

ORGANIZATION = "urn:li:organization:"
_MOST_PER_PAGE = 100
_MOMENT_DIGITS = 13


@dataclass(frozen=True)
class Call:
    """`account` is the organization that the token's person administers, `method` the Rest.li method."""

    world: World
    feed: Feed
    request: Request
    account: Account
    person: Account
    scopes: tuple[str, ...]
    method: str
    query: dict[str, restli.Value]
    content: bytes

    def text(self, name: str, default: str | None = None) -> str:
        """A parameter that must be a plain value. Raises Refusal."""
        value = self.query.get(name, default)
        if not isinstance(value, str):
            raise invalid(f"Parameter '{name}' is missing or invalid", "PARAM_INVALID")
        return value

    def one_of(self, name: str, allowed: tuple[str, ...], default: str | None = None) -> str:
        """A parameter with a few possible values. Raises Refusal."""
        value = self.text(name, default)
        if value not in allowed:
            raise invalid(f"Parameter '{name}' is invalid: {value}", "PARAM_INVALID")
        return value

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """A parameter that must be a whole number. Raises Refusal."""
        value = self.text(name, str(default))
        if not value.isdecimal() or (most is not None and int(value) > most):
            raise invalid(f"Parameter '{name}' is invalid: {value}", "PARAM_INVALID")
        return int(value)

    def listed(self, name: str) -> list[str]:
        """A parameter that must be a list of plain values; absent is empty. Raises Refusal."""
        return [item for item in self.ids(name) if isinstance(item, str)]

    def ids(self, name: str = "ids") -> list[restli.Value]:
        """A parameter that must be a list, of keys for example; absent is empty. Raises Refusal."""
        value = self.query.get(name, [])
        if not isinstance(value, list):
            raise invalid(f"Parameter '{name}' must be List(…)", "PARAM_INVALID")
        return value

    def key(self, place: int = -1) -> str:
        """A plain key in the path, the last segment unless `place` says another. Raises Refusal."""
        found = self.structured_key(place)
        if not isinstance(found, str):
            raise invalid("Syntax exception in path variables: a plain key is expected")
        return found

    def structured_key(self, place: int = -1) -> restli.Value:
        """A key in the path, which may be a structure. Raises Refusal for a URN that is not percent encoded."""
        path = self.request.scope["raw_path"].decode().partition("?")[0]
        try:
            return restli.key(path.split("/")[place])
        except restli.Malformed as error:
            raise invalid(f"Syntax exception in path variables: {error}") from error

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent. Raises Refusal."""
        try:
            found = json.loads(self.content)
        except ValueError as error:
            raise Refusal(400, "Unable to parse request body", code="INVALID_REQUEST_BODY") from error
        if not isinstance(found, dict):
            raise Refusal(400, "The request body must be an object", code="INVALID_REQUEST_BODY")
        return found

    def owns(self, urn: str) -> bool:
        """Whether the member administers this organization."""
        return urn == organization(self.account)

    def author(self, urn: str, what: str, of_person: tuple[str, ...], of_page: tuple[str, ...]) -> Account:
        """The page or person of a URN, if the token may act for it with one of the scopes. Raises Refusal."""
        is_person = urn == self.person.external_id
        scopes = of_person if is_person else of_page
        if not (is_person or self.owns(urn)) or not set(scopes) & set(self.scopes):
            raise denied(what)
        return self.person if is_person else self.account

    def page(self, elements: list[dict[str, Any]], names: tuple[str, ...]) -> dict[str, Any]:
        """One page of a finder's elements; `names` are the parameters that a link to the next repeats."""
        asked = {name: self.text(name) for name in names if name in self.query}
        start, count = self.number("start", 0), self.number("count", 10, _MOST_PER_PAGE)
        return restli.page(self.request.url.path, asked, elements, start, count)


def organization(account: Account) -> str:
    """The URN of an account."""
    return ORGANIZATION + account.external_id.removeprefix(ORGANIZATION)


def urn_of(author: Account) -> str:
    """The URN of a page or a person."""
    return author.external_id if author.external_id.startswith(PERSON) else organization(author)


def author_of(world: World, post: Post) -> Account:
    """The page or person that wrote a post."""
    everyone = (*world.accounts(NETWORK), *world.people(NETWORK))
    return next(one for one in everyone if one.external_id == post.account_id)


def organization_by_urn(world: World, urn: str) -> Account | None:
    """The account that a URN names."""
    return next((one for one in world.accounts(NETWORK) if organization(one) == urn), None)


def moment(value: object, name: str) -> datetime:
    """A moment that was sent in milliseconds. Raises Refusal."""
    if not isinstance(value, str) or not value.isdecimal() or len(value) > _MOMENT_DIGITS:
        raise invalid(f"Parameter '{name}' must be in milliseconds", "PARAM_INVALID")
    return datetime.fromtimestamp(int(value) / 1000, UTC)
