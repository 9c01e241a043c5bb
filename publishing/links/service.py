"""The link of a publication, fixed when the publication is stored and the same at every attempt."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, Campaign, Link, Publication
from clientnest.settings import settings
from publishing.links import repository
from publishing.links.addresses import is_address, with_parameters, without_click
from publishing.links.tracking import Tracking, parameters, slug

# Without vowels, which make words, and without what looks like something else.
_LETTERS = "23456789bcdfghjkmnpqrstvwxyz"
SLUG_LENGTH = 8


@dataclass(frozen=True, slots=True)
class Planned:
    """A link of one publication before it is stored. `slug` is None where it is not a short one."""

    destination: str
    target: str
    slug: str | None

    @property
    def address(self) -> str:
        """What stands in the post."""
        return self.target if self.slug is None else short_address(self.slug)


def plan(
    destination: str | None,
    tracking: Tracking | None,
    campaign: Campaign | None,
    accounts: Iterable[Account],
    post_id: UUID,
    publication_ids: Mapping[UUID, UUID],
) -> dict[UUID, Planned]:
    """The link as it goes out on each account, by account. `publication_ids` is by account too.

    Without `tracking` it goes out as it is written; nothing is planned for what is no address.
    """
    if destination is None or not is_address(destination):
        return {}
    if tracking is None:
        return {account.id: Planned(destination, destination, None) for account in accounts}
    planned = {}
    for account in accounts:
        values = {
            "platform": account.platform,
            "campaign": slug(campaign.name) if campaign else "",
            "account": slug(account.name),
            "post": str(post_id),
            "publication": str(publication_ids[account.id]),
        }
        target = with_parameters(without_click(destination), parameters(tracking, values))
        planned[account.id] = Planned(destination, target, new_slug() if tracking.short else None)
    return planned


async def store(
    session: AsyncSession, workspace_id: UUID, publication_id: UUID, campaign_id: UUID | None, planned: Planned
) -> None:
    """Keep the link of a publication. A slug that is taken gives way to another, just as long."""
    chosen = planned
    while not await repository.add(
        session,
        Link(
            id=uuid4(),
            workspace_id=workspace_id,
            slug=chosen.slug,
            destination=chosen.destination,
            target=chosen.target,
            address=chosen.address,
            publication_id=publication_id,
            campaign_id=campaign_id,
        ),
    ):
        chosen = Planned(planned.destination, planned.target, new_slug())


async def store_all(session: AsyncSession, plans: Iterable[tuple[Publication, UUID | None, Planned]]) -> None:
    """As `store`, of many: each with its publication and campaign."""
    for publication, campaign_id, planned in plans:
        if planned.slug is not None:
            await store(session, publication.workspace_id, publication.id, campaign_id, planned)
            continue
        session.add(
            Link(
                workspace_id=publication.workspace_id,
                destination=planned.destination,
                target=planned.target,
                address=planned.address,
                publication_id=publication.id,
                campaign_id=campaign_id,
            )
        )
    await session.flush()


def new_slug() -> str:
    """One of 3.8e11, drawn so that nobody can guess another's."""
    return "".join(secrets.choice(_LETTERS) for _ in range(SLUG_LENGTH))


def is_slug(text: str) -> bool:
    """Whether a short link could be called so."""
    return len(text) == SLUG_LENGTH and set(text) <= set(_LETTERS)


def short_address(slug: str) -> str:
    """Where a short link is reached."""
    return f"{settings().public_url}/l/{slug}"
