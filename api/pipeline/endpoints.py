"""GET /pipeline/health."""

from fastapi import APIRouter

from api.access import Session, guarded
from api.pipeline.schemas import (
    LoadOut,
    NetworkAway,
    PipelineHealth,
    Publishing,
    Quarantine,
    Refused,
    ResourceHealth,
    Worker,
)
from clientnest import marts
from clientnest.marts import Row

router = APIRouter(prefix="/pipeline", tags=["pipeline"])

_ALIVE_SECONDS = 60


@router.get("/health", summary="Freshness, loads, quarantine, worker", **guarded("pipeline.read"))
async def health(session: Session) -> PipelineHealth:
    """Works before the first modelling too: then no resource is listed."""
    count, refused = await marts.quarantine(session, limit=20)
    return PipelineHealth(
        resources=[ResourceHealth(**row) for row in await marts.resources(session)],
        loads=[LoadOut(**row) for row in await marts.loads(session, limit=50)],
        quarantine=Quarantine(count=count, items=[Refused(**row) for row in refused]),
        worker=_worker(await marts.workers(session)),
        publishing=Publishing(
            **await marts.outstanding(session),
            networks_away=[NetworkAway(**row) for row in await marts.networks_away(session)],
        ),
    )


def _worker(rows: list[Row]) -> Worker:
    if not rows:
        return Worker(status="never", name=None, started_at=None, beat_at=None)
    newest = rows[0]
    return Worker(
        status="alive" if newest["age"] <= _ALIVE_SECONDS else "silent",
        name=newest["name"],
        started_at=newest["started_at"],
        beat_at=newest["beat_at"],
    )
