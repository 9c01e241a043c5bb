"""The one way to PostgreSQL: explicit URLs per consumer, and one unit of work.

Two roles, neither an owner of a table nor allowed past row-level security:
`nest_app` sees the rows of one workspace (and a user's own memberships); `nest_system` is for the work that
belongs to nobody in particular (claiming, ingestion, dbt). Which one a session uses is decided here.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Coroutine, Iterator
from typing import Any, Literal, TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import URL, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from clientnest.errors import NotReady
from clientnest.settings import settings

T = TypeVar("T")
Role = Literal["nest_app", "nest_system"]
_STANDING_STILL_MS = 60_000
# A peer that is gone without a word is noticed within a minute.
_KEPT_ALIVE = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3", "connect_timeout": "10"}


def database_url() -> URL:
    """The configured database with no driver chosen. Raises NotReady."""
    secret = settings().database_url
    if secret is None:
        raise NotReady("No database is configured: run `./nest up`, or set DATABASE_URL.")
    return make_url(secret.get_secret_value())


def libpq_url(role: Role | None = None) -> str:
    """For psycopg, COPY and tools; acts as `role` from the first statement on."""
    url = database_url().set(drivername="postgresql").update_query_dict(_KEPT_ALIVE)
    if role:
        url = url.update_query_dict({"options": f"-crole={role}"})
    return url.render_as_string(hide_password=False)


def sqlalchemy_url(driver: Literal["psycopg", "psycopg2"] = "psycopg", role: Role | None = None) -> str:
    """For SQLAlchemy, never with a bare scheme.

    The system's transactions are short. One that stands still has a process that stands still behind it, and may
    hold no row longer than a lease.
    """
    url = database_url().set(drivername=f"postgresql+{driver}").update_query_dict(_KEPT_ALIVE)
    if role:
        patience = f" -cidle_in_transaction_session_timeout={_STANDING_STILL_MS}" if role == "nest_system" else ""
        url = url.update_query_dict({"options": f"-crole={role}{patience}"})
    return url.render_as_string(hide_password=False)


# A pool's connections belong to the event loop that opened them.
_engines: dict[asyncio.AbstractEventLoop, dict[Role, AsyncEngine]] = {}


def engine(role: Role = "nest_app") -> AsyncEngine:
    """The pool of this event loop; `close` ends it."""
    mine = _engines.setdefault(asyncio.get_running_loop(), {})
    if role not in mine:
        # An error names its statement and not what was in it: that may be sealed, or nobody's business.
        mine[role] = create_async_engine(
            sqlalchemy_url(role=role), pool_size=5, max_overflow=5, pool_pre_ping=True, hide_parameters=True
        )
    return mine[role]


async def close() -> None:
    """End the pools of this event loop; the next use opens new ones."""
    for pool in _engines.pop(asyncio.get_running_loop(), {}).values():
        await pool.dispose()


@contextlib.asynccontextmanager
async def unit_of_work(*, workspace_id: UUID | None = None, user_id: UUID | None = None) -> AsyncIterator[AsyncSession]:
    """One transaction that sees one workspace, and the memberships of one user; commits when the block ends well.

    Without either it sees no row of any workspace.
    """
    async with async_sessionmaker(engine("nest_app"), expire_on_commit=False).begin() as session:
        await session.execute(
            text("select set_config('nest.workspace_id', :w, true), set_config('nest.user_id', :u, true)"),
            {"w": str(workspace_id or ""), "u": str(user_id or "")},
        )
        yield session


@contextlib.asynccontextmanager
async def system_unit_of_work() -> AsyncIterator[AsyncSession]:
    """One transaction across workspaces, for workers and ingestion; never for a request."""
    with waiting():
        async with async_sessionmaker(engine("nest_system"), expire_on_commit=False).begin() as session:
            yield session


# When each wait of this process for PostgreSQL began, on the monotonic clock.
_waits: dict[object, float] = {}


@contextlib.contextmanager
def waiting() -> Iterator[None]:
    """The block waits for PostgreSQL, see `longest_wait`."""
    me = object()
    _waits[me] = time.monotonic()
    try:
        yield
    finally:
        del _waits[me]


def longest_wait() -> float:
    """For how many seconds something in this process has been waiting for PostgreSQL; 0 where nothing is.

    A connection that is cut in the middle looks like one on which nothing is said: only the clock tells.
    """
    return time.monotonic() - min(_waits.values()) if _waits else 0.0


@contextlib.contextmanager
def system_connection() -> Iterator[psycopg.Connection]:
    """A plain psycopg connection and transaction as `nest_system`, for COPY and set-based work."""
    with psycopg.connect(libpq_url("nest_system")) as connection:
        yield connection


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run async work from a synchronous edge (an asset, a command), leaving no connection behind."""

    async def closing() -> T:
        try:
            return await main
        finally:
            await close()

    return asyncio.run(closing())
