"""OAuth 2.0 as X does it: PKCE always, Basic credentials, two hours, refresh tokens that rotate."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.x.gate import NETWORK
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World

SCOPES = (
    "tweet.read tweet.write tweet.moderate.write users.read users.email follows.read follows.write offline.access"
    " like.read like.write media.write list.read list.write bookmark.read bookmark.write space.read mute.read"
    " mute.write block.read block.write dm.read dm.write timeline.read broadcast.read"
).split()
_CODE_LIFE = timedelta(seconds=30)
_LIFE = timedelta(hours=2)
_REFRESH_LIFE = timedelta(days=180)
_LONGEST_STATE = 500


class OAuth:
    """The consent page, the token endpoint and revocation."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def authorize(self, request: Request) -> Response:
        """Ask the person; a request that X cannot read gets a page that says only that something went wrong."""
        params = request.query_params if request.method == "GET" else await request.form()
        fault = self._fault({name: str(value) for name, value in params.items()})
        if fault is not None:
            return HTMLResponse(f"<h1>Something went wrong</h1><p>{fault}</p>", 400)
        return await consent(request, self._page, self._approve)

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(request):
            return _refusal("unauthorized_client", "Missing valid authorization header", 401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                grant = self._world.tokens.refresh(NETWORK, form.get("refresh_token", ""), _LIFE)
                if grant is None:
                    return _refusal("invalid_request", "Value passed for the token was invalid.")
                return _granted(grant)
        return _refusal("unsupported_grant_type", "Value passed for the grant_type was invalid.")

    async def revoke(self, request: Request) -> Response:
        """End a token; one that is not known is no error."""
        if not self._known_client(request):
            return _refusal("unauthorized_client", "Missing valid authorization header", 401)
        form = await request.form()
        self._world.tokens.revoke(NETWORK, str(form.get("token", "")))
        return json_response({"revoked": True})

    def _fault(self, params: Mapping[str, str]) -> str | None:
        """What is wrong with an authorization request."""
        if params.get("response_type") != "code":
            return "response_type must be code"
        if params.get("client_id") != self._world.app(NETWORK).client_id:
            return "client_id is unknown"
        if not params.get("redirect_uri"):
            return "redirect_uri is missing"
        if not params.get("state") or len(params["state"]) > _LONGEST_STATE:
            return "state must have 1 to 500 characters"
        if not params.get("code_challenge") or params.get("code_challenge_method") != "S256":
            return "code_challenge with code_challenge_method=S256 is required"
        unknown = set(params.get("scope", "").split()) - set(SCOPES)
        if unknown or not params.get("scope"):
            return f"scope is missing or unknown: {' '.join(sorted(unknown))}"
        return None

    def _page(self, params: Mapping[str, str]) -> str:
        brand = self._world.accounts(NETWORK)[0]
        return consent_page("ClientNest", "X", params["scope"].split(), [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        return self._world.tokens.issue_code(
            NETWORK,
            [account],
            params["scope"].split(),
            params["redirect_uri"],
            params["code_challenge"],
            params["code_challenge_method"],
            _CODE_LIFE,
        )

    def _exchange(self, form: Mapping[str, str]) -> Response:
        code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri", ""))
        if code is None:
            return _refusal("invalid_request", "Value passed for the authorization code was invalid.")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != code.challenge:
            return _refusal("invalid_request", "Value passed for the code verifier did not match the code challenge.")
        refresh_life = _REFRESH_LIFE if "offline.access" in code.scopes else None
        return _granted(self._world.tokens.issue(NETWORK, code.account_ids, code.scopes, _LIFE, refresh_life))

    def _known_client(self, request: Request) -> bool:
        """Whether the Basic credentials are the app's."""
        app = self._world.app(NETWORK)
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            sent = base64.b64decode(encoded) if scheme.lower() == "basic" else b""
        except binascii.Error:
            return False
        return hmac.compare_digest(sent, f"{app.client_id}:{app.client_secret}".encode())


def _granted(grant: Grant) -> Response:
    body = {
        "token_type": "bearer",
        "expires_in": int(_LIFE.total_seconds()),
        "access_token": grant.access_token,
        "scope": " ".join(grant.scopes),
    }
    return json_response(body | ({"refresh_token": grant.refresh_token} if grant.refresh_token else {}))


def _refusal(error: str, description: str, status: int = 400) -> Response:
    return json_response({"error": error, "error_description": description}, status)
