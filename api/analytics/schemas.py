"""Figures as they are answered. Null is unknown, never zero; `status` says why."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.moments import AsKnown
from api.pagination import NEXT_CURSOR
from api.posts.schemas import PostOut
from clientnest.marts import Status


class LeftOut(BaseModel):
    platform: str
    status: Status
    reason: str = Field(description="In words, such as `X offers no reach`.")


class Figure(BaseModel):
    value: float | int | None = Field(description="Null when unknown.")
    status: Status = Field(
        description="observed; unsupported (the networks do not offer it); not_yet (not observed yet); suppressed "
        "(withheld by the network); error (the last observation failed)."
    )
    previous: float | int | None = Field(
        description="The same for as many days directly before; null when that is not available."
    )
    previous_reason: str | None = Field(None, description="Why there is nothing to compare with, in words.")
    observed_at: datetime | None = Field(description="The figure is at least as fresh as this.")
    settled: bool = Field(description="False while the networks still correct these days.")
    left_out: list[LeftOut] = Field(description="What the value does not contain.")


class HeadlineFigure(Figure):
    daily: list[tuple[date, float | int | None]] = Field(
        description="One pair per day. Followers: the number on that day. All others: of the posts published on that "
        "day, so that the days of a sum add up to its value."
    )


class RateFigure(HeadlineFigure):
    denominators: list[str] = Field(
        description="The rate is sum(engagements) / sum(of these: reach, impressions or views, per post the first "
        "that is known), over posts where both are known; 0.034 is 3.4 %."
    )


class Headline(BaseModel):
    followers: HeadlineFigure = Field(description="Followers of all accounts at the end of the period.")
    posts: HeadlineFigure = Field(description="Posts published in the period.")
    views: HeadlineFigure = Field(description="Views of these posts so far.")
    reach: HeadlineFigure = Field(
        description="Reach of these posts so far: a sum over posts, so a person may count more than once."
    )
    engagements: HeadlineFigure = Field(
        description="Reactions (or likes), comments, shares, saves and clicks, as far as a network offers each."
    )
    engagement_rate: RateFigure
    clicks: HeadlineFigure


class Totals(BaseModel):
    impressions: Figure
    likes: Figure = Field(description="The like only.")
    reactions: Figure = Field(description="All kinds of reaction.")
    comments: Figure
    shares: Figure
    saves: Figure


class Sums(BaseModel):
    """Lifetime figures of the posts published in the period."""

    posts: int = Field(description="Posts published in the period.")
    views: int | None = None
    reach: int | None = Field(None, description="A sum over posts: a person may count more than once.")
    impressions: int | None = None
    reactions: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    clicks: int | None = None
    engagements: int | None = None
    engagement_rate: float | None = Field(None, description="A share: 0.034 is 3.4 %.")
    engagement_rate_by: list[str] | None = Field(None, description="Its denominators: reach, impressions or views.")
    engagement_rate_by_reach: float | None = Field(None, description="sum(engagements) / sum(reach), both known.")
    engagement_rate_by_impressions: float | None = None
    engagement_rate_by_views: float | None = None
    engagement_rate_by_followers: float | None = None


class Network(Sums):
    platform: str
    title: str = Field(description="The network's name for people.")
    colors: tuple[str, str] = Field(description="Its chart colour on light and on dark.")
    accounts: int
    followers: int | None = Field(description="At the end of the period.")
    followers_previous: int | None = Field(description="On the day before the period.")
    previous: Sums | None = Field(description="As many days directly before; null when unknown.")
    unsupported: list[str] = Field(description="Metrics that the network does not offer for posts.")
    left_out: list[LeftOut]
    observed_at: datetime | None
    settled_to: date | None


class Unsupported(BaseModel):
    metric: str
    reason: str


class AccountSums(Sums):
    account_id: UUID
    platform: str
    name: str
    username: str | None
    source: str
    status: str
    followers: int | None
    followers_observed_at: datetime | None
    unsupported: list[Unsupported]
    observed_at: datetime | None


class Day(BaseModel):
    """What happened on a day at a network, whenever the posts were published."""

    as_of_date: date = Field(description="The day as the network counts it.")
    platform: str
    accounts: int = Field(description="Accounts that have figures for the day.")
    views: int | None
    impressions: int | None
    reach: int | None = Field(description="A sum over accounts: a person may count more than once.")
    reactions: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    saves: int | None
    clicks: int | None
    engagements: int | None
    followers: int | None = Field(description="At the end of the day.")
    followers_gained: int | None
    posts_published: int | None
    why_unknown: dict[str, Status] = Field(description="For every figure that is null, why.")
    is_settled: bool = Field(description="False while the network may still correct the day.")
    observed_at: datetime | None


class PeriodOut(BaseModel):
    since: date
    until: date = Field(description="Included.")
    days: int
    previous_since: date
    previous_until: date = Field(description="Included.")


class Freshness(AsKnown):
    observed_at: datetime | None = Field(description="Everything shown is at least as fresh as this.")
    next_expected_at: datetime | None
    settled_to: date | None = Field(description="Up to this day the networks correct nothing any more.")


class Dashboard(Freshness):
    period: PeriodOut
    timezone: str = Field(description="The workspace's zone, for times; days are UTC days.")
    headline: Headline
    totals: Totals
    networks: list[Network]
    days: list[Day]
    top_posts: list[PostOut] = Field(description="The five with the highest score.")
    finding: str = Field(description="One or two sentences made from these figures.")


class Engagement(Freshness):
    period: PeriodOut
    granularity: Literal["day"]
    days: list[Day]


class SocialAnalytics(Freshness):
    period: PeriodOut
    accounts: list[AccountSums]
    networks: list[Network]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class AudienceValue(BaseModel):
    account_id: UUID
    platform: str
    dimension: str = Field(description="country, city, age, gender, industry, function, seniority, staff_count_range.")
    value: str
    amount: float | None
    unit: str = Field(description="followers, percent or views.")
    observed_at: datetime | None


class Audience(AsKnown):
    items: list[AudienceValue]
    observed_at: datetime | None
