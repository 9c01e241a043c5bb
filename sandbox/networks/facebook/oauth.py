"""Consent: the dialog, short and long-lived tokens of a person, tokens of pages without end."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from starlette.responses import HTMLResponse, Response

from sandbox.networks.facebook.read import page_node
from sandbox.networks.meta.errors import GraphError, invalid, missing, unauthorized
from sandbox.networks.meta.fields import Want, node
from sandbox.networks.meta.graph import Call
from sandbox.tokens import Grant
from sandbox.web import consent, consent_page
from sandbox.world import Account

_SHORT, _LONG = timedelta(hours=2), timedelta(seconds=5_183_944)
_DATA_ACCESS = timedelta(days=90)
_ENDED = {
    "code": 190,
    "message": "Error validating access token: The user has not authorized application.",
    "subcode": 458,
}
_TASKS = ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"]
_OWNER = "Demo Owner"


async def dialog(call: Call) -> Response:
    """Ask the person, who may let the app act for one page."""
    fault = _fault(call)
    if fault is not None:
        return HTMLResponse(f"<h1>{fault}</h1>", 400)
    brand = call.world.accounts("facebook")[0]

    def ask(params: Mapping[str, str]) -> str:
        return consent_page(
            call.world.app("facebook").client_id, "Facebook", _scopes(params), [(brand.external_id, brand.name)]
        )

    def approve(params: Mapping[str, str], account: str) -> str:
        return call.world.tokens.issue_code("facebook", [account], _scopes(params), params["redirect_uri"])

    return await consent(call.request, ask, approve)


def _fault(call: Call) -> str | None:
    """What is wrong with a request for consent; such a person is not sent back."""
    if call.params.get("client_id") != call.world.app("facebook").client_id:
        return "Invalid App ID: the provided app ID does not look like a valid app ID."
    if not str(call.params.get("redirect_uri", "")).startswith(("http://", "https://")):
        return "URL Blocked: this redirect failed because the redirect URI is not white-listed."
    if call.params.get("response_type", "code") != "code":
        return "Unsupported response_type."
    chosen = call.params.get("account")
    if chosen is not None and call.world.account("facebook", str(chosen)) is None:
        return "This page is not yours."
    return None


def _scopes(params: Mapping[str, str]) -> list[str]:
    return [scope for scope in params.get("scope", "").replace(" ", ",").split(",") if scope]


def access_token(call: Call) -> dict[str, Any]:
    """A code for a short token, a short one for a long one, or the app's own."""
    app = call.world.app("facebook")
    client_id, client_secret = _credentials(call)
    if client_id != app.client_id:
        raise GraphError("Error validating application. Cannot get application info due to a system error.", 101)
    if client_secret != app.client_secret:
        raise GraphError("Error validating client secret.", 1)
    match call.params.get("grant_type"):
        case "fb_exchange_token":
            short = call.world.tokens.lookup("facebook", call.text("fb_exchange_token"))
            if short is None or short.expired or short.extra.get("kind") != "user":
                raise unauthorized("Error validating access token: the session is invalid.", 467)
            issued = call.world.tokens.issue(
                "facebook", short.account_ids, short.scopes, _LONG, of=short, kind="user", lasting=True
            )
            return _answer(issued)
        case "client_credentials":
            return {"access_token": f"{app.client_id}|{app.client_secret}", "token_type": "bearer"}
    code = call.world.tokens.redeem("facebook", call.text("code"), call.text("redirect_uri"))
    if code is None:
        raise GraphError("This authorization code has been used or has expired.", 100, 36009)
    return _answer(call.world.tokens.issue("facebook", code.account_ids, code.scopes, _SHORT, kind="user"))


def _credentials(call: Call) -> tuple[str, str]:
    """The app's id and secret, as parameters or as HTTP Basic. Raises GraphError."""
    scheme, _, told = call.request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return call.text("client_id"), call.text("client_secret")
    try:
        client_id, _, client_secret = base64.b64decode(told, validate=True).decode().partition(":")
    except ValueError as error:
        raise invalid("The Authorization header is malformed.") from error
    return client_id, client_secret


def _answer(grant: Grant) -> dict[str, Any]:
    found: dict[str, Any] = {"access_token": grant.access_token, "token_type": "bearer"}
    if grant.expires_at is not None:
        found["expires_in"] = int((grant.expires_at - grant.issued_at).total_seconds())
    return found


def is_person(call: Call) -> bool:
    """Whether a call is about the person whose token it carries."""
    grant = call.world.tokens.lookup("facebook", call.token())
    is_users = grant is not None and grant.extra.get("kind") == "user"
    return grant is not None and is_users and call.path[0] in ("me", _person(grant))


def person(call: Call) -> dict[str, Any]:
    """What a person's token asks about the person. Raises GraphError."""
    match call.method, call.path[1:]:
        case "GET", []:
            values = {"id": lambda _: _person(call.grant()), "name": lambda _: _OWNER}
            return node(call.fields("name"), values, _person(call.grant()), "User")
        case "GET", ["accounts"]:
            return _accounts(call)
        case "GET", ["permissions"]:
            return {"data": [{"permission": scope, "status": "granted"} for scope in call.grant().scopes]}
        case "DELETE", ["permissions"]:
            call.world.tokens.revoke("facebook", call.grant().access_token)
            return {"success": True}
    raise missing("/".join(call.path))


def _accounts(call: Call) -> dict[str, Any]:
    """The pages that the person lets the app act for, each with its own token."""
    person = call.grant()
    if "pages_show_list" not in person.scopes:
        return {"data": []}
    wants = call.fields("access_token,category,category_list,name,id,tasks")
    pages = [page for id_ in person.account_ids if (page := call.world.account("facebook", id_))]
    own = [page for page in pages if call.merged(page) is None]
    return call.page(own, lambda page: _owned(call, page, wants), lambda page: page.external_id)


def _owned(call: Call, page: Account, wants: tuple[Want, ...]) -> dict[str, Any]:
    values = page_node(call, page) | {"tasks": lambda _: _TASKS}
    return node(wants, values, page.external_id, "Page")


def _person(grant: Grant) -> str:
    return "100" + grant.account_id[:12]


def debug_token(call: Call) -> dict[str, Any]:
    """What a token is, told to its own app or person. Raises GraphError."""
    app = call.world.app("facebook")
    if call.token() != f"{app.client_id}|{app.client_secret}":
        call.grant()
    grant = call.world.tokens.lookup("facebook", call.text("input_token"))
    if grant is None:
        ended = call.world.tokens.was_revoked("facebook", call.text("input_token"))
        error = _ENDED if ended else {"code": 190, "message": "The access token could not be decrypted"}
        return {"data": {"error": error, "is_valid": False, "scopes": []}}
    kind = str(grant.extra.get("kind", "page"))
    found: dict[str, Any] = {
        "app_id": app.client_id,
        "application": "Demo app",
        "type": kind.upper(),
        "data_access_expires_at": int((grant.issued_at + _DATA_ACCESS).timestamp()),
        "expires_at": int(grant.expires_at.timestamp()) if grant.expires_at else 0,
        "is_valid": not grant.expired,
        "issued_at": int(grant.issued_at.timestamp()),
        "scopes": list(grant.scopes),
        "granular_scopes": [{"scope": scope, "target_ids": list(grant.account_ids)} for scope in grant.scopes],
        "user_id": _person(grant),
    }
    if kind == "page":
        found["profile_id"] = grant.account_id
    return {"data": found}
