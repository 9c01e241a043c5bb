"""Links, clicks on them, and the salts of their visitors. Following a link is the system's work."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import ClickSalt, Link, LinkClick, Publication


async def add(session: AsyncSession, link: Link) -> bool:
    """False where the slug is taken, by any workspace."""
    columns = ("id", "workspace_id", "slug", "destination", "target", "address", "publication_id", "campaign_id")
    values = {name: getattr(link, name) for name in columns}
    query = insert(Link).values(values).on_conflict_do_nothing(index_elements=["slug"]).returning(Link.id)
    return (await session.execute(query)).scalar_one_or_none() is not None


async def address_of(session: AsyncSession, publication_id: UUID) -> str | None:
    """What stands in the publication as its link; None where it has none."""
    query = select(Link.address).where(Link.publication_id == publication_id)
    return (await session.execute(query)).scalar_one_or_none()


async def addresses_of(session: AsyncSession, publication_ids: Iterable[UUID]) -> dict[UUID, str]:
    """As `address_of`, by publication; those without a link are left out."""
    query = select(Link.publication_id, Link.address).where(Link.publication_id.in_(set(publication_ids)))
    return {publication_id: address for publication_id, address in await session.execute(query) if publication_id}


async def remove(session: AsyncSession, publication_id: UUID) -> None:
    """Forget the link of a publication that has not gone out."""
    await session.execute(delete(Link).where(Link.publication_id == publication_id))


async def move(session: AsyncSession, post_ids: list[UUID], campaign_id: UUID) -> None:
    """Count the links of these posts to a campaign; they stay as they went out."""
    of_posts = select(Publication.id).where(Publication.post_id.in_(post_ids))
    await session.execute(update(Link).where(Link.publication_id.in_(of_posts)).values(campaign_id=campaign_id))


async def target(session: AsyncSession, slug: str) -> str | None:
    """Where a short link leads; None where there is none."""
    return (await session.execute(select(Link.target).where(Link.slug == slug))).scalar_one_or_none()


async def click(
    session: AsyncSession,
    slug: str,
    click_id: UUID,
    clicked_at: datetime,
    visitor: str,
    bot: str | None,
    referrer_host: str | None,
) -> str | None:
    """Write the click down; where the link leads, None where there is none."""
    found = select(Link.id, Link.workspace_id, Link.target).where(Link.slug == slug).cte("found")
    given = {
        LinkClick.id: click_id,
        LinkClick.clicked_at: clicked_at,
        LinkClick.visitor: visitor,
        LinkClick.bot: bot,
        LinkClick.referrer_host: referrer_host,
    }
    told = [literal(value, column.type) for column, value in given.items()]
    columns = [LinkClick.link_id, LinkClick.workspace_id, *given]
    written = insert(LinkClick).from_select(columns, select(found.c.id, found.c.workspace_id, *told)).cte("written")
    return (await session.execute(select(found.c.target).add_cte(written))).scalar_one_or_none()


async def salt(session: AsyncSession, day: date, fresh: bytes) -> bytes:
    """The day's salt: `fresh` becomes it where there is none yet. Salts of earlier days are gone afterwards."""
    await forget_salts(session, before=day)
    query = insert(ClickSalt).values(day=day, salt=fresh).on_conflict_do_nothing()
    await session.execute(query)
    return (await session.execute(select(ClickSalt.salt).where(ClickSalt.day == day))).scalar_one()


async def forget_salts(session: AsyncSession, *, before: date) -> None:
    """What visitors of earlier days were digested with."""
    await session.execute(delete(ClickSalt).where(ClickSalt.day < before))
