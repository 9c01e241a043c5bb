"""One aggregate over all observations in each engine: sums per account and day. Why each does the part it does."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from clientnest.database import libpq_url

_SUMS = "sum(views) as views, sum(likes) as likes, sum(comments) as comments, sum(shares) as shares"
# So much of what came out that no engine leaves anything out, and so little that none is timed at handing it over.
_TOTALS = "count(*), sum(views), sum(likes), sum(comments), sum(shares)"
_ROWS = "select account_id::text, as_of_date, views, likes, comments, shares from marts.post_lifetime"


def measure() -> dict[str, float]:
    """Seconds in Postgres over the mart, in DuckDB and in Polars over the same rows as Parquet; the best of two."""
    with tempfile.TemporaryDirectory(prefix="nest-bench-") as folder:
        path = Path(folder) / "rows.parquet"
        _export(path)
        return {
            "postgres": _best(_postgres),
            "duckdb": _best(lambda: _duckdb(path)),
            "polars": _best(lambda: _polars(path)),
        }


def _export(path: Path) -> None:
    import duckdb

    lines = path.with_suffix(".csv")
    with psycopg.connect(libpq_url()) as connection, lines.open("wb") as file, connection.cursor() as cursor:
        with cursor.copy(f"copy ({_ROWS}) to stdout (format csv, header)".encode()) as copy:
            file.writelines(copy)
    # A column of which nothing is known has no type of its own in CSV.
    types = "{'account_id': 'varchar', 'views': 'bigint', 'likes': 'bigint', 'comments': 'bigint', 'shares': 'bigint'}"
    duckdb.execute(f"copy (select * from read_csv('{lines}', types = {types})) to '{path}' (format parquet)")
    lines.unlink()


def _postgres() -> int:
    with psycopg.connect(libpq_url()) as connection:
        sums = f"select account_id, as_of_date, {_SUMS} from marts.post_lifetime group by 1, 2"
        found = connection.execute(f"select {_TOTALS} from ({sums}) as sums".encode()).fetchone()
    return int(found[0]) if found else 0


def _duckdb(path: Path) -> int:
    import duckdb

    sums = f"select account_id, as_of_date, {_SUMS} from '{path}' group by 1, 2"
    with duckdb.connect() as connection:
        found = connection.execute(f"select {_TOTALS} from ({sums}) as sums").fetchone()
    return int(found[0]) if found else 0


def _polars(path: Path) -> int:
    import polars as pl

    sums = pl.col("views", "likes", "comments", "shares").sum()
    found = pl.scan_parquet(path).group_by("account_id", "as_of_date").agg(sums).collect()
    return found.height if found.sum().height else 0


def _best(work: Callable[[], int]) -> float:
    times = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return min(times)
