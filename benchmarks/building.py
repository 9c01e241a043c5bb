"""The figures built as orchestration builds them, in this process; and what came out, in one number per mart."""

import contextlib
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from clientnest.database import libpq_url
from clientnest.settings import ROOT

_PROJECT = ROOT / "dbt_project"
# What says when something was built, and not what was found.
_WHEN = ("modelled_at", "scored_at")


@dataclass(frozen=True, slots=True)
class Build:
    """Seconds of the wall clock; `parts` are those of models, tests and scoring by their own account, `nodes` dbt's."""

    seconds: float
    parts: dict[str, float]
    nodes: dict[str, float]

    def slowest(self, most: int = 12) -> str:
        """The models and tests that took longest, with their seconds."""
        ordered = sorted(self.nodes.items(), key=lambda node: -node[1])
        return ", ".join(f"{name} {seconds:.1f}" for name, seconds in ordered[:most])


def build() -> Build:
    """The assets that `python -m orchestration figures` makes. Raises RuntimeError where a step did not end well."""
    with contextlib.redirect_stdout(sys.stderr):
        import dagster as dg

        from orchestration.defs import dbt, scoring

        # The environment that dbt reads is this process's.
        os.environ.update(_for_dbt())
        assets = [dbt.figures, scoring.post_scores]
        with dg.DagsterInstance.ephemeral() as instance:
            since, began = time.time(), time.perf_counter()
            result = dg.materialize(assets, instance=instance, resources={"dbt": dbt.resource()}, raise_on_error=False)
            seconds = time.perf_counter() - began
    if not result.success:
        raise RuntimeError("the figures were not built: see the log above")
    scored = sum(
        event.step_success_data.duration_ms / 1000
        for event in result.all_node_events
        if event.is_step_success and "score" in (event.step_key or "")
    )
    nodes = _dbt_nodes(since)
    parts = {kind: sum(found.values()) for kind, found in nodes.items()}
    return Build(seconds, {**parts, "scoring": scored}, {**nodes["models"], **nodes["tests"]})


def analyze() -> None:
    """What PostgreSQL does by itself within a minute of a great change."""
    with psycopg.connect(libpq_url(), autocommit=True) as connection:
        connection.execute("analyze")


def rebuild() -> float:
    """Everything anew by `dbt build --full-refresh`, and the scores; seconds."""
    from scoring.content import score_all

    dbt = str(Path(sys.executable).with_name("dbt"))
    places = ["--project-dir", str(_PROJECT), "--profiles-dir", str(_PROJECT)]
    began = time.perf_counter()
    subprocess.run(
        [dbt, "build", "--full-refresh", "--quiet", *places],
        env={**os.environ, **_for_dbt()},
        stdout=sys.stderr,
        check=True,
    )
    score_all()
    return time.perf_counter() - began


def digests() -> dict[str, tuple[int, int]]:
    """Per mart how many rows it has, and a sum over what they say; equal where the rows are equal in any order."""
    with psycopg.connect(libpq_url()) as connection:
        connection.execute("set extra_float_digits = 0")
        columns = connection.execute(
            """
            select table_name, array_agg(column_name::text order by column_name)
            from information_schema.columns join information_schema.tables using (table_schema, table_name)
            where table_schema in ('marts', 'scoring') and table_type = 'BASE TABLE' and not column_name = any(%s)
            group by table_name order by table_name
            """,
            [list(_WHEN)],
        ).fetchall()
        found = {}
        for table, names in columns:
            schema = "scoring" if table == "post_scores" else "marts"
            row = connection.execute(
                sql.SQL("select count(*), coalesce(sum(hashtextextended(({})::text, 0)::numeric), 0) from {}").format(
                    sql.SQL("row({})").format(sql.SQL(", ").join(map(sql.Identifier, names))),
                    sql.Identifier(schema, table),
                )
            ).fetchone()
            assert row is not None
            found[table] = (row[0], int(row[1]))
    return found


def _for_dbt() -> dict[str, str]:
    url = make_url(libpq_url())
    return {
        "NEST_PG_HOST": url.host or "",
        "NEST_PG_PORT": str(url.port or 5432),
        "NEST_PG_USER": url.username or "",
        "NEST_PG_PASSWORD": url.password or "",
        "NEST_PG_DATABASE": url.database or "",
    }


def _dbt_nodes(since: float) -> dict[str, dict[str, float]]:
    """Seconds of each model and of each test, from what dbt wrote about its runs; two run at once."""
    found: dict[str, dict[str, float]] = {"models": {}, "tests": {}}
    for path in Path(os.environ["DBT_TARGET_PATH"]).rglob("run_results.json"):
        if path.stat().st_mtime < since:
            continue
        for result in json.loads(path.read_text())["results"]:
            kind = "tests" if result["unique_id"].startswith(("test.", "unit_test.")) else "models"
            found[kind][result["unique_id"].split(".")[2]] = result["execution_time"]
    return found
