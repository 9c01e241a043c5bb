"""What the networks were asked and what they answered: the last of it in memory, all of it in a file if told so."""

import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

_REMEMBERED = 2000
_LONGEST_BODY, _LONGEST_ANSWER = 64_000, 4_000_000
_SECRETS = re.compile(r"authorization|.*(token|secret|password|proof|verifier).*|code|key", re.IGNORECASE)
_IN_JSON = re.compile(r'("[^"]*(?:token|secret|password|verifier)[^"]*"\s*:\s*)"([^"]*)"', re.IGNORECASE)


class Body:
    """What came of a body, up to a length."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._kept = bytearray()
        self._size = 0

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        self._kept += chunk[: self._longest - len(self._kept)]

    def text(self) -> str | dict[str, int]:
        """Text as it is; of what is none or too much, the size."""
        if self._size == len(self._kept):
            with suppress(UnicodeDecodeError):
                return self._kept.decode()
        return {"bytes": self._size}


class Exchange:
    """One request with its answer; `status` is None where the connection was cut."""

    def __init__(self, network: str, operation: str, at: datetime, asked: dict[str, Any]) -> None:
        self.network, self.operation, self.at, self.asked = network, operation, at, asked
        self.fault: str | None = None
        # Whether a figure that the documents promise is dead in this world.
        self.poorer = False
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.received, self.sent = Body(_LONGEST_BODY), Body(_LONGEST_ANSWER)

    def shown(self) -> dict[str, Any]:
        """For tests: secrets as a hash of theirs, so that two can be compared."""
        return {
            "at": self.at.isoformat(),
            "network": self.network,
            "operation": self.operation,
            "method": self.asked["method"],
            "path": self.asked["path"],
            "query": _masked(parse_qsl(self.asked["query"], keep_blank_values=True)),
            "headers": _masked(self.asked["headers"]),
            "body": self._body(),
            "status": self.status,
            "fault": self.fault,
        }

    def _body(self) -> Any:
        text = self.received.text()
        if not isinstance(text, str):
            return text
        if "urlencoded" in dict(self.asked["headers"]).get("content-type", ""):
            return _masked(parse_qsl(text, keep_blank_values=True))
        return _IN_JSON.sub(lambda found: f'{found[1]}"{_hashed(found[2])}"', text)

    def whole(self) -> dict[str, Any]:
        """As it was, for a file."""
        return {
            "network": self.network,
            "operation": self.operation,
            "fault": self.fault,
            "poorer": self.poorer,
            **self.asked,
            "body": self.received.text(),
            "status": self.status,
            "answer_headers": self.headers,
            "answer": self.sent.text(),
        }


class Requests:
    """The exchanges of all networks."""

    def __init__(self, folder: str | None) -> None:
        self._kept: deque[Exchange] = deque(maxlen=_REMEMBERED)
        self._file = None
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._file = (Path(folder) / f"{os.getpid()}-{os.urandom(4).hex()}.jsonl").open("a", buffering=1)

    def keep(self, exchange: Exchange) -> None:
        """One more."""
        self._kept.append(exchange)
        if self._file is not None:
            self._file.write(json.dumps(exchange.whole()) + "\n")
        exchange.sent = Body(0)

    def found(self, network: str | None, operation: str | None, since: datetime | None) -> list[dict[str, Any]]:
        """Oldest first."""
        return [
            one.shown()
            for one in self._kept
            if network in (None, one.network) and operation in (None, one.operation) and (not since or one.at >= since)
        ]


def _masked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: _hashed(value) if _SECRETS.fullmatch(name) else value for name, value in pairs}


def _hashed(value: str) -> str:
    return f"sha256:{hashlib.sha256(value.encode()).hexdigest()[:16]}"
