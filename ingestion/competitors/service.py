"""Following other people's accounts, where a network lets their public figures be read."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, Invalid, NotFound, Problem
from clientnest.models import Competitor
from ingestion.competitors import repository
from platforms import PLATFORMS


async def add(session: AsyncSession, workspace_id: UUID, platform: str, handle: str) -> Competitor:
    """Follow an account from the next reading on. Raises Invalid, Conflict."""
    sheet = PLATFORMS.get(platform)
    if sheet is None or sheet.lookup is None:
        offered = [sheet.name for sheet in PLATFORMS.values() if sheet.lookup]
        why = sheet.absent.get("lookup") if sheet else None
        problem = Problem("platform", f"Choose from {', '.join(offered) or 'none yet'}.")
        raise Invalid(why or "This network lets nobody look up other accounts.", (problem,))
    plain = handle.strip().removeprefix("@")
    if not plain or not plain.isprintable():
        raise Invalid("Give the account's name at the network.", (Problem("handle", "Such as @nordlys."),))
    added = await repository.add(session, workspace_id, platform, plain)
    if added is None:
        raise Conflict(f"{plain} is followed at {sheet.title} already.")
    return added


async def listed(session: AsyncSession, platforms: Sequence[str] = ()) -> list[Competitor]:
    """Whom the workspace follows."""
    return await repository.listed(session, platforms)


async def remove(session: AsyncSession, competitor_id: UUID) -> Competitor:
    """Follow no longer; what was read stays. Raises NotFound."""
    removed = await repository.remove(session, competitor_id)
    if removed is None:
        raise NotFound("There is no such competitor.")
    return removed
