"""Every XRPC call: whose token, how much it may still do, and refusals in XRPC's words."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.bluesky.dpop import Proofs, WrongProof
from sandbox.networks.bluesky.errors import XrpcError, invalid
from sandbox.networks.bluesky.names import NETWORK
from sandbox.tokens import Grant
from sandbox.web import json_response
from sandbox.world import Account, World

_WINDOW_S = 300
_CALLS = 3000


@dataclass(frozen=True, slots=True)
class Call:
    """One call of somebody who is signed in."""

    world: World
    request: Request
    account: Account
    body: dict[str, Any]

    def one(self, name: str) -> str:
        """A parameter that must be there. Raises XrpcError."""
        value = self.request.query_params.get(name)
        if not value:
            raise invalid(f'Params must have the property "{name}"')
        return value

    def many(self, name: str, most: int) -> list[str]:
        """A list of parameters of one name. Raises XrpcError."""
        values = self.request.query_params.getlist(name) or self.request.query_params.getlist(f"{name}[]")
        if not values:
            raise invalid(f'Params must have the property "{name}"')
        if len(values) > most:
            raise invalid(f"{name} must not have more than {most} elements")
        return values

    def limit(self, default: int = 50) -> int:
        """1 to 100. Raises XrpcError."""
        text = self.request.query_params.get("limit", str(default))
        if not text.isdigit() or not 1 <= int(text) <= 100:
            raise invalid("limit must be an integer between 1 and 100")
        return int(text)

    def sent(self, name: str, kind: type = str) -> Any:
        """A property of the body that must be there. Raises XrpcError."""
        if not isinstance(self.body.get(name), kind):
            raise invalid(f'Input must have the property "{name}"')
        return self.body[name]


Answer = Callable[[Call], Awaitable[Any]]


class Gate:
    def __init__(self, world: World, proofs: Proofs) -> None:
        self._world, self._proofs = world, proofs
        self._spent: dict[tuple[str, int], int] = {}
        # Calls since a quota was planted, by its number and the account.
        self._planted: Counter[tuple[int, str]] = Counter()

    def endpoint(self, answer: Answer, *, reads_body: bool = True) -> Callable[[Request], Awaitable[Response]]:
        """`reads_body` is false where the body is a file."""

        async def handle(request: Request) -> Response:
            headers: dict[str, str] = {}
            try:
                grant = self._grant(request)
                headers = self._count(grant.account_id, request.url.path.rsplit("/", 1)[-1])
                account = self._world.account(NETWORK, grant.account_id)
                assert account is not None
                body = await _json(request) if reads_body and request.method == "POST" else {}
                found = await answer(Call(self._world, request, account, body))
            except WrongProof as error:
                name = "use_dpop_nonce" if error.wants_nonce else "invalid_dpop_proof"
                told = {"dpop-nonce": self._proofs.nonce(), "www-authenticate": f'DPoP error="{name}"'}
                return json_response({"error": name, "message": str(error)}, 401, told)
            except XrpcError as error:
                response = error.response()
                response.headers.update(headers)
                return response
            headers["dpop-nonce"] = self._proofs.nonce()
            if isinstance(found, Response):
                found.headers.update(headers)
                return found
            return json_response(found, headers=headers)

        return handle

    def _grant(self, request: Request) -> Grant:
        scheme, _, access = request.headers.get("authorization", "").partition(" ")
        if not access:
            raise XrpcError("AuthMissing", "Authentication Required", 401)
        grant = self._world.tokens.lookup(NETWORK, bare(access))
        if grant is None:
            raise XrpcError("InvalidToken", "Token could not be verified", 401)
        if grant.expired:
            raise XrpcError("ExpiredToken", "Token has expired", 401)
        bound = grant.extra.get("jkt")
        if bound is not None and (scheme != "DPoP" or self._proofs.thumbprint(request, access) != bound):
            raise XrpcError("InvalidToken", "The token is bound to another key", 401)
        return grant

    def _count(self, account_id: str, operation: str) -> dict[str, str]:
        """The headers of the allowance, as what is planted leaves it for a window. Raises XrpcError."""
        now = int(self._world.now().timestamp())
        period = now // _WINDOW_S
        key = (account_id, period)
        self._spent = {k: v for k, v in self._spent.items() if k[1] == period}
        self._spent[key] = self._spent.get(key, 0) + 1
        left, reset = _CALLS - self._spent[key], (period + 1) * _WINDOW_S
        for one in self._world.planted("quota", NETWORK):
            until = int(one["at"].timestamp()) + _WINDOW_S
            if one["bucket"] in ("*", operation) and one.get("account") in (None, account_id) and now < until:
                self._planted[one["id"], account_id] += 1
                left, reset = min((left, reset), (one["remaining"] - self._planted[one["id"], account_id], until))
        if left < 0:
            raise XrpcError("RateLimitExceeded", "Rate Limit Exceeded", 429, limits(0, reset))
        return limits(left, reset)


def limits(remaining: int, reset: int) -> dict[str, str]:
    """The allowance as headers; `reset` is a moment in Unix seconds."""
    return {
        "ratelimit-limit": str(_CALLS),
        "ratelimit-remaining": str(remaining),
        "ratelimit-reset": str(reset),
        "ratelimit-policy": f"{_CALLS};w={_WINDOW_S}",
    }


def bare(access: str) -> str:
    """The token in a session's JWT, or what was sent where it is none."""
    try:
        return str(jwt.decode(access, options={"verify_signature": False})["jti"])
    except (jwt.InvalidTokenError, KeyError):
        return access


async def _json(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise invalid("Input is not JSON") from error
    if not isinstance(found, dict):
        raise invalid("Input must be an object")
    return found
