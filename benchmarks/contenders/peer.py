"""dlt, as it comes (`default`) or as fast as it can be made (`tuned`: Arrow tables of 10,000 rows that become CSV).

`python -m benchmarks.contenders.peer URL DATABASE HOW FOLDER`
"""

import os
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

from benchmarks.contenders.contender import tell
from benchmarks.contenders.figures import KEY

SCHEMAS = {"default": "dlt_default", "tuned": "dlt_tuned"}
_MANY = 10_000


def _table(rows: list[dict[str, Any]]) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    table = pa.Table.from_pylist(rows)
    for name, type_ in (("metric_date", pa.date32()), ("captured_at", pa.timestamp("us", "UTC"))):
        table = table.set_column(table.schema.get_field_index(name), name, pc.cast(table[name], type_))
    return table


def prepared(url: str, database: str, how: str, folder: str) -> Any:
    """A function that does the work."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"
    os.environ["DESTINATION__POSTGRES__CREDENTIALS"] = database
    import dlt
    from dlt.sources.helpers.rest_client.client import RESTClient
    from dlt.sources.helpers.rest_client.paginators import JSONLinkPaginator

    address = urlparse(url)
    client = RESTClient(
        base_url=f"{address.scheme}://{address.netloc}",
        paginator=JSONLinkPaginator(next_url_path="paging.next"),
        data_selector="data",
    )

    @dlt.resource(
        name="figures",
        primary_key=KEY,
        write_disposition={"disposition": "merge", "strategy": "upsert"},
        columns={"metric_date": {"data_type": "date"}, "captured_at": {"data_type": "timestamp"}},
    )
    def figures() -> Iterator[Any]:
        rows: list[dict[str, Any]] = []
        for page in client.paginate(address.path, params={"page": 0}):
            if how == "default":
                yield page
                continue
            rows.extend(page)
            if len(rows) >= _MANY:
                yield _table(rows)
                rows = []
        if rows:
            yield _table(rows)

    pipeline = dlt.pipeline(f"bench_{how}", destination="postgres", dataset_name=SCHEMAS[how], pipelines_dir=folder)
    options: dict[str, Any] = {"loader_file_format": "csv"} if how == "tuned" else {}
    return lambda: str(pipeline.run(figures(), **options).has_failed_jobs)


if __name__ == "__main__":
    tell(prepared(*sys.argv[1:5]))
