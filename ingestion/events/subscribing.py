"""Keeps networks telling us: every connected account is subscribed, anew before the network forgets it.

An account is due when it was never subscribed, was connected again since, our address changed, or half of what the
network grants has passed. What fails is kept with its reason and tried again after some hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from clientnest import credentials
from clientnest.database import system_unit_of_work
from clientnest.errors import NestError, NotReady
from clientnest.models import Account, Subscription
from clientnest.registrations import of_workspace
from clientnest.settings import settings
from ingestion.events import repository
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import PlatformError

# How long an event is kept: figures heed it for days, and people look into it for weeks.
KEPT = timedelta(days=90)
# A network that names no lease is asked again after so long, in case it forgot.
_WITHOUT_LEASE = timedelta(days=14)
_AFTER_FAILURE = timedelta(hours=6)
_SUBSCRIBING = [name for name, sheet in PLATFORMS.items() if sheet.subscribe]


@dataclass(frozen=True, slots=True)
class Kept:
    """What one upkeep did: accounts subscribed, those that failed, events that were old enough to go."""

    subscribed: int
    failed: int
    forgotten: int


async def keep_up(now: datetime) -> Kept:
    """Subscribe every account that is due, and forget old events."""
    async with system_unit_of_work() as session:
        forgotten = await repository.forget(session, before=now - KEPT)
        home = settings().public_url
        due = await repository.due(session, _SUBSCRIBING, home, now) if home else []
    outcomes = [await _subscribe(account, now) for account in due]
    failed = sum(outcome.problem is not None for outcome in outcomes)
    return Kept(len(outcomes) - failed, failed, forgotten)


async def due_since(now: datetime) -> datetime | None:
    """Since when the account that is due last has been so; None where none is, or we have no address."""
    home = settings().public_url
    if home is None:
        return None
    async with system_unit_of_work() as session:
        return await repository.due_since(session, _SUBSCRIBING, home, now)


async def _subscribe(account: Account, now: datetime) -> Subscription:
    """Ask the network, and keep what came of it."""
    sheet = PLATFORMS[account.platform]
    ours = settings().webhook_url(account.platform) or ""
    tried = Subscription(account_id=account.id, workspace_id=account.workspace_id, callback_url=ours, tried_at=now)
    try:
        tried.callback_url = await _address(account)
        async with account_client(account) as client:
            if sheet.subscribe:
                await sheet.subscribe(client, tried.callback_url)
    except (PlatformError, NestError) as error:
        tried.problem, tried.renew_at = str(error), now + _AFTER_FAILURE
    else:
        lease = sheet.webhooks.TERMS.lease if sheet.webhooks else None
        tried.subscribed_at, tried.until = now, now + lease if lease else None
        tried.renew_at = now + (lease / 2 if lease else _WITHOUT_LEASE)
    async with system_unit_of_work() as session:
        await repository.record(session, tried)
    return tried


async def _address(account: Account) -> str:
    """Where the network is to call about the account. Raises NotReady (not granted), NotFound (never connected)."""
    sheet = PLATFORMS[account.platform]
    async with system_unit_of_work() as session:
        granted = (await credentials.load(session, account.id)).scopes
        found = await of_workspace(session, account.workspace_id, sheet.login_of(granted).app)
    if not sheet.may("webhooks", granted):
        lacking = ", ".join(scope for scope in sheet.needs["webhooks"] if scope not in granted)
        raise NotReady(f"Not granted: {lacking}. Connect the account again and allow it.")
    own = found.client_id if found and found.workspace_id else None
    return settings().webhook_url(account.platform, own) or ""
