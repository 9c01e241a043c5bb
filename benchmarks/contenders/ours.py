"""ClientNest: `ingestion.load.load` as it is, told of one more network, whose account was connected.

`python -m benchmarks.contenders.ours URL ACCOUNT WORKSPACE`, with DATABASE_URL and NEST_HOME of the installation.
"""

import asyncio
import http.client
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

import msgspec
import pyarrow.parquet

from benchmarks.contenders.contender import tell
from benchmarks.contenders.figures import FIELDS, KEY, TYPES
from ingestion.load import LoadAccount, Source, load
from platforms import PLATFORMS
from platforms.platform import Contract, Field, Page, Window

# Every table of `raw` has columns of these names.
RENAMED = {"account_id": "account", "post_id": "external_id"}
_TYPES = {
    "text": "VARCHAR",
    "bigint": "BIGINT",
    "date": "DATE",
    "timestamptz": "TIMESTAMPTZ",
    "double precision": "DOUBLE",
}
CONTRACT = Contract(
    records="json_extract(body, '$.data[*]')",
    fields=tuple(
        Field(RENAMED.get(name, name), _TYPES[TYPES[name]], f"$.{name}", required=name in KEY)  # type: ignore[arg-type]
        for name in FIELDS
    ),
    key=tuple(RENAMED.get(name, name) for name in KEY),
)
PLATFORM = replace(PLATFORMS["facebook"], name="bench", title="Bench", resources=(), metrics=())
TABLE = "raw.bench_post_metrics"
_Paging: Any = msgspec.defstruct("_Paging", [("next", str | None)])
_Following: Any = msgspec.defstruct("_Following", [("paging", _Paging)])
_following = msgspec.json.Decoder(_Following).decode


async def _pages(url: str, window: Window, about: Sequence[Any]) -> AsyncIterator[Page]:
    host = http.client.HTTPConnection(urlparse(url).netloc)
    following: str | None = url
    while following:
        host.request("GET", following[following.index("/figures") :])
        answer = host.getresponse()
        body = answer.read()
        yield Page(body, parsedate_to_datetime(answer.headers["Date"]), f"GET {following}")
        following = _following(body).paging.next


SOURCE = Source("post_metrics", "post_metrics", CONTRACT, _pages)


def run(url: str, account: str, workspace: str) -> dict[str, int]:
    now = datetime.now(UTC)
    whose, window = LoadAccount(UUID(account), UUID(workspace)), Window(now - timedelta(days=1), now)
    result = asyncio.run(load(whose, PLATFORM, SOURCE, window, client=url))
    if result.status != "done":
        raise RuntimeError(result.problem)
    return {"records": result.records, "written": result.written, "unchanged": result.unchanged}


if __name__ == "__main__":
    # The loader brings it in with the first file that it writes; its start is not what is measured, of no contender.
    assert pyarrow.parquet
    tell(lambda: run(sys.argv[1], sys.argv[2], sys.argv[3]))
