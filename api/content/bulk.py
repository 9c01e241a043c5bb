"""/content/bulk: a plan as a table, looked at and brought in."""

import csv
import io
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from api.access import InWorkspace, guarded
from api.content.uploads import Sent, documented
from publishing.planning import bulk
from publishing.planning.sheet import MAX_BYTES, MAX_LINES

router = APIRouter(prefix="/content/bulk", tags=["content"])

_ABOUT = (
    f"CSV with a header, up to {MAX_LINES:,} lines and {MAX_BYTES // 1_000_000} MB, as any program saves it; "
    "GET /content/bulk/template.csv is one to fill in."
)


class TellOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    column: str = Field(description="Of the table.")
    severity: Literal["error", "warning"] = Field(description="A warning keeps nothing from going out.")
    message: str = Field(description="What is wrong and what to do.")
    account_id: UUID | None = Field(description="Null where it concerns every account.")


class LineOut(BaseModel):
    line: int = Field(description="Where it begins in the file; the header is line 1.")
    becomes: Literal["scheduled", "draft", "made before"]
    post_id: UUID | None = Field(description="Null in a dry run, and where the post was deleted since.")
    account_ids: list[UUID]
    at: datetime | None = Field(description="The moment, in UTC, of several the first; null for a draft without one.")
    zone: str | None
    slots: dict[UUID, datetime] = Field(
        description="By account, the free slot that it takes; empty where it has a time."
    )
    text: str = Field(description="The first 200 characters.")
    problems: list[TellOut]


class BulkOut(BaseModel):
    dry_run: bool
    made: int = Field(description="How many posts were made now.")
    made_before: bool = Field(description="This very file was brought in before: nothing was made now.")
    errors: int = Field(description="Lines with an error; while there is one, nothing is made.")
    warnings: int = Field(description="Lines with a warning.")
    encoding: str = Field(description="As the file was read.")
    delimiter: str
    lines: list[LineOut]


@router.post(
    "",
    summary="Bring in a plan as CSV",
    **documented(guarded("posts.publish"), {"text/csv": "binary"}, _ABOUT),
)
async def bring(
    access: InWorkspace,
    file: Sent,
    dry_run: Annotated[bool, Query(description="Make nothing; tell what would become of each line.")] = False,
) -> BulkOut:
    """All lines become posts or none does; the same file again makes nothing.

    Columns are account (name, handle or id; several separated by `;`), when, zone, text, title, link, media_url
    (addresses or ids of the library, separated by spaces), alt_text (separated by `|`), tags, campaign, first_comment
    and format. Without a time, or with `next` in its place, a line takes the next free slot of each of its accounts,
    another one than any other line; without a time it is a draft where one of them has no slots, and with `draft`
    everywhere. Where posts are approved first every line becomes a draft. With an error in any line the answer is a
    problem body that names each line and column.
    """
    report = await bulk.bring(access.workspace_id, access.person.id, file, dry_run=dry_run)
    lines = [_line(outcome, dry_run) for outcome in report.outcomes]
    return BulkOut(
        dry_run=dry_run,
        made=report.made,
        made_before=report.made_before,
        errors=sum(any(one.severity == "error" for one in line.problems) for line in lines),
        warnings=sum(any(one.severity == "warning" for one in line.problems) for line in lines),
        encoding=report.sheet.encoding,
        delimiter=report.sheet.delimiter,
        lines=lines,
    )


@router.get("/template.csv", summary="A table to fill in", response_class=Response, **guarded("posts.read"))
async def template() -> Response:
    """UTF-8 with a mark at its beginning, which spreadsheets need to read it so."""
    table = io.StringIO()
    csv.writer(table).writerows(bulk.template())
    disposition = {"Content-Disposition": 'attachment; filename="plan.csv"'}
    return Response(table.getvalue().encode("utf-8-sig"), media_type="text/csv", headers=disposition)


def _line(outcome: bulk.Outcome, dry_run: bool) -> LineOut:
    line = outcome.line
    first = line.first if line else None
    return LineOut(
        line=outcome.number,
        becomes=outcome.becomes,
        post_id=outcome.post_id if line is None or not dry_run else None,
        account_ids=list(line.draft.account_ids) if line else [],
        at=first.at if first else None,
        zone=first.zone if first else None,
        slots={account: slot.at for account, slot in line.slots.items()} if line else {},
        text=line.draft.content.text[:200] if line else "",
        problems=[TellOut.model_validate(told) for told in line.told] if line else [],
    )
