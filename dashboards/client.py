"""The REST API over HTTP: the only way in which pages learn or do anything."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

# Making a report or loading a large file takes its time; everything else is fast.
PATIENCE = httpx.Timeout(10, read=120)
LATER = "These figures could not be loaded. Try again in a minute."


class Refused(Exception):
    """The API said no, or did not answer. The text is for the reader; `status` is None without an answer."""

    def __init__(self, detail: str, status: int | None = None) -> None:
        super().__init__(detail)
        self.status = status


def base_url() -> str:
    """Where the API listens: `NEST_API_URL`, else this machine at `NEST_API_PORT`."""
    port = os.environ.get("NEST_API_PORT", "8700")
    return os.environ.get("NEST_API_URL", f"http://127.0.0.1:{port}").rstrip("/")


class Api:
    """One reader's view; of figures, as known at `as_of` where that is given. Every method raises Refused."""

    def __init__(self, token: str | None = None, workspace_id: str | None = None, *, as_of: str | None = None) -> None:
        self._as_of = as_of
        self._headers = {"Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        if workspace_id:
            self._headers["X-Workspace-Id"] = workspace_id

    def get(self, path: str, **query: Any) -> Any:
        """The JSON of `path`; a query value of None is left out, a list becomes comma-separated."""
        return self._send("GET", path, params=_flat({"as_of": self._as_of, **query})).json()

    def all(self, path: str, most: int = 500, **query: Any) -> list[Any]:
        """The items of a paged list, up to about `most` of them."""
        items: list[Any] = []
        cursor: str | None = None
        while len(items) < most:
            page = self.get(path, **query, cursor=cursor)
            items.extend(page["items"])
            cursor = page.get("next_cursor")
            if cursor is None:
                break
        return items

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("POST", path, json=dict(body)).json()

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("PUT", path, json=dict(body)).json()

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._send("PATCH", path, json=dict(body)).json()

    def delete(self, path: str) -> None:
        self._send("DELETE", path)

    def upload(self, path: str, name: str, content: bytes, /, **fields: Any) -> Any:
        """Send one file with form fields."""
        return self._send("POST", path, files={"file": (name, content)}, data=_flat(fields)).json()

    def download(self, path: str) -> bytes:
        return self._send("GET", path).content

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        try:
            with httpx.Client(base_url=base_url(), headers=self._headers, timeout=PATIENCE) as http:
                response = http.request(method, path, **request)
        except httpx.TransportError as error:
            raise Refused(f"{LATER} The API at {base_url()} does not answer.") from error
        if response.is_error:
            raise Refused(_words(response), response.status_code)
        return response


def _flat(query: Mapping[str, Any]) -> dict[str, str]:
    flat = {}
    for name, value in query.items():
        if isinstance(value, str) or not isinstance(value, Sequence):
            if value is not None:
                flat[name] = str(value).lower() if isinstance(value, bool) else str(value)
        elif value:
            flat[name] = ",".join(value)
    return flat


def _words(response: httpx.Response) -> str:
    """What a problem body (RFC 9457) says to the reader."""
    try:
        problem = response.json()
        lines = [problem["detail"], *(f"{e['field']}: {e['message']}" for e in problem.get("errors") or ())]
    except (ValueError, KeyError, TypeError):
        return LATER
    return " ".join(lines)
