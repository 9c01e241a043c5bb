"""GET /docs: the OpenAPI document as one page that needs no script and nothing from elsewhere."""

from collections.abc import Iterator
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter(include_in_schema=False)

_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto 4rem; padding: 0 1rem;
  color: light-dark(#1A2230, #E6EAF0); background: light-dark(#FFFFFF, #12161C); }
h1 { font-size: 1.6rem; font-weight: 650; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
a { color: light-dark(#0B6E6E, #35B8B0); } .muted { color: light-dark(#5B6472, #9AA5B4); }
details { border: 1px solid light-dark(#E1E5EA, #2C3440); border-radius: .5rem; margin: .5rem 0; padding: .5rem 1rem; }
summary { cursor: pointer; overflow-wrap: anywhere; } code { font-size: .93em; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .25rem .5rem
  .25rem 0; overflow-wrap: anywhere; } th { font-weight: 600; }
td:first-child, th:first-child { width: 14rem; } td:nth-child(2), th:nth-child(2) { width: 12rem; }
@media (max-width: 40rem) { td:first-child, th:first-child, td:nth-child(2), th:nth-child(2) { width: auto; } }
"""


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    return HTMLResponse(_page(request.app.openapi()), headers=_HEADERS)


def _page(document: dict[str, Any]) -> str:
    info = document["info"]
    body = [f"<h1>{escape(info['title'])} API</h1><p>{escape(info['description'])}</p>"]
    body.append('<p class="muted">As a document for programs: <a href="/openapi.json">/openapi.json</a></p>')
    for tag in document["tags"]:
        body.append(f"<h2>{escape(tag['name'].capitalize())}</h2><p>{escape(tag['description'])}</p>")
        body += _routes(document, tag["name"])
    body.append("<h2>Schemas</h2>")
    for name, schema in sorted(document["components"]["schemas"].items()):
        rows = [_row(field, told, field in schema.get("required", ())) for field, told in _fields(schema)]
        about = f"<p>{escape(schema.get('description', ''))}</p>"
        body.append(f'<details id="{escape(name)}"><summary>{escape(name)}</summary>{about}{_table(rows)}</details>')
    head = f'<meta charset="utf-8"><title>ClientNest API</title><style>{_STYLE}</style>'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>'


def _routes(document: dict[str, Any], tag: str) -> Iterator[str]:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            if tag in told["tags"]:
                yield _route(path, method.upper(), told)


def _route(path: str, method: str, told: dict[str, Any]) -> str:
    right = told.get("x-permission")
    about = f"<p>{escape(told.get('description', ''))}</p>"
    if right:
        about += f'<p class="muted">Needs the right <code>{escape(right)}</code>.</p>'
    rows = [_row(p["name"], {**p["schema"], **p}, p.get("required", False)) for p in told.get("parameters", ())]
    for content in told.get("requestBody", {}).get("content", {}).values():
        rows.append(_row("body", content["schema"], True))
    for status, answer in told["responses"].items():
        for kind, content in answer.get("content", {}).items():
            if status.startswith("2"):
                rows.append(_row(f"answer {status}", {"type": kind, **content.get("schema", {})}, False))
    head = f"<b>{method}</b> <code>{escape(path)}</code> · {escape(told['summary'])}"
    return f"<details><summary>{head}</summary>{about}{_table(rows)}</details>"


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from schema.get("properties", {}).items()


def _row(name: str, schema: dict[str, Any], required: bool) -> str:
    mark = "" if not required else ' <span class="muted">required</span>'
    about = escape(schema.get("description", ""))
    return f"<tr><td><code>{escape(name)}</code>{mark}</td><td>{_type(schema)}</td><td>{about}</td></tr>"


def _table(rows: list[str]) -> str:
    head = "<tr><th>Name</th><th>Type</th><th>What it is</th></tr>"
    return f"<table>{head}{''.join(rows)}</table>" if rows else ""


def _type(schema: dict[str, Any]) -> str:
    """The type in words, with links to schemas."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(escape(str(value)) for value in schema["enum"])
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_type(schema['items'])}"
    if "type" not in schema and "schema" in schema:
        return _type(schema["schema"])
    return escape(str(schema.get("format") or schema.get("type", "any")))
