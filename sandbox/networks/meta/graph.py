"""A call to the Graph: its parameters, its token, its answer with usage headers."""

import base64
import hashlib
import hmac
import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.meta.errors import GraphError, denied, invalid, unauthorized
from sandbox.tokens import Grant
from sandbox.web import form_or_json, json_response
from sandbox.world import Account, World

_VERSION = re.compile(r"v\d+\.\d+")
_HOURLY = 4800


@dataclass(slots=True)
class Call:
    """One request. `path` is without the version, `params` query and body together."""

    world: World
    network: str
    request: Request
    path: list[str]
    params: dict[str, Any]
    now: datetime

    def text(self, name: str, default: str | None = None) -> str:
        """A parameter that must be there. Raises GraphError."""
        value = self.params.get(name, default)
        if value is None or isinstance(value, UploadFile):
            raise invalid(f"The parameter {name} is required.")
        return value if isinstance(value, str) else json.dumps(value)

    def words(self, name: str) -> list[str]:
        """A list, sent with commas or as JSON."""
        value = self.text(name)
        found = json.loads(value) if value.startswith("[") else value.split(",")
        return [str(word).strip() for word in found if str(word).strip()]

    def number(self, name: str, default: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isdigit():
            raise invalid(f"Param {name} must be an integer.")
        return min(int(value), most)

    def moment(self, name: str) -> datetime | None:
        """Unix seconds or an ISO date."""
        if name not in self.params:
            return None
        value = self.text(name)
        if value.isdigit():
            return datetime.fromtimestamp(int(value), UTC)
        try:
            found = datetime.fromisoformat(value)
        except ValueError as error:
            raise invalid(f"Param {name} must be a valid time.") from error
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def grant(self) -> Grant:
        """The token's. Raises GraphError 190."""
        header = self.request.headers.get("authorization", "")
        token = header.partition(" ")[2] if header else str(self.params.get("access_token", ""))
        if not token:
            raise GraphError("An access token is required to request this resource.", 104)
        found = self.world.tokens.lookup(self.network, token)
        if found is None:
            raise unauthorized("Invalid OAuth access token - Cannot parse access token")
        if found.expired:
            raise unauthorized("Error validating access token: Session has expired.", 463)
        if "appsecret_proof" in self.params:
            secret = self.world.app(self.network).client_secret
            proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
            if proof != self.params["appsecret_proof"]:
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
        return account

    def page(self, items: Sequence[Any], shape: Callable[[Any], dict[str, Any]], default: int = 25) -> dict[str, Any]:
        """A page of a list with cursors; only the absence of `next` ends it."""
        limit = self.number("limit", default, 100)
        start = 0
        if after := self.params.get("after"):
            try:
                start = int(base64.urlsafe_b64decode(str(after)))
            except ValueError as error:
                raise GraphError("(#100) Invalid cursors values", 100) from error
        chosen = items[start : start + limit]
        found: dict[str, Any] = {"data": [shape(item) for item in chosen]}
        if chosen:
            cursors = {"before": _cursor(start), "after": _cursor(start + len(chosen))}
            found["paging"] = {"cursors": cursors}
            if start + len(chosen) < len(items):
                query = {name: value for name, value in self.request.query_params.items() if name != "after"}
                address = self.request.url.replace(query=urlencode({**query, "after": cursors["after"]}))
                found["paging"]["next"] = str(address)
        return found


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(str(place).encode()).decode()


def stamp(at: datetime) -> str:
    """The Graph's way to write a time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


class Graph:
    """Takes every call of a network: any version, trailing slash or not."""

    def __init__(self, world: World, network: str, answer: Callable[[Call], Awaitable[Any]]) -> None:
        self._world, self._network, self._answer = world, network, answer
        self._calls: dict[str, list[datetime]] = defaultdict(list)

    async def __call__(self, request: Request) -> Response:
        path = [part for part in request.url.path.split("/") if part]
        if path and _VERSION.fullmatch(path[0]):
            path = path[1:]
        try:
            params: dict[str, Any] = dict(request.query_params)
            if request.method == "POST":
                params |= await form_or_json(request)
            call = Call(self._world, self._network, request, path, params, self._world.now())
            found = await self._answer(call)
        except GraphError as error:
            return json_response(error.body(uuid4().hex[:22]), error.status, self._usage(request))
        return found if isinstance(found, Response) else json_response(found, headers=self._usage(request))

    def _usage(self, request: Request) -> dict[str, str]:
        """Per cent of an hour's budget; the headers come once it is not trivial."""
        now = self._world.now()
        calls = self._calls["app"]
        calls.append(now)
        while calls and calls[0] < now - timedelta(hours=1):
            calls.pop(0)
        percent = len(calls) * 100 // _HOURLY
        if percent < 1:
            return {}
        used = {"call_count": percent, "total_time": percent // 2, "total_cputime": percent // 2}
        account = self._world.accounts(self._network)[0].external_id
        kind = {"facebook": "pages"}.get(self._network, self._network)
        business = {account: [{"type": kind, **used, "estimated_time_to_regain_access": 0}]}
        return {"X-App-Usage": json.dumps(used), "X-Business-Use-Case-Usage": json.dumps(business)}
