"""Faults that are asked for at the control door: how often each still happens, and what it does to a call.

They are in memory only: a restart or a reset forgets them.
"""

import asyncio
import json
import socket
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Answers of the network's own.
SAID = ("http_500", "rate_limited", "token_expired", "token_revoked")
KINDS = (
    "reset_before_write",
    "drop_after_write",
    *SAID,
    "http_500_after_write",
    "slow",
    "half_open",
    "schema_drift",
    "cursor_expired",
)
SECONDS = {"slow": 3.0, "half_open": 60.0}
# What lists go on from, by the networks' names for it.
_CURSORS = ("after", "pagination_token", "pageToken", "cursor")
_NO_WAIT_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Fault:
    """`times` how often it happens, None without end; `after` how many matching calls pass first."""

    id: int
    network: str
    operation: str
    kind: str
    times: int | None
    after: int
    seconds: float | None
    # Matching calls so far, and those that it happened to.
    met: int = 0
    done: int = 0

    def meets(self, network: str, operation: str) -> bool:
        """Whether it is about such a call."""
        return self.network == network and self.operation in ("*", operation)

    @property
    def ready(self) -> bool:
        """Whether it happens to the call that it met last."""
        return self.met > self.after and (self.times is None or self.done < self.times)

    def shown(self) -> dict[str, Any]:
        return asdict(self)


class Faults:
    """All that were asked for, oldest first."""

    def __init__(self) -> None:
        self._all: list[Fault] = []
        self._asked = 0

    def add(
        self, network: str, operation: str, kind: str, times: int | None, after: int, seconds: float | None
    ) -> Fault:
        """One more."""
        self._asked += 1
        waits = (seconds or SECONDS[kind]) if kind in SECONDS else None
        fault = Fault(self._asked, network, operation, kind, times, after, waits)
        self._all.append(fault)
        return fault

    def all(self, network: str | None = None) -> list[Fault]:
        return [fault for fault in self._all if network in (None, fault.network)]

    def delete(self, network: str | None = None) -> int:
        """Forget them; how many."""
        gone = self.all(network)
        self._all = [fault for fault in self._all if fault not in gone]
        return len(gone)

    def meet(self, network: str, operation: str) -> Fault | None:
        """What happens to a call: the oldest that is ready. Every one that it matches counts it."""
        found = None
        for fault in self._all:
            if fault.meets(network, operation):
                fault.met += 1
                if found is None and fault.ready:
                    found = fault
        if found is not None:
            found.done += 1
        return found


# What a network says, by kind of fault and operation.
Saying = Callable[[str, str], Response]


async def suffer(
    fault: Fault, operation: str, say: Saying, app: ASGIApp, scope: Scope, receive: Receive, send: Send
) -> None:
    """Answer a call as the fault has it."""
    match fault.kind:
        case "reset_before_write":
            await _cut(scope, receive, reset=True)
        case "drop_after_write":
            await _done(app, scope, receive)
            await _cut(scope, receive, reset=False)
        case "http_500_after_write":
            await _done(app, scope, receive)
            await say("http_500", operation)(scope, receive, send)
        case "slow":
            said = await _done(app, scope, receive)
            await _silent(receive, fault.seconds or 0)
            for message in said:
                await send(message)
        case "half_open":
            await _half(await _done(app, scope, receive), fault.seconds or 0, scope, receive, send)
        case "schema_drift":
            for message in _drifting(await _done(app, scope, receive)):
                await send(message)
        case "cursor_expired":
            await app({**scope, "query_string": _spoilt(scope["query_string"])}, receive, send)
        case _:
            await _heard(receive)
            await say(fault.kind, operation)(scope, receive, send)


def _spoilt(query: bytes) -> bytes:
    """With a cursor that the network does not know any more; as it is where there is none."""
    asked = parse_qsl(query.decode(), keep_blank_values=True)
    return urlencode([(name, "expired" if name in _CURSORS else value) for name, value in asked]).encode()


async def _heard(receive: Receive) -> None:
    """Read what is sent, as a network does that refuses it."""
    while (await receive()).get("more_body", False):
        pass


async def _done(app: ASGIApp, scope: Scope, receive: Receive) -> list[Message]:
    """Let the network do what it was asked; what it would have said, the body in one piece."""
    said: list[Message] = []

    async def keep(message: Message) -> None:
        said.append(message)

    await app(scope, receive, keep)
    body = b"".join(message.get("body", b"") for message in said if message["type"] == "http.response.body")
    return [said[0], {"type": "http.response.body", "body": body}]


async def _half(said: Sequence[Message], seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
    """Headers and half of the body, then nothing until the caller goes, or for so many seconds."""
    start, body = said[0], said[1]["body"]
    # An answer without a body would be whole with its headers.
    if body:
        await send(start)
        await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await _silent(receive, seconds)
    await _cut(scope, receive, reset=False)


async def _silent(receive: Receive, seconds: float) -> None:
    """Say nothing for so many seconds, or until the caller goes."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await _gone(receive)


async def _cut(scope: Scope, receive: Receive, *, reset: bool) -> None:
    """End the connection without a word; with `reset` by a TCP RST."""
    transport = scope["sandbox.transport"]
    if reset:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_WAIT_AT_CLOSE)
    transport.abort()
    await _gone(receive)


async def _gone(receive: Receive) -> None:
    """Wait for the end of the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _drifting(said: Sequence[Message]) -> list[Message]:
    """The answer in a shape that it did not have; as it is where it is no JSON."""
    start, body = said
    try:
        drifted = json.dumps(drift(json.loads(body["body"]))).encode()
    except ValueError:
        return list(said)
    kept = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    headers = [*kept, (b"content-length", str(len(drifted)).encode())]
    return [{**start, "headers": headers}, {**body, "body": drifted}]


def drift(data: Any) -> Any:
    """Every number becomes an object; where there is none, the last field of every innermost object is renamed."""
    boxed = _boxed(data)
    return _renamed(data) if boxed == data else boxed


def _boxed(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _boxed(value) for name, value in data.items()}
    if isinstance(data, list):
        return [_boxed(one) for one in data]
    return {"value": data} if isinstance(data, int | float) and not isinstance(data, bool) else data


def _renamed(data: Any) -> Any:
    if isinstance(data, list):
        return [_renamed(one) for one in data]
    if not isinstance(data, dict) or not data:
        return data
    if any(isinstance(value, dict | list) and value for value in data.values()):
        return {name: _renamed(value) for name, value in data.items()}
    last = list(data)[-1]
    return {(f"{name}_v2" if name == last else name): value for name, value in data.items()}
