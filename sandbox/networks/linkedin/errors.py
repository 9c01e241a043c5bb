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


def required(path: str) -> Refusal:
    """A body that lacks a field."""
    return invalid(f"ERROR :: {path} :: field is required but not found and has no default value", "MISSING_FIELD")


def too_long(path: str, length: int, most: int) -> Refusal:
    """A text over its limit."""
    return invalid(f"ERROR :: {path} :: length {length} exceeds the maximum {most}", "FIELD_LENGTH_TOO_LONG")


def denied(resource: str) -> Refusal:
    """The member or the token may not do this."""
    return Refusal(403, f"Not enough permissions to access: {resource}", code="ACCESS_DENIED", service=100)


def missing(what: str) -> Refusal:
    """A resource that does not exist or no longer."""
    return Refusal(404, f"Could not find entity: {what}", code="NOT_FOUND")


def unoffered(method: str, resource: str) -> Refusal:
    """A Rest.li method that a resource does not have."""
    return Refusal(405, f"{method} operation not supported on resource {resource}", code="METHOD_NOT_ALLOWED")


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


def throttled(whose: str = "member") -> Refusal:
    """A day's calls are spent; no header says until when."""
    level = "APPLICATION" if whose == "app" else "MEMBER"
    message = f"Resource level throttle {level} DAY limit for calls to this resource is reached."
    return Refusal(429, message, service=101)


def unwell() -> Refusal:
    """LinkedIn is unwell."""
    return Refusal(500, "Internal Server Error", code="INTERNAL_SERVER_ERROR")


def no_version() -> Refusal:
    """A versioned call that names no version."""
    message = "A version must be present. Please specify a version by adding the LinkedIn-Version header."
    return invalid(message, "VERSION_MISSING")


def dead_version(version: str) -> Refusal:
    """A version that is not yet or no longer answered."""
    named = f"{version}01" if len(version) == len("202601") else version
    return Refusal(426, f"Requested version {named} is not active", code="NONEXISTENT_VERSION")


def duplicate(urn: str) -> Refusal:
    """The same commentary again; the message names the post that is already there."""
    return Refusal(
        422,
        f"Content is a duplicate of {urn}",
        errorDetailType="com.linkedin.common.error.BadRequest",
        errorDetails={"inputErrors": [{"description": "Duplicate post is detected", "code": "DUPLICATE_POST"}]},
    )
