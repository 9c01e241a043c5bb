"""Refusals as Google writes them: the reason of the first error decides."""

from __future__ import annotations

from typing import Any

_STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    410: "NOT_FOUND",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class Refusal(Exception):
    """A refused call: HTTP code, reason, and the domain that the reason belongs to."""

    def __init__(
        self, code: int, reason: str, message: str, domain: str = "global", location: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        error: dict[str, Any] = {"message": message, "domain": domain, "reason": reason}
        if location is not None:
            kind = "header" if location == "Authorization" else "parameter"
            error |= {"location": location, "locationType": kind}
        self.body = {"error": {"code": code, "message": message, "errors": [error], "status": _STATUS[code]}}


def auth_error() -> Refusal:
    """No token, an unknown one, or one that has run out."""
    return Refusal(401, "authError", "Invalid Credentials", location="Authorization")


def quota_exceeded() -> Refusal:
    """The project's units of the day are spent. Google says neither when nor how many."""
    quota = '<a href="/youtube/v3/getting-started#quota">quota</a>'
    message = f"The request cannot be completed because you have exceeded your {quota}."
    return Refusal(403, "quotaExceeded", message, "youtube.quota")


def uploads_exceeded() -> Refusal:
    """The channel's own cap on videos of a day."""
    message = "The user has exceeded the number of videos they may upload."
    return Refusal(400, "uploadLimitExceeded", message, "youtube.video")


def required(parameter: str) -> Refusal:
    """A parameter that the call cannot do without."""
    message = f"No filter selected. Expected one of: {parameter}"
    return Refusal(400, "missingRequiredParameter", message, "youtube.parameter", parameter)


def invalid(parameter: str, value: str) -> Refusal:
    """A parameter that Google cannot accept."""
    message = f"Invalid value '{value}' for parameter '{parameter}'."
    return Refusal(400, "invalidParameter", message, "youtube.parameter", parameter)


def incompatible(parameters: str) -> Refusal:
    """Parameters that exclude each other."""
    message = f"Incompatible parameters specified in the request: {parameters}"
    return Refusal(400, "incompatibleParameters", message, "youtube.parameter", parameters)


def not_found(what: str, parameter: str = "id") -> Refusal:
    """Something of a kind, such as `video`, that is not there for this person."""
    message = f"The {what} identified by the request's {parameter} parameter cannot be found."
    return Refusal(404, f"{what}NotFound", message, f"youtube.{what}", parameter)


def forbidden(message: str, domain: str = "youtube.common") -> Refusal:
    """Something that is not this person's to change."""
    return Refusal(403, "forbidden", message, domain)


def bad(reason: str, message: str, domain: str = "global") -> Refusal:
    """A request that cannot be accepted as it is."""
    return Refusal(400, reason, message, domain)


def unsupported_query() -> Refusal:
    """Dimensions, metrics and filters that are no report."""
    message = "The query is not supported. Check the documentation for supported queries."
    return Refusal(400, "badRequest", message)
