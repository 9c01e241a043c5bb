"""Refusals as X writes them: problem bodies whose type says what happened, and the older list of codes."""

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


class Coded(Problem):
    """A refusal in the older form that media uploads still have: a list of codes."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(status, message, message)
        self.code = code

    def body(self, dialect: Dialect) -> dict[str, Any]:
        """`code` and `message`, once by themselves and once in the list of the oldest clients."""
        told = {"code": self.code, "message": self.detail}
        return {"errors": [told], **told}


def unauthorized() -> Problem:
    """No token, an unknown one, or one that has run out: X does not say which."""
    return Problem(401, "Unauthorized", "Unauthorized")


def forbidden(detail: str = "Forbidden") -> Problem:
    """The account may not do this."""
    return Problem(403, "Forbidden", detail)


def unsupported(accepted: str, sent: str) -> Problem:
    """A good token of a sort that this endpoint does not take."""
    return Problem(
        403,
        "Unsupported Authentication",
        f"Authenticating with {sent} is forbidden for this endpoint.  Supported authentication types are [{accepted}].",
        "unsupported-authentication",
    )


def client_forbidden(reason: str, detail: str) -> Problem:
    """What the app's plan does not include."""
    return Problem(403, "Client Forbidden", detail, "client-forbidden", reason=reason)


def too_many() -> Problem:
    """The window of this endpoint is spent."""
    return Problem(429, "Too Many Requests", "Too Many Requests")


def capped() -> Problem:
    """What the app may read in a month is used up; the windows of minutes are not."""
    return Problem(
        429,
        "UsageCapExceeded",
        "Usage cap exceeded: Monthly product cap",
        "usage-capped",
        period="Monthly",
        scope="Product",
    )


def out_of_credits(account: str) -> Problem:
    """Nobody has paid for this call."""
    return Problem(
        402,
        "CreditsDepleted",
        "Your enrolled account does not have any credits to fulfill this request.",
        account_id=account,
    )


def gone(version: str) -> Problem:
    """A version of the API that is no longer there."""
    return Problem(410, "Gone", f"Version {version} of the X API has been retired.")


def internal() -> Problem:
    """X is unwell."""
    return Problem(
        500, "Internal Server Error", "Something is broken. This is usually a temporary error.", "internal-error"
    )


def invalid(parameter: str, value: object, message: str) -> Problem:
    """A parameter that X cannot accept."""
    return Problem(
        400,
        "Invalid Request",
        "One or more parameters to your request was invalid.",
        "invalid-request",
        errors=[{"parameters": {parameter: [str(value)[:200]]}, "message": message[:500]}],
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
