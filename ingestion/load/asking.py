"""What one load asks about, over which span, and what it may cost: the plan, with what the database knows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from psycopg import sql

from clientnest.database import system_connection
from clientnest.settings import settings
from ingestion.load.result import LoadAccount
from ingestion.load.sources import COMPETITORS, Source
from ingestion.plan import Purse, Reading, caught_up, plan
from ingestion.raw import ABSENCES, SCHEMA
from platforms.platform import Platform, PostRef, Window

# Figures of a post are read again for so long after it was published, where somebody asks for a window.
MOVING = timedelta(days=28)
# Resources that are read once a day by the plan, with all their tables.
SLOW = ("demographics", COMPETITORS)
SLOW_WAIT = timedelta(hours=23)
# A window that ends so lately asks for what is now; another one fills in days of the past.
_NOW = timedelta(days=1)
CALLS, _MONEY = "calls", "USD"


def is_current(window: Window) -> bool:
    """Whether a window asks for what is now, and not for days of the past."""
    return window.end >= datetime.now(UTC) - _NOW


def posts(
    account: LoadAccount, platform: Platform, source: Source, window: Window, purses: Sequence[Purse], planned: bool
) -> tuple[list[PostRef], Window]:
    """The posts to ask about, and the span that their figures by day are asked for.

    `planned` asks for those that are due; otherwise for all that still moved in the window. Neither goes beyond
    the budgets.
    """
    now = datetime.now(UTC)
    known = readings(account, platform, source, window)
    if not planned or not is_current(window):
        moving = [Reading(one.post) for one in known if one.post.published_at >= window.start - MOVING]
        return plan(moving, now, purses).posts, window
    chosen = plan([one for one in known if _is_followed(one, source, window)], now, purses).posts
    by_id = {one.post.external_id: one for one in known}
    since = [by_id[post.external_id].read_at or post.published_at for post in chosen]
    return chosen, caught_up(window, min(since, default=None), source.history)


def _is_followed(reading: Reading, source: Source, window: Window) -> bool:
    """Whether a post is ever worth another reading. One of which no figure is known is, however old: it may have been
    published while nobody read."""
    is_unheard = source.resource == "post_metrics" and reading.changed_at is None
    return reading.read_at is not None or is_unheard or reading.post.published_at >= window.start - MOVING


def readings(account: LoadAccount, platform: Platform, source: Source, window: Window) -> list[Reading]:
    """The account's posts that the network still answers about, and when each was read, changed and told of.

    What lacked a post once tells of it too.
    """
    keyed = "external_id" in source.contract.key
    changed = sql.SQL(
        "select external_id, max(observed_at) as changed_at from {} where workspace_id = %(workspace)s"
        " and account_id = %(account)s group by external_id"
        if keyed
        else "select null::text as external_id, null::timestamptz as changed_at"
    ).format(sql.Identifier(SCHEMA, f"{platform.name}_{source.table}"))
    query = sql.SQL("""
        with posts as (
            select distinct on (external_id) external_id, kind, published_at from {posts}
            where workspace_id = %(workspace)s and account_id = %(account)s
            order by external_id, observed_at desc, loaded_at desc
        ),
        told as (
            select e.received_at, e.subject_external_id, e.body::text as body
            from app.inbound_events e
            join app.accounts a on a.platform = e.platform and a.external_id = e.account_external_id
            where a.id = %(account)s and (e.signed_for is null or e.signed_for = a.workspace_id)
                and e.received_at > now() - interval '2 days'
        ),
        missed as (
            -- Once is not enough to say that a post is gone.
            select external_id, max(loaded_at) as missed_at
            from (
                select *, max(observed_at) filter (where not absent) over (partition by external_id) as seen_at
                from {absences}
                where workspace_id = %(workspace)s and account_id = %(account)s
            ) as answers
            where absent and observed_at > coalesce(seen_at, '-infinity')
            group by external_id
            having count(*) = 1
        )
        select posts.external_id, kind, published_at, read_at, changed_at, greatest(missed_at, (
            select max(told.received_at) from told
            where told.subject_external_id = posts.external_id or strpos(told.body, posts.external_id) > 0
        ))
        from posts
        left join missed on missed.external_id = posts.external_id
        left join app.post_readings r
            on r.account_id = %(account)s and r.resource = %(resource)s and r.external_id = posts.external_id
        left join ({changed}) changed on changed.external_id = posts.external_id
        where published_at < %(end)s and (%(oldest)s::timestamptz is null or published_at >= %(oldest)s)
        order by published_at
    """).format(posts=sql.Identifier(SCHEMA, f"{platform.name}_posts"), absences=ABSENCES.identifier, changed=changed)
    told = {
        "workspace": account.workspace_id,
        "account": account.id,
        "resource": source.table,
        "end": window.end,
        "oldest": datetime.now(UTC) - source.history if source.history else None,
    }
    with system_connection() as connection:
        rows = connection.execute(query, told).fetchall()
    return [Reading(PostRef(id_, kind, published_at), *times) for id_, kind, published_at, *times in rows]


def whole_span(account: LoadAccount, source: Source, window: Window) -> Window:
    """The window, and what was missed before it where the last load is long ago."""
    if not is_current(window):
        return window
    with system_connection() as connection:
        row = connection.execute(
            "select max(window_end) from app.loads where account_id = %s and resource = %s and status = 'done'",
            [account.id, source.table],
        ).fetchone()
    return caught_up(window, row[0] if row else None, source.history)


def is_fresh(account: LoadAccount, source: Source) -> bool:
    """Whether a source that moves slowly was read so lately that a planned reading can do without."""
    if source.resource not in SLOW:
        return False
    with system_connection() as connection:
        row = connection.execute(
            "select max(finished_at) from app.loads where account_id = %s and resource = %s and status = 'done'",
            [account.id, source.table],
        ).fetchone()
    return row is not None and row[0] is not None and datetime.now(UTC) - row[0] < SLOW_WAIT


def handles(account: LoadAccount, platform: Platform, source: Source) -> list[str]:
    """Whom the workspace watches at the network; only the account that is best placed to ask is told any."""
    with system_connection() as connection:
        rows = connection.execute(
            """
            select handle from app.competitors where workspace_id = %s and platform = %s and %s = (
                select a.id from app.accounts a left join app.account_tokens t on t.account_id = a.id
                where a.workspace_id = %s and a.platform = %s and a.source = 'api' and a.status = 'connected'
                order by t.scopes @> %s::text[] desc nulls last, a.created_at, a.id limit 1
            )
            order by handle
            """,
            [account.workspace_id, platform.name, account.id, account.workspace_id, platform.name, [*source.scopes]],
        ).fetchall()
    return [handle for (handle,) in rows]


def purses(account: LoadAccount, platform: Platform, source: Source, planned: bool) -> list[Purse]:
    """The budgets that bound reading: what the network's data sheet gives, and our own of money in a month.

    Budgets in calls bound only what is planned, and only those for every operation: where a person asks, and for
    single operations, the client hears from the wire when it is enough.
    """
    now = datetime.now(UTC)
    found = [
        _purse(account, platform, source, budget.unit, Decimal(budget.amount), now - budget.span, budget.scope == "app")
        for budget in platform.budgets
        if budget.unit != CALLS or (planned and budget.operation == "*")
    ]
    cap = settings().monthly_usd_per_account
    if cap is not None and any(price.unit == _MONEY for price in platform.prices):
        month = datetime(now.year, now.month, 1, tzinfo=UTC)
        found.append(_purse(account, platform, source, _MONEY, cap, month, shared=False))
    return found


def _purse(
    account: LoadAccount,
    platform: Platform,
    source: Source,
    unit: str,
    amount: Decimal,
    since: datetime,
    shared: bool,
) -> Purse:
    """What was spent of a budget, from the record of loads; one page is one call."""
    query = """
        select coalesce(sum(amount), 0), coalesce(sum(amount) filter (where account_id = %(account)s), 0),
            (select greatest(count(*), 1) from app.accounts
                where platform = %(platform)s and source = 'api' and status = 'connected')
        from (
            select account_id,
                coalesce((cost->>%(unit)s)::numeric, case when %(unit)s = 'calls' then pages end) as amount
            from app.loads where platform = %(platform)s and created_at >= %(since)s
        ) as loads
    """
    told = {"account": account.id, "platform": platform.name, "unit": unit, "since": since}
    with system_connection() as connection:
        row = connection.execute(query, told).fetchone()
    spent, by_account, accounts = row or (Decimal(0), Decimal(0), 1)
    per_post = _per_post(account, platform, source, unit)
    if shared:
        return Purse(unit, amount, spent, by_account, per_post, accounts)
    return Purse(unit, amount, by_account, by_account, per_post)


def _per_post(account: LoadAccount, platform: Platform, source: Source, unit: str) -> Decimal:
    """What a post cost in the last loads; before the first one a call, or the network's least price."""
    query = """
        select sum(coalesce((cost->>%(unit)s)::numeric, case when %(unit)s = 'calls' then pages end)) / sum(posts)
        from (
            select pages, cost, posts from app.loads
            where account_id = %(account)s and resource = %(resource)s and status = 'done' and posts > 0
            order by created_at desc limit 20
        ) as latest
    """
    with system_connection() as connection:
        row = connection.execute(query, {"unit": unit, "account": account.id, "resource": source.table}).fetchone()
    if row and row[0] is not None:
        return Decimal(row[0])
    if unit == CALLS:
        return Decimal(1)
    return min((price.amount for price in platform.prices if price.unit == unit), default=Decimal(0))
