"""From a call of a network to what it means here.

Events come more than once and in any order: each counts once, and none undoes what happened after it. Beside its
functions a network's `webhooks` module may say two things: `ENDINGS`, its kinds of events by which a person took the
permission back, and `FORGED_STATUS`, what it wants to hear when a signature is wrong (401 where it says nothing).
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


async def answer(platform: Platform, webhooks: Webhooks, query: Mapping[str, str]) -> Reply | None:
    """What to say to a network that asks whether the address is ours; None where it is no question of ours."""
    for app in await registered_apps(platform):
        if reply := webhooks.reply(app, query):
            return reply
    return None


async def receive(
    platform: Platform, webhooks: Webhooks, headers: Mapping[str, str], body: bytes, now: datetime
) -> int | None:
    """Keep what a call tells; how many events were news, None where no app of ours signed the call.

    What ends a permission marks the account; everything else makes its posts due, see `ingestion.plan`.
    Raises Invalid for a genuine body that is not what the network documents.
    """
    apps = await registered_apps(platform)
    if not any(webhooks.genuine(app, headers, body, now) for app in apps):
        return None
    try:
        told = webhooks.events(body)
    except ValueError as error:
        raise Invalid(f"{platform.title} documents no such call: {error}") from error
    endings: frozenset[str] = getattr(webhooks, "ENDINGS", frozenset())
    news = 0
    async with system_unit_of_work() as session:
        for event in told:
            if not await repository.keep(session, platform.name, event):
                continue
            news += 1
            if event.kind in endings:
                await _end(session, platform, event)
    return news


async def _end(session: AsyncSession, platform: Platform, event: Event) -> None:
    for account in await repository.ended(session, platform.name, event):
        account.status = "reconnect_needed"
        told = {"account_id": str(account.id)}
        await outbox.record(session, account.workspace_id, "account.reconnect_needed", **told)


def forged_status(webhooks: Webhooks) -> int:
    """What a network wants to hear when a signature is wrong."""
    status: int = getattr(webhooks, "FORGED_STATUS", 401)
    return status
