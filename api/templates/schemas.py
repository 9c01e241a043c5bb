"""Templates as they are sent and answered."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.content.written import LONGEST, Tag
from clientnest.models import Template
from publishing.planning import templates
from publishing.planning.templates import Words


class TemplateIn(BaseModel):
    """Any of the words may have variables, such as {product_name}, and so may the texts of options."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    text: str = Field("", max_length=LONGEST)
    title: str | None = Field(None, max_length=1000)
    link: str | None = Field(None, max_length=2000)
    first_comment: str | None = Field(None, max_length=LONGEST)
    tags: list[Tag] = Field(default_factory=list, max_length=50)
    options: dict[str, dict[str, Any]] = Field(default_factory=dict, description="Settings of networks, as in a post.")

    @property
    def words(self) -> Words:
        return Words(**{**dict(self), "tags": tuple(dict.fromkeys(self.tags))})


class TemplateOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    text: str
    title: str | None
    link: str | None
    first_comment: str | None
    tags: list[str]
    options: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    variables: list[str] = Field([], description="The names in braces, in the order in which they come.")

    @classmethod
    def of(cls, template: Template) -> Self:
        return cls.model_validate(template).model_copy(update={"variables": templates.variables(template)})


class FillIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    values: dict[str, str] = Field(default_factory=dict, description="By name, what stands in the place of it.")


class Filled(BaseModel):
    """Fields of POST /content/create, to go on with."""

    text: str
    title: str | None
    link: str | None
    first_comment: str | None
    tags: list[str]
    options: dict[str, Any]
