"""Return as it is answered. Money is in the workspace's currency; null is unknown, never zero: `unknown` says why."""

from typing import Literal

from pydantic import BaseModel, Field

from api.analytics.schemas import Freshness, PeriodOut
from clientnest.marts import Status
from clientnest.marts.earnings import By, Model

Part = Literal["group", "elsewhere", "unattributed", "total"]
Interval = tuple[float, float]


class Unknown(BaseModel):
    metric: str
    status: Status
    reason: str = Field(description="In words, such as `no cost entered`.")


class Group(BaseModel):
    key: str | None = Field(description="Post key, id of the campaign or account, or name of the network.")
    part: Part = Field(
        description="group; elsewhere (what belongs to no such group, such as a campaign's cost where posts are asked "
        "for); unattributed (no touchpoint led to it); total (all of these)."
    )
    name: str | None = Field(description="Null where it has none, such as a post that was not observed yet.")
    platform: str | None
    kind: str | None = Field(description="Of a post.")


class Return(Group):
    links: int = Field(description="Links that lead from it, of all time.")
    costs: int = Field(description="Costs entered that begin in these days.")
    clicks: int | None = Field(description="Clicks that led to the site: of short links, or visits by their addresses.")
    visits: int | None = Field(description="Visits that the site told.")
    conversions: float | None = Field(description="In its share under the model, so not always whole; without refunds.")
    refunds: float | None
    revenue: float | None = Field(description="In its share, less refunds, to the cent.")
    cost: float | None = Field(description="Of costs that begin in these days. Not entered is unknown, not free.")
    profit: float | None = Field(description="revenue - cost.")
    roi: float | None = Field(description="(revenue - cost) / cost; 0.5 is 50 %.")
    roi_interval: Interval | None = Field(description="95 %: as many clicks, at the bounds of revenue_per_click.")
    roas: float | None = Field(description="revenue / cost.")
    cost_per_click: float | None
    cost_per_conversion: float | None
    conversion_rate: float | None = Field(description="Conversions by clicks, where those are counted.")
    conversion_rate_interval: Interval | None = Field(description="95 %, by Wilson.")
    revenue_per_click: float | None
    revenue_per_click_interval: Interval | None = Field(
        description="95 %, the logarithm of the mean as normal; null under five conversions."
    )
    unknown: list[Unknown]


class Definition(BaseModel):
    model: Model
    version: int = Field(description="Changes when the definition does.")
    meaning: str


class Returns(Freshness):
    period: PeriodOut
    by: By
    model: Definition
    currency: str
    attribution_days: int = Field(description="How long after a touch a conversion is still credited to it.")
    finding: str = Field(description="What the figures say, in one or two sentences.")
    total: Return
    items: list[Return] = Field(description="The highest revenue first; then what is elsewhere and unattributed.")
    more: int = Field(description="Groups beyond `limit` that are not listed; they are in the total.")


class Credit(BaseModel):
    revenue: float | None
    conversions: float


class Compared(Group):
    models: dict[Model, Credit] = Field(description="A group that a model gives nothing has zero.")
    without_rate: int = Field(description="Conversions without an exchange rate: revenue is null with any.")


class Attribution(Freshness):
    period: PeriodOut
    by: By
    currency: str
    models: list[Definition]
    total: Compared = Field(description="The same under every model.")
    items: list[Compared] = Field(description="The highest revenue first; then what is elsewhere and unattributed.")
    more: int = Field(description="Groups beyond `limit` that are not listed; they are in the total.")
