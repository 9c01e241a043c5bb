"""The apps by which accounts are connected: the installation's, or a workspace's own before it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events, registrations
from clientnest.errors import Invalid, NotFound, Problem
from platforms import PLATFORMS
from platforms.platform import Login


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


async def listed(session: AsyncSession, workspace_id: UUID) -> list[App]:
    """Every way to connect, by network."""
    return [await _app(session, workspace_id, sheet.name, way) for sheet in PLATFORMS.values() for way in sheet.ways]


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


async def _app(session: AsyncSession, workspace_id: UUID, platform: str, way: Login) -> App:
    found = await registrations.of_workspace(session, workspace_id, way.app)
    source = None if found is None else "workspace" if found.of_workspace else "installation"
    return App(platform, way.name, way.title, way.app, way.scopes, found.client_id if found else None, source)


def _check(name: str) -> None:
    known = sorted({way.app for sheet in PLATFORMS.values() for way in sheet.ways})
    if name not in known:
        raise Invalid(f"{name!r} is no app.", (Problem("app", f"Choose one of {', '.join(known)}."),))
