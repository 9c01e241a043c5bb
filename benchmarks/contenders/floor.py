"""As little as it takes by hand: typed by msgspec, COPY into a stage, ON CONFLICT. No lake, no check, no history.

`python -m benchmarks.contenders.floor URL DATABASE`
"""

import http.client
import sys
from typing import Any
from urllib.parse import urlparse

import msgspec
import psycopg

from benchmarks.contenders.contender import tell
from benchmarks.contenders.figures import FIELDS, KEY, NUMBERS, TEXTS, TYPES

TABLE = "floor"
_TYPES = {**dict.fromkeys(TEXTS, str), **dict.fromkeys(NUMBERS, int), "engagement_rate": float}
_Row: Any = msgspec.defstruct("_Row", [(name, _TYPES[name]) for name in FIELDS], gc=False)
_Page: Any = msgspec.defstruct("_Page", [("data", list[_Row]), ("paging", dict[str, str | None])], gc=False)


def load(url: str, database: str) -> None:
    decode = msgspec.json.Decoder(_Page).decode
    columns, key = ", ".join(FIELDS), ", ".join(KEY)
    replaced = ", ".join(f"{name} = excluded.{name}" for name in FIELDS if name not in KEY)
    declared = ", ".join(f"{name} {TYPES[name]}" for name in FIELDS)
    host = http.client.HTTPConnection(urlparse(url).netloc)
    with psycopg.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(f"create table if not exists {TABLE} ({declared}, primary key ({key}))")
        cursor.execute(f"create temp table stage (like {TABLE}) on commit drop")
        with cursor.copy(f"copy stage ({columns}) from stdin") as copy:
            following: str | None = url
            while following:
                host.request("GET", following[following.index("/figures") :])
                page = decode(host.getresponse().read())
                for row in page.data:
                    copy.write_row(msgspec.structs.astuple(row))
                following = page.paging["next"]
        cursor.execute(
            f"insert into {TABLE} ({columns}) select {columns} from stage on conflict ({key}) do update set {replaced}"
        )


if __name__ == "__main__":
    tell(lambda: load(sys.argv[1], sys.argv[2]))
