"""Costs as people enter them."""

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.currencies import currencies
from clientnest.errors import Invalid, NotFound, Problem
from clientnest.models import Cost
from ingestion.costs import repository

_CENT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person says was spent. `amount` may be left out where hours and their rate are given.

    It is for a campaign, for one post of an account by the network's id, or for neither.
    """

    kind: str
    currency: str
    incurred_on: date
    amount: Decimal | None = None
    hours: Decimal | None = None
    hourly_rate: Decimal | None = None
    until: date | None = None
    campaign_id: UUID | None = None
    account_id: UUID | None = None
    post_external_id: str | None = None
    note: str | None = None


async def add(session: AsyncSession, workspace_id: UUID, entry: Entry) -> Cost:
    """Raises Invalid."""
    return await repository.add(session, workspace_id, await _checked(session, entry))


async def listed(session: AsyncSession, **wanted: Any) -> list[Cost]:
    """See `repository.listed`."""
    return await repository.listed(session, **wanted)


async def read(session: AsyncSession, cost_id: UUID) -> Cost:
    """Raises NotFound."""
    return _there(await repository.find(session, cost_id))


async def change(session: AsyncSession, cost_id: UUID, entry: Entry) -> Cost:
    """A row of an export stays known by its key. Raises NotFound, Invalid."""
    await read(session, cost_id)
    return _there(await repository.change(session, cost_id, await _checked(session, entry)))


async def remove(session: AsyncSession, cost_id: UUID) -> Cost:
    """Raises NotFound."""
    return _there(await repository.remove(session, cost_id))


async def _checked(session: AsyncSession, entry: Entry) -> dict[str, Any]:
    """The columns. Raises Invalid with all that is wrong."""
    found = []
    if entry.currency not in currencies():
        found.append(Problem("currency", "Give three letters of ISO 4217, such as EUR."))
    if (entry.hours is None) != (entry.hourly_rate is None):
        found.append(Problem("hours", "Give hours and their rate, or neither."))
    worth = _worth(entry)
    if worth is None and entry.amount is None:
        found.append(Problem("amount", "Give an amount, or hours and their rate."))
    if worth is not None and entry.amount is not None and entry.amount != worth:
        found.append(
            Problem("amount", f"{entry.hours} hours at {entry.hourly_rate} are {worth}: leave the amount out.")
        )
    if entry.until is not None and entry.until < entry.incurred_on:
        found.append(Problem("until", "The last day is the first one, or later."))
    if (entry.account_id is None) != (entry.post_external_id is None):
        found.append(
            Problem("post_external_id", "A cost of a post names the account and the network's id of the post.")
        )
    if entry.campaign_id and not await repository.has(session, campaign_id=entry.campaign_id):
        found.append(Problem("campaign_id", "This workspace has no such campaign."))
    if entry.account_id and not await repository.has(session, account_id=entry.account_id):
        found.append(Problem("account_id", "This workspace has no such account."))
    if found:
        raise Invalid("This cost cannot be kept as it is.", tuple(found))
    return {**asdict(entry), "amount": entry.amount if worth is None else worth}


def _worth(entry: Entry) -> Decimal | None:
    if entry.hours is None or entry.hourly_rate is None:
        return None
    return (entry.hours * entry.hourly_rate).quantize(_CENT)


def _there(found: Cost | None) -> Cost:
    if found is None:
        raise NotFound("There is no such cost in this workspace.")
    return found
