"""A recurring post as it is kept: what is written, for whom, and what of it changes each time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from publishing.content import written
from publishing.content.drafts import Draft
from publishing.links import Tracking
from publishing.planning.templates import replaced

# What of a post may hold {date} and {n}.
_FILLED = ("text", "title", "link", "first_comment")


def kept(draft: Draft) -> dict[str, Any]:
    """As it stands in the database."""
    return {
        "content": draft.content.kept,
        "account_ids": [str(id_) for id_ in draft.account_ids],
        "variants": {str(id_): dict(variant) for id_, variant in draft.variants.items()},
        "assisted": sorted(str(id_) for id_ in draft.assisted),
        "tracking": draft.tracking.kept if draft.tracking else None,
        "campaign_id": str(draft.campaign_id) if draft.campaign_id else None,
        "tags": list(draft.tags),
    }


def draft_of(told: dict[str, Any]) -> Draft:
    """What was `kept`."""
    return Draft(
        written.read(told["content"]),
        tuple(UUID(id_) for id_ in told["account_ids"]),
        {UUID(id_): variant for id_, variant in told["variants"].items()},
        assisted=frozenset(UUID(id_) for id_ in told["assisted"]),
        tracking=Tracking(**told["tracking"]) if told["tracking"] else None,
        campaign_id=UUID(told["campaign_id"]) if told["campaign_id"] else None,
        tags=tuple(told["tags"]),
    )


def of_time(draft: Draft, local: datetime, number: int) -> Draft:
    """What goes out that time: {date} is its day on the wall, {n} the how manieth it is."""
    values = {"date": local.date().isoformat(), "n": str(number)}
    variants = {id_: _filled(variant, values) for id_, variant in draft.variants.items()}
    return replace(draft, content=written.read(_filled(draft.content.kept, values)), variants=variants)


def _filled(fields: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Fields of a post as they are kept, with the values in place."""
    return {
        name: replaced(value, values) if name in _FILLED and isinstance(value, str) else value
        for name, value in fields.items()
    }
