"""GET /healthz: whether this process can do its work."""

import functools
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text

from clientnest.database import unit_of_work
from clientnest.errors import NotReady
from clientnest.settings import ROOT

router = APIRouter(include_in_schema=False)


class Health(BaseModel):
    status: Literal["ok"] = "ok"
    migration: str = Field(description="The newest migration, which the database has.")


@router.get("/healthz")
async def healthz() -> Health:
    """Raises NotReady where the database lacks migrations."""
    async with unit_of_work() as session:
        there = await session.execute(text("select to_regclass('app.alembic_version') is not null"))
        current = None
        if there.scalar_one():
            current = (await session.execute(text("select version_num from app.alembic_version"))).scalar_one_or_none()
    if current != _newest():
        raise NotReady(f"The database is at migration {current or 'none'}, this code at {_newest()}: run `./nest up`.")
    return Health(migration=_newest())


@functools.cache
def _newest() -> str:
    """Migrations are numbered files, so that this needs no Alembic in memory."""
    folder = ROOT / "clientnest" / "migrations" / "versions"
    return max(path.name for path in folder.glob("[0-9]*.py")).split("_")[0]
