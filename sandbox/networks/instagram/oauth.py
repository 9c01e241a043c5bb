"""Consent, and tokens that refresh themselves."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.meta.errors import GraphError, unauthorized
from sandbox.networks.meta.graph import Call
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page, json_response

_SHORT, _LONG, _OLD_ENOUGH = timedelta(hours=1), timedelta(days=60), timedelta(hours=24)


async def authorize(call: Call) -> Response:
    owned = call.world.accounts("instagram")[:1]

    def ask(params: Mapping[str, str]) -> str:
        if params.get("client_id") != call.world.app("instagram").client_id or "redirect_uri" not in params:
            raise GraphError("Invalid platform app", 101)
        return consent_page("This app", "Instagram", _scopes(params), [(one.external_id, one.name) for one in owned])

    def approve(params: Mapping[str, str], account: str) -> str:
        life = timedelta(hours=1)
        return call.world.tokens.issue_code("instagram", [account], _scopes(params), params["redirect_uri"], life=life)

    return await consent(call.request, ask, approve)


def _scopes(params: Mapping[str, str]) -> list[str]:
    return [scope for scope in params.get("scope", "").replace(" ", ",").split(",") if scope]


def exchange(call: Call) -> Any:
    """The code for a token of an hour. Errors here have a shape of their own."""
    app = call.world.app("instagram")
    if (call.params.get("client_id"), call.params.get("client_secret")) != (app.client_id, app.client_secret):
        return _refused("Invalid platform app")
    code = None
    if call.params.get("grant_type") == "authorization_code":
        code = call.world.tokens.redeem("instagram", call.text("code"), call.text("redirect_uri"))
    if code is None:
        return _refused("Matching code was not found or was already used.")
    grant = call.world.tokens.issue("instagram", code.account_ids, code.scopes, _SHORT, kind="short")
    return {
        "access_token": grant.access_token,
        "user_id": int(grant.account_id),
        "permissions": list(grant.scopes),
    }


def _refused(message: str) -> Response:
    return json_response({"error_type": "OAuthException", "code": 400, "error_message": message}, 400)


def lengthen(call: Call) -> dict[str, Any]:
    """A short token for one of 60 days."""
    if call.text("grant_type") != "ig_exchange_token":
        raise GraphError("Unsupported grant type", 100)
    if call.text("client_secret") != call.world.app("instagram").client_secret:
        raise GraphError("Error validating client secret.", 1)
    short = call.grant()
    return _answer(call.world.tokens.issue("instagram", short.account_ids, short.scopes, _LONG, kind="long"))


def refresh(call: Call) -> dict[str, Any]:
    """60 more days for a token that is a day old and has not ended."""
    if call.text("grant_type") != "ig_refresh_token":
        raise GraphError("Unsupported grant type", 100)
    grant = call.grant()
    if call.now - grant.issued_at < _OLD_ENOUGH:
        raise unauthorized("The access token must be at least 24 hours old to be refreshed")
    new = call.world.tokens.issue("instagram", grant.account_ids, grant.scopes, _LONG, kind="long")
    return _answer(new) | {"permissions": ",".join(new.scopes)}


def _answer(grant: Grant) -> dict[str, Any]:
    return {"access_token": grant.access_token, "token_type": "bearer", "expires_in": int(_LONG.total_seconds())}
