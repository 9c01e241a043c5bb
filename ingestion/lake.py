"""The lake: what was received, as it was received. Files are written once and never changed.

`api/<platform>/<resource>/<workspace>/<account>/<date>/<load>.parquet` holds the pages of one load,
`files/<sha256>/` an imported file as it came, `files/<sha256>.parquet` its lines, and
`imports/<workspace>/<sha256>-<report>.json` that a workspace brought it in. Paths in the database are relative to the
lake.
"""

import contextlib
import errno
import json
import os
import time
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, count
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Any, Self, TypedDict
from uuid import UUID, uuid4

from clientnest.errors import NotFound, NotReady
from clientnest.settings import settings
from platforms.platform import Page

# A file that was begun so many seconds ago and never kept is of a load that was cut off.
_ABANDONED = 2 * 60 * 60
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)


class Label(TypedDict):
    """What the pages of a load are; written into its file, so that the lake explains itself."""

    load_id: str
    workspace_id: str
    account_id: str
    platform: str
    resource: str
    window_start: str
    window_end: str
    # When the file was written, on our clock.
    kept_at: str


def locate(lake_path: str) -> Path:
    """The file behind a path of the database. Raises NotFound."""
    root = settings().lake.resolve()
    found = (root / lake_path).resolve()
    if not found.is_relative_to(root) or not found.is_file():
        raise NotFound(f"The lake holds no {lake_path}.")
    return found


def holds(lake_path: str) -> bool:
    """Whether the file is there."""
    return (settings().lake / lake_path).is_file()


def kept(pattern: str) -> Iterator[str]:
    """Paths of files that match, such as `imports/*/*.json`."""
    root = settings().lake
    return (str(path.relative_to(root)) for path in root.glob(pattern) if not path.name.startswith("."))


def account_folder(platform: str, resource: str, workspace_id: UUID, account_id: UUID) -> str:
    """Where the files of one resource of an account lie."""
    return str(PurePosixPath("api", platform, resource, str(workspace_id), str(account_id)))


class PagesFile:
    """The pages of one load, written while they arrive, and kept under their name only when all are there.

    Columns: page (from 1), received_at, request, context (JSON), body (bytes). A context manager: what is not kept
    when it ends is gone.
    """

    def __init__(self, folder: str, load_id: UUID) -> None:
        self._folder = folder
        self._load_id = load_id
        self._unfinished = settings().lake / folder / f".{load_id}.{uuid4().hex}"
        self._writer: Any = None
        self._day: date | None = None
        self._count = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin again, without a page."""
        if self._writer is not None and self._writer.is_open:
            self._writer.close()
        self._unfinished.unlink(missing_ok=True)
        self._writer, self._day, self._count = None, None, count(1)

    @property
    def is_empty(self) -> bool:
        """Whether there is no page."""
        return self._day is None

    @property
    def lake_path(self) -> str:
        """Where it is going to be kept, by the day of its first page."""
        assert self._day is not None, "a file without pages is not kept"
        return f"{self._folder}/{self._day.isoformat()}/{self._load_id}.parquet"

    def add(self, pages: Sequence[Page]) -> None:
        """Write pages, all as one part of the file."""
        import pyarrow as pa

        if not pages:
            return
        self._day = self._day or pages[0].received_at.astimezone(UTC).date()
        columns = [
            _numbers([next(self._count) for _ in pages], pa.int32(), "i"),
            _numbers([(page.received_at - _EPOCH) // _MICROSECOND for page in pages], pa.timestamp("us", "UTC"), "q"),
            _texts([page.request.encode() for page in pages], pa.string()),
            _texts([json.dumps(dict(page.context)).encode() for page in pages], pa.string()),
            _texts([page.body for page in pages], pa.binary()),
        ]
        with _told_when_full():
            if self._writer is None:
                self._writer = _writer(self._unfinished)
            self._writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=_schema()))

    def keep(self, label: Label) -> str:
        """Give the file its label and its name, all of it or nothing; its path."""
        with _told_when_full():
            self._writer.add_key_value_metadata({"load": json.dumps(label)})
            self._writer.close()
            _put(self._unfinished, settings().lake / self.lake_path)
        return self.lake_path


def read_pages(lake_path: str) -> Iterator[list[Page]]:
    """The pages of a load as they were received, part by part. Raises NotFound."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(locate(lake_path)) as file:
        for part in range(file.num_row_groups):
            rows = file.read_row_group(part, columns=["received_at", "request", "context", "body"])
            # For moments, too, Arrow would bring in pandas.
            rows = rows.set_column(0, "received_at", rows["received_at"].cast(pa.int64()))
            yield [
                Page(body, _EPOCH + received_at * _MICROSECOND, request, json.loads(context))
                for received_at, request, context, body in zip(*rows.to_pydict().values(), strict=True)
            ]


def read_label(lake_path: str) -> Label:
    """What the pages of a file are. Raises NotFound."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(locate(lake_path)) as file:
        label: Label = json.loads(file.metadata.metadata[b"load"])
    return label


def keep_again(lake_path: str, label: Label) -> None:
    """Give a file another label, all of it or nothing."""
    import pyarrow.parquet as pq

    target = locate(lake_path)
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}")
    with _told_when_full(), pq.ParquetFile(target) as file:
        try:
            with _writer(unfinished) as writer:
                for part in range(file.num_row_groups):
                    writer.write_table(file.read_row_group(part).replace_schema_metadata())
                writer.add_key_value_metadata({"load": json.dumps(label)})
            _put(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)


def write_lines(lake_path: str, lines: Sequence[str]) -> None:
    """Keep the lines of an imported file: line (from 1), text (decoded, without its end)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    numbers = _numbers(range(1, len(lines) + 1), pa.int64(), "q")
    table = pa.table([numbers, _texts([line.encode() for line in lines], pa.string())], names=["line", "text"])
    _write(lake_path, lambda path: pq.write_table(table, path, compression="zstd"))


def write_bytes(lake_path: str, content: bytes) -> None:
    """Keep a file as it is."""
    _write(lake_path, lambda path: path.write_bytes(content))


def _numbers(values: Sequence[int], type_: Any, code: str) -> Any:
    """An Arrow array of its bytes: made from Python values, Arrow would bring in pandas, and with it 60 MB."""
    import pyarrow as pa

    return pa.Array.from_buffers(type_, len(values), [None, pa.py_buffer(array(code, values).tobytes())])


def _texts(values: Sequence[bytes], type_: Any) -> Any:
    import pyarrow as pa

    ends = array("i", accumulate(map(len, values), initial=0))
    return pa.Array.from_buffers(
        type_, len(values), [None, pa.py_buffer(ends.tobytes()), pa.py_buffer(b"".join(values))]
    )


def _schema() -> Any:
    import pyarrow as pa

    return pa.schema(
        {
            "page": pa.int32(),
            "received_at": pa.timestamp("us", "UTC"),
            "request": pa.string(),
            "context": pa.string(),
            "body": pa.binary(),
        }
    )


def _writer(unfinished: Path) -> Any:
    """A page is text of kilobytes that no other repeats: neither dictionaries nor statistics are worth their time."""
    import pyarrow.parquet as pq

    folder = unfinished.parent
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(".*"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                left.unlink()
    options = {"compression": "zstd", "use_dictionary": False, "write_statistics": False}
    return pq.ParquetWriter(unfinished, _schema(), **options)


def write_note(lake_path: str, note: Mapping[str, object]) -> None:
    """Keep what is said of other files, in the place of what was said before."""
    _write(lake_path, lambda path: path.write_text(json.dumps(note)), again=True)


def read_note(lake_path: str) -> dict[str, Any]:
    """What `write_note` kept. Raises NotFound."""
    note: dict[str, Any] = json.loads(locate(lake_path).read_text())
    return note


def _write(lake_path: str, write: Callable[[Path], object], *, again: bool = False) -> None:
    """All of it or nothing: written beside its place, flushed to disk, then renamed."""
    target = settings().lake / lake_path
    if target.exists() and not again:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}")
    with _told_when_full():
        try:
            write(unfinished)
            _put(unfinished, target)
        finally:
            unfinished.unlink(missing_ok=True)


def _put(unfinished: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.rename(target)


@contextlib.contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise NotReady(f"The disk of {settings().lake} is full: make room and try again.") from error
