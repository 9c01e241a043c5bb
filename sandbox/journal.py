"""What happened to a world since it was made, kept so that a restart or kill loses nothing.

One JSON object per line, flushed at once. Without a folder nothing is kept.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    def __init__(self, folder: Path | None, seed: int) -> None:
        self._path = folder / f"world-{seed}.jsonl" if folder else None
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)

    def append(self, kind: str, **entry: Any) -> None:
        if self._path is None:
            return
        with self._path.open("a") as lines:
            lines.write(json.dumps({"kind": kind, **entry}) + "\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """Oldest first; a last line that was cut off by a kill is left out."""
        if self._path is None or not self._path.exists():
            return
        for line in self._path.read_text().splitlines(keepends=True):
            if line.endswith("\n"):
                yield json.loads(line)
