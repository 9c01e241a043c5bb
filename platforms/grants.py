"""Tokens from a token endpoint of OAuth 2 (RFC 6749), as the networks speak it that follow it."""

from datetime import datetime, timedelta
from typing import Any

import httpx

from platforms.calls import clock, describe, json_object, send, unrecognised
from platforms.errors import PlatformError, ReconnectNeeded, Rejected, Unavailable
from platforms.registration import Token

# X and LinkedIn call a dead code or refresh token `invalid_request`, the others `invalid_grant`.
_DEAD = frozenset({"invalid_grant", "invalid_request", "access_denied", "invalid_scope", "unauthorized_client"})
_UNWELL = frozenset({"server_error", "temporarily_unavailable"})


async def obtain(
    http: httpx.AsyncClient,
    url: str,
    form: dict[str, str],
    *,
    previous: Token | None = None,
    **options: Any,
) -> tuple[Token, dict[str, Any]]:
    """The token that the endpoint answers with, and the whole answer.

    `previous` lends what a renewal leaves out. A lost answer is Unavailable, since asking again cannot post
    anything: at worst the endpoint then says that the grant is used up. Raises PlatformError.
    """
    return granted(await send(http, "POST", url, data=form, **options), previous)


def granted(response: httpx.Response, previous: Token | None = None) -> tuple[Token, dict[str, Any]]:
    """The token that an answer holds, and the whole answer; see `obtain`. Raises PlatformError."""
    body = json_object(response)
    # Some networks refuse with HTTP 200: only a token in the answer is success.
    if "access_token" not in body:
        raise refused(response)
    return _token(body, clock(response), previous), body


def _token(body: dict[str, Any], now: datetime, previous: Token | None) -> Token:
    refresh = body.get("refresh_token")
    refresh_life = body.get("refresh_token_expires_in", body.get("refresh_expires_in"))
    refresh_expires_at = _after(now, refresh_life)
    # Separated by spaces in the standard, by commas at some networks.
    scopes = tuple(body.get("scope", "").replace(",", " ").split())
    if previous is not None:
        refresh = refresh or previous.refresh
        scopes = scopes or previous.scopes
        if refresh == previous.refresh and refresh_expires_at is None:
            refresh_expires_at = previous.refresh_expires_at
    return Token(body["access_token"], refresh, _after(now, body.get("expires_in")), refresh_expires_at, scopes)


def _after(now: datetime, seconds: int | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=int(seconds))


def refused(response: httpx.Response) -> PlatformError:
    """What an answer without a token says."""
    body = json_object(response)
    code = body.get("error")
    if not isinstance(code, str) or response.status_code == 429:
        return unrecognised(response)
    what = describe("POST", str(response.request.url))
    reason = str(body.get("error_description") or code)
    evidence: dict[str, object] = {"status": response.status_code, "error": code, "description": reason}
    if code in _DEAD:
        return ReconnectNeeded(f"{what}: {reason}", evidence=evidence)
    if code in _UNWELL:
        return Unavailable(f"{what}: {reason}", evidence=evidence)
    return Rejected(f"{what}: {reason}", evidence=evidence)
