"""One account's costs, refusals, dates and rights, put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import NotFound
from clientnest.models import ParkedMetric, Subscription
from clientnest.settings import settings
from ingestion.load.sources import sources
from ingestion.usage import repository
from platforms import PLATFORMS
from platforms.platform import Platform

_MONEY = "USD"


@dataclass(frozen=True, slots=True)
class Right:
    """Whether the consent covers a capability. Both are empty where it needs none."""

    capability: str
    granted: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """Whether the network tells by itself what happens to the account. `status` is

    `subscribed`, `waiting` (for the next upkeep) or `failed`; `by_app`, where it calls about every account of an app
    whose address a person entered; `no_address`, where it cannot reach ClientNest; `not_offered`.
    `problem` says why it does not, and `until` when it stops unless it is asked again (None: it does not).
    """

    status: Literal["subscribed", "waiting", "failed", "by_app", "no_address", "not_offered"]
    problem: str | None = None
    subscribed_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Times are UTC, costs by unit; None means that there is none, or that the network names none.

    `scopes_known` is false where the network does not say what was granted: then nothing counts as missing.
    """

    cost_today: Mapping[str, Decimal]
    cost_this_month: Mapping[str, Decimal]
    monthly_usd_limit: Decimal | None
    parked: Sequence[ParkedMetric]
    token_expires_at: datetime | None
    refresh_expires_at: datetime | None
    api_version: str
    api_version_ends: date | None
    scopes_known: bool
    rights: Sequence[Right]
    telling: Telling


async def usage(session: AsyncSession, account_id: UUID, now: datetime) -> Usage:
    """What an account of the session's workspace uses up. Raises NotFound."""
    account = await repository.account(session, account_id)
    if account is None:
        raise NotFound("There is no such account.")
    sheet = PLATFORMS[account.platform]
    token = await repository.token(session, account_id)
    today = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    granted = tuple(token.scopes) if token else ()
    billed = any(price.unit == _MONEY for price in sheet.prices)
    return Usage(
        cost_today=await repository.cost_since(session, account_id, today),
        cost_this_month=await repository.cost_since(session, account_id, today.replace(day=1)),
        monthly_usd_limit=settings().monthly_usd_per_account if billed else None,
        parked=await repository.parked(session, account_id),
        token_expires_at=token.expires_at if token else None,
        refresh_expires_at=token.refresh_expires_at if token else None,
        api_version=sheet.api_version,
        api_version_ends=sheet.sunset,
        scopes_known=bool(granted),
        rights=_rights(sheet, granted),
        telling=_telling(sheet, await repository.subscription(session, account_id)),
    )


def _telling(sheet: Platform, kept: Subscription | None) -> Telling:
    if sheet.webhooks is None:
        return Telling("not_offered", sheet.absent.get("webhooks"))
    if settings().public_url is None:
        return Telling("no_address", "NEST_PUBLIC_URL is not set, so networks cannot reach ClientNest.")
    if sheet.subscribe is None:
        return Telling("by_app")
    if kept is None:
        return Telling("waiting")
    status: Literal["failed", "subscribed"] = "failed" if kept.problem else "subscribed"
    return Telling(status, kept.problem, kept.subscribed_at, kept.until)


def _rights(sheet: Platform, granted: Sequence[str]) -> list[Right]:
    """By capability: those of the data sheet, and what is read."""
    needs = {**{source.table: source.scopes for source in sources(sheet) if source.scopes}, **sheet.needs}
    return [
        Right(
            capability,
            tuple(scope for scope in scopes if scope in granted),
            tuple(scope for scope in scopes if granted and scope not in granted),
        )
        for capability, scopes in sorted(needs.items())
    ]
