"""A file as it is sent: as the body itself, or as the one file of a form."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from clientnest.errors import Invalid, Problem

_FIELD = "file"


def documented(route: dict[str, Any], types: Mapping[str, str], description: str) -> dict[str, Any]:
    """A route's arguments with its body in the OpenAPI document; `types` are media types of the body, with formats."""
    form = {"type": "object", "required": [_FIELD], "properties": {_FIELD: {"type": "string", "format": "binary"}}}
    content = {name: {"schema": {"type": "string", "format": format_}} for name, format_ in types.items()}
    body = {
        "required": True,
        "description": description,
        "content": {"multipart/form-data": {"schema": form}, **content},
    }
    return {**route, "openapi_extra": {**route["openapi_extra"], "requestBody": body}}


async def _sent(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1) as form:
        file = form.get(_FIELD)
        if not isinstance(file, UploadFile):
            message = f"Send the file as `{_FIELD}` of the form."
            raise Invalid(message, (Problem(_FIELD, message),))
        return await file.read()


# Its bytes; `api.limits` says how many they may be.
Sent = Annotated[bytes, Depends(_sent)]
