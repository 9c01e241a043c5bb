"""Campaigns as people ask for them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.currencies import currencies
from clientnest.errors import Conflict, Invalid, NotFound, Problem
from clientnest.models import Campaign
from publishing import links
from publishing.campaigns import repository


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign is to be. Both days are included; `budget` is in whole units of `currency`."""

    name: str
    starts_on: date | None = None
    ends_on: date | None = None
    budget: Decimal | None = None
    currency: str | None = None


async def add(session: AsyncSession, workspace_id: UUID, plan: Plan) -> Campaign:
    """Raises Invalid, Conflict (there is one of that name)."""
    _check(plan)
    added = await repository.add(session, workspace_id, asdict(plan))
    if added is None:
        raise _taken(plan.name)
    return added


async def listed(session: AsyncSession) -> list[Campaign]:
    """Those without an end and those that end last first."""
    return await repository.listed(session)


async def find(session: AsyncSession, campaign_id: UUID) -> Campaign | None:
    """One of the workspace's; None where it has no such campaign."""
    return await repository.find(session, campaign_id)


async def read(session: AsyncSession, campaign_id: UUID) -> Campaign:
    """Raises NotFound."""
    return _there(await repository.find(session, campaign_id))


async def change(session: AsyncSession, campaign_id: UUID, plan: Plan) -> Campaign:
    """Links that went out keep the name they went out with. Raises NotFound, Invalid, Conflict."""
    await read(session, campaign_id)
    _check(plan)
    same = await repository.named(session, plan.name)
    if same is not None and same.id != campaign_id:
        raise _taken(plan.name)
    return _there(await repository.change(session, campaign_id, asdict(plan)))


async def remove(session: AsyncSession, campaign_id: UUID) -> Campaign:
    """Its posts and links stay without one, its costs go with it. Raises NotFound."""
    return _there(await repository.remove(session, campaign_id))


async def attach(session: AsyncSession, campaign_id: UUID, post_ids: Sequence[UUID]) -> Campaign:
    """Make posts that ClientNest published the campaign's, with their links. Raises NotFound, Invalid."""
    campaign = await read(session, campaign_id)
    missing = set(post_ids) - await repository.attach(session, campaign_id, post_ids)
    if missing:
        problems = tuple(Problem(f"post_ids.{id_}", "This workspace has no such post.") for id_ in sorted(missing))
        raise Invalid("Not all of these posts are there.", problems)
    await links.move(session, list(post_ids), campaign_id)
    return campaign


def _check(plan: Plan) -> None:
    found = []
    if not plan.name.strip() or not plan.name.isprintable():
        found.append(Problem("name", "Give a name that can be read."))
    if plan.starts_on and plan.ends_on and plan.ends_on < plan.starts_on:
        found.append(Problem("ends_on", "A campaign ends on the day it starts, or later."))
    if (plan.budget is None) != (plan.currency is None):
        found.append(Problem("currency", "Give a budget and its currency, or neither."))
    if plan.currency is not None and plan.currency not in currencies():
        found.append(Problem("currency", "Give three letters of ISO 4217, such as EUR."))
    if found:
        raise Invalid("This campaign cannot be kept as it is.", tuple(found))


def _there(found: Campaign | None) -> Campaign:
    if found is None:
        raise NotFound("There is no such campaign in this workspace.")
    return found


def _taken(name: str) -> Conflict:
    return Conflict(f"There is a campaign {name} already: give this one another name.")
