"""Media as they are answered."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints

from api.pagination import NEXT_CURSOR
from clientnest.models import Media

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
AltText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50, pattern=r"^[^\x00,]*$")]
Tags = Annotated[list[Tag], Field(max_length=20)]


class MediaOut(BaseModel):
    id: UUID
    kind: str = Field(description="image or video.")
    content_type: str
    size: int = Field(description="Bytes as it is kept.")
    width: int | None = Field(description="Pixels as it is shown.")
    height: int | None
    seconds: float | None = Field(description="The length of a video.")
    codec: str | None = Field(description="Four letters that name how a video is coded, such as avc1.")
    has_audio: bool | None
    name: str | None
    alt_text: str | None = Field(description="Describes it to those who do not see it; a post may say it otherwise.")
    tags: list[str]
    created_at: datetime
    source_url: str | None = Field(description="Where it was fetched last, where it was.")
    content_url: str = Field(description="Its file, for who is signed in.")
    thumbnail_url: str | None = Field(description="A JPEG of at most 480 pixels a side; null for videos.")


class MediaPage(BaseModel):
    items: list[MediaOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class FromUrl(BaseModel):
    model_config = ConfigDict(extra="forbid")

    url: HttpUrl = Field(description="Where the file can be read without signing in.")
    name: Name | None = None
    alt_text: AltText | None = None
    tags: Tags = []


class MediaChange(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    alt_text: AltText | None = None
    tags: Tags = []


def media_out(media: Media) -> MediaOut:
    here = f"/media/{media.id}"
    return MediaOut(
        id=media.id,
        kind=media.content_type.split("/")[0],
        content_type=media.content_type,
        size=media.size,
        width=media.width,
        height=media.height,
        seconds=media.seconds,
        codec=media.codec,
        has_audio=media.has_audio,
        name=media.name,
        alt_text=media.alt_text,
        tags=media.tags,
        created_at=media.created_at,
        source_url=media.source_url,
        content_url=f"{here}/content",
        thumbnail_url=f"{here}/thumbnail" if media.thumbnail else None,
    )
