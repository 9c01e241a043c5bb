"""Marts as Parquet: every one there is, exact types, unknown as null, nobody else's rows."""

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clientnest.settings import settings
from reporting.exports import GROUP, arrow_type, export_all
from tests.api.conftest import NOW, TODAY, Caller, World, problem


def _table(owner: Caller, mart: str) -> Any:
    answer = owner.get(f"/exports/marts/{mart}.parquet")
    assert answer.status_code == 200, answer.text
    assert f"{mart}.parquet" in answer.headers["content-disposition"]
    return pq.read_table(io.BytesIO(answer.content))


def test_every_mart_of_the_models_is_listed_with_its_columns(owner: Caller, world: World) -> None:
    listed = {mart["name"]: mart for mart in owner.get("/exports/marts").json()["items"]}
    assert {"accounts", "posts", "post_lifetime", "account_metrics_daily", "data_freshness", "costs"} <= listed.keys()
    assert {"name": "views", "type": "bigint"} in listed["posts"]["columns"]
    assert listed["posts"]["path"] == "/exports/marts/posts.parquet"


def test_unknown_is_null_zero_is_zero_and_types_are_exact(owner: Caller, world: World) -> None:
    account = world.account("x")
    world.post(account, "x", TODAY, impressions=0, hashtags=["kaffe", "te"], engagement_rate=0.25)
    table = _table(owner, "posts")
    (row,) = table.to_pylist()
    assert (row["impressions"], row["views"], row["likes"]) == (0, None, None)
    assert (row["hashtags"], row["engagement_rate"], row["published_date"]) == (["kaffe", "te"], 0.25, TODAY)
    assert row["observed_at"].utcoffset().total_seconds() == 0
    assert '"views": "unsupported"' in row["why_unknown"]
    kinds = {field.name: field.type for field in table.schema}
    assert (kinds["impressions"], kinds["published_date"]) == (pa.int64(), pa.date32())
    assert kinds["observed_at"] == pa.timestamp("us", tz="UTC")


def test_money_is_decimal_to_the_cent(owner: Caller, world: World) -> None:
    columns = {c["name"]: c["type"] for c in next(
        mart["columns"] for mart in owner.get("/exports/marts").json()["items"] if mart["name"] == "costs"
    )}  # fmt: skip
    money = [name for name, kind in columns.items() if kind.startswith("numeric")]
    assert money
    assert all(pa.types.is_decimal(_table(owner, "costs").schema.field(name).type) for name in money)
    assert pa.array([Decimal("0.1")], arrow_type("numeric(18,4)"))[0].as_py() == Decimal("0.1000")


def test_nobody_elses_rows_leave(owner: Caller, stranger: Caller, world: World) -> None:
    world.post(world.account("x"), "x", TODAY, impressions=7)
    assert _table(owner, "posts").num_rows == 1
    assert _table(stranger, "posts").num_rows == 0
    assert _table(stranger, "accounts").num_rows == 0


@pytest.mark.parametrize("name", ["nothing", "posts; drop table app.users", "pg_class"])
def test_a_mart_that_is_not_there_is_said_to_be_so(owner: Caller, world: World, name: str) -> None:
    assert "GET /exports/marts" in problem(owner.get(f"/exports/marts/{name}.parquet"), 404)["detail"]


def test_a_large_mart_is_written_group_by_group(world: World, tmp_path: Path) -> None:
    account = world.account("x")
    world.fill_days(account, "x", GROUP + 10_001)
    rows = export_all(world.workspace.id, tmp_path)
    assert rows["account_metrics_daily"] == GROUP + 10_001
    groups = pq.ParquetFile(tmp_path / "account_metrics_daily.parquet").metadata
    assert [groups.row_group(place).num_rows for place in range(groups.num_row_groups)] == [GROUP, 10_001]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"{mart}.parquet" for mart in rows)


def test_the_dictionary_is_served_once_it_is_made(owner: Caller, nobody: Caller, home: Path) -> None:
    assert settings().home == home
    problem(owner.get("/docs/warehouse"), 503)
    problem(nobody.get("/docs/warehouse"), 401)
    settings().dictionary.parent.mkdir(parents=True, exist_ok=True)
    settings().dictionary.write_text("<!doctype html><title>dbt</title>")
    page = owner.get("/docs/warehouse")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert owner.get("/exports/marts").json()["dictionary"] == "/docs/warehouse"
    settings().dictionary.unlink()


def test_freshness_of_the_export_is_now(owner: Caller, world: World) -> None:
    world.account("x")
    (row,) = _table(owner, "workspaces").to_pylist()
    assert row["modelled_at"] == NOW
