"""Marts as Parquet, for tools outside: types as in the warehouse, what is unknown null, money as decimals.

A row group is written for every few thousand rows that are read, so memory does not grow with the mart.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from clientnest.errors import NotFound
from clientnest.marts import NOW, WIDEST, Mart, Moment, Whole, whole

# Rows in a row group: enough to compress well, little to hold.
GROUP = 50_000
_NUMERIC = re.compile(r"numeric\((\d+),(\d+)\)")
_TYPES = {
    "boolean": pa.bool_(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "real": pa.float32(),
    "double precision": pa.float64(),
    "date": pa.date32(),
    "timestamp with time zone": pa.timestamp("us", tz="UTC"),
    "text[]": pa.list_(pa.string()),
}


def export_mart(workspace_id: UUID, name: str, path: Path, moment: Moment = NOW) -> int:
    """One mart of a workspace into one file; the number of its rows. Raises NotFound, NotReady."""
    with whole(workspace_id, moment) as found:
        for mart in found.marts():
            if mart.name == name:
                return _written(found, mart, path)
    raise NotFound(f"There is no mart {name}.")


def export_all(workspace_id: UUID, folder: Path, moment: Moment = NOW) -> dict[str, int]:
    """Every mart of a workspace as `<mart>.parquet`, all from one transaction; rows by mart. Raises NotReady."""
    folder.mkdir(parents=True, exist_ok=True)
    with whole(workspace_id, moment) as found:
        return {mart.name: _written(found, mart, folder / f"{mart.name}.parquet") for mart in found.marts()}


def _written(found: Whole, mart: Mart, path: Path) -> int:
    """Whole or not at all."""
    schema = pa.schema([pa.field(column.name, arrow_type(column.type)) for column in mart.columns])
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    rows = 0
    try:
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            group: list[pa.RecordBatch] = []
            for batch in found.rows(mart):
                rows += len(batch)
                group.append(_columns(batch, schema))
                if sum(part.num_rows for part in group) >= GROUP:
                    writer.write_table(pa.Table.from_batches(group))
                    group = []
            if group:
                writer.write_table(pa.Table.from_batches(group))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def arrow_type(kind: str) -> pa.DataType:
    """Arrow's type for PostgreSQL's; text where it has none."""
    if kind.startswith("numeric"):
        declared = _NUMERIC.fullmatch(kind)
        precision, scale = map(int, declared.groups()) if declared else WIDEST
        return pa.decimal128(precision, scale)
    return _TYPES.get(kind, pa.string())


def _columns(batch: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*batch, strict=True)
    return pa.record_batch(
        [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)],
        schema=schema,
    )
