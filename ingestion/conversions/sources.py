"""The doors that a workspace's conversions come in by. A secret is shown when it is made, and never again."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Invalid, NotFound, Problem
from clientnest.models import ConversionSource
from clientnest.vault import vault
from ingestion.conversions import repository, signing

# Who makes the secret: we do, or the payment service does and it is entered here.
_MADE = {"webhook": signing.new_signing_secret, "server": signing.new_bearer}
_ENTERED = {
    "stripe": "Enter the signing secret of the endpoint, as Stripe's Workbench shows it (whsec_…).",
    "paypal": "Enter the id of the webhook, as PayPal's developer pages show it.",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A source with the secret that was just made for it; None where it is known elsewhere or there is none."""

    source: ConversionSource
    secret: str | None


async def add(session: AsyncSession, workspace_id: UUID, kind: str, name: str, secret: str | None) -> Opened:
    """Raises Invalid."""
    if not name.strip() or not name.isprintable():
        raise Invalid("Give the source a name.", (Problem("name", "Such as Web shop."),))
    source = ConversionSource(id=uuid4(), workspace_id=workspace_id, kind=kind, name=name.strip(), is_enabled=True)
    made = _renew(source, secret)
    session.add(source)
    await session.flush()
    return Opened(source, made)


async def listed(session: AsyncSession) -> list[ConversionSource]:
    """The oldest first."""
    return await repository.sources(session)


async def change(
    session: AsyncSession, source_id: UUID, *, name: str | None, is_enabled: bool | None
) -> ConversionSource:
    """What is not named stays. Raises NotFound, Invalid."""
    source = await find(session, source_id)
    if name is not None:
        if not name.strip() or not name.isprintable():
            raise Invalid("Give the source a name.", (Problem("name", "Such as Web shop."),))
        source.name = name.strip()
    if is_enabled is not None:
        source.is_enabled = is_enabled
    await session.flush()
    return source


async def rotate(session: AsyncSession, source_id: UUID, secret: str | None) -> Opened:
    """Another secret in place of the one before, which opens nothing from then on. Raises NotFound, Invalid."""
    source = await find(session, source_id)
    made = _renew(source, secret)
    await session.flush()
    return Opened(source, made)


async def find(session: AsyncSession, source_id: UUID) -> ConversionSource:
    """Raises NotFound."""
    source = await repository.source(session, source_id)
    if source is None:
        raise NotFound("There is no such source in this workspace.")
    return source


def secret_of(source: ConversionSource) -> str | None:
    """What calls of the source are signed with. Raises VaultError."""
    return vault().open(source.secret, *_place(source)) if source.secret else None


def _renew(source: ConversionSource, entered: str | None) -> str | None:
    """Seal a new secret into the source; what must be shown of it. Raises Invalid."""
    entered = entered.strip() if entered else None
    if source.kind in _ENTERED and not entered:
        raise Invalid("A secret is needed.", (Problem("secret", _ENTERED[source.kind]),))
    if source.kind not in _ENTERED and entered:
        raise Invalid("The secret is made here.", (Problem("secret", "Leave it out; the answer shows it once."),))
    made = _MADE[source.kind]() if source.kind in _MADE else None
    if secret := entered or made:
        source.secret = vault().seal(secret, *_place(source))
    return made


def _place(source: ConversionSource) -> tuple[object, ...]:
    return source.workspace_id, source.id, "conversion_sources.secret"
