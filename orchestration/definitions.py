"""Everything that Dagster sees: one `defs` from each folder."""

import dagster as dg

from orchestration.defs import dbt, ingestion, reporting, schedules, scoring, upkeep

defs = dg.Definitions.merge(ingestion.defs, dbt.defs, scoring.defs, reporting.defs, schedules.defs, upkeep.defs)
