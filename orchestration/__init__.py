"""When, not how: assets, schedules and checks over what the rooms do."""

import warnings

# Said once for each of the assets, and the one thing here that Dagster still calls beta: ranges of days in one run.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy` of function `asset` is currently in beta")
# A dependency of dagster-dbt's SQL parser looks for its faster sibling; nobody here can change that.
warnings.filterwarnings("ignore", message="sqlglotrs is deprecated", category=DeprecationWarning)
