"""Models built and tested by one dbt call."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from clientnest.database import system_connection
from ingestion.tables import ensure_raw_tables
from orchestration.defs.dbt import standing
from orchestration.defs.dbt.project import manifest, project

_MANIFEST = manifest()


class _Grouped(DagsterDbtTranslator):
    """A model's group is the folder it lies in: staging, intermediate or marts."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        folders: list[str] = dbt_resource_props["fqn"][1:-1]
        return folders[0] if folders else None


@contextmanager
def _alone() -> Iterator[None]:
    """One dbt at a time on this database: two would rename each other's tables away."""
    with system_connection() as connection:
        connection.execute("select pg_advisory_xact_lock(hashtext('clientnest.dbt'))")
        yield


@dbt_assets(manifest=_MANIFEST, name="models", dagster_dbt_translator=_Grouped())
def figures(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Staging, the common vocabulary, and the marts that are served: what was touched since the last time.

    Models that are not those of the last time make everything anew, and the views of what was known at a moment. Unit
    tests ask about the models and nothing else: whoever changes those runs them.
    """
    ensure_raw_tables()
    with _alone():
        stands = standing.stands()
        how = [] if stands else ["--full-refresh"]
        yield from dbt.cli(["build", "--exclude-resource-type", "unit_test", *how], context=context).stream()
        if not stands:
            dbt.cli(["run", "--target", "known"], target_path=project().target_path / "known").wait()
            standing.remember()
