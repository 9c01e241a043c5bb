"""Networks as they are answered."""

from datetime import date

from pydantic import BaseModel, Field


class CapabilityOut(BaseModel):
    name: str
    title: str
    available: bool
    why_not: str | None = Field(description="null where it is available.")


class LimitOut(BaseModel):
    field: str = Field(description="What is limited, such as text or media_size.")
    kind: str | None = Field(description="For which kind of post; null for all.")
    maximum: int
    unit: str
    source: str
    as_of: date = Field(description="The day on which the source said so.")


class NetworkOut(BaseModel):
    platform: str
    title: str
    api_version: str
    api_version_ends: date | None = Field(description="The last day of that version, where the network names one.")
    capabilities: list[CapabilityOut]
    limits: list[LimitOut]


class Networks(BaseModel):
    items: list[NetworkOut]
