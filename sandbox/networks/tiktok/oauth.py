"""TikTok's sign-in: `client_key`, a challenge in hexadecimal, flat answers, errors with HTTP 200, rotation."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.tiktok.display import open_id
from sandbox.networks.tiktok.errors import log_id
from sandbox.networks.tiktok.gate import NETWORK
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World

SCOPES = "user.info.basic user.info.profile user.info.stats video.list video.upload video.publish".split()
_LIFE = timedelta(hours=2)
_REFRESH_LIFE = timedelta(days=180)


class OAuth:
    """The consent page, the token endpoint and revocation."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def authorize(self, request: Request) -> Response:
        """Ask the person; a request that lacks something gets a page that names it."""
        params = request.query_params if request.method == "GET" else await request.form()
        fault = self._fault({name: str(value) for name, value in params.items()})
        if fault is not None:
            return HTMLResponse(f"<h1>Something went wrong</h1><p>{fault}</p>", 400)
        return await consent(request, self._page, self._approve)

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(form):
            return _refusal("invalid_client", "Client key or secret is incorrect.")
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                grant = self._world.tokens.refresh(NETWORK, form.get("refresh_token", ""), _LIFE)
                if grant is None:
                    return _refusal("invalid_grant", "Refresh token is invalid or expired.")
                return self._granted(grant)
        return _refusal("unsupported_grant_type", "Grant type is not supported.")

    async def revoke(self, request: Request) -> Response:
        """End a token."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(form):
            return _refusal("invalid_client", "Client key or secret is incorrect.")
        if not self._world.tokens.revoke(NETWORK, form.get("token", "")):
            return _refusal("invalid_request", "The token is not known.")
        return json_response({})

    def _fault(self, params: Mapping[str, str]) -> str | None:
        """What is wrong with an authorization request."""
        if params.get("client_key") != self._world.app(NETWORK).client_id:
            return "client_key"
        if params.get("response_type") != "code":
            return "response_type"
        if not params.get("redirect_uri"):
            return "redirect_uri"
        if not params.get("code_challenge") or params.get("code_challenge_method") != "S256":
            return "code_challenge"
        scopes = {scope for scope in params.get("scope", "").split(",") if scope}
        return None if scopes and scopes <= set(SCOPES) else "scope"

    def _page(self, params: Mapping[str, str]) -> str:
        brand = self._world.accounts(NETWORK)[0]
        return consent_page("ClientNest", "TikTok", params["scope"].split(","), [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        return self._world.tokens.issue_code(
            NETWORK, [account], params["scope"].split(","), params["redirect_uri"], params["code_challenge"], "S256"
        )

    def _exchange(self, form: Mapping[str, str]) -> Response:
        code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri", ""))
        if code is None:
            return _refusal("invalid_grant", "Authorization code is expired.")
        # Hexadecimal, although the method says S256: TikTok's own reading of PKCE.
        if hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest() != code.challenge:
            return _refusal("invalid_request", "Code verifier or code challenge is invalid.")
        return self._granted(self._world.tokens.issue(NETWORK, code.account_ids, code.scopes, _LIFE, _REFRESH_LIFE))

    def _granted(self, grant: Grant) -> Response:
        account = self._world.account(NETWORK, grant.account_id)
        if account is None or grant.refresh_expires_at is None:
            return _refusal("invalid_grant", "The user is gone.")
        left = grant.refresh_expires_at - self._world.now()
        return json_response(
            {
                "open_id": open_id(account),
                "scope": ",".join(grant.scopes),
                "access_token": grant.access_token,
                "expires_in": int(_LIFE.total_seconds()),
                "refresh_token": grant.refresh_token,
                "refresh_expires_in": math.ceil(left.total_seconds()),
                "token_type": "Bearer",
            }
        )

    def _known_client(self, form: Mapping[str, str]) -> bool:
        app = self._world.app(NETWORK)
        return (form.get("client_key"), form.get("client_secret")) == (app.client_id, app.client_secret)


def _refusal(error: str, description: str) -> Response:
    """A refusal that HTTP calls a success."""
    return json_response({"error": error, "error_description": description, "log_id": log_id()})
