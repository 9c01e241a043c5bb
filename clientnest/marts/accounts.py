"""Figures of accounts, and who follows them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.period import SELECTED, Selection
from clientnest.marts.rows import Row, modelled, read


async def account_figures(session: AsyncSession, account_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """What the marts know of these accounts; an account is missing until it was modelled."""
    if not account_ids or not await modelled(session):
        return {}
    rows = await read(
        session,
        """
        select account_id, followers, following, posts_count, followers_observed_at, first_post_at, last_post_at,
            last_observed_at
        from marts.accounts where account_id = any(cast(:account_ids as uuid[]))
        """,
        account_ids=list(account_ids),
    )
    return {row["account_id"]: row for row in rows}


async def audience(session: AsyncSession, selection: Selection) -> list[Row]:
    """Every known value of every dimension as last told, by what people call it, the largest first."""
    return await read(
        session,
        f"""
        select account_id, platform, dimension, name as value, amount, unit, observed_at
        from marts.audience_daily where is_latest and {SELECTED}
        order by platform, account_id, dimension, amount desc nulls last, value
        """,
        **selection.parameters,
    )
