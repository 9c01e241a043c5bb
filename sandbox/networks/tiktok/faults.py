"""What TikTok says when something fails: the answers for faults that are asked for at the control door."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal, flat
from sandbox.networks.tiktok.gate import refuse_plainly
from sandbox.world import World

_TIRED = "The API rate limit was exceeded. Please try again later."
_BROKEN = "Something went wrong. Please try again later."
_TOKEN = "The access token is invalid or not found in the request."
_CALLS = {
    "http_500": ("internal_error", _BROKEN),
    "rate_limited": ("rate_limit_exceeded", _TIRED),
    "token_expired": ("access_token_invalid", _TOKEN),
    "token_revoked": ("access_token_invalid", _TOKEN),
}
_SIGN_IN = {
    "http_500": ("server_error", _BROKEN, 500),
    "rate_limited": ("rate_limit_exceeded", _TIRED, 429),
    "token_expired": ("invalid_grant", "Refresh token is invalid or expired.", 200),
    "token_revoked": ("invalid_grant", "Refresh token is invalid or expired.", 200),
}
_UPLOAD = {"http_500": (500, _BROKEN), "rate_limited": (429, _TIRED)}
_CLOSED = (403, "The upload URL is invalid or has expired.")


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer to an operation under a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    if operation.startswith("oauth."):
        return flat(*_SIGN_IN[kind])
    if operation == "video.upload":
        return refuse_plainly(*_UPLOAD.get(kind, _CLOSED))
    return Refusal(*_CALLS[kind]).response()
