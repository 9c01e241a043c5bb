"""OAuth 2.0 as X does it: PKCE always, two hours, refresh tokens that rotate, and a token of the app alone."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import unquote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.x.gate import NETWORK
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World

SCOPES = (
    "tweet.read tweet.write tweet.moderate.write users.read users.email follows.read follows.write offline.access"
    " like.read like.write media.write list.read list.write bookmark.read bookmark.write space.read mute.read"
    " mute.write block.read block.write dm.read dm.write timeline.read broadcast.read broadcast.write"
).split()
_CODE_LIFE = timedelta(seconds=30)
_LIFE = timedelta(hours=2)
_REFRESH_LIFE = timedelta(days=180)
_LONGEST_STATE = 500


class OAuth:
    """The consent page, the token endpoints and revocation."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def authorize(self, request: Request) -> Response:
        """Ask the person; a request that X cannot read gets a page that says only that something went wrong."""
        sent = request.query_params if request.method == "GET" else await _form(request)
        fault = self._fault({name: str(value) for name, value in sent.items()})
        if fault is not None:
            return HTMLResponse(f"<h1>Something went wrong</h1><p>{fault}</p>", 400)
        return await consent(request, self._page, self._approve)

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token."""
        form = await _form(request)
        if not self._known_client(request, form):
            return refusal("unauthorized_client", "Missing valid authorization header", 401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                grant = self._world.tokens.refresh(NETWORK, form.get("refresh_token", ""), _LIFE)
                if grant is None:
                    return refusal("invalid_request", "Value passed for the token was invalid.")
                return _granted(grant)
        return refusal("unsupported_grant_type", "Value passed for the grant_type was invalid.")

    async def app_token(self, request: Request) -> Response:
        """A token of the app alone, which never ends."""
        form = await _form(request)
        if form.get("grant_type") != "client_credentials":
            return _coded(400, 170, "Missing required parameter: grant_type")
        if not self._basic(request):
            return _coded(403, 99, "Unable to verify your credentials")
        grant = self._world.tokens.issue(NETWORK, (), (), None)
        return json_response({"token_type": "bearer", "access_token": grant.access_token})

    async def revoke(self, request: Request) -> Response:
        """End a token; one that is not known is no error."""
        form = await _form(request)
        if not self._known_client(request, form):
            return refusal("unauthorized_client", "Missing valid authorization header", 401)
        self._world.tokens.revoke(NETWORK, form.get("token", ""))
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
        if not params.get("code_challenge") or params.get("code_challenge_method") not in ("S256", "plain"):
            return "code_challenge with code_challenge_method=S256 or plain is required"
        if not params.get("scope") or set(params["scope"].split()) - set(SCOPES):
            return "scope is missing or unknown"
        return None

    def _page(self, params: Mapping[str, str]) -> str:
        brand = self._world.accounts(NETWORK)[0]
        return consent_page("ClientNest", "X", params["scope"].split(), [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        known = [one.external_id for one in self._world.accounts(NETWORK)]
        return self._world.tokens.issue_code(
            NETWORK,
            [account if account in known else known[0]],
            params["scope"].split(),
            params["redirect_uri"],
            params["code_challenge"],
            params["code_challenge_method"],
            _CODE_LIFE,
        )

    def _exchange(self, form: Mapping[str, str]) -> Response:
        code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri", ""))
        if code is None:
            return refusal("invalid_request", "Value passed for the authorization code was invalid.")
        if _challenge(form.get("code_verifier", ""), code.method) != code.challenge:
            return refusal("invalid_request", "Value passed for the code verifier did not match the code challenge.")
        refresh_life = _REFRESH_LIFE if "offline.access" in code.scopes else None
        return _granted(self._world.tokens.issue(NETWORK, code.account_ids, code.scopes, _LIFE, refresh_life))

    def _known_client(self, request: Request, form: Mapping[str, str]) -> bool:
        """Whether the call is the app's: by Basic credentials, or by its id alone where it is a public client."""
        if "authorization" in request.headers:
            return self._basic(request)
        return form.get("client_id") == self._world.app(NETWORK).client_id and "client_secret" not in form

    def _basic(self, request: Request) -> bool:
        app = self._world.app(NETWORK)
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            sent = base64.b64decode(encoded).decode() if scheme.lower() == "basic" else ""
        except (binascii.Error, UnicodeDecodeError, ValueError):
            return False
        return hmac.compare_digest(unquote(sent).encode(), f"{app.client_id}:{app.client_secret}".encode())


async def _form(request: Request) -> dict[str, str]:
    """The fields of a body; none where it is no form."""
    try:
        return {name: str(value) for name, value in (await request.form()).items()}
    except (HTTPException, ValueError):
        return {}


def _challenge(verifier: str, method: str | None) -> str:
    if method == "plain":
        return verifier
    digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _granted(grant: Grant) -> Response:
    body = {
        "token_type": "bearer",
        "expires_in": int(_LIFE.total_seconds()),
        "access_token": grant.access_token,
        "scope": " ".join(grant.scopes),
    }
    return json_response(body | ({"refresh_token": grant.refresh_token} if grant.refresh_token else {}))


def refusal(error: str, description: str, status: int = 400) -> Response:
    """A refusal of the token endpoint."""
    return json_response({"error": error, "error_description": description}, status)


def _coded(status: int, code: int, message: str) -> Response:
    return json_response({"errors": [{"code": code, "message": message, "label": "authenticity_token_error"}]}, status)
