"""TikTok's sign-in: `client_key`, a challenge in hexadecimal, flat answers, errors with HTTP 200, rotation.

The app is known twice: a `client_key` that ends in `-unaudited` is the same app before TikTok's audit.
"""

from __future__ import annotations

import hashlib
import html
import math
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.tiktok.display import open_id
from sandbox.networks.tiktok.errors import flat
from sandbox.networks.tiktok.gate import NETWORK
from sandbox.networks.tiktok.hooks import Hooks
from sandbox.networks.tiktok.sessions import Sessions
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World
from sandbox.world.plants import Plant

SCOPES = "user.info.basic user.info.profile user.info.stats video.list video.upload video.publish".split()
# The scope that nobody can untick.
_FIXED = {"user.info.basic": ' onclick="return false"'}
_UNAUDITED = "-unaudited"
_LIFE = timedelta(hours=2)
_REFRESH_LIFE = timedelta(days=180)
# TikTok's codes end in characters that travel escaped, so that one that is not decoded does not work.
_CODE_END = "*0!5119.e1"
_LOOPBACK = ("localhost", "127.0.0.1")


class OAuth:
    """The consent page, the token endpoint and revocation."""

    def __init__(self, world: World, sessions: Sessions, hooks: Hooks) -> None:
        self._world = world
        self._sessions = sessions
        self._hooks = hooks
        world.attend(self._taken_back)

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
            return flat("invalid_client", "Client key or secret is incorrect.")
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                grant = self._world.tokens.refresh(NETWORK, form.get("refresh_token", ""), _LIFE)
                if grant is None:
                    return flat("invalid_grant", "Refresh token is invalid or expired.")
                return self._granted(grant)
        return flat("unsupported_grant_type", "Grant type is not supported.")

    async def revoke(self, request: Request) -> Response:
        """End what a person allowed; what is on its way fails."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(form):
            return flat("invalid_client", "Client key or secret is incorrect.")
        grant = self._world.tokens.lookup(NETWORK, form.get("token", ""))
        if grant is None:
            return flat("invalid_request", "The token is not known.")
        self._world.tokens.revoke(NETWORK, grant.access_token)
        self._removed(grant.account_id)
        return json_response({})

    def _removed(self, account_id: str) -> None:
        self._sessions.authorization_removed(account_id)
        # 1: the person disconnected the app.
        self._hooks.tell("authorization.removed", account_id, {"reason": 1})

    def _taken_back(self, done: list[Plant]) -> None:
        """People whose tokens were planted to end."""
        for plant in done:
            if plant["network"] == NETWORK:
                self._removed(plant["account"])

    def _fault(self, params: Mapping[str, str]) -> str | None:
        """What is wrong with an authorization request."""
        if not self._is_ours(params.get("client_key", "")):
            return "client_key"
        if params.get("response_type") != "code":
            return "response_type"
        if not _may_return(params.get("redirect_uri", "")):
            return "redirect_uri"
        if not params.get("code_challenge") or params.get("code_challenge_method") != "S256":
            return "code_challenge"
        if "account" in params and self._world.account(NETWORK, params["account"]) is None:
            return "account"
        scopes = _asked(params)
        return None if scopes and set(scopes) <= set(SCOPES) else "scope"

    def _page(self, params: Mapping[str, str]) -> str:
        """The page, where a person can untick every scope but the first."""
        brand = self._world.accounts(NETWORK)[0]
        asks = "".join(
            f'<p><label><input type="checkbox" name="allow {name}" value="on" checked{_FIXED.get(name, "")}> {name}'
            "</label></p>"
            for name in map(html.escape, _asked(params))
        )
        return asks + consent_page("ClientNest", "TikTok", [], [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        asked = _asked(params)
        # A form without any tick is not a browser's, which always sends the one that cannot be taken away.
        left = [scope for scope in asked if f"allow {scope}" in params] or asked
        audited = not params["client_key"].endswith(_UNAUDITED)
        return self._world.tokens.issue_code(
            NETWORK,
            [account],
            left,
            params["redirect_uri"],
            params["code_challenge"],
            "S256",
            suffix=_CODE_END,
            audited=audited,
        )

    def _exchange(self, form: Mapping[str, str]) -> Response:
        code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri", ""))
        if code is None:
            return flat("invalid_grant", "Authorization code is expired.")
        # Hexadecimal, although the method says S256: TikTok's own reading of PKCE.
        if hashlib.sha256(form.get("code_verifier", "").encode()).hexdigest() != code.challenge:
            return flat("invalid_request", "Code verifier or code challenge is invalid.")
        issue = self._world.tokens.issue
        return self._granted(issue(NETWORK, code.account_ids, code.scopes, _LIFE, _REFRESH_LIFE, **code.extra))

    def _granted(self, grant: Grant) -> Response:
        account = self._world.account(NETWORK, grant.account_id)
        if account is None or grant.refresh_expires_at is None:
            return flat("invalid_grant", "The user is gone.")
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
        secret = self._world.app(NETWORK).client_secret
        return self._is_ours(form.get("client_key", "")) and form.get("client_secret") == secret

    def _is_ours(self, client_key: str) -> bool:
        return client_key.removesuffix(_UNAUDITED) == self._world.app(NETWORK).client_id


def _asked(params: Mapping[str, str]) -> list[str]:
    return [scope for scope in params.get("scope", "").split(",") if scope]


def _may_return(address: str) -> bool:
    """Whether a redirect address is one that can be registered: static, and on the web with https."""
    parts = urlsplit(address)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return bool(secure and parts.hostname and not parts.query and not parts.fragment)
