"""The lake: what was received, as it was received. Files are written once and never changed.

`api/<platform>/<resource>/<workspace>/<account>/<date>/<load>.parquet` holds the pages of one load,
`files/<sha256>/` an imported file as it came, and `files/<sha256>.parquet` its lines. Paths in the database are
relative to the lake.
"""

import errno
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TypedDict
from uuid import UUID, uuid4

from clientnest.errors import NotFound, NotReady
from clientnest.settings import settings
from platforms.platform import Page


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


def pages_path(platform: str, resource: str, workspace_id: UUID, account_id: UUID, load_id: UUID, at: datetime) -> str:
    """`at` is the network's time of the newest page."""
    folder = PurePosixPath("api", platform, resource, str(workspace_id), str(account_id), at.date().isoformat())
    return str(folder / f"{load_id}.parquet")


def write_pages(lake_path: str, pages: Sequence[Page], label: Label) -> None:
    """Keep the pages of one load: page (from 1), received_at, request, context (JSON), body (bytes)."""
    import json

    import polars as pl

    frame = pl.DataFrame(
        {
            "page": range(1, len(pages) + 1),
            "received_at": [page.received_at for page in pages],
            "request": [page.request for page in pages],
            "context": [json.dumps(dict(page.context)) for page in pages],
            "body": [page.body for page in pages],
        },
        schema={
            "page": pl.Int32,
            "received_at": pl.Datetime("us", "UTC"),
            "request": pl.String,
            "context": pl.String,
            "body": pl.Binary,
        },
    )
    _write(lake_path, lambda path: frame.write_parquet(path, compression="zstd", metadata={"load": json.dumps(label)}))


def read_label(lake_path: str) -> Label:
    """What the pages of a file are. Raises NotFound."""
    import json

    import polars as pl

    label: Label = json.loads(pl.read_parquet_metadata(locate(lake_path))["load"])
    return label


def write_lines(lake_path: str, lines: Sequence[str]) -> None:
    """Keep the lines of an imported file: line (from 1), text (decoded, without its end)."""
    import polars as pl

    frame = pl.DataFrame(
        {"line": range(1, len(lines) + 1), "text": lines}, schema={"line": pl.Int64, "text": pl.String}
    )
    _write(lake_path, lambda path: frame.write_parquet(path, compression="zstd"))


def write_bytes(lake_path: str, content: bytes) -> None:
    """Keep a file as it is."""
    _write(lake_path, lambda path: path.write_bytes(content))


def _write(lake_path: str, write: Callable[[Path], object]) -> None:
    """All of it or nothing: written beside its place, flushed to disk, then renamed."""
    target = settings().lake / lake_path
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{uuid4().hex}")
    try:
        write(unfinished)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.rename(target)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise NotReady(f"The disk of {settings().lake} is full: make room and try again.") from error
    finally:
        unfinished.unlink(missing_ok=True)
