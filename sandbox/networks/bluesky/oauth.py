"""The AT Protocol's profile of OAuth: pushed requests, PKCE, tokens bound to a key, rotation."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from secrets import token_urlsafe
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.networks.bluesky.dpop import Proofs, WrongProof, is_app
from sandbox.networks.bluesky.names import NETWORK
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response
from sandbox.world import World

SCOPES = ("atproto", "transition:generic")
_LIFE = timedelta(minutes=60)
_REFRESH_LIFE = timedelta(days=90)
_PUSHED_LIFE = timedelta(minutes=5)


class OAuth:
    def __init__(self, world: World, proofs: Proofs) -> None:
        self._world, self._proofs = world, proofs
        self._pushed: dict[str, dict[str, Any]] = {}

    async def metadata(self, request: Request) -> Response:
        """RFC 8414."""
        origin = str(request.base_url).rstrip("/")
        return json_response(
            {
                "issuer": origin,
                "pushed_authorization_request_endpoint": f"{origin}/oauth/par",
                "require_pushed_authorization_requests": True,
                "authorization_endpoint": f"{origin}/oauth/authorize",
                "token_endpoint": f"{origin}/oauth/token",
                "revocation_endpoint": f"{origin}/oauth/revoke",
                "scopes_supported": list(SCOPES),
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "refresh_token"],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
                "dpop_signing_alg_values_supported": ["ES256"],
                "authorization_response_iss_parameter_supported": True,
                "client_id_metadata_document_supported": True,
            }
        )

    async def push(self, request: Request) -> Response:
        """Take a request for consent; only its name goes through the browser."""
        form = await _form(request)
        try:
            jkt = self._known(request, form)
        except WrongProof as error:
            return self._refused(error)
        scopes = form.get("scope", "").split()
        if form.get("response_type") != "code" or form.get("code_challenge_method") != "S256":
            return _error("invalid_request", "response_type code and code_challenge_method S256 are required")
        if "atproto" not in scopes or not set(scopes) <= set(SCOPES):
            return _error("invalid_scope", "The scope atproto is required")
        if not form.get("redirect_uri") or not form.get("code_challenge"):
            return _error("invalid_request", "redirect_uri and code_challenge are required")
        name = f"urn:ietf:params:oauth:request_uri:req-{token_urlsafe(16)}"
        self._pushed[name] = {**form, "jkt": jkt, "until": self._world.now() + _PUSHED_LIFE}
        told = {"request_uri": name, "expires_in": int(_PUSHED_LIFE.total_seconds())}
        return json_response(told, 201, self._nonce())

    async def authorize(self, request: Request) -> Response:
        """Ask the person for what was announced."""
        params = request.query_params if request.method == "GET" else await request.form()
        asked = self._announced(str(params.get("request_uri", "")))
        if asked is None:
            return HTMLResponse("<h1>This request is unknown or too old.</h1>", 400)
        shown = {name: asked[name] for name in ("redirect_uri", "state") if name in asked}
        return await consent(request, self._page, self._approve, shown)

    async def token(self, request: Request) -> Response:
        form = await _form(request)
        try:
            jkt = self._known(request, form)
        except WrongProof as error:
            return self._refused(error)
        if form.get("grant_type") == "authorization_code":
            return self._exchange(form, jkt)
        if form.get("grant_type") == "refresh_token":
            return self._renew(form, jkt)
        return _error("unsupported_grant_type", "grant_type is authorization_code or refresh_token")

    async def revoke(self, request: Request) -> Response:
        """RFC 7009: an unknown token is no error."""
        form = await _form(request)
        try:
            self._known(request, form)
        except WrongProof as error:
            return self._refused(error)
        self._world.tokens.revoke(NETWORK, form.get("token", ""))
        return json_response({}, headers=self._nonce())

    def _exchange(self, form: Mapping[str, str], jkt: str) -> Response:
        code = self._world.tokens.redeem(NETWORK, form.get("code", ""), form.get("redirect_uri"))
        if code is None or code.extra["jkt"] != jkt:
            return _error("invalid_grant", "Invalid code")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != code.challenge:
            return _error("invalid_grant", "Invalid code_verifier")
        grant = self._world.tokens.issue(NETWORK, code.account_ids, code.scopes, _LIFE, _REFRESH_LIFE, jkt=jkt)
        return self._granted(grant)

    def _renew(self, form: Mapping[str, str], jkt: str) -> Response:
        # A refresh token of another key is not used up by trying.
        owner = self._world.tokens.of_refresh(NETWORK, form.get("refresh_token", ""))
        if owner is None or owner.extra.get("jkt") != jkt:
            return _error("invalid_grant", "Invalid refresh token")
        grant = self._world.tokens.refresh(NETWORK, form["refresh_token"], _LIFE)
        return self._granted(grant) if grant else _error("invalid_grant", "Invalid refresh token")

    def _granted(self, grant: Grant) -> Response:
        return json_response(
            {
                "access_token": grant.access_token,
                "token_type": "DPoP",
                "refresh_token": grant.refresh_token,
                "expires_in": int(_LIFE.total_seconds()),
                "scope": " ".join(grant.scopes),
                "sub": grant.account_id,
            },
            headers=self._nonce(),
        )

    def _known(self, request: Request, form: dict[str, str]) -> str:
        """The key of the caller, who is our app. Raises WrongProof."""
        if not is_app(self._world.app(NETWORK), form):
            raise WrongProof("Client authentication failed")
        return self._proofs.thumbprint(request)

    def _refused(self, error: WrongProof) -> Response:
        if error.wants_nonce:
            return _error("use_dpop_nonce", str(error), self._nonce())
        return _error("invalid_dpop_proof" if "DPoP" in str(error) else "invalid_client", str(error), self._nonce())

    def _nonce(self) -> dict[str, str]:
        return {"dpop-nonce": self._proofs.nonce()}

    def _announced(self, name: str) -> dict[str, Any] | None:
        found = self._pushed.get(name)
        return found if found is not None and found["until"] > self._world.now() else None

    def _page(self, params: Mapping[str, str]) -> str:
        brand = self._world.accounts(NETWORK)[0]
        return consent_page("ClientNest", "Bluesky", SCOPES, [(brand.external_id, brand.name)])

    def _approve(self, params: Mapping[str, str], account: str) -> str:
        asked = self._pushed.pop(params["request_uri"])
        return self._world.tokens.issue_code(
            NETWORK, [account], asked["scope"].split(), asked["redirect_uri"], asked["code_challenge"], "S256",
            jkt=asked["jkt"],
        )  # fmt: skip


async def _form(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


def _error(name: str, description: str, headers: Mapping[str, str] | None = None) -> Response:
    return json_response({"error": name, "error_description": description}, 400, headers)
