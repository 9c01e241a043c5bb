"""/calendar: what goes out on which day, what will, and where there is room."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from api.access import InWorkspace, Session, guarded
from publishing.planning import calendar
from publishing.planning.calendar import MOST_DAYS, Asked, Entry
from publishing.publications import moments

router = APIRouter(prefix="/calendar", tags=["publications"])

Status = Literal[
    "draft",
    "scheduled",
    "publishing",
    "published",
    "failed",
    "needs_person",
    "cancelled",
    "recurring",
    "free",
]


class EntryOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    kind: Literal["publication", "draft", "recurring", "free"] = Field(
        description="A publication; a draft wished for then; a recurring post that is not made yet; a free slot."
    )
    status: Status
    at: datetime = Field(description="The moment, in UTC.")
    local: datetime = Field(description="On the wall clock of the calendar's zone.")
    account_id: UUID | None = Field(description="Null for a draft that names no account.")
    text: str = Field(description="The first 200 characters; empty for a free slot.")
    post_id: UUID | None
    publication_id: UUID | None
    recurrence_id: UUID | None
    note: str | None = Field(description="What the clock does there, where it jumps.")
    collides: bool = Field(description="Whether something else of the account is within 15 minutes.")


class DayOut(BaseModel):
    day: date
    items: list[EntryOut] = Field(description="By moment.")


class CalendarOut(BaseModel):
    zone: str
    days: list[DayOut] = Field(description="Every day that was asked about, the first one first.")


@router.get("", summary="The calendar by local day", **guarded("posts.read"))
async def read(
    access: InWorkspace,
    session: Session,
    since: Annotated[date, Query(alias="from", description="The first day.")],
    until: Annotated[date, Query(alias="to", description=f"The last day; up to {MOST_DAYS} in all.")],
    zone: Annotated[str | None, Query(max_length=100, description="IANA name; the workspace's where left out.")] = None,
    account: Annotated[list[UUID] | None, Query(max_length=100, description="Only these accounts.")] = None,
    status: Annotated[list[Status] | None, Query(description="Only these; all but cancelled where left out.")] = None,
) -> CalendarOut:
    """Publications, drafts by the moment they are wished for, what will recur, and free slots."""
    asked = Asked(since, until, zone, frozenset(account or ()), frozenset(status or ()))
    found = await calendar.read(session, access.workspace_id, asked)
    return CalendarOut(
        zone=found.zone,
        days=[DayOut(day=day, items=[_out(entry, found.zone) for entry in entries]) for day, entries in found.days],
    )


def _out(entry: Entry, zone: str) -> EntryOut:
    told = {name: getattr(entry, name) for name in EntryOut.model_fields if name != "local"}
    local = entry.at.astimezone(moments.zone_named(zone)).replace(tzinfo=None)
    return EntryOut(**told, local=local)
