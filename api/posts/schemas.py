"""Posts as they are answered."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from api.analytics import support
from api.moments import AsKnown
from api.pagination import NEXT_CURSOR
from clientnest import marts
from clientnest.marts import METRICS, Row, Status


class PostMetrics(BaseModel):
    """Lifetime figures; null is unknown."""

    impressions: int | None
    reach: int | None
    views: int | None
    reactions: int | None = Field(description="All kinds of reaction.")
    likes: int | None = Field(description="The like only.")
    comments: int | None
    shares: int | None
    saves: int | None
    clicks: int | None


class PostOut(PostMetrics):
    post_key: str = Field(description="Our key of the post; of a publication's id until a network shows it.")
    account_id: UUID
    platform: str
    account_name: str | None
    external_id: str | None = Field(description="The network's id; null until it names one.")
    kind: str | None = Field(description="text, link, image, carousel, video, reel, short, story or unknown.")
    text: str | None
    title: str | None
    permalink: str | None
    thumbnail_url: str | None
    published_at: datetime | None
    scheduled_at: datetime | None = Field(description="For what ClientNest is about to publish.")
    hashtags: list[str] | None
    origin: str = Field(description="`clientnest`, `network` (made elsewhere) or `file` (imported).")
    publication_id: UUID | None
    status: str = Field(
        description="published; or what became of the publication: scheduled, publishing, failed, needs_person."
    )
    problem: str | None = Field(description="Why a publication did not work.")
    engagements: int | None
    engagement_rate: float | None = Field(description="A share: 0.034 is 3.4 %.")
    engagement_rate_by: str | None = Field(description="Its denominator: reach, impressions or views.")
    engagement_rate_version: int | None = Field(description="Which definition of the rate this is.")
    engagement_rate_by_reach: float | None
    engagement_rate_by_impressions: float | None
    engagement_rate_by_views: float | None
    engagement_rate_by_followers: float | None
    observed_at: datetime | None = Field(description="When these figures were last seen to change.")
    confirmed_at: datetime | None = Field(description="When the network was last asked for them.")
    deleted_at: datetime | None = Field(description="When it was found to be gone; its figures stay.")
    campaign_id: UUID | None
    score: float | None = Field(description="0 to 100 against the account's own history.")
    score_basis: str | None
    score_n: int | None = Field(description="How many posts it was compared with.")
    source: str = Field(description="`api` or `file`.")
    why_unknown: dict[str, Status] = Field(
        description="For every figure that is null, why: unsupported (the network does not offer it), suppressed "
        "(it withholds it), not_yet, or error (asking failed last time)."
    )


class Observation(PostMetrics):
    """The figures as they were seen at one moment, and where they lie in the lake."""

    as_of_date: date
    observed_at: datetime
    source: str
    lake_path: str | None
    lake_page: int | None
    lake_record: int | None


class PostDetail(PostOut, AsKnown):
    observations: list[Observation] = Field(description="Up to 500, oldest first.")


class PostFreshness(AsKnown):
    observed_at: datetime | None = Field(description="Everything shown is at least as fresh as this.")
    next_expected_at: datetime | None
    settled_to: date | None


class Posts(BaseModel):
    items: list[PostOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)
    freshness: PostFreshness


def post_out(row: Row) -> PostOut:
    return PostOut(**told(row))


def told(row: Row) -> Row:
    """The row with a status for each figure that is null: the warehouse's, and the data sheets' for a post that no
    network has shown yet."""
    known = row["why_unknown"]
    if known is None:
        known = {metric: "not_yet" for metric in METRICS if support.offers(row["platform"], metric)}
        known = dict.fromkeys(METRICS, "unsupported") | known
    unknown = [metric for metric in (*METRICS, "engagements", "engagement_rate") if row[metric] is None]
    return {**row, "why_unknown": {metric: marts.why(metric, known) for metric in unknown}}
