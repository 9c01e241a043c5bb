"""One daily asset per network and resource: what came in on those days, as received."""

import dagster as dg

from orchestration.defs.ingestion.factory import ingestion_asset
from platforms import PLATFORMS

assets = [ingestion_asset(sheet, resource) for sheet in PLATFORMS.values() for resource in sheet.resources]
defs = dg.Definitions(assets=assets)
