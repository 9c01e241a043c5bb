"""From a call of a network to what it means here.

Events come more than once and in any order: each counts once, and none undoes what happened after it.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from clientnest.database import system_unit_of_work
from clientnest.errors import Invalid
from clientnest.jobs import enqueue
from ingestion.events import repository
from ingestion.events.jobs import ENDED, QUEUE
from platforms.access import registered_apps
from platforms.inbound import Reply, Webhooks
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

    What ends a permission marks the account, see `jobs`; everything else makes its posts due, see `ingestion.plan`. A
    workspace knows the secret of its own app, so what that app signed is about that workspace alone.
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
            kept = [(await repository.keep(session, platform.name, event, whose), whose) for whose in signers]
            fresh = [(id_, whose) for id_, whose in kept if id_]
            news += bool(fresh)
            if event.kind in webhooks.TERMS.endings:
                for id_, whose in fresh:
                    await enqueue(session, QUEUE, ENDED, {"event_id": str(id_)}, workspace_id=whose)
    return news


async def _apps(platform: Platform, client_id: str | None) -> list[tuple[App, UUID | None]]:
    return [(app, whose) for app, whose in await registered_apps(platform) if client_id in (None, app.client_id)]
