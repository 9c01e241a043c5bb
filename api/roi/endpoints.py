"""/analytics/roi and /analytics/attribution."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query

from api.access import guarded
from api.analytics.freshness import freshness
from api.analytics.overview import period_out
from api.moments import Asked
from api.parameters import InPeriod, OfPlatforms
from api.roi.schemas import Attribution, Compared, Credit, Definition, Return, Returns
from api.roi.words import MEANINGS, VERSION, finding, unknown
from clientnest.marts import Row, earnings
from clientnest.marts.earnings import MODELS, By, Model

Found = TypeVar("Found", Return, Compared)
router = APIRouter(prefix="/analytics", tags=["analytics"])

Grouped = Annotated[By, Query(description="What a row is about.")]
Most = Annotated[int, Query(ge=1, le=500, description="How many groups at most, the highest revenue first.")]


@router.get("/roi", summary="Money out and money in", **guarded("analytics.read"))
async def roi(
    session: Asked,
    period: InPeriod,
    wanted: OfPlatforms,
    model: Annotated[Model, Query(description="How credit for a conversion is shared.")] = "last_touch",
    by: Grouped = "campaign",
    limit: Most = 100,
) -> Returns:
    """A conversion counts on the day on which it happened, a click on its own, a cost on the day on which it begins:
    none is spread."""
    rows = await earnings.returns(session, period, wanted, model, by)
    terms = await earnings.terms(session)
    total, groups, rest = _parts([_return(row) for row in rows])
    seen = await freshness(session, wanted)
    return Returns(
        period=period_out(period),
        by=by,
        model=_definition(model),
        currency=terms["currency"],
        attribution_days=terms["attribution_days"],
        finding=finding(period, total, groups, terms["currency"]),
        total=total,
        items=[*groups[:limit], *rest],
        more=max(0, len(groups) - limit),
        **seen.summary,
    )


@router.get("/attribution", summary="The models side by side", **guarded("analytics.read"))
async def attribution(
    session: Asked, period: InPeriod, wanted: OfPlatforms, by: Grouped = "campaign", limit: Most = 100
) -> Attribution:
    """Every model shares out the same conversions among the same touchpoints, so their totals are equal to the cent."""
    rows = await earnings.credit(session, period, wanted, by)
    terms = await earnings.terms(session)
    total, groups, rest = _parts(_compared(rows))
    seen = await freshness(session, wanted)
    return Attribution(
        period=period_out(period),
        by=by,
        currency=terms["currency"],
        models=[_definition(model) for model in MODELS],
        total=total,
        items=[*groups[:limit], *rest],
        more=max(0, len(groups) - limit),
        **seen.summary,
    )


def _definition(model: Model) -> Definition:
    return Definition(model=model, version=VERSION, meaning=MEANINGS[model])


def _return(row: Row) -> Return:
    intervals = {
        f"{name}_interval": None if row[f"{name}_low"] is None else (row[f"{name}_low"], row[f"{name}_high"])
        for name in ("roi", "conversion_rate", "revenue_per_click")
    }
    return Return(**{**row, **intervals}, unknown=unknown(row))


def _compared(rows: Sequence[Row]) -> list[Compared]:
    """Rows of a group and model, gathered by group; the total is there even where nothing happened."""
    gathered: dict[tuple[Any, ...], Compared] = {}
    nothing = {model: Credit(revenue=0, conversions=0) for model in MODELS}
    own = ("key", "part", "name", "platform", "kind")
    for row in ({"part": "total"}, *rows):
        group: dict[str, Any] = {name: row.get(name) for name in own}
        found = gathered.setdefault(
            (group["part"], group["key"]), Compared(**group, models=dict(nothing), without_rate=0)
        )
        if "model" in row:
            found.models[row["model"]] = Credit(revenue=row["revenue"], conversions=row["conversions"])
            found.without_rate = max(found.without_rate, row["without_rate"])
    return list(gathered.values())


def _parts(found: Sequence[Found]) -> tuple[Found, list[Found], list[Found]]:
    """The total, the groups, and what is in none."""
    total = next(one for one in found if one.part == "total")
    groups = [one for one in found if one.part == "group"]
    return total, groups, [one for one in found if one.part in ("elsewhere", "unattributed")]
