"""What lies between one worker and everything it talks to, and ends it at a chosen piece of bytes.

Every piece in either direction, to PostgreSQL or to a network, is a step of the publish: withheld on its way there
it was never asked, withheld on its way back it was done and nobody knows.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Literal

# Whether the piece of the step arrives: not, its first half, or whole.
How = Literal["before", "half", "after"]
HOWS: tuple[How, ...] = ("before", "half", "after")
# With the claim a publish begins; how a connection is opened tells nothing about it.
_CLAIM = b"UPDATE app.publications"


@dataclass
class Stop:
    """At step `at`, counted from 1, `act` is called; `reached` tells that it was."""

    at: int
    how: How
    act: Callable[[], None]
    reached: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False)
class _Line:
    """One connection, there and back."""

    silent: bool = False


class Wire:
    """One worker's connections. `steps` were counted since it was armed."""

    def __init__(self) -> None:
        self.steps = 0
        self._stop: Stop | None = None
        self._begun = False
        self._lines: list[_Line] = []

    def arm(self, stop: Stop | None) -> None:
        """Count anew, and stop there; without a stop everything passes."""
        self.steps, self._stop, self._begun = 0, stop, False

    def silence(self) -> None:
        """From now on nothing arrives on the connections that there are, and nobody is told; new ones are well."""
        for line in self._lines:
            line.silent = True

    @contextlib.asynccontextmanager
    async def to(self, host: str, port: int) -> AsyncIterator[int]:
        """The port by which a place is reached over this wire, until the end of the block."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                there, back = await asyncio.open_connection(host, port)
            except OSError:
                writer.close()
                return
            line = _Line()
            self._lines.append(line)
            ways = [asyncio.create_task(self._pass(line, *way)) for way in ((reader, back), (there, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            self._lines.remove(line)
            for end in (writer, back):
                end.close()
            await asyncio.gather(*ways)

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()

    async def _pass(self, line: _Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whoever ends a connection by force, the other side sees its end; that is the point.
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                if line.silent:
                    continue
                if not self._arrived(piece, writer):
                    return
                await writer.drain()

    def _arrived(self, piece: bytes, writer: asyncio.StreamWriter) -> bool:
        """Hand a piece on as far as it goes; whether the connection goes on."""
        self._begun = self._begun or _CLAIM in piece
        self.steps += self._begun
        stop = self._stop
        if stop is None or not self._begun or self.steps != stop.at or stop.reached.is_set():
            writer.write(piece)
            return True
        passed = {"before": b"", "half": piece[: len(piece) // 2], "after": piece}[stop.how]
        writer.write(passed)
        stop.act()
        stop.reached.set()
        return stop.how == "after"
