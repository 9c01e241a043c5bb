"""The dbt models as assets, in two parts: scoring reads the first, the marts read the scores."""

import dagster as dg

from orchestration.defs.dbt.freshness import freshness
from orchestration.defs.dbt.models import figures, marts
from orchestration.defs.dbt.project import resource

__all__ = ["defs", "figures", "marts", "resource"]

defs = dg.Definitions(assets=[figures, marts], asset_checks=[freshness], resources={"dbt": resource()})
