"""A call to the Graph: its parameters, its token, its answer with usage headers."""

import dataclasses
import hashlib
import hmac
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from secrets import token_urlsafe
from typing import Any, TypeVar

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.meta import batch
from sandbox.networks.meta.errors import GraphError, denied, invalid, merged, unauthorized
from sandbox.networks.meta.fields import Want, parse
from sandbox.networks.meta.paging import Asked, bounded
from sandbox.networks.meta.paging import page as part
from sandbox.networks.meta.usage import Usage
from sandbox.networks.meta.versions import serving
from sandbox.tokens import Grant
from sandbox.web import form_or_json, json_response
from sandbox.world import Account, World

_VERSION = re.compile(r"v\d+\.\d+")
_LIMITS = (4, 80001, 80002)
# Hosts that take bytes as they are: rupload.facebook.com.
_RAW = ("video-upload", "ig-api-upload")
_MOST_IDS = 50

T = TypeVar("T")


@dataclass(slots=True)
class Call:
    """One request. `path` is without the version, `params` query and body together."""

    world: World
    network: str
    request: Request
    path: list[str]
    params: dict[str, Any]
    now: datetime

    @property
    def method(self) -> str:
        """GET, POST or DELETE; a parameter may say so in place of the request."""
        return str(self.params.get("method", self.request.method)).upper()

    def text(self, name: str, default: str | None = None) -> str:
        """A parameter that must be there. Raises GraphError."""
        value = self.params.get(name, default)
        if value is None or isinstance(value, UploadFile):
            raise invalid(f"The parameter {name} is required.")
        return value if isinstance(value, str) else json.dumps(value)

    def words(self, name: str) -> list[str]:
        """A list, sent with commas or as JSON."""
        value = self.text(name)
        try:
            found = json.loads(value) if value.startswith("[") else value.split(",")
        except json.JSONDecodeError as error:
            raise invalid(f"Param {name} must be an array.") from error
        return [str(word).strip() for word in found if str(word).strip()]

    def fields(self, default: str) -> tuple[Want, ...]:
        """What is wanted of a node, sent with commas or as JSON. Raises GraphError."""
        value = self.text("fields", default)
        return parse(",".join(self.words("fields")) if value.startswith("[") else value)

    def moment(self, name: str, zone: tzinfo = UTC) -> datetime | None:
        """Unix seconds or an ISO date, in `zone` where it names none. Raises GraphError."""
        if name not in self.params:
            return None
        value = self.text(name)
        try:
            if value.isdigit():
                return datetime.fromtimestamp(int(value), UTC)
            found = datetime.fromisoformat(value)
        except (ValueError, OverflowError) as error:
            raise invalid(f"Param {name} must be a valid time.") from error
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)

    def since_until(self) -> dict[str, datetime | None]:
        """The span of a list, as the world takes it."""
        return {name: self.moment(name) for name in ("since", "until")}

    def kind(self) -> str:
        """Whether the token is a person's (`user`) or a page's. Raises GraphError."""
        return str(self.grant().extra.get("kind", "page"))

    def token(self) -> str:
        """The access token, from the header or the parameters; empty where there is none."""
        scheme, _, told = self.request.headers.get("authorization", "").partition(" ")
        return told if scheme.lower() in ("bearer", "oauth") else str(self.params.get("access_token", ""))

    def grant(self) -> Grant:
        """The token's. Raises GraphError 190."""
        token = self.token()
        if not token:
            raise GraphError("An access token is required to request this resource.", 104)
        found = self.world.tokens.lookup(self.network, token)
        if found is None and self.world.tokens.was_revoked(self.network, token):
            raise unauthorized("Error validating access token: The user has not authorized application.", 458)
        if found is None:
            raise unauthorized("Invalid OAuth access token - Cannot parse access token.")
        if found.expired:
            raise unauthorized("Error validating access token: Session has expired.", 463)
        if "appsecret_proof" in self.params:
            secret = self.world.app(self.network).client_secret
            proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(proof, str(self.params["appsecret_proof"])):
                raise GraphError("Invalid appsecret_proof provided in the API argument", 100)
        return found

    def acting(self, scope: str) -> Account:
        """The account of the token, which must hold the scope. Raises GraphError."""
        grant = self.grant()
        if scope not in grant.scopes:
            raise denied(scope)
        account = self.world.account(self.network, grant.account_id)
        if account is None:
            raise unauthorized("The account of this token is gone.", 460)
        if (into := self.merged(account)) is not None:
            raise merged(account.external_id, into)
        return account

    def merged(self, account: Account) -> str | None:
        """The page that a page became a part of."""
        planted = self.world.planted("page_merged", self.network)
        return next((one["into"] for one in planted if one["account"] == account.external_id), None)

    def page(self, items: Sequence[T], shape: Callable[[T], dict[str, Any]], key: Callable[[T], str]) -> dict[str, Any]:
        """A page of a list with cursors; `key` names an item. Only the absence of `next` ends a list."""
        asked = Asked(
            limit=bounded(self.params.get("limit")),
            after=self.params.get("after"),
            before=self.params.get("before"),
            url=str(self.request.url.replace(query="")),
            params={**self.request.query_params, "access_token": self.token()},
        )
        shown, paging = part(items, [key(item) for item in items], asked)
        found: dict[str, Any] = {"data": [shape(item) for item in shown]}
        return found | {"paging": paging} if paging else found


def stamp(at: datetime) -> str:
    """The Graph's way to write a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


class Graph:
    """Takes every call of a network: any version, trailing slash or not."""

    def __init__(self, world: World, network: str, answer: Callable[[Call], Awaitable[Any]]) -> None:
        self._world, self._network, self._answer = world, network, answer
        self._usage = Usage(network)

    async def __call__(self, request: Request) -> Response:
        path = [part for part in request.url.path.split("/") if part]
        asked = path.pop(0) if path and _VERSION.fullmatch(path[0]) else None
        call = Call(self._world, self._network, request, path, dict(request.query_params), self._world.now())
        try:
            served = serving(
                asked, [str(one["version"]) for one in self._world.planted("version_sunset", self._network)]
            )
            call.params |= await _sent(request, path)
            found = await self._several(call)
        except GraphError as error:
            return json_response(error.body(token_urlsafe(16)), error.status)
        found.headers["facebook-api-version"] = served
        return found

    async def _several(self, call: Call) -> Response:
        """The answer to a call, or to a batch of them. Raises GraphError for what is no batch."""
        if call.path or call.request.method != "POST" or "batch" not in call.params:
            return await self._answered(call)
        return json_response(
            [batch.shown(await self._answered(one), wanted) for one, wanted in batch.calls(call)],
        )

    async def _answered(self, call: Call) -> Response:
        owner = self._owner(call)
        try:
            self._usage.count(owner, call.now, self._world.planted("quota", self._network))
            found = await self._found(call)
        except GraphError as error:
            # Errors carry no usage, but for the limit itself.
            headers = self._usage.headers(owner, call.now) if error.code in _LIMITS else {}
            return json_response(error.body(token_urlsafe(16)), error.status, headers)
        headers = self._usage.headers(owner, call.now)
        if isinstance(found, Response):
            found.headers.update(headers)
            return found
        return json_response(found, headers=headers)

    async def _found(self, call: Call) -> Any:
        """What a call is answered with; with `ids` several nodes at once, by their ids. Raises GraphError."""
        if call.path or call.method != "GET" or "ids" not in call.params:
            return await self._answer(call)
        ids = call.words("ids")
        if len(ids) > _MOST_IDS:
            raise invalid(f"Too many IDs. Maximum: {_MOST_IDS}. Provided: {len(ids)}")
        return {id_: await self._answer(dataclasses.replace(call, path=[id_])) for id_ in ids}

    def _owner(self, call: Call) -> str:
        """Whose allowance a call uses; nobody's before consent."""
        grant = self._world.tokens.lookup(self._network, call.token())
        return grant.account_id if grant is not None else ""


async def _sent(request: Request, path: list[str]) -> dict[str, Any]:
    """Parameters of the body. Raises GraphError."""
    if request.method == "GET" or path[:1] in ([host] for host in _RAW):
        return {}
    try:
        return await form_or_json(request)
    except ValueError as error:
        raise invalid(f"Invalid parameter: {error}") from error
