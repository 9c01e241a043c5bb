"""All SQL of workers on jobs. Every write is fenced by the number of the claim."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.jobs.kinds import Job, Kind

LEASE = timedelta(seconds=30)
KEPT = timedelta(days=7)
# Who counts what runs and adds to it does so alone, on all machines: limits hold without a race. What came in a burst
# is in no statistics yet, and must not be read and sorted as a whole.
_ALONE = text("""
    select pg_advisory_xact_lock(hashtext('clientnest.jobs')), set_config('enable_seqscan', 'off', true),
        set_config('enable_bitmapscan', 'off', true)
""")
_KINDS = """
    kinds as materialized (
        select * from jsonb_to_recordset(cast(:kinds as jsonb)) as k (
            kind text, attempts int, at_once int, per_workspace int, per_account int
        )
    )
"""
_REAP = text(f"""
    with {_KINDS}
    update app.jobs j set
        state = case when j.attempt - j.excused >= k.attempts then 'parked' else 'waiting' end,
        ended_at = case when j.attempt - j.excused >= k.attempts then now() end,
        run_at = now() + make_interval(secs => 2 ^ least(j.crashes, 8) * (0.5 + random() / 2)),
        crashes = j.crashes + 1, failed_at = now(), leased_until = null,
        problem = 'Its worker ended in the middle, for the ' || (j.crashes + 1) || '. time.'
    from kinds k where j.kind = k.kind and j.state = 'running' and j.leased_until < now()
    returning j.id as job, j.kind, j.state
""")
_PARTIES = """
    parties as (
        (select tenant from app.jobs where state = 'waiting' order by tenant limit 1)
        union all
        select (
            select j.tenant from app.jobs j where j.state = 'waiting' and j.tenant > p.tenant order by j.tenant limit 1
        ) from parties p where p.tenant is not null
    )
"""
# A party's rooms, and the first of what it may begin, read in the order of their index.
_HEADS = """
    running as materialized (
        select kind, tenant, account_id, count(*) as many from app.jobs where state = 'running' group by 1, 2, 3
    ),
    full_accounts as materialized (
        select r.account_id, k.kind from running r join kinds k on k.kind = r.kind where r.account_id is not null
        group by r.account_id, k.kind, k.per_account having sum(r.many) >= k.per_account
    ),
    rooms as materialized (
        select p.tenant, k.kind, k.per_account,
            k.at_once - coalesce((select sum(many) from running r where r.kind = k.kind), 0) as kind_room,
            k.per_workspace - coalesce(
                (select sum(many) from running r where r.kind = k.kind and r.tenant = p.tenant), 0) as tenant_room
        from parties p cross join kinds k where p.tenant is not null
    ),
    heads as (
        select h.*, coalesce((select sum(many) from running r where r.tenant = p.tenant), 0) as tenant_runs
        from parties p cross join lateral (
            select j.id, j.kind, j.tenant, j.account_id, j.priority, j.run_at from app.jobs j
            where j.state = 'waiting' and j.tenant = p.tenant and j.run_at <= now() and (j.crashes > 0) = :apart
                and j.kind = any(array(
                    select kind from rooms where rooms.tenant = p.tenant and kind_room > 0 and tenant_room > 0))
                and j.queue <> all(array(
                    select queue from app.queue_pauses where workspace_id is null or workspace_id = p.tenant))
                and (j.account_id is null
                    or (j.account_id, j.kind) not in (select account_id, kind from full_accounts))
            order by j.priority desc, j.run_at, j.id limit :most
        ) h
    )
"""
_CLAIM = text(f"""
    with recursive {_KINDS}, {_PARTIES}, {_HEADS},
    turns as (
        select *, tenant_runs + row_number() over (partition by tenant order by priority desc, run_at, id) as turn
        from heads
    ),
    places as (
        select turns.*, kind_room, tenant_room, per_account - coalesce(
                (select sum(many) from running r where r.kind = turns.kind and r.account_id = turns.account_id), 0)
                as account_room,
            row_number() over (partition by kind order by priority desc, turn, run_at, id) as of_kind,
            row_number() over (partition by kind, tenant order by priority desc, run_at, id) as of_tenant,
            row_number() over (partition by kind, account_id order by priority desc, run_at, id) as of_account
        from turns join rooms using (tenant, kind)
    ),
    chosen as (
        select id, priority, turn, run_at from places
        where of_kind <= kind_room and of_tenant <= tenant_room and (account_id is null or of_account <= account_room)
        order by priority desc, turn, run_at, id limit :most
    ),
    held as (select j.id from app.jobs j join chosen using (id) where j.state = 'waiting' for update of j skip locked)
    update app.jobs j set state = 'running', attempt = j.attempt + 1, leased_until = now() + :lease,
        started_at = now(), ended_at = null
    from held where j.id = held.id
    returning j.id, j.kind, j.workspace_id, j.account_id, j.payload, j.attempt,
        j.attempt - j.excused as tried
""")
_HELD = "unnest(cast(:ids as bigint[]), cast(:numbers as int[])) as held (id, number)"
_STILL = "j.id = held.id and j.attempt = held.number and j.state = 'running'"
_RENEW = text(f"update app.jobs j set leased_until = now() + :lease from {_HELD} where {_STILL} returning j.id")
_FINISH = text(f"""
    update app.jobs j set state = 'done', ended_at = now(), leased_until = null from {_HELD} where {_STILL}
    returning j.id
""")
_FAIL = text("""
    update app.jobs j set
        state = case when cast(:wait as interval) is null then 'parked' else 'waiting' end,
        ended_at = case when cast(:wait as interval) is null then now() end,
        run_at = coalesce(now() + cast(:wait as interval), j.run_at),
        problem = :problem, failed_at = now(), leased_until = null
    where j.id = :id and j.attempt = :number and j.state = 'running' returning j.id
""")
_GIVE_BACK = text(f"""
    update app.jobs j set state = 'waiting', excused = j.excused + 1, leased_until = null from {_HELD} where {_STILL}
    returning j.id
""")
_NEXT = text("""
    select least(
        (select min(run_at) from app.jobs where state = 'waiting' and run_at > now()),
        (select min(leased_until) from app.jobs where state = 'running' and leased_until > now())
    ) - now()
""")
_BROKEN = text("select exists (select from app.jobs where state = 'waiting' and crashes > 0 and run_at <= now())")
_PRUNE = text("""
    delete from app.jobs where id in (
        select id from app.jobs where ended_at < now() - :kept and state in ('done', 'cancelled')
        order by ended_at limit 5000
    )
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job under this claim's lease; `tried` is how many of its attempts count, this one included."""

    job: Job
    tried: int


def _policies(kinds: Iterable[Kind]) -> Jsonb:
    limits = ("attempts", "at_once", "per_workspace", "per_account")
    return Jsonb([{"kind": one.name, **{name: getattr(one, name) for name in limits}} for one in kinds])


def _arrays(held: Sequence[Job]) -> dict[str, Any]:
    return {"ids": [job.id for job in held], "numbers": [job.attempt for job in held]}


class JobRepository:
    """`session` is the system's."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def reap(self, kinds: Iterable[Kind]) -> list[dict[str, Any]]:
        """Take back what died with its worker: waiting again, or parked after its last attempt. Job, kind, state."""
        rows = await self._session.execute(_REAP, {"kinds": _policies(kinds)})
        return [dict(row) for row in rows.mappings()]

    async def claim(self, kinds: Iterable[Kind], most: int, *, apart: bool = False) -> list[Claimed]:
        """Up to so many that are due, urgent ones first, each workspace having its turn; `apart` takes only what its
        worker ended with before, without it only what none did."""
        await self._session.execute(_ALONE)
        told = {"kinds": _policies(kinds), "most": most, "lease": LEASE, "apart": apart}
        rows = await self._session.execute(_CLAIM, told)
        return [Claimed(tried=row.pop("tried"), job=Job(**row)) for row in map(dict[str, Any], rows.mappings())]

    async def renew(self, held: Sequence[Job]) -> set[int]:
        """Hold on for another lease; which of them still hold."""
        return set((await self._session.execute(_RENEW, {**_arrays(held), "lease": LEASE})).scalars())

    async def finish(self, done: Sequence[Job]) -> set[int]:
        """Which of them still held and are done now."""
        return set((await self._session.execute(_FINISH, _arrays(done))).scalars())

    async def fail(self, job: Job, problem: str, wait: timedelta | None) -> bool:
        """Again after `wait`, or parked; whether it still held."""
        told = {"id": job.id, "number": job.attempt, "problem": problem, "wait": wait}
        return (await self._session.execute(_FAIL, told)).scalar_one_or_none() is not None

    async def give_back(self, held: Sequence[Job]) -> None:
        """As if they had not been claimed; the number stays used, so that nobody's late word counts."""
        await self._session.execute(_GIVE_BACK, _arrays(held))

    async def next(self) -> timedelta | None:
        """How long from the beginning of this transaction until more may be due than a claim in it could see."""
        waiting: timedelta | None = (await self._session.execute(_NEXT)).scalar_one()
        return waiting

    async def broken(self) -> bool:
        """Whether something is due that its worker ended with before."""
        return bool((await self._session.execute(_BROKEN)).scalar_one())

    async def prune(self) -> None:
        """Forget what ended well long ago, some thousand at a time."""
        await self._session.execute(_PRUNE, {"kept": KEPT})
