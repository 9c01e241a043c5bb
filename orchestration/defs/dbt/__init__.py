"""The dbt models as assets, built by one call; scoring reads them."""

import dagster as dg

from orchestration.defs.dbt.freshness import freshness
from orchestration.defs.dbt.models import figures
from orchestration.defs.dbt.project import resource

__all__ = ["defs", "figures", "resource"]

defs = dg.Definitions(assets=[figures], asset_checks=[freshness], resources={"dbt": resource()})
