"""From a call of a network to what it means here.

Events come more than once and in any order: each counts once, and none undoes what happened after it.
"""

from collections.abc import Mapping
from datetime import datetime

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
    for app in await _apps(platform, client_id):
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

    What ends a permission marks the account; everything else makes its posts due, see `ingestion.plan`.
    Raises Invalid for a genuine body that is not what the network documents.
    """
    if not any(webhooks.genuine(app, headers, body, now) for app in await _apps(platform, client_id)):
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
            if not await repository.keep(session, platform.name, event):
                continue
            news += 1
            if event.kind in webhooks.TERMS.endings:
                await _end(session, platform, event)
    return news


async def _apps(platform: Platform, client_id: str | None) -> list[App]:
    apps = await registered_apps(platform)
    return [app for app in apps if client_id in (None, app.client_id)]


async def _end(session: AsyncSession, platform: Platform, event: Event) -> None:
    for account in await repository.ended(session, platform.name, event):
        account.status = "reconnect_needed"
        told = {"account_id": str(account.id)}
        await outbox.record(session, account.workspace_id, "account.reconnect_needed", **told)
