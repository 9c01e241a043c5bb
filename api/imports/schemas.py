"""What a file was understood to be, and what became of it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class BrokenLineOut(BaseModel):
    line: int = Field(description="Counted from 1, the header included.")
    reason: str


class ImportOut(BaseModel):
    import_id: UUID | None = Field(description="Null for a dry run.")
    dry_run: bool
    report: str
    platform: str
    understood: list[str] = Field(description="What the file is taken to be, in sentences.")
    accounts: list[str] = Field(description="Names of the accounts that it tells of.")
    records: int
    written: int | None = Field(description="New or changed records; null for a dry run.")
    unchanged: int | None = Field(description="Records that were there already; null for a dry run.")
    quarantined: int = Field(description="Damaged lines; the others load.")
    broken: list[BrokenLineOut] = Field(description="The first 20 damaged lines.")
    sums: dict[str, int | None] = Field(description="Each metric summed over the file's good lines.")


class ImportRecord(BaseModel):
    id: UUID
    filename: str
    report: str
    platform: str
    understood: list[str]
    records: int
    written: int
    unchanged: int
    quarantined: int
    imported_at: datetime


class Imports(BaseModel):
    items: list[ImportRecord] = Field(description="The newest first.")
