"""Other people's accounts that a workspace follows."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from clientnest.models import Competitor
from platforms import PLATFORMS


class CompetitorIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    platform: str = Field(description="A network that lets other accounts be looked up; see `/social/networks`.")
    handle: str = Field(max_length=200, description="The account's name at the network, with or without an @.")


class CompetitorOut(BaseModel):
    id: UUID
    platform: str
    platform_title: str = Field(description="The network's name for people.")
    handle: str
    added_at: datetime


class Competitors(BaseModel):
    items: list[CompetitorOut]


def competitor_out(found: Competitor) -> CompetitorOut:
    return CompetitorOut(
        id=found.id,
        platform=found.platform,
        platform_title=PLATFORMS[found.platform].title,
        handle=found.handle,
        added_at=found.created_at,
    )
