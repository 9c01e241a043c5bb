"""The apps by which accounts are connected: the installation's, or a workspace's own before it."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events, registrations
from clientnest.errors import Invalid, NotFound, Problem
from clientnest.registrations import Registered
from clientnest.settings import settings
from platforms import PLATFORMS, access
from platforms.platform import Login, Platform


@dataclass(frozen=True, slots=True)
class Webhook:
    """What a person enters at a network that calls us. `callback_url` is None without NEST_PUBLIC_URL, and
    `verify_token` where the network asks for none or there is no app yet."""

    callback_url: str | None
    verify_token: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class App:
    """One way to connect accounts. `source` is `workspace`, `installation`, or None where there is no app yet."""

    platform: str
    login: str
    title: str
    app: str
    scopes: tuple[str, ...]
    client_id: str | None
    source: str | None
    webhook: Webhook | None


async def listed(session: AsyncSession, workspace_id: UUID) -> list[App]:
    """Every way to connect, by network."""
    return [await _app(session, workspace_id, sheet, way) for sheet in PLATFORMS.values() for way in sheet.ways]


async def store(session: AsyncSession, workspace_id: UUID, name: str, *, client_id: str, client_secret: str) -> None:
    """Bring the workspace's own app. Tokens that the other app was given die with it, so accounts connect again.

    Raises Invalid.
    """
    _check(name)
    await registrations.store(session, workspace_id, name, client_id=client_id, client_secret=client_secret)
    await events.record(session, workspace_id, "app.stored", platform=name)


async def forget(session: AsyncSession, workspace_id: UUID, name: str) -> None:
    """Go back to the installation's app. Raises Invalid, NotFound."""
    _check(name)
    if not await registrations.forget(session, workspace_id, name):
        raise NotFound("This workspace has no app of its own there.")
    await events.record(session, workspace_id, "app.forgotten", platform=name)


async def _app(session: AsyncSession, workspace_id: UUID, sheet: Platform, way: Login) -> App:
    found = await registrations.of_workspace(session, workspace_id, way.app)
    source = None if found is None else "workspace" if found.workspace_id else "installation"
    client_id = found.client_id if found else None
    return App(sheet.name, way.name, way.title, way.app, way.scopes, client_id, source, _webhook(sheet, found))


def _webhook(sheet: Platform, found: Registered | None) -> Webhook | None:
    if sheet.webhooks is None:
        return None
    own = found.client_id if found and found.workspace_id else None
    verify_token = sheet.webhooks.TERMS.verify_token
    token = verify_token(access.app(found)) if verify_token and found else None
    return Webhook(settings().webhook_url(sheet.name, own), token)


def _check(name: str) -> None:
    known = sorted({way.app for sheet in PLATFORMS.values() for way in sheet.ways})
    if name not in known:
        raise Invalid(f"{name!r} is no app.", (Problem("app", f"Choose one of {', '.join(known)}."),))
