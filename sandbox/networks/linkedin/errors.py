"""Refusals as LinkedIn writes them."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A refused call: status, message, and the codes that some refusals carry."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, service: int | None = None, **extra: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "status": status}
        if service is not None:
            self.body["serviceErrorCode"] = service
        if code is not None:
            self.body["code"] = code
        self.body |= extra


def invalid(message: str, code: str = "ILLEGAL_ARGUMENT") -> Refusal:
    """A request that does not say what it must."""
    return Refusal(400, message, code=code)


def denied(resource: str) -> Refusal:
    """The member or the token may not do this."""
    return Refusal(403, f"Not enough permissions to access: {resource}", code="ACCESS_DENIED", service=100)


def missing(what: str) -> Refusal:
    """A resource that does not exist or no longer."""
    return Refusal(404, f"Could not find entity: {what}", code="NOT_FOUND")


def invalid_token() -> Refusal:
    """No token, or one that LinkedIn never gave."""
    return Refusal(401, "Invalid access token", code="INVALID_ACCESS_TOKEN", service=65600)


def revoked() -> Refusal:
    """A token taken back, or so new that not every machine knows it."""
    message = "The token used in the request has been revoked by the user"
    return Refusal(401, message, code="REVOKED_ACCESS_TOKEN", service=65601)


def expired() -> Refusal:
    """A token whose 60 days are over."""
    message = "The token used in the request has expired"
    return Refusal(401, message, code="EXPIRED_ACCESS_TOKEN", service=65602)


def duplicate(urn: str) -> Refusal:
    """The same commentary again; the message names the post that is already there."""
    return Refusal(
        422,
        f"Content is a duplicate of {urn}",
        errorDetailType="com.linkedin.common.error.BadRequest",
        errorDetails={"inputErrors": [{"description": "Duplicate post is detected", "code": "DUPLICATE_POST"}]},
    )
