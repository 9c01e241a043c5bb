"""One daily asset per network and resource: what came in on those days, as received."""

import dagster as dg

from ingestion.load import sources
from orchestration.defs.ingestion.factory import ingestion_asset
from platforms import PLATFORMS

assets = [ingestion_asset(sheet, source) for sheet in PLATFORMS.values() for source in sources(sheet)]
defs = dg.Definitions(assets=assets)
