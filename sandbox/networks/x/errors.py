"""Refusals as X writes them: problem bodies whose type says what happened."""

from __future__ import annotations

from typing import Any

from sandbox.networks.x.dialect import Dialect

BLANK = "about:blank"


class Problem(Exception):
    """A refused call. `kind` is the last segment of the problem's type, `extra` its further members."""

    def __init__(self, status: int, title: str, detail: str, kind: str = BLANK, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.kind = kind
        self.extra = extra

    def body(self, dialect: Dialect) -> dict[str, Any]:
        """The problem in the words of the request."""
        kind = self.kind if self.kind == BLANK else dialect.problems + self.kind
        return {"title": self.title, "type": kind, "status": self.status, "detail": self.detail, **self.extra}


def unauthorized() -> Problem:
    """No token, an unknown one, or one that has run out: X does not say which."""
    return Problem(401, "Unauthorized", "Unauthorized")


def forbidden(detail: str = "Forbidden") -> Problem:
    """The account may not do this."""
    return Problem(403, "Forbidden", detail)


def too_many() -> Problem:
    """The window of this endpoint is spent."""
    return Problem(429, "Too Many Requests", "Too Many Requests")


def invalid(parameter: str, value: object, message: str) -> Problem:
    """A parameter that X cannot accept."""
    shown = str(value)
    return Problem(
        400,
        "Invalid Request",
        "One or more parameters to your request was invalid.",
        "invalid-request",
        errors=[{"parameters": {parameter: [shown]}, "message": message}],
    )


def missing(kind: str, parameter: str, value: str) -> Problem:
    """A resource that does not exist, as the whole answer or as one entry of a partial one."""
    return Problem(
        404,
        "Not Found Error",
        f"Could not find {kind} with {parameter}: [{value}].",
        "resource-not-found",
        resource_type=kind,
        resource_id=value,
        parameter=parameter,
        value=value,
    )


def partial(problem: Problem, dialect: Dialect) -> dict[str, Any]:
    """A problem as an entry of `errors` beside data: it carries no status of its own."""
    return {key: value for key, value in problem.body(dialect).items() if key != "status"}
