"""TikTok's envelope: data beside an error whose code says whether there is one."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import Response

from sandbox.web import json_response

_STATUS = {
    "access_token_invalid": 401,
    "scope_not_authorized": 401,
    "rate_limit_exceeded": 429,
    "internal_error": 500,
    "spam_risk_too_many_posts": 403,
    "privacy_level_option_mismatch": 403,
    "url_ownership_unverified": 403,
    "spam_risk_too_many_pending_share": 403,
    "spam_risk_user_banned_from_posting": 403,
    "reached_active_user_cap": 403,
    "unaudited_client_can_only_post_to_private_accounts": 403,
    "unsupported_path": 404,
    "token_not_authorized_for_specified_publish_id": 400,
    "invalid_publish_id": 400,
}


class Refusal(Exception):
    """A refused call, by TikTok's code for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def response(self) -> Response:
        """The envelope without data."""
        return envelope({}, self.code, self.message, _STATUS.get(self.code, 400))


def envelope(data: dict[str, Any], code: str = "ok", message: str = "", status: int = 200) -> Response:
    """Any answer of the API."""
    error = {"code": code, "message": message, "log_id": log_id()}
    return json_response({"data": data, "error": error}, status)


def flat(error: str, description: str, status: int = 200) -> Response:
    """A refusal of the sign-in, which HTTP mostly calls a success."""
    return json_response({"error": error, "error_description": description, "log_id": log_id()}, status)


def log_id() -> str:
    """The number under which TikTok would find the call."""
    return secrets.token_hex(17).upper()
