"""Where the files of media lie: a folder of this installation, or an object store; the same code for both.

A key is `<workspace>/<sha256>[.<suffix>]`. A file appears whole or not at all. What lies in an object store is read
through copies under `NEST_HOME`, since networks' clients read local files.
"""

import functools
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from clientnest.errors import NotReady
from clientnest.settings import settings

# How long a copy of a remote file is kept after it was last wanted.
_COPY_LIVES = timedelta(days=1)
_NO_ROOM = (
    "The file could not be kept: make sure that the storage of media has room and can be reached, then try again."
)
_KEY = re.compile(r"[0-9a-f-]{36}/[0-9a-f]{64}(\.\w+)?")


class Storage:
    """`folder` is where local files lie: the store itself where it is local, else copies of what is remote."""

    def __init__(self, folder: Path, remote: ObjectStore | None = None) -> None:
        self._folder = folder
        self._store = remote or LocalStore(folder, mkdir=True)
        self._is_local = remote is None

    def put(self, key: str, content: bytes | BinaryIO) -> None:
        """Whole or not at all, and on the disk before this returns. Raises NotReady where that cannot be."""
        try:
            obstore.put(self._store, key, content)
        except BaseError as error:
            raise NotReady(_NO_ROOM) from error
        if self._is_local:
            for path in (self._folder / key, (self._folder / key).parent):
                _sync(path)

    def local(self, key: str) -> Path:
        """The file on this machine. Raises FileNotFoundError."""
        path = self._folder / key
        if not self._is_local and not path.exists():
            self._copy(key, path)
        elif not path.exists():
            raise FileNotFoundError(key)
        elif not self._is_local:
            # A copy lives from when it was last wanted.
            path.touch()
        return path

    def exists(self, key: str) -> bool:
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def delete(self, keys: Iterable[str]) -> None:
        """What is not there is no error."""
        for key in keys:
            if self.exists(key):
                obstore.delete(self._store, key)
            if not self._is_local:
                (self._folder / key).unlink(missing_ok=True)

    def keys(self, *, older_than: timedelta) -> Iterator[str]:
        """Every file that was last written so long ago; what is not called like ours is somebody else's."""
        before = datetime.now(UTC) - older_than
        for listed in obstore.list(self._store):
            old = (found["path"] for found in listed if found["last_modified"] < before)
            yield from (key for key in old if _KEY.fullmatch(key))

    def forget_copies(self) -> None:
        """Remove copies of what is remote; what is read again is copied again."""
        before = (datetime.now(UTC) - _COPY_LIVES).timestamp()
        copies = [] if self._is_local else list(self._folder.glob("*/*"))
        for copy in copies:
            if copy.stat().st_mtime < before:
                copy.unlink(missing_ok=True)

    def _copy(self, key: str, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        content = obstore.get(self._store, key).stream()
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
            try:
                for part in content:
                    unfinished.write(part)
                Path(unfinished.name).rename(path)
            except BaseException:
                Path(unfinished.name).unlink(missing_ok=True)
                raise


def storage() -> Storage:
    """The storage of this installation."""
    return _opened(settings().media_url, settings().media)


@functools.cache
def _opened(url: str | None, folder: Path) -> Storage:
    return Storage(folder, from_url(url) if url else None)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
