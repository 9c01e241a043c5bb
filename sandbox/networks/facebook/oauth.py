"""Consent: the dialog, short and long-lived user tokens, page tokens without end."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.meta.errors import GraphError
from sandbox.networks.meta.graph import Call
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page

_SHORT, _LONG = timedelta(hours=2), timedelta(seconds=5_183_944)
_TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]


async def dialog(call: Call) -> Response:
    owned = call.world.accounts("facebook")[:1]

    def ask(params: Mapping[str, str]) -> str:
        if params.get("client_id") != call.world.app("facebook").client_id or "redirect_uri" not in params:
            raise GraphError("Invalid App ID: the provided app ID does not look like a valid app ID.", 101)
        named = [(account.external_id, account.name) for account in owned]
        return consent_page("This app", "Facebook", _scopes(params), named)

    def approve(params: Mapping[str, str], account: str) -> str:
        return call.world.tokens.issue_code("facebook", [account], _scopes(params), params["redirect_uri"])

    return await consent(call.request, ask, approve)


def _scopes(params: Mapping[str, str]) -> list[str]:
    return [scope for scope in params.get("scope", "").replace(" ", ",").split(",") if scope]


def access_token(call: Call) -> dict[str, Any]:
    """A code for a short token, or a short one for a long one."""
    app = call.world.app("facebook")
    if (call.text("client_id"), call.text("client_secret")) != (app.client_id, app.client_secret):
        raise GraphError("Error validating client secret.", 1)
    if call.params.get("grant_type") == "fb_exchange_token":
        short = call.world.tokens.lookup("facebook", call.text("fb_exchange_token"))
        if short is None or short.expired:
            raise GraphError("Invalid OAuth access token.", 190)
        return _answer(call.world.tokens.issue("facebook", short.account_ids, short.scopes, _LONG, kind="user"), _LONG)
    code = call.world.tokens.redeem("facebook", call.text("code"), call.text("redirect_uri"))
    if code is None:
        raise GraphError("This authorization code has been used or has expired.", 100, 36009)
    return _answer(call.world.tokens.issue("facebook", code.account_ids, code.scopes, _SHORT, kind="user"), _SHORT)


def _answer(grant: Grant, life: timedelta) -> dict[str, Any]:
    return {"access_token": grant.access_token, "token_type": "bearer", "expires_in": int(life.total_seconds())}


def accounts(call: Call) -> dict[str, Any]:
    """The pages that the person lets the app act for, each with its own token."""
    user = call.grant()
    wanted = call.words("fields") if "fields" in call.params else ["id", "name", "access_token", "tasks", "category"]
    long_lived = user.expires_at is not None and user.expires_at - user.issued_at > _SHORT

    def shape(external_id: str) -> dict[str, Any]:
        page = call.world.account("facebook", external_id)
        assert page is not None
        life = None if long_lived else _SHORT
        values: dict[str, Any] = {
            "id": page.external_id,
            "name": page.name,
            "username": page.username,
            "category": page.extra["category"],
            "tasks": _TASKS,
            "link": f"https://www.facebook.com/{page.username}",
            "picture": {"data": {"url": page.picture_url, "width": 50, "height": 50, "is_silhouette": False}},
        }
        if "access_token" in wanted:
            token = call.world.tokens.issue("facebook", external_id, user.scopes, life, kind="page")
            values["access_token"] = token.access_token
        return {
            name: values[name] for name in dict.fromkeys(["id", *(w.split("{")[0] for w in wanted)]) if name in values
        }

    return call.page(list(user.account_ids), shape)


def me(call: Call) -> dict[str, Any]:
    """The person, or the page of a page token."""
    grant = call.grant()
    if grant.extra.get("kind") == "user":
        return {"id": "100" + grant.account_id[:12], "name": "Demo Owner"}
    page = call.world.account("facebook", grant.account_id)
    assert page is not None
    return {"id": page.external_id, "name": page.name}


def debug_token(call: Call) -> dict[str, Any]:
    grant = call.world.tokens.lookup("facebook", call.text("input_token"))
    if grant is None:
        return {"data": {"is_valid": False, "error": {"code": 190, "message": "Malformed access token"}}}
    return {
        "data": {
            "app_id": call.world.app("facebook").client_id,
            "type": str(grant.extra.get("kind", "page")).upper(),
            "is_valid": not grant.expired,
            "expires_at": int(grant.expires_at.timestamp()) if grant.expires_at else 0,
            "data_access_expires_at": int((grant.issued_at + timedelta(days=90)).timestamp()),
            "issued_at": int(grant.issued_at.timestamp()),
            "scopes": list(grant.scopes),
        }
    }
