"""Google's sign-in: an hour per access token, a refresh token only with the first consent or a forced one."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.youtube.buckets import NETWORK
from sandbox.networks.youtube.gate import SCOPE
from sandbox.tokens import Code, Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World

SCOPES = tuple(
    SCOPE + name
    for name in (
        "youtube.upload",
        "youtube.readonly",
        "youtube.force-ssl",
        "youtube",
        "yt-analytics.readonly",
        "yt-analytics-monetary.readonly",
    )
)
_KNOWN = {*SCOPES, "openid", "email", "profile", SCOPE + "userinfo.email", SCOPE + "userinfo.profile"}
_LIFE = timedelta(seconds=3599)
_REFRESH_LIFE = timedelta(days=3650)
# A second registration, of a project in "Testing" that nobody has audited: the client id with this at its end.
UNAUDITED = "-testing"
_TESTING_LIFE = timedelta(days=7)


class OAuth:
    """The consent page, the token endpoint and revocation."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._offline: set[str] = set()

    async def authorize(self, request: Request) -> Response:
        """Ask the person."""
        params = request.query_params if request.method == "GET" else await request.form()
        fault = self._fault({name: str(value) for name, value in params.items()})
        if fault is not None:
            return HTMLResponse(f"<h1>Error 400: {fault}</h1>", 400)
        return await consent(request, self._page, self._approve)

    async def token(self, request: Request) -> Response:
        """Exchange a code or a refresh token; credentials come as Basic or in the form."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(request, form):
            return _refusal("invalid_client", "The OAuth client was not found.", 401)
        match form.get("grant_type"):
            case "authorization_code":
                code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri", ""))
                if code is None:
                    return _refusal("invalid_grant", "Malformed auth code.")
                return self._exchange(code, form.get("code_verifier", ""))
            case "refresh_token":
                token = form.get("refresh_token", "")
                grant = self._world.tokens.refresh(NETWORK, token, _LIFE, rotate=False)
                if grant is None:
                    return _refusal("invalid_grant", "Token has been expired or revoked.")
                return _granted(grant, None)
        return _refusal("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")

    async def revoke(self, request: Request) -> Response:
        """End a token, and with it the consent."""
        form = await request.form()
        token = request.query_params.get("token") or str(form.get("token", ""))
        grant = self._world.tokens.lookup(NETWORK, token)
        if not self._world.tokens.revoke(NETWORK, token):
            return _refusal("invalid_token", "Token expired or revoked")
        for account in grant.account_ids if grant else [one.external_id for one in self._world.accounts(NETWORK)]:
            self._world.note(NETWORK, f"consent {account}", {"given": False})
        return json_response({})

    async def about_token(self, request: Request) -> Response:
        """What an access token may do and how long it will."""
        sent = {**request.query_params, **(await request.form())}
        grant = self._world.tokens.lookup(NETWORK, str(sent.get("access_token", "")))
        if grant is None or grant.expired:
            return _refusal("invalid_token", "Invalid Value")
        client_id = self._world.app(NETWORK).client_id + (UNAUDITED if grant.extra.get("unaudited") else "")
        about = {"azp": client_id, "aud": client_id, "scope": " ".join(grant.scopes), "access_type": "offline"}
        if grant.expires_at:
            about["expires_in"] = str(int((grant.expires_at - self._world.now()).total_seconds()))
        return json_response(about)

    async def person(self, request: Request) -> Response:
        """Who consented, as OpenID Connect tells it."""
        token = request.headers.get("authorization", "").partition(" ")[2] or request.query_params.get(
            "access_token", ""
        )
        grant = self._world.tokens.lookup(NETWORK, token)
        account = self._world.account(NETWORK, grant.account_id) if grant and not grant.expired else None
        if account is None:
            return _refusal("invalid_request", "Invalid Credentials", 401)
        subject = str(int(hashlib.sha256(account.external_id.encode()).hexdigest()[:16], 16))
        return json_response({"sub": subject, "name": account.name, "picture": account.picture_url})

    def _fault(self, params: Mapping[str, str]) -> str | None:
        """What is wrong with an authorization request."""
        if params.get("client_id", "").removesuffix(UNAUDITED) != self._world.app(NETWORK).client_id:
            return "invalid_client"
        if params.get("response_type") != "code":
            return "unsupported_response_type"
        if not params.get("redirect_uri"):
            return "redirect_uri_mismatch"
        scopes = set(params.get("scope", "").split())
        return None if scopes and scopes <= _KNOWN else "invalid_scope"

    def _page(self, params: Mapping[str, str]) -> str:
        brand = self._world.accounts(NETWORK)[0]
        return consent_page("ClientNest", "YouTube", params["scope"].split(), [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        code = self._world.tokens.issue_code(
            NETWORK,
            [account],
            params["scope"].split(),
            params["redirect_uri"],
            params.get("code_challenge"),
            params.get("code_challenge_method", "plain"),
            unaudited=params["client_id"].endswith(UNAUDITED),
        )
        forced = "consent" in params.get("prompt", "").split()
        before = (self._world.noted(NETWORK, f"consent {account}") or {}).get("given", False)
        if params.get("access_type") == "offline" and (forced or not before):
            self._offline.add(code)
        self._world.note(NETWORK, f"consent {account}", {"given": True})
        return code

    def _exchange(self, code: Code, verifier: str) -> Response:
        if code.challenge is not None and not _answers(verifier, code):
            return _refusal("invalid_grant", "Invalid code verifier.")
        life = _TESTING_LIFE if code.extra.get("unaudited") else _REFRESH_LIFE
        refresh_life = life if code.code in self._offline else None
        self._offline.discard(code.code)
        grant = self._world.tokens.issue(NETWORK, code.account_ids, code.scopes, _LIFE, refresh_life, **code.extra)
        return _granted(grant, grant.refresh_token)

    def _known_client(self, request: Request, form: Mapping[str, str]) -> bool:
        app = self._world.app(NETWORK)
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                sent = base64.b64decode(encoded).decode()
            except (binascii.Error, UnicodeDecodeError):
                return False
        else:
            sent = f"{form.get('client_id')}:{form.get('client_secret')}"
        client_id, _, secret = sent.partition(":")
        return (client_id.removesuffix(UNAUDITED), secret) == (app.client_id, app.client_secret)


def _answers(verifier: str, code: Code) -> bool:
    """Whether a verifier fits the challenge of a consent."""
    if code.method == "plain":
        return verifier == code.challenge
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=") == code.challenge


def _granted(grant: Grant, refresh_token: str | None) -> Response:
    body = {
        "access_token": grant.access_token,
        "expires_in": int(_LIFE.total_seconds()),
        "scope": " ".join(grant.scopes),
        "token_type": "Bearer",
    }
    return json_response(body | ({"refresh_token": refresh_token} if refresh_token else {}))


def _refusal(error: str, description: str, status: int = 400) -> Response:
    return json_response({"error": error, "error_description": description}, status)
