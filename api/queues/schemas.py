"""Queues and jobs as they are answered."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.pagination import NEXT_CURSOR

State = Literal["waiting", "running", "done", "parked", "cancelled"]


class QueueOut(BaseModel):
    name: str
    waiting: int = Field(description="Due and not begun.")
    planned: int = Field(description="Not due yet.")
    oldest_seconds: float | None = Field(
        description="For how long the oldest of what waits is due; null: nothing waits."
    )
    running: int
    done_per_minute: float = Field(description="Over the last hour.")
    failed_per_minute: float = Field(description="Over the last hour; what failed several times in it counts once.")
    parked: int = Field(description="What waits for a person: every attempt failed, or it can never work.")
    paused_at: datetime | None = Field(description="Since when nothing is taken from it; null: it is not held up.")
    paused_for_everybody: bool = Field(description="The installation holds it up, not this workspace.")


class Queues(BaseModel):
    items: list[QueueOut]


class JobOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    queue: str
    kind: str
    payload: dict[str, Any] = Field(description="What it is about, by ids.")
    account_id: UUID | None
    state: State
    priority: int
    run_at: datetime = Field(description="It is not begun before.")
    attempt: int = Field(description="How many times it was begun.")
    problem: str | None = Field(description="Why the last attempt that failed did.")
    failed_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class Jobs(BaseModel):
    items: list[JobOut] = Field(description="The newest first.")
    next_cursor: str | None = Field(description=NEXT_CURSOR)
