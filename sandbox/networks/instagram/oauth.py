"""Consent, and tokens that refresh themselves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import HTMLResponse, Response

from sandbox.networks.meta.errors import GraphError, invalid, unauthorized
from sandbox.networks.meta.graph import Call
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response

_CODE, _SHORT = timedelta(hours=1), timedelta(hours=1)
_LONG, _OLD_ENOUGH = timedelta(days=60), timedelta(hours=24)


async def authorize(call: Call) -> Response:
    """Ask the person."""
    fault = _fault(call)
    if fault is not None:
        return HTMLResponse(f"<h1>{fault}</h1>", 400)
    brand = call.world.accounts("instagram")[0]

    def ask(params: Mapping[str, str]) -> str:
        client = call.world.app("instagram").client_id
        return consent_page(client, "Instagram", _scopes(params), [(brand.external_id, brand.name)])

    def approve(params: Mapping[str, str], account: str) -> str:
        return call.world.tokens.issue_code("instagram", [account], _scopes(params), params["redirect_uri"], life=_CODE)

    return await consent(call.request, ask, approve)


def _fault(call: Call) -> str | None:
    """What is wrong with a request for consent; such a person is not sent back."""
    if call.params.get("client_id") != call.world.app("instagram").client_id:
        return "Invalid platform app"
    if not str(call.params.get("redirect_uri", "")).startswith(("http://", "https://")):
        return "Invalid redirect_uri"
    if call.params.get("response_type") != "code":
        return "Invalid response_type"
    if "instagram_business_basic" not in _scopes({"scope": str(call.params.get("scope", ""))}):
        return "Invalid scope: instagram_business_basic is required"
    chosen = call.params.get("account")
    if chosen is not None and call.world.account("instagram", str(chosen)) is None:
        return "This account is not yours"
    return None


def _scopes(params: Mapping[str, str]) -> list[str]:
    return [scope for scope in params.get("scope", "").replace(" ", ",").split(",") if scope]


def exchange(call: Call) -> Any:
    """The code for a token of an hour. Errors here have a shape of their own."""
    app = call.world.app("instagram")
    if (call.params.get("client_id"), call.params.get("client_secret")) != (app.client_id, app.client_secret):
        return _refused("Invalid platform app")
    if call.params.get("grant_type") != "authorization_code":
        return _refused("Invalid grant_type: authorization_code is expected")
    redirect_uri = str(call.params.get("redirect_uri", ""))
    code = call.world.tokens.redeem("instagram", str(call.params.get("code", "")).removesuffix("#_"), redirect_uri)
    if code is None:
        return _refused("Matching code was not found or was already used")
    grant = call.world.tokens.issue("instagram", code.account_ids, code.scopes, _SHORT, kind="short")
    return {
        "access_token": grant.access_token,
        "user_id": int(grant.account_id),
        "permissions": list(grant.scopes),
    }


def _refused(message: str) -> Response:
    return json_response({"error_type": "OAuthException", "code": 400, "error_message": message}, 400)


def lengthen(call: Call) -> dict[str, Any]:
    """A short token for one of 60 days. Raises GraphError."""
    if call.text("grant_type") != "ig_exchange_token":
        raise invalid("Unsupported grant_type: ig_exchange_token is expected")
    if call.text("client_secret") != call.world.app("instagram").client_secret:
        raise GraphError("Error validating client secret.", 1)
    short = call.grant()
    if short.extra.get("kind") != "short":
        raise GraphError("Session key invalid. This could be because the token is a long-lived one already.", 452)
    return _answer(call.world.tokens.issue("instagram", short.account_ids, short.scopes, _LONG, kind="long"))


def refresh(call: Call) -> dict[str, Any]:
    """60 more days for a token that is a day old and has not ended. Raises GraphError."""
    if call.text("grant_type") != "ig_refresh_token":
        raise invalid("Unsupported grant_type: ig_refresh_token is expected")
    grant = call.grant()
    if grant.extra.get("kind") == "short" or call.now - grant.issued_at < _OLD_ENOUGH:
        raise unauthorized("The access token must be a long-lived one and at least 24 hours old to be refreshed")
    new = call.world.tokens.issue("instagram", grant.account_ids, grant.scopes, _LONG, kind="long")
    return _answer(new) | {"permissions": ",".join(new.scopes)}


def _answer(grant: Grant) -> dict[str, Any]:
    return {"access_token": grant.access_token, "token_type": "bearer", "expires_in": int(_LONG.total_seconds())}
