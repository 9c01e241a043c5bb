"""Every error as a problem body (RFC 9457), so that a program can read it and a person knows what to do."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg.errors import UntranslatableCharacter
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from clientnest.errors import Conflict, Forbidden, Invalid, NestError, NotFound, NotReady, Unauthenticated
from clientnest.outbound import FetchFailed
from clientnest.vault import VaultError
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded, Rejected

MEDIA_TYPE = "application/problem+json"
ADD_A_ZONE = "Add a zone, e.g. 2026-11-22T10:00:00+01:00."

# The first class that fits decides.
_STATUS: Sequence[tuple[type[Exception], HTTPStatus]] = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Forbidden, HTTPStatus.FORBIDDEN),
    (Unauthenticated, HTTPStatus.UNAUTHORIZED),
    (Conflict, HTTPStatus.CONFLICT),
    (Invalid, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotReady, HTTPStatus.SERVICE_UNAVAILABLE),
    (FetchFailed, HTTPStatus.UNPROCESSABLE_ENTITY),
    (VaultError, HTTPStatus.INTERNAL_SERVER_ERROR),
    (NestError, HTTPStatus.BAD_REQUEST),
    (RateLimited, HTTPStatus.SERVICE_UNAVAILABLE),
    (ReconnectNeeded, HTTPStatus.CONFLICT),
    (Rejected, HTTPStatus.UNPROCESSABLE_ENTITY),
    (PlatformError, HTTPStatus.BAD_GATEWAY),
)
_log = logging.getLogger(__name__)


class FieldProblem(BaseModel):
    field: str = Field(description="Where: the parameter, or the path of a field in the body.")
    message: str = Field(description="What is wrong with it and how to correct it.")


class ProblemBody(BaseModel):
    """What went wrong (RFC 9457)."""

    type: str = Field(description="A stable name of the kind of problem.")
    title: str = Field(description="The kind of problem, in words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened and what to do.")
    errors: list[FieldProblem] | None = Field(None, description="Each thing to correct, where there are several.")
    reference: str | None = Field(None, description="What to quote when it stays.")


def install(app: FastAPI) -> None:
    """Answer every error of this application with a problem body."""
    app.add_exception_handler(NestError, _expected)
    app.add_exception_handler(PlatformError, _expected)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(unreachable, _no_database)
    app.add_exception_handler(DataError, _beyond_keeping)
    app.add_exception_handler(Exception, _unexpected)


def problem(
    status: HTTPStatus,
    detail: str,
    *,
    errors: Sequence[Mapping[str, str]] = (),
    reference: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body: dict[str, Any] = {
        "type": f"urn:clientnest:problem:{status.name.lower().replace('_', '-')}",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    if reference:
        body["reference"] = reference
    return JSONResponse(body, status.value, headers=dict(headers or {}), media_type=MEDIA_TYPE)


async def _expected(_request: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in _STATUS if isinstance(error, kind))
    headers = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RateLimited):
        headers["Retry-After"] = str(max(1, round(error.retry_after.total_seconds())))
    errors = []
    if isinstance(error, Invalid):
        errors = [{"field": found.field, "message": found.message} for found in error.problems]
    return problem(status, str(error), errors=errors, headers=headers)


async def _malformed(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": _field(found["loc"]), "message": _message(found)} for found in error.errors()]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Correct the fields that are named.", errors=errors)


def _field(place: Sequence[str | int]) -> str:
    """`("query", "since")` is the parameter since; a body that is no JSON at all is the body."""
    parts = [str(part) for part in place[1:]] if len(place) > 1 else [str(place[0])]
    return ".".join(parts)


def _message(found: Mapping[str, Any]) -> str:
    if found["type"] == "timezone_aware":
        return ADD_A_ZONE
    if found["type"] == "value_error":
        return str(found["ctx"]["error"])
    if found["type"] == "json_invalid":
        return "The body is not valid JSON."
    return str(found["msg"])


async def _http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    detail = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    return problem(status, detail.get(status.value, str(error.detail)), headers=error.headers)


async def _no_database(_request: Request, error: Exception) -> JSONResponse:
    _log.error("the database does not answer: %s", type(error).__name__)
    return problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database does not answer. Try again in a minute.",
        headers={"Retry-After": "10"},
    )


async def _beyond_keeping(request: Request, error: Exception) -> JSONResponse:
    """What the database takes nowhere, neither in a text nor in JSON."""
    assert isinstance(error, DataError)
    if isinstance(error.orig, UntranslatableCharacter) or "NUL" in str(error.orig):
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Remove the NUL character: it can be kept nowhere.")
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    reference = secrets.token_hex(2).upper()
    _log.error("unexpected error %s at %s %s", reference, request.method, request.url.path, exc_info=error)
    return problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        f"Something went wrong on our side. Try again in a minute; if it stays, quote {reference}.",
        reference=reference,
    )
