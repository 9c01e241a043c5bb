"""What is sent to publish, and publications as they are answered."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.pagination import NEXT_CURSOR


class TrackingIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    utm: dict[str, str] = Field(
        default_factory=dict,
        max_length=6,
        description='UTM parameters beside the defaults and in their place, such as `{"utm_source": "{platform}"}`; '
        "variables are {platform}, {campaign}, {account}, {post} and {publication}. An empty one is left out.",
    )
    short: bool = Field(default=False, description="Whether a short link of ours goes out, which counts clicks.")


class PublishIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    account_ids: list[UUID] = Field(min_length=1, max_length=100, description="Where it goes: connected accounts.")
    text: str = Field(max_length=100_000, description="Each network's own limit is checked for its accounts.")
    title: str | None = Field(None, max_length=1000, description="For networks that have one, such as YouTube.")
    link: str | None = Field(None, max_length=2000, description="A link to attach where the network can.")
    media_url: str | None = Field(
        None, max_length=2000, description="A public picture or MP4 video; it is fetched now and that copy goes out."
    )
    tracking: TrackingIn | None = Field(
        default_factory=TrackingIn,
        description="How the link is tracked: by UTM parameters when left out; null sends it as it is written.",
    )
    campaign_id: UUID | None = Field(None, description="The campaign that the post belongs to.")


class PublicationState(BaseModel):
    id: UUID
    account_id: UUID
    platform: str
    status: str = Field(description="scheduled, publishing, published, failed, needs_person or cancelled.")


class PublishOut(BaseModel):
    post_id: UUID = Field(description="What the author wrote; the same for all its publications.")
    publications: list[PublicationState] = Field(description="One per account.")


class PublicationOut(PublicationState):
    post_id: UUID
    account_name: str
    text: str
    title: str | None
    link: str | None
    scheduled_at: datetime
    published_at: datetime | None
    external_id: str | None = Field(description="The network's id; null until it names one.")
    permalink: str | None
    problem: str | None = Field(description="What stands in the way, in words.")
    attempts: int = Field(description="How often it was tried.")
    created_at: datetime


class AttemptOut(BaseModel):
    number: int
    mode: str = Field(description="`send` may write at the network, `look` only reads.")
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None = Field(description="Null while nobody knows.")


class PublicationDetail(PublicationOut):
    tries: list[AttemptOut] = Field(description="The first one first.")


class Publications(BaseModel):
    items: list[PublicationOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)
