"""A history of about N observations, straight into `raw` by set-based SQL; the same N is the same history.

20 workspaces have 5 accounts each, with posts of two years, 40 observations a post on a curve that settles within two
months; a few counters fall. What is written is what loads would have left: rows of `raw`, what they touched, the loads.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg

from clientnest.database import libpq_url

WORKSPACES = 20
NETWORKS = ("tiktok", "x", "facebook", "linkedin", "youtube")
DAYS = 730
PER_POST = 40
# The newest posts have not had all of their observations yet.
_LIVED = 0.965
# Posts that a day brings news of, so many times each.
DAY_POSTS, DAY_TIMES = 2_000, 10

_LINEAGE = {
    "workspace_id": "p.workspace_id",
    "account_id": "p.account_id",
    "observed_at": "at",
    "load_id": "md5('load ' || p.account_id)::uuid",
    "lake_path": "'api/' || p.platform || '/history.parquet'",
    "lake_page": "k",
    "lake_record": "1",
    "loaded_at": "at + interval '1 minute'",
}
_LISTED = {"external_id": "p.external_id", "published_at": "p.published_at"}
_TEXT = "'Post ' || p.n || ' about #coffee and #topic' || p.n % 50"
# Listings, and per raw table of counters every how manieth observation it has; columns by `v`, what the post's size
# came to by then.
_POSTS = {
    "tiktok": {"kind": "'video'", "text": _TEXT, "duration_s": "20"},
    "x": {"kind": "'text'", "text": _TEXT},
    "facebook": {"kind": "'added_photos'", "media_type": "'photo'", "text": _TEXT},
    "linkedin": {"kind": "'image'", "text": _TEXT},
    "youtube": {"kind": "'youtube#video'", "title": _TEXT, "text": "''", "duration": "'PT2M'"},
}
_COUNTED = {
    "tiktok_post_metrics": {"views": "v", "likes": "v / 16", "comments": "v / 400", "shares": "v / 200"},
    "x_post_metrics": {
        **{"impressions": "v", "likes": "v / 70", "comments": "v / 600"},
        **{"reposts": "v / 500", "quotes": "v / 2000", "saves": "v / 900"},
    },
    "facebook_post_metrics": {"reactions": "v / 30", "comments": "v / 300", "shares": "v / 400 + 1"},
    "linkedin_post_metrics": {
        **{"impressions": "v", "reach": "v * 2 / 3", "likes": "v / 55", "comments": "v / 500"},
        **{"shares": "v / 800", "clicks": "v / 37"},
    },
    "youtube_post_metrics": {"views": "v", "likes": "v / 27", "comments": "v / 400"},
}
_EVERY = {
    "tiktok_post_metrics": 1,
    "x_post_metrics": 2,
    "facebook_post_metrics": 4,
    "linkedin_post_metrics": 1,
    "youtube_post_metrics": 2,
}
_BY_DAY = {
    "x_post_metrics_daily": {"impressions": "v / 20", "likes": "v / 1400", "clicks": "v / 2400"},
    "youtube_post_metrics_daily": {"views": "v / 20", "likes": "v / 540", "shares": "v / 6000"},
}
_INSIGHTS = {"post_media_view": "v", "post_total_media_view_unique": "v * 3 / 4", "post_clicks": "v / 50"}
_ACCOUNTS = {
    "tiktok_accounts": {"name": "'Brand'", "username": "'brand'", "followers": "v", "following": "12", "posts": "k"},
    "x_accounts": {"name": "'Brand'", "username": "'brand'", "followers": "v", "following": "12", "posts": "k"},
    "facebook_accounts": {"name": "'Brand'", "username": "'brand'", "followers": "v", "fan_count": "v"},
    "linkedin_accounts_followers": {"followers": "v"},
    "youtube_accounts": {"name": "'Brand'", "username": "'brand'", "followers": "v", "posts": "k"},
}


@dataclass(frozen=True, slots=True)
class History:
    """What was made: `end` is when the last observation may have been made, `user_id` owns every workspace."""

    observations: int
    posts: int
    end: datetime
    workspaces: tuple[UUID, ...]
    user_id: UUID


def make(wanted: int) -> History:
    """Fill the empty database that the settings name with about so many observations of posts."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    posts = round(wanted / PER_POST / _LIVED)
    with psycopg.connect(libpq_url(), autocommit=True) as connection:
        # What is lost in a crash is made again.
        connection.execute("set synchronous_commit = off")
        workspaces, user_id = _people(connection)
        _things(connection, posts, end)
        observations = _observations(connection, end)
        _accounts(connection, end)
        _touch(connection, "bench.posts")
        _loads(connection, end, DAYS)
        connection.execute("analyze")
    return History(observations, posts, end, workspaces, user_id)


def one_more_day(history: History) -> int:
    """News of the newest posts during one more day, the same number whatever the history; how many observations."""
    with psycopg.connect(libpq_url(), autocommit=True) as connection:
        newest = f"select * from bench.posts order by published_at desc, n limit {min(DAY_POSTS, history.posts // 4)}"
        connection.execute(f"create table bench.today as {newest}".encode())
        hours = f"generate_series(1, {DAY_TIMES}) as k"
        moments = f"timestamptz '{history.end}' + k * interval '2 hours' + p.n % 60 * interval '1 second'"
        size = "p.size + 100000 + k"
        written = 0
        for table, columns in _COUNTED.items():
            rows = f"select p.*, k, {moments} as at, {size} as v from bench.today p cross join {hours}"
            written += _insert(connection, table, {"external_id": "p.external_id", **columns}, rows)
        for metric, value in _INSIGHTS.items():
            rows = f"select p.*, k, {moments} as at, {size} as v from bench.today p cross join {hours}"
            columns = {"external_id": "p.external_id", "metric": f"'{metric}'", "value": value}
            written += _insert(connection, "facebook_post_metrics_insights", columns, rows)
        _touch(connection, "bench.today")
        _loads(connection, history.end + timedelta(days=1), 1)
        return written


def _people(connection: psycopg.Connection) -> tuple[tuple[UUID, ...], UUID]:
    connection.execute("create schema bench")
    connection.execute("insert into app.organizations (id, name) values (md5('bench')::uuid, 'Bench')")
    connection.execute(
        "insert into app.users (id, email, name, password_hash)"
        " values (md5('user')::uuid, 'bench@example.com', 'Bench', 'no sign-in')"
    )
    connection.execute(
        f"""
        insert into app.workspaces (id, organization_id, name, timezone)
        select md5('workspace ' || n)::uuid, md5('bench')::uuid, 'Brand ' || n, 'UTC'
        from generate_series(1, {WORKSPACES}) as n
        """.encode()
    )
    connection.execute(
        "insert into app.memberships (id, workspace_id, user_id, role)"
        " select md5('member ' || id)::uuid, id, md5('user')::uuid, 'owner' from app.workspaces"
    )
    connection.execute(
        """
        insert into app.accounts (id, workspace_id, platform, external_id, name, source, status)
        select md5('account ' || w.id || platform)::uuid, w.id, platform, platform || ' ' || w.name, w.name, 'api',
            'connected'
        from app.workspaces w cross join unnest(%s::text[]) as platform
        """,
        [list(NETWORKS)],
    )
    found = connection.execute("select id from app.workspaces order by id").fetchall()
    user = connection.execute("select id from app.users").fetchone()
    assert user is not None
    return tuple(id_ for (id_,) in found), user[0]


def _things(connection: psycopg.Connection, posts: int, end: datetime) -> None:
    """`bench.posts`, round the accounts, evenly over the years; and their listings."""
    connection.execute(
        f"""
        create table bench.posts as
        select n, a.workspace_id, a.id as account_id, a.platform, a.platform || '-' || n as external_id,
            timestamptz '{end}' - interval '{DAYS} days' * (n::double precision / {posts}) - interval '1 hour'
                as published_at,
            1000 + abs(hashint4(n)) % 50000 as size
        from generate_series(1, {posts}) as n
        join (select *, row_number() over (order by workspace_id, platform) - 1 as place from app.accounts) a
            on a.place = n % {WORKSPACES * len(NETWORKS)}
        """.encode()
    )
    for platform, columns in _POSTS.items():
        rows = f"select *, 1 as k, published_at as at, 1 as v from bench.posts where platform = '{platform}'"
        _insert(connection, f"{platform}_posts", {**_LISTED, **columns}, rows)


def _observations(connection: psycopg.Connection, end: datetime) -> int:
    """Moments stretch out from an hour to seven weeks after publishing; every 97th post falls once."""
    written = 0

    def rows(table: str, every: int) -> str:
        # Numbers of the processor: arithmetic on `numeric` is forty times slower.
        hours = "power(1.2::double precision, k)"
        return f"""
            select p.*, k, published_at + {hours} * interval '1 hour' as at,
                (size * (1 - exp(-power({hours} / 24, 0.7))))::bigint + k
                    - case when n % 97 = 0 and k > 30 then size / 50 else 0 end as v
            from bench.posts p cross join generate_series({every}, {PER_POST}, {every}) as k
            where platform = '{table.split("_", 1)[0]}'
                and published_at + {hours} * interval '1 hour' <= timestamptz '{end}'
        """

    for table, columns in _COUNTED.items():
        written += _insert(connection, table, {"external_id": "p.external_id", **columns}, rows(table, _EVERY[table]))
    for metric, value in _INSIGHTS.items():
        table = "facebook_post_metrics_insights"
        columns = {"external_id": "p.external_id", "metric": f"'{metric}'", "value": value}
        written += _insert(connection, table, columns, rows(table, 4))
    for table, columns in _BY_DAY.items():
        day = "(published_at at time zone 'UTC')::date + k - 1"
        days = f"""
            select p.*, k, published_at + (k + 1) * interval '1 day' as at, size as v, {day} as day
            from bench.posts p cross join generate_series(1, {PER_POST // 2}) as k
            where platform = '{table.split("_", 1)[0]}'
                and published_at + (k + 1) * interval '1 day' <= timestamptz '{end}'
        """
        written += _insert(connection, table, {"external_id": "p.external_id", "as_of_date": "p.day", **columns}, days)
    return written


def _accounts(connection: psycopg.Connection, end: datetime) -> None:
    """Every account once a day, with followers that grow."""
    for table, columns in _ACCOUNTS.items():
        rows = f"""
            select a.workspace_id, a.id as account_id, a.platform, a.external_id, k,
                timestamptz '{end}' - ({DAYS} - k) * interval '1 day' - interval '1 hour' as at, 5000 + k * 7 as v
            from app.accounts a cross join generate_series(1, {DAYS}) as k
            where a.platform = '{table.split("_", 1)[0]}'
        """
        _insert(connection, table, {"external_id": "p.external_id", **columns}, rows)


def _insert(connection: psycopg.Connection, table: str, columns: dict[str, str], rows: str) -> int:
    """One row of a raw table for each of `rows`, which have a post's columns, `k`, `at` and `v`."""
    named = {**columns, **_LINEAGE, "row_hash": f"md5(concat_ws('/', {', '.join(columns.values())}))"}
    platform = table.split("_", 1)[0]
    query = f"""
        insert into raw.{table} ({", ".join(named)}) select {", ".join(named.values())}
        from ({rows}) as p where p.platform = '{platform}'
    """
    return connection.execute(query.encode()).rowcount


def _touch(connection: psycopg.Connection, posts: str) -> None:
    """What a load says of the posts that it wrote about, and of their accounts; and that they were asked for."""
    connection.execute(
        f"""
        insert into raw.touched (workspace_id, account_id, external_id)
        select workspace_id, account_id, external_id from {posts}
        union select workspace_id, account_id, '' from {posts} order by 2, 3
        on conflict (account_id, external_id) do update set touches = raw.touched.touches + 1
        """.encode()
    )
    connection.execute(
        f"""
        insert into app.post_readings (workspace_id, account_id, resource, external_id, read_at)
        select workspace_id, account_id, 'post_metrics', external_id, now() from {posts}
        on conflict (account_id, resource, external_id) do update set read_at = excluded.read_at
        """.encode()
    )


def _loads(connection: psycopg.Connection, end: datetime, days: int) -> None:
    """Three resources of every account, each day."""
    connection.execute(
        f"""
        insert into app.loads (id, workspace_id, account_id, platform, resource, window_start, window_end, status,
            pages, records, written, unchanged, quarantined, observed_at, kept_at, finished_at, created_at)
        select gen_random_uuid(), a.workspace_id, a.id, a.platform, resource, at - interval '3 days', at, 'done',
            1, 10, 10, 0, 0, at, at, at, at
        from app.accounts a
        cross join unnest(array['accounts', 'posts', 'post_metrics']) as resource
        cross join (
            select timestamptz '{end}' - k * interval '1 day' as at from generate_series(0, {days - 1}) as k
        ) as moments
        """.encode()
    )
