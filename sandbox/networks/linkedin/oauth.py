"""OAuth 2.0 as LinkedIn does it: the app's secret in the form, no PKCE, tokens of 60 days.

Only approved partners get a refresh token. Here those consents count as a partner's that name a gated scope.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.linkedin.gate import Fresh
from sandbox.networks.linkedin.people import NETWORK
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World

# What an account's own token may do, and what besides may be asked for.
SCOPES = (
    "openid",
    "profile",
    "email",
    "w_member_social",
    "w_organization_social",
    "r_organization_social",
    "rw_organization_admin",
    "r_organization_social_feed",
    "w_organization_social_feed",
)
_GATED = {"r_member_social", "r_member_social_feed", "r_member_postAnalytics"}
_ASKABLE = {*SCOPES, *_GATED, "r_organization_admin", "r_basicprofile", "w_member_social_feed"}
_LIFE, _APP_LIFE = timedelta(days=60), timedelta(minutes=30)
_REFRESH_LIFE = timedelta(days=365)
_CODE_LIFE = timedelta(minutes=30)


class OAuth:
    """The consent page, the token endpoint, introspection and revocation."""

    def __init__(self, world: World, fresh: Fresh) -> None:
        self._world = world
        self._fresh = fresh

    async def authorize(self, request: Request) -> Response:
        """Ask the person for all scopes or none."""
        params = request.query_params if request.method == "GET" else await request.form()
        fault = self._fault({name: str(value) for name, value in params.items()})
        if fault is not None:
            return HTMLResponse(f"<h1>Bummer, something went wrong.</h1><p>{fault}</p>", 400)
        return await consent(request, self._page, self._approve)

    async def token(self, request: Request) -> Response:
        """A token for a code, for a refresh token, or for the app itself."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(form):
            return _refusal("invalid_client", "Client authentication failed", 401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._exchange(form)
            case "refresh_token":
                return self._refresh(form)
            case "client_credentials":
                return self._of_app()
        return _refusal("unsupported_grant_type", "The grant type is not supported")

    def _exchange(self, form: Mapping[str, str]) -> Response:
        code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri", ""))
        if code is None:
            message = (
                "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code."
                " Or authorization code expired."
            )
            return _refusal("invalid_request", message)
        life = _REFRESH_LIFE if _GATED & set(code.scopes) else None
        grant = self._world.tokens.issue(NETWORK, code.account_ids, code.scopes, _LIFE, life)
        self._fresh.add(grant.access_token, self._world.now())
        return self._told(grant)

    def _refresh(self, form: Mapping[str, str]) -> Response:
        """Neither the refresh token nor its end changes with use."""
        grant = self._world.tokens.refresh(NETWORK, form.get("refresh_token", ""), _LIFE, rotate=False)
        if grant is None:
            return _refusal("invalid_request", "The provided refresh token is invalid, expired or revoked")
        return self._told(grant)

    def _of_app(self) -> Response:
        brand = self._world.accounts(NETWORK)[0]
        grant = self._world.tokens.issue(NETWORK, brand.external_id, (), _APP_LIFE, auth_type="2L")
        return json_response({"access_token": grant.access_token, "expires_in": int(_APP_LIFE.total_seconds())})

    def _told(self, grant: Grant) -> Response:
        now = self._world.now()
        told: dict[str, object] = {
            "access_token": grant.access_token,
            "expires_in": int(_LIFE.total_seconds()),
            "scope": " ".join(grant.scopes),
            "token_type": "Bearer",
        }
        if grant.refresh_token and grant.refresh_expires_at:
            told["refresh_token"] = grant.refresh_token
            told["refresh_token_expires_in"] = int((grant.refresh_expires_at - now).total_seconds())
        return json_response(told)

    async def introspect(self, request: Request) -> Response:
        """What LinkedIn knows about a token."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(form):
            return _refusal("invalid_client", "Client authentication failed", 401)
        grant = self._world.tokens.lookup(NETWORK, form.get("token", ""))
        if grant is None:
            ended = self._world.tokens.was_revoked(NETWORK, form.get("token", ""))
            return json_response({"active": False, **({"status": "revoked"} if ended else {})})
        known: dict[str, object] = {
            "active": not grant.expired,
            "client_id": self._world.app(NETWORK).client_id,
            "authorized_at": int(grant.issued_at.timestamp()),
            "created_at": int(grant.issued_at.timestamp()),
            "status": "expired" if grant.expired else "active",
            "auth_type": grant.extra.get("auth_type", "3L"),
        }
        if grant.scopes:
            known["scope"] = ",".join(grant.scopes)
        if grant.expires_at:
            known["expires_at"] = int(grant.expires_at.timestamp())
        return json_response(known)

    async def revoke(self, request: Request) -> Response:
        """End a token. LinkedIn documents no such endpoint; this one answers as it is said to."""
        form = {name: str(value) for name, value in (await request.form()).items()}
        if not self._known_client(form):
            return _refusal("invalid_client", "Client authentication failed", 401)
        self._world.tokens.revoke(NETWORK, form.get("token", ""))
        return Response(status_code=200)

    def _fault(self, params: Mapping[str, str]) -> str | None:
        """What is wrong with an authorization request."""
        if params.get("response_type") != "code":
            return "response_type must be code"
        if params.get("client_id") != self._world.app(NETWORK).client_id:
            return "The passed in client_id is invalid"
        if not params.get("redirect_uri"):
            return "The redirect_uri does not match the registered value"
        unknown = set(params.get("scope", "").split()) - _ASKABLE
        if unknown or not params.get("scope"):
            return f"Scope {' '.join(sorted(unknown))!r} is not authorized for your application"
        return None

    def _page(self, params: Mapping[str, str]) -> str:
        brand = self._world.accounts(NETWORK)[0]
        return consent_page("ClientNest", "LinkedIn", params["scope"].split(), [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        scopes = params["scope"].split()
        return self._world.tokens.issue_code(NETWORK, [account], scopes, params["redirect_uri"], life=_CODE_LIFE)

    def _known_client(self, form: Mapping[str, str]) -> bool:
        app = self._world.app(NETWORK)
        return (form.get("client_id"), form.get("client_secret")) == (app.client_id, app.client_secret)


def _refusal(error: str, description: str, status: int = 400) -> Response:
    return json_response({"error": error, "error_description": description}, status)
