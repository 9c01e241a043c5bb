"""Sign-in with an app password: sessions as JWTs. An account's lasting token is its app password."""

from datetime import timedelta
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.bluesky.errors import XrpcError, invalid
from sandbox.networks.bluesky.gate import Call, bare
from sandbox.networks.bluesky.identity import document
from sandbox.networks.bluesky.names import NETWORK, handle
from sandbox.tokens import Grant
from sandbox.web import json_response
from sandbox.world import Account, World

_LIFE = timedelta(hours=2)
_REFRESH_LIFE = timedelta(days=60)
_SCOPES = ("atproto", "transition:generic")


class Sessions:
    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        try:
            body = await request.json()
            named, password = str(body["identifier"]), str(body["password"])
        except (ValueError, KeyError, TypeError):
            return invalid('Input must have the property "identifier" and "password"').response()
        found = [one for one in self._world.accounts(NETWORK) if named in (one.external_id, handle(one.username))]
        lasting = self._world.tokens.lookup(NETWORK, password)
        if not found or lasting is None or lasting.account_id != found[0].external_id:
            return XrpcError("AuthenticationRequired", "Invalid identifier or password", 401).response()
        grant = self._world.tokens.issue(NETWORK, found[0].external_id, _SCOPES, _LIFE, _REFRESH_LIFE)
        return json_response(self._session(found[0], grant, str(request.base_url)))

    async def refresh(self, request: Request) -> Response:
        """The refresh token comes as the call's own token, and is used up."""
        _, _, sent = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.refresh(NETWORK, bare(sent), _LIFE)
        account = self._world.account(NETWORK, grant.account_id) if grant else None
        if grant is None or account is None:
            return XrpcError("ExpiredToken", "Token has been revoked").response()
        return json_response(self._session(account, grant, str(request.base_url)))

    async def read(self, call: Call) -> dict[str, Any]:
        return {"did": call.account.external_id, "handle": handle(call.account.username), "active": True}

    async def service_word(self, call: Call) -> dict[str, str]:
        """A word for another service, such as the one that prepares videos."""
        claims = {"iss": call.account.external_id, "aud": call.one("aud"), "lxm": call.request.query_params.get("lxm")}
        return {"token": jwt.encode(claims, self._secret(), "HS256")}

    def whose_word(self, request: Request) -> Account:
        """The account that a service's caller acts for. Raises XrpcError."""
        _, _, sent = request.headers.get("authorization", "").partition(" ")
        try:
            claims = jwt.decode(sent, self._secret(), ["HS256"], options={"verify_aud": False})
        except jwt.InvalidTokenError as error:
            raise XrpcError("BadJwt", "The service token is not valid", 401) from error
        account = self._world.account(NETWORK, claims["iss"])
        if account is None:
            raise XrpcError("BadJwt", "Nobody is behind this token", 401)
        return account

    def _session(self, account: Account, grant: Grant, origin: str) -> dict[str, Any]:
        return {
            "did": account.external_id,
            "handle": handle(account.username),
            "didDoc": document(account, origin),
            "email": "brand@example.com",
            "active": True,
            "accessJwt": self._jwt("com.atproto.access", account, grant.access_token, _LIFE),
            "refreshJwt": self._jwt("com.atproto.refresh", account, str(grant.refresh_token), _REFRESH_LIFE),
        }

    def _jwt(self, scope: str, account: Account, token: str, life: timedelta) -> str:
        now = self._world.now()
        claims = {"scope": scope, "sub": account.external_id, "jti": token, "iat": now, "exp": now + life}
        return jwt.encode(claims, self._secret(), "HS256")

    def _secret(self) -> str:
        return self._world.app(NETWORK).client_secret
