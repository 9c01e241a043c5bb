"""Slots as they are sent and answered."""

from datetime import datetime, time
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from api.publications.schemas import PublishIn


class SlotIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weekday: int = Field(ge=0, le=6, description="0 is Monday.")
    local_time: time = Field(description="On the wall clock of the zone, such as 09:00.")
    zone: str | None = Field(None, max_length=100, description="IANA name; the workspace's where left out.")

    @field_validator("local_time")
    @classmethod
    def _on_the_wall(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("give the time without an offset: it hangs on the wall of `zone`")
        return value


class SlotsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    slots: list[SlotIn] = Field(max_length=200, description="None empties the queue's times.")


class SlotOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    weekday: int = Field(description="0 is Monday.")
    local_time: time
    zone: str


class SlotsOut(BaseModel):
    slots: list[SlotOut] = Field(description="In the order of the week.")


class FreeOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="The moment, in UTC.")
    local: datetime = Field(description="On the wall clock of `zone`.")
    zone: str
    note: str | None = Field(description="What the clock does there, where it jumps.")


class QueueIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    post_id: UUID | None = Field(None, description="A draft from POST /content/create; or else `post`.")
    post: PublishIn | None = Field(None, description="What goes out, as in POST /social/publish.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.post_id is None) == (self.post is None):
            raise ValueError("give either post_id or post")
        return self
