"""Several calls in one: `batch=[{"method": "GET", "relative_url": "me?fields=id"}, …]` posted to the root."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.meta.errors import GraphError, invalid

if TYPE_CHECKING:
    from sandbox.networks.meta.graph import Call

_MOST = 50


def calls(call: Call) -> Iterator[tuple[Call, bool]]:
    """Each call of a batch, and whether its headers are wanted. Raises GraphError."""
    try:
        items = json.loads(call.text("batch"))
    except json.JSONDecodeError as error:
        raise invalid("Param batch must be an array.") from error
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise invalid("Param batch must be an array.")
    if len(items) > _MOST:
        raise GraphError(f"Too many requests in batch message. Maximum batch size is {_MOST}", 100)
    told = str(call.params.get("include_headers", "true")).lower() not in ("false", "0")
    return ((_call(call, item), told) for item in items)


def _call(call: Call, item: dict[str, Any]) -> Call:
    """The call of one item, with the token of the batch where it names none of its own."""
    address = urlsplit(str(item.get("relative_url", "")))
    path = [part for part in address.path.split("/") if part]
    if path and path[0][:1] == "v" and path[0][1:2].isdigit():
        path = path[1:]
    shared = {name: call.params[name] for name in ("access_token", "appsecret_proof") if name in call.params}
    params: dict[str, Any] = {**shared, **dict(parse_qsl(address.query, keep_blank_values=True))}
    params |= dict(parse_qsl(str(item.get("body", "")), keep_blank_values=True))
    for name in str(item.get("attached_files", "")).split(","):
        if name in call.params:
            params[name] = call.params[name]
    scope = {
        **call.request.scope,
        "method": str(item.get("method", "GET")).upper(),
        "path": "/" + "/".join(path),
        "query_string": address.query.encode(),
    }
    return dataclasses.replace(call, request=Request(scope), path=path, params=params)


def shown(answer: Response, with_headers: bool) -> dict[str, Any]:
    """An answer as the batch tells it: its body is a string."""
    found: dict[str, Any] = {"code": answer.status_code, "body": bytes(answer.body).decode()}
    if with_headers:
        found["headers"] = [{"name": name, "value": value} for name, value in answer.headers.items()]
    return found
