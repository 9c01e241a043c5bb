"""When, not how: assets, schedules and checks over what the rooms do."""

import warnings

# Said for each asset anew, of the one thing here that Dagster still calls beta: many days in one run.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy` of function `asset` is currently in beta")
