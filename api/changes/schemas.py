"""Changes of figures as they are answered."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from api.moments import AsKnown
from api.pagination import NEXT_CURSOR

Why = Literal["late", "corrected", "fell", "deleted"]
Grain = Literal["post_lifetime", "post_day", "account_day"]


class Change(BaseModel):
    account_id: UUID
    platform: str
    account_name: str | None
    post_key: str | None = Field(description="Null for a day of an account.")
    post: str | None = Field(description="The title of the post, or its text.")
    grain: Grain = Field(description="A counter over the life of a post, or a day of a post or an account.")
    metric: str
    as_of_date: date | None = Field(description="The day that the figure is about.")
    old_value: int | None
    new_value: int | None
    previous_observed_at: datetime | None = Field(description="When the old value was last new.")
    changed_at: datetime = Field(description="When the new one was observed.")
    why: Why = Field(
        description="late (told after its day was over), corrected (the network changed a day), fell (a counter that "
        "should not fall did), deleted (the post is gone)."
    )


class Changes(AsKnown):
    items: list[Change] = Field(description="The newest first.")
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class Bridge(BaseModel):
    """lifetime = first_observed + daily_total + late + corrected + not_told, to the unit."""

    platform: str
    metric: str
    posts: int
    lifetime: int | None = Field(description="What the counters of the posts stand at.")
    first_observed: int | None = Field(description="What stood there when a post was seen first.")
    daily_total: int | None = Field(description="The sum of the days since.")
    late: int | None = Field(description="Arrived after its day was over.")
    corrected: int | None = Field(description="What the network changed afterwards.")
    not_told: int | None = Field(description="In the counter, in no day that the network tells.")
    unexplained: int | None = Field(description="What no part explains: always 0.")


class Reconciliation(AsKnown):
    items: list[Bridge]
