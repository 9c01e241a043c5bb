"""From a call of a network to what it means here.

Events come more than once and in any order: each counts once, and none undoes what happened after it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events as outbox
from clientnest.database import system_unit_of_work
from clientnest.errors import Invalid
from ingestion.events import repository
from platforms.access import registered_apps
from platforms.inbound import Event, Reply, Webhooks
from platforms.platform import Platform
from platforms.registration import App

# Meta puts up to so many into a call, and no network more.
MOST_EVENTS = 1000


async def answer(
    platform: Platform, webhooks: Webhooks, client_id: str | None, query: Mapping[str, str]
) -> Reply | None:
    """What to say to a network that asks whether the address is ours; None where it is no question of ours.

    `client_id` is the app that the address belongs to; without one any app of ours may answer.
    """
    for app, _ in await _apps(platform, client_id):
        if reply := webhooks.reply(app, query):
            return reply
    return None


async def receive(
    platform: Platform,
    webhooks: Webhooks,
    client_id: str | None,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> int | None:
    """Keep what a call tells; how many events were news, None where no app of ours signed the call.

    What ends a permission marks the account; everything else makes its posts due, see `ingestion.plan`. A workspace
    knows the secret of its own app, so what that app signed is about that workspace alone.
    Raises Invalid for a genuine body that is not what the network documents.
    """
    signers = {whose for app, whose in await _apps(platform, client_id) if webhooks.genuine(app, headers, body, now)}
    if not signers:
        return None
    try:
        told = webhooks.events(body)
    except ValueError as error:
        raise Invalid(f"{platform.title} documents no such call: {error}") from error
    if len(told) > MOST_EVENTS:
        raise Invalid(f"{platform.title} tells of {len(told)} things in one call: {MOST_EVENTS} are taken.")
    news = 0
    async with system_unit_of_work() as session:
        for event in told:
            fresh = [whose for whose in signers if await repository.keep(session, platform.name, event, whose)]
            news += bool(fresh)
            if event.kind in webhooks.TERMS.endings:
                for whose in fresh:
                    await _end(session, platform, event, whose)
    return news


async def _apps(platform: Platform, client_id: str | None) -> list[tuple[App, UUID | None]]:
    return [(app, whose) for app, whose in await registered_apps(platform) if client_id in (None, app.client_id)]


async def _end(session: AsyncSession, platform: Platform, event: Event, whose: UUID | None) -> None:
    for account in await repository.ended(session, platform.name, event, whose):
        account.status = "reconnect_needed"
        told = {"account_id": str(account.id)}
        await outbox.record(session, account.workspace_id, "account.reconnect_needed", **told)
