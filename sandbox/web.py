"""What every network's answers share: JSON, forms, the Date header of the world's clock, the consent page."""

import html
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.clock import Clock

_STYLE = "body{font:16px sans-serif;max-width:30rem;margin:3rem auto}button{font:inherit;padding:.5rem 1rem}"


def json_response(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, dict(headers or {}), media_type="application/json")


async def form_or_json(request: Request) -> dict[str, Any]:
    """The body's fields, however they were sent; uploads stay uploads. Raises ValueError for broken JSON."""
    if request.headers.get("content-type", "").startswith("application/json"):
        body = await request.body()
        found = json.loads(body) if body else {}
        if not isinstance(found, dict):
            raise ValueError("the body is not a JSON object")
        return found
    return dict(await request.form())


class Dated:
    """One moment for a request and its answer, which says it."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app, self._clock = app, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                stamp = format_datetime(self._clock.now(), usegmt=True).encode()
                message["headers"] = [*message.get("headers", []), (b"date", stamp)]
            await send(message)

        with self._clock.standing_still():
            await self._app(scope, receive, dated)


def consent_page(app: str, network: str, scopes: Iterable[str], accounts: Iterable[tuple[str, str]]) -> str:
    """Body of the page that asks a person; `accounts` are (external id, name). `consent` adds the hidden fields."""
    listed = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
    radios = "".join(
        f'<p><label><input type="radio" name="account" value="{html.escape(id_)}"{" checked" if not n else ""}> '
        f"{html.escape(name)}</label></p>"
        for n, (id_, name) in enumerate(accounts)
    )
    return (
        f"<h1>{html.escape(network)}</h1><p><b>{html.escape(app)}</b> asks for:</p><ul>{listed}</ul>{radios}"
        '<button name="decision" value="approve">Approve</button> <button name="decision" value="deny">Deny</button>'
    )


async def consent(
    request: Request,
    ask: Callable[[Mapping[str, str]], str],
    approve: Callable[[Mapping[str, str], str], str | Awaitable[str]],
    announced: Mapping[str, str] | None = None,
) -> Response:
    """GET shows the page, POST of its form leads back with a code or `access_denied`.

    `ask(params)` gives the page's body, `approve(params, account)` the code; `announced` are parameters that came
    before the browser did.
    """
    if request.method == "GET":
        params = dict(request.query_params) | dict(announced or {})
        hidden = "".join(
            f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
            for name, value in params.items()
        )
        return HTMLResponse(
            f'<!doctype html><meta charset="utf-8"><title>Consent</title><style>{_STYLE}</style>'
            f'<form method="post" action="{html.escape(request.url.path)}">{hidden}{ask(params)}</form>'
        )
    sent = {name: str(value) for name, value in (await request.form()).items()}
    decision, account = sent.pop("decision", "deny"), sent.pop("account", "")
    if decision == "approve":
        made = approve(sent, account)
        answer = {"code": made if isinstance(made, str) else await made}
    else:
        answer = {"error": "access_denied", "error_description": "The person denied the request."}
    if "state" in sent:
        answer["state"] = sent["state"]
    return RedirectResponse(_with_query(sent["redirect_uri"], answer), 302)


def _with_query(url: str, extra: Mapping[str, str]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *extra.items()])))
