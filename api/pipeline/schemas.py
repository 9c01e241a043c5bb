"""The pipeline's health as it is answered."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class ResourceHealth(BaseModel):
    account_id: UUID
    platform: str
    account_name: str | None
    resource: str = Field(
        description="accounts, posts, post_metrics, account_metrics, demographics and their variants."
    )
    last_observed_at: datetime | None = Field(description="The network's clock on the newest page.")
    last_success_at: datetime | None
    next_expected_at: datetime | None
    last_status: str | None = Field(description="done, failed, not_granted (a scope is missing) or running.")
    settled_to: date | None
    written: int | None
    quarantined: int | None


class LoadOut(BaseModel):
    id: UUID
    account_id: UUID
    account_name: str | None
    platform: str
    resource: str
    window_start: datetime
    window_end: datetime
    status: str = Field(description="running, done or failed.")
    pages: int
    records: int
    written: int = Field(description="Records that were new or changed.")
    unchanged: int
    quarantined: int
    observed_at: datetime | None
    started_at: datetime
    finished_at: datetime | None
    problem: str | None = Field(description="Why it failed.")
    lake_path: str | None


class Refused(BaseModel):
    id: int
    account_id: UUID | None
    source: str
    lake_path: str
    lake_page: int = Field(description="Page, counted from 1; of a file 1.")
    lake_record: int = Field(description="Record on the page, or line of the file.")
    reason: str
    record: str = Field(description="The first 500 characters of what was refused.")
    quarantined_at: datetime


class Quarantine(BaseModel):
    count: int
    items: list[Refused] = Field(description="The newest 20.")


class Worker(BaseModel):
    status: Literal["alive", "silent", "never"] = Field(
        description="alive: heard within a minute; silent: not; never: no worker has run yet."
    )
    name: str | None
    started_at: datetime | None
    beat_at: datetime | None


class NetworkAway(BaseModel):
    platform: str
    until: datetime = Field(description="When it is tried again.")
    due: int = Field(description="Publications of the workspace there whose moment has come; their attempts are kept.")


class Publishing(BaseModel):
    planned: int = Field(description="Publications whose moment is to come.")
    due: int = Field(description="Those whose moment has come and that have no end yet.")
    oldest_due_seconds: float | None = Field(description="How long the oldest of them is due; null where none is.")
    untouched: int = Field(description="Those due for over a minute that nobody has attempted: it should be 0.")
    needs_person: int = Field(description="Those that wait for a person.")
    networks_away: list[NetworkAway] = Field(
        description="Networks at which several accounts in a row found nobody: they are left alone for a while."
    )


class PipelineHealth(BaseModel):
    resources: list[ResourceHealth]
    loads: list[LoadOut] = Field(description="The newest 50.")
    quarantine: Quarantine
    worker: Worker = Field(description="The publishing worker that was heard last.")
    publishing: Publishing = Field(description="What was due, held against the ledger.")
