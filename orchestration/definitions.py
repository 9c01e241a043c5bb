"""Everything that Dagster sees: one `defs` from each folder."""

import dagster as dg

from orchestration.defs import dbt, ingestion, reporting, schedules, scoring

defs = dg.Definitions.merge(ingestion.defs, dbt.defs, scoring.defs, reporting.defs, schedules.defs)
