"""Everything that Dagster sees: one `defs` from each folder."""

import dagster as dg

from orchestration.defs import dbt, docs, ingestion, reporting, schedules, scoring, upkeep

defs = dg.Definitions.merge(
    ingestion.defs, dbt.defs, docs.defs, scoring.defs, reporting.defs, schedules.defs, upkeep.defs
)
