"""Our registrations (apps) at the networks: the installation's from the settings, a workspace's own before it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Registration
from clientnest.settings import settings
from clientnest.vault import vault

# A workspace, and the network's name.
Asked = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class Registered:
    """One registration. `base_url` replaces the network's public hosts, for the whole installation."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str | None
    # Whose own it is; None for the installation's.
    workspace_id: UUID | None


def of_installation(platform: str) -> Registered | None:
    """What the settings name; None where they name nothing."""
    configured = settings().platform(platform)
    if not configured.client_id:
        return None
    return Registered(configured.client_id, configured.client_secret.get_secret_value(), configured.base_url, None)


async def of_workspace(session: AsyncSession, workspace_id: UUID, platform: str) -> Registered | None:
    """The workspace's own registration, else the installation's; None where there is neither."""
    row = await session.get(Registration, (workspace_id, platform))
    return _opened(row) if row is not None else of_installation(platform)


async def of_workspaces(session: AsyncSession, asked: Iterable[Asked]) -> dict[Asked, Registered]:
    """As `of_workspace`, of many; those with neither are left out. `session` is the system's."""
    asked = set(asked)
    places = tuple_(Registration.workspace_id, Registration.platform)
    rows = (await session.execute(select(Registration).where(places.in_(asked)))).scalars()
    own = {(row.workspace_id, row.platform): _opened(row) for row in rows}
    found = {one: own.get(one) or of_installation(one[1]) for one in asked}
    return {one: registered for one, registered in found.items() if registered is not None}


async def everywhere(session: AsyncSession, platform: str) -> list[Registered]:
    """Every registration at a network, by which its calls may be signed. `session` is the system's."""
    own = (await session.execute(select(Registration).where(Registration.platform == platform))).scalars()
    shared = of_installation(platform)
    return [*([shared] if shared else []), *(_opened(row) for row in own)]


async def store(
    session: AsyncSession, workspace_id: UUID, platform: str, *, client_id: str, client_secret: str
) -> None:
    """Keep the workspace's own registration, in the place of an older one."""
    told = {
        "client_id": client_id,
        "client_secret": vault().seal(client_secret, workspace_id, platform, "client_secret"),
        "updated_at": datetime.now(UTC),
    }
    query = insert(Registration).values(workspace_id=workspace_id, platform=platform, **told)
    await session.execute(query.on_conflict_do_update(index_elements=["workspace_id", "platform"], set_=told))


async def forget(session: AsyncSession, workspace_id: UUID, platform: str) -> bool:
    """Whether there was one; the installation's holds again."""
    query = delete(Registration).where(Registration.workspace_id == workspace_id, Registration.platform == platform)
    return (await session.execute(query.returning(Registration.platform))).scalar_one_or_none() is not None


def _opened(row: Registration) -> Registered:
    secret = vault().open(row.client_secret, row.workspace_id, row.platform, "client_secret")
    return Registered(row.client_id, secret, settings().platform(row.platform).base_url, row.workspace_id)
