"""Sources of conversions, and what became of what they told."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from clientnest.models import ConversionSource
from clientnest.settings import settings
from ingestion.conversions import Answer, Opened

Kind = Literal["webhook", "stripe", "paypal", "server", "csv"]


class SecretIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    secret: SecretStr | None = Field(
        None,
        max_length=500,
        description="For stripe the signing secret of its endpoint, for paypal the id of its webhook; else left out.",
    )

    @property
    def entered(self) -> str | None:
        return self.secret.get_secret_value() if self.secret else None


class SourceIn(SecretIn):
    kind: Kind = Field(
        description="`webhook` and `server` take our own format, signed or with a secret; `stripe` and `paypal` their "
        "events; `csv` files."
    )
    name: str = Field(max_length=200, description="What it is called here.")


class SourceChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(None, max_length=200)
    is_enabled: bool | None = Field(None, description="False closes the door; what came in stays.")


class SourceOut(BaseModel):
    id: UUID
    kind: str
    name: str
    is_enabled: bool
    address: str | None = Field(description="Where to send; null for files.")
    last_received_at: datetime | None
    created_at: datetime


class SourceOpened(SourceOut):
    secret: str | None = Field(description="Shown this once; null where it is not made here.")


class Sources(BaseModel):
    items: list[SourceOut]


class RefusalOut(BaseModel):
    event_id: str | None
    reason: str = Field(description="What is wrong, and what to do.")


class AnswerOut(BaseModel):
    taken: int = Field(description="Events that are new.")
    known: int = Field(description="Events that were taken before and say the same.")
    refused: list[RefusalOut]


class LineOut(RefusalOut):
    line: int | None = Field(description="Counted from 1, the header included.")


class FileAnswerOut(BaseModel):
    taken: int
    known: int
    refused: list[LineOut] = Field(description="Every line that was not taken.")


def source_out(found: ConversionSource) -> SourceOut:
    return SourceOut(**_shown(found))


def source_opened(opened: Opened) -> SourceOpened:
    return SourceOpened(**_shown(opened.source), secret=opened.secret)


def answer_out(answer: Answer) -> AnswerOut:
    return AnswerOut.model_validate(answer, from_attributes=True)


def file_answer_out(answer: Answer) -> FileAnswerOut:
    return FileAnswerOut.model_validate(answer, from_attributes=True)


def _shown(found: ConversionSource) -> dict[str, Any]:
    base = settings().public_url or settings().api_url
    shown: dict[str, Any] = {name: getattr(found, name) for name in SourceOut.model_fields if name != "address"}
    return {**shown, "address": None if found.kind == "csv" else f"{base}/conversions/{found.id}"}
