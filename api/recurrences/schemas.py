"""Recurring posts as they are sent and answered."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.content.written import draft_of
from api.publications.schemas import PublishIn
from publishing.planning.recurrences import Plan


class RecurrenceIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200, description="Without it the beginning of the text.")
    rule: str = Field(
        max_length=500,
        description="FREQ (DAILY, WEEKLY or MONTHLY), INTERVAL, BYDAY (MO,TU …; in a month also 2MO, its second, "
        "and -1FR, the last Friday), BYMONTHDAY (1 to 31, -1 is the last), and UNTIL or COUNT of an RFC 5545 rule, "
        "such as FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH.",
    )
    starts_at: datetime = Field(description="From when the rule counts, without an offset: on the wall of `zone`.")
    zone: str | None = Field(None, max_length=100, description="IANA name; the workspace's where left out.")
    post: PublishIn = Field(
        description="What comes again. In text, title, link and first comment {date} is the day, and {n} the number."
    )

    @property
    def plan(self) -> Plan:
        return Plan(self.rule, self.starts_at, self.zone, draft_of(self.post), self.name)


class TimeOut(BaseModel):
    """One time of it."""

    number: int = Field(description="The how manieth by the rule, from 1.")
    at: datetime = Field(description="The moment, in UTC.")
    local: datetime = Field(description="On the wall clock of `zone`.")
    post_id: UUID | None = Field(description="Null while it is not made, and where its post was deleted.")
    problem: str | None = Field(description="Why no post could be made of it; tried again every day until it is over.")
    note: str | None = Field(description="What the clock does there, where it jumps.")


class RecurrenceOut(BaseModel):
    id: UUID
    name: str
    status: Literal["active", "paused", "ended"]
    rule: str
    starts_at: datetime
    zone: str
    text: str
    account_ids: list[UUID]
    created_at: datetime
    updated_at: datetime


class RecurrenceDetail(RecurrenceOut):
    post: dict[str, Any] = Field(description="What comes again, as it is kept.")
    times: list[TimeOut] = Field(description="Those of the last 30 days, and the next ones; the first one first.")
