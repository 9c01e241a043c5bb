"""What happened to a world since it was made, kept so that a restart or kill loses nothing.

One JSON object per line, flushed at once. Without a folder nothing is kept.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Journal:
    """The lines of one seed's world. Raises OSError where the folder cannot be written."""

    def __init__(self, folder: Path | None, seed: int) -> None:
        self._path = folder / f"world-{seed}.jsonl" if folder else None
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch()
            self._drop_torn_line(self._path)

    def append(self, kind: str, **entry: Any) -> None:
        """Keep one more."""
        if self._path is None:
            return
        with self._path.open("a") as lines:
            lines.write(json.dumps({"kind": kind, **entry}) + "\n")

    def entries(self) -> Iterator[dict[str, Any]]:
        """Oldest first."""
        if self._path is None:
            return
        with self._path.open() as lines:
            for line in lines:
                yield json.loads(line)

    @staticmethod
    def forget(folder: Path | None, seed: int) -> None:
        """Let the world of a seed begin anew."""
        if folder is not None:
            (folder / f"world-{seed}.jsonl").unlink(missing_ok=True)

    @staticmethod
    def _drop_torn_line(path: Path) -> None:
        """A kill may cut the last line off; the next one must not be written onto its rest."""
        with path.open("rb+") as kept:
            kept.truncate(kept.read().rfind(b"\n") + 1)
