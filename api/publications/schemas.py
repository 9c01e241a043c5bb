"""What is sent to publish, and publications as they are answered."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.content.schemas import FindingOut
from api.content.written import VariantIn, WrittenIn
from api.pagination import NEXT_CURSOR


class PublishIn(WrittenIn):
    account_ids: list[UUID] = Field(min_length=1, max_length=100, description="Where it goes: connected accounts.")


class MomentIn(BaseModel):
    """When: a time with an offset, or one on the wall clock of a zone."""

    model_config = ConfigDict(extra="forbid")

    at: datetime = Field(description="With an offset, such as 2026-12-01T09:00:00+01:00, or without one and a zone.")
    zone: str | None = Field(None, max_length=100, description="IANA zone, such as Europe/Oslo.")


class ScheduleIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: datetime | None = Field(None, description="As in `moments`; left out for a draft that has a wish.")
    zone: str | None = Field(None, max_length=100, description="IANA zone, such as Europe/Oslo.")
    post_id: UUID | None = Field(None, description="A draft from POST /content/create; or else `post`.")
    post: PublishIn | None = Field(None, description="What goes out, as in POST /social/publish.")
    moments: dict[UUID, MomentIn] = Field(default_factory=dict, description="By account, where it is another moment.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.post_id is None) == (self.post is None):
            raise ValueError("give either post_id or post")
        return self


class PublicationState(BaseModel):
    id: UUID
    account_id: UUID
    platform: str
    status: str = Field(description="scheduled, publishing, published, failed, needs_person or cancelled.")


class PublishOut(BaseModel):
    post_id: UUID = Field(description="What the author wrote; the same for all its publications.")
    publications: list[PublicationState] = Field(description="One per account.")
    warnings: list[FindingOut] = Field(description="What it clashes with; a warning keeps nothing from going out.")


class Scheduled(PublicationState):
    scheduled_at: datetime = Field(description="The moment, in UTC.")
    scheduled_zone: str = Field(description="The zone it was meant in.")
    note: str | None = Field(description="What the clock does there, where it jumps.")


class ScheduleOut(BaseModel):
    post_id: UUID
    publications: list[Scheduled] = Field(description="One per account.")
    warnings: list[FindingOut] = Field(description="What it clashes with; a warning keeps nothing from going out.")


class PublicationOut(PublicationState):
    post_id: UUID
    account_name: str
    text: str
    title: str | None
    link: str | None
    scheduled_at: datetime = Field(description="The moment that was meant, in UTC.")
    scheduled_local: datetime | None = Field(description="As it was meant on the wall clock of `scheduled_zone`.")
    scheduled_zone: str
    assisted: bool = Field(description="Whether a person posts it by hand.")
    published_at: datetime | None
    external_id: str | None = Field(description="The network's id; null until it names one.")
    permalink: str | None
    problem: str | None = Field(description="What stands in the way, in words.")
    first_comment: str | None = Field(
        description="How its first comment stands: waiting, sending, posted, failed or needs_person; null without one."
    )
    first_comment_problem: str | None
    attempts: int = Field(description="How often it was tried.")
    created_at: datetime


class AttemptOut(BaseModel):
    number: int
    mode: str = Field(
        description="`prepare` has not written at the network, `send` may have, `look` only reads; of a `person` it is "
        "what they said."
    )
    started_at: datetime
    finished_at: datetime | None
    outcome: str | None = Field(description="Null while nobody knows.")


class PublicationDetail(PublicationOut):
    tries: list[AttemptOut] = Field(description="The first one first.")


class Publications(BaseModel):
    items: list[PublicationOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class EditIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: datetime | None = Field(None, description="Another moment, as in POST /social/schedule.")
    zone: str | None = Field(None, max_length=100)
    variant: VariantIn | None = Field(None, description="What is written otherwise on this account from now on.")


class RetryIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    not_live: bool = Field(default=False, description="Your word that it is not at the network, where that is unknown.")


class MarkIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    live: bool = Field(description="Whether you found it at the network, or have posted it by hand.")
    permalink: str | None = Field(None, max_length=2000, description="Its address there.")


class Happened(BaseModel):
    at: datetime
    type: str = Field(description="Such as publication.scheduled, .moved, .edited, .published, .needs_person.")
    told: dict[str, Any]


class AttemptHistory(AttemptOut):
    evidence: dict[str, Any] | None = Field(description="What the network, or a person, said.")


class History(BaseModel):
    events: list[Happened] = Field(description="The first one first.")
    tries: list[AttemptHistory] = Field(description="The first one first.")


class Package(BaseModel):
    """What a person needs to post it by hand."""

    platform: str
    account_name: str
    text: str
    parts: list[str] = Field(description="Texts of the further posts of a thread.")
    title: str | None
    link: str | None = Field(description="As it goes out, tracked.")
    first_comment: str | None
    media: list["PackedMedia"]


class PackedMedia(BaseModel):
    part: int | None = Field(description="Which of `parts` it belongs to, from 0; null for the first post.")
    media_id: UUID = Field(description="Get it from /media/{media_id}/content.")
    content_type: str
    alt_text: str | None
