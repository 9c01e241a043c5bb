"""Reading connected accounts of a sandbox as the product does."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from clientnest.database import close
from ingestion.load import LoadResult, ingest
from platforms.platform import Window


def now_window(days: int = 5) -> Window:
    now = datetime.now(UTC)
    return Window(now - timedelta(days=days), now + timedelta(hours=1))


def read(account_id: UUID, *resources: str, planned: bool = False, days: int = 5) -> dict[str, LoadResult]:
    results = asyncio.run(_read(account_id, list(resources) or None, planned, days))
    return {result.resource: result for result in results}


async def _read(account_id: UUID, resources: list[str] | None, planned: bool, days: int) -> list[LoadResult]:
    try:
        return await ingest(account_id, resources, now_window(days), planned=planned)
    finally:
        await close()
