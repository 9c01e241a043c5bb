"""What lies between us and a network: passes every call on, and loses, holds or replaces the answers it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx

_HOP_BY_HOP = {"connection", "content-length", "transfer-encoding", "content-encoding", "accept-encoding"}


@dataclass
class Held:
    """An answer that does not arrive until it is released. The network has done its part when `reached` is set."""

    reached: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True)
class _Instead:
    status: int
    body: bytes
    headers: dict[str, str]


class Between:
    """One network. Plans name a call as `POST /2/tweets` and hold for its next occurrence each."""

    def __init__(self, target: str) -> None:
        self.base_url = ""
        self.asked: list[str] = []
        self._target = target
        self._plans: list[tuple[str, Held | _Instead | None]] = []

    def lose(self, call: str) -> None:
        """The network acts, and the connection breaks before its answer."""
        self._plans.append((call, None))

    def hold(self, call: str) -> Held:
        """The network acts, and its answer waits."""
        held = Held()
        self._plans.append((call, held))
        return held

    def answer(self, call: str, status: int, body: object, **headers: str) -> None:
        """The network hears nothing and this is its answer; a header `retry_after` is sent as `retry-after`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._plans.append((call, _Instead(status, json.dumps(body).encode(), named)))

    def times(self, call: str) -> int:
        """How often it was asked."""
        return sum(call in asked for asked in self.asked)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection with one call."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, path, _ = head[0].split(" ")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            self.asked.append(f"{method} {path}")
            answer = await self._answered(method, path, headers, body)
            if answer is not None:
                lines = [f"HTTP/1.1 {answer.status} Told", *(f"{k}: {v}" for k, v in answer.headers.items())]
                lines += [f"content-length: {len(answer.body)}", "connection: close", "", ""]
                writer.write("\r\n".join(lines).encode("latin-1") + answer.body)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            # Whoever asked is gone; that is often the point.
            pass
        finally:
            writer.close()

    async def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> _Instead | None:
        plan = next((plan for plan in self._plans if plan[0] in f"{method} {path}"), None)
        if plan is not None:
            self._plans.remove(plan)
            if isinstance(plan[1], _Instead):
                return plan[1]
        kept = {name: value for name, value in headers.items() if name not in _HOP_BY_HOP}
        async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
            given = await http.request(method, self._target + path, headers=kept, content=body)
        if plan is not None and plan[1] is None:
            return None
        if plan is not None and isinstance(plan[1], Held):
            plan[1].reached.set()
            await plan[1].released.wait()
        shown = {name: value for name, value in given.headers.items() if name not in _HOP_BY_HOP}
        return _Instead(given.status_code, given.content, shown)


@asynccontextmanager
async def standing_between(target: str) -> AsyncIterator[Between]:
    """Until the end of the block; `target` is the network's base URL."""
    between = Between(target)
    server = await asyncio.start_server(between.serve, "127.0.0.1", 0)
    between.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield between
