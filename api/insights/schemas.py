"""Formats, hashtags, benchmarks and competitors as they are answered. Null is unknown, never zero; rates are shares."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.analytics.schemas import PeriodOut
from api.moments import AsKnown
from clientnest.marts import Status


class Counts(BaseModel):
    """Sums over posts, of those that know the metric."""

    impressions: int | None
    reach: int | None = Field(description="Contacts: a person may count more than once.")
    views: int | None
    reactions: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    saves: int | None
    clicks: int | None
    engagements: int | None


class Rates(BaseModel):
    """One sum over another, over the posts that know both."""

    engagement_rate_by_reach: float | None
    engagement_rate_by_impressions: float | None
    engagement_rate_by_views: float | None
    engagement_rate_by_followers: float | None


class Format(Counts, Rates):
    account_id: UUID
    platform: str
    account_name: str | None
    kind: str
    posts: int
    period_start: date | None
    period_end: date | None
    median_impressions: float | None
    median_reach: float | None
    median_views: float | None
    median_engagements: float | None
    engagement_rate: float | None = Field(description="The one of the four that most of the posts have.")
    engagement_rate_by: str | None = Field(description="Its denominator.")


class Formats(AsKnown):
    items: list[Format]


class DecayPoint(BaseModel):
    account_id: UUID
    platform: str
    account_name: str | None
    kind: str
    age_hours: int = Field(description="1, 6, 24 or 168 hours after publishing.")
    posts: int = Field(description="Posts whose figure is final.")
    posts_seen: int = Field(description="Those that were observed near the age.")
    lower_quartile: float | None = Field(description="A share of the final figure.")
    median: float | None
    upper_quartile: float | None


class Decay(AsKnown):
    metric: str
    items: list[DecayPoint]


class Hashtag(Counts, Rates):
    hashtag: str
    posts: int
    platforms: list[str]


class Hashtags(AsKnown):
    period: PeriodOut
    items: list[Hashtag] = Field(description="The most used first.")


class Benchmark(BaseModel):
    basis: Literal["account", "account_format", "network", "network_format", "competitor"]
    platform: str
    account_id: UUID | None
    account_name: str | None
    kind: str | None
    competitor_id: str | None
    competitor: str | None
    metric: str = Field(description="engagements, engagement_rate, or public_engagements (likes and comments alone).")
    denominator: str | None = Field(description="What a rate divides by.")
    posts: int
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None


class Benchmarks(AsKnown):
    items: list[Benchmark]


class Competitor(BaseModel):
    platform: str
    competitor_id: str
    handle: str | None
    name: str | None
    followers: int | None
    following: int | None
    posts_count: int | None
    views: int | None
    followers_growth: int | None = Field(description="Since `since`; null where either end is unknown.")
    posts_growth: int | None
    since: date = Field(description="The first day in the period on which it was looked up.")
    as_of_date: date
    observed_at: datetime | None


class Competitors(AsKnown):
    period: PeriodOut
    items: list[Competitor]


class NotCompared(BaseModel):
    metric: str
    platforms: list[str] = Field(description="Which of the networks do not offer it.")
    status: Status
    reason: str


class Compared(BaseModel):
    platform: str
    title: str
    posts: int
    figures: dict[str, float | int | None] = Field(
        description="Every metric of `metrics`; null where it is not known yet of any post."
    )


class Comparison(AsKnown):
    """Networks side by side, over what every one of them offers and nothing else."""

    period: PeriodOut
    metrics: list[str] = Field(description="What every chosen network offers.")
    left_out: list[NotCompared]
    networks: list[Compared]
