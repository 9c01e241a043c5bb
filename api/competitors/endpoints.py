"""/social/competitors: whose public figures the workspace follows."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from api.access import InWorkspace, Session, guarded
from api.competitors.schemas import CompetitorIn, CompetitorOut, Competitors, competitor_out
from api.parameters import OfPlatform
from ingestion import competitors

router = APIRouter(prefix="/social/competitors", tags=["accounts"])


@router.get("", summary="Accounts of others that are followed", **guarded("accounts.read"))
async def list_competitors(session: Session, wanted: OfPlatform) -> Competitors:
    found = await competitors.listed(session, wanted.platforms)
    return Competitors(items=[competitor_out(one) for one in found])


@router.post("", summary="Follow an account", status_code=HTTPStatus.CREATED, **guarded("accounts.connect"))
async def add_competitor(body: CompetitorIn, access: InWorkspace, session: Session) -> CompetitorOut:
    """Its public figures are read from the next refresh on, by an account of the workspace that may ask."""
    return competitor_out(await competitors.add(session, access.workspace_id, body.platform, body.handle))


@router.delete("/{competitor_id}", summary="Follow an account no longer", **guarded("accounts.connect"))
async def remove_competitor(competitor_id: UUID, session: Session) -> CompetitorOut:
    """What was read stays."""
    return competitor_out(await competitors.remove(session, competitor_id))
