"""What is written, as it is answered."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.content.written import WrittenIn
from api.moments import AsKnown
from api.pagination import NEXT_CURSOR
from api.posts.schemas import PostOut
from clientnest.models import Post, Publication, Review, Wish
from publishing.content.check import Count, Finding
from publishing.content.written import FIELDS
from publishing.publications.moments import Moment, meant

Stage = Literal["draft", "in_review", "approved"]


class DraftIn(WrittenIn):
    at: datetime | None = Field(None, description="When it should go out, once it may: with an offset, or in `zone`.")
    zone: str | None = Field(None, max_length=100, description="IANA zone of `at`, such as Europe/Oslo.")

    def wish(self, now: datetime) -> Moment | None:
        """Raises Invalid."""
        return meant(self.at, self.zone, now=now) if self.at else None


class CheckIn(DraftIn):
    at: datetime | None = Field(None, description="When it would go out; now where left out.")


class FindingOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    account_id: UUID | None = Field(description="Null where it concerns every account.")
    field: str = Field(description="What of the post it is about, such as `text`, `media.0` or `parts.1.text`.")
    severity: Literal["error", "warning"] = Field(description="A warning keeps nothing from going out.")
    message: str = Field(description="What is wrong and what to do.")
    limit: str | None = Field(description="The limit that is passed; null where it is about something else.")
    maximum: int | None
    counted: int | None = Field(description="As the network counts it.")
    unit: str | None
    source: str | None = Field(description="Where the limit is published.")
    as_of: date | None = Field(description="When that was read.")


class CountOut(BaseModel):
    """How much there is of what a network limits, passed or not."""

    account_id: UUID
    field: str = Field(description="What of the post is counted, such as `text`, `media.0` or `parts.1.text`.")
    counted: int = Field(description="As the network counts it.")
    limit: str = Field(description="What is limited, as in GET /social/networks.")
    maximum: int
    unit: str

    @classmethod
    def of(cls, one: Count) -> Self:
        limit = one.limit
        return cls(
            account_id=one.account_id,
            field=one.field,
            counted=one.counted,
            limit=limit.field,
            maximum=limit.maximum,
            unit=limit.unit,
        )


class Checked(BaseModel):
    can_go: bool = Field(description="Whether there is no error among the findings.")
    findings: list[FindingOut]
    counts: list[CountOut] = Field(description="For every account, also where a person posts it by hand.")

    @classmethod
    def of(cls, findings: Iterable[Finding], counts: Iterable[Count]) -> Self:
        told = [FindingOut.model_validate(found) for found in findings]
        can_go = all(found.severity != "error" for found in told)
        return cls(can_go=can_go, findings=told, counts=[CountOut.of(one) for one in counts])


class ContentPublication(BaseModel):
    id: UUID
    account_id: UUID
    status: str = Field(description="draft, scheduled, publishing, published, failed, needs_person or cancelled.")
    variant: dict[str, Any] = Field(description="What is written otherwise there.")
    assisted: bool
    scheduled_at: datetime | None
    scheduled_zone: str
    permalink: str | None
    problem: str | None


class ContentOut(BaseModel):
    id: UUID
    stage: Stage
    text: str
    title: str | None
    link: str | None
    media: list[dict[str, Any]] = Field(description="`media_id` and `alt_text` of each.")
    format: str | None
    parts: list[dict[str, Any]]
    first_comment: str | None
    options: dict[str, Any]
    tags: list[str]
    tracking: dict[str, Any] | None
    campaign_id: UUID | None
    author_id: UUID
    created_at: datetime
    updated_at: datetime
    publications: list[ContentPublication]
    wish: "WishOut | None" = Field(None, description="When it should go out, once it may; null once it is planned.")


class WishOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    at: datetime = Field(description="The moment, in UTC.")
    local: datetime | None = Field(description="As it was meant on the wall clock of `zone`.")
    zone: str


class ContentKept(ContentOut):
    warnings: list[FindingOut] = Field(description="What it clashes with; a warning keeps nothing from going out.")


class ContentPage(BaseModel):
    items: list[ContentOut]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class ContentFigures(BaseModel):
    id: UUID
    text: str
    title: str | None
    tags: list[str]
    campaign_id: UUID | None
    created_at: datetime
    posts: list[PostOut] = Field(description="One per publication that is planned or out, with its figures.")


class ContentAnalytics(AsKnown):
    items: list[ContentFigures]
    next_cursor: str | None = Field(description=NEXT_CURSOR)


class TagOut(BaseModel):
    tag: str
    posts: int = Field(description="How many posts have it.")


class CommentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    comment: str | None = Field(None, max_length=5000)


class WordsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    comment: str = Field(min_length=1, max_length=5000)


class ReviewOut(BaseModel):
    id: UUID
    action: str = Field(description="submitted, approved, returned, commented, withdrawn or edited.")
    side: Literal["internal", "client"] | None = Field(description="For whom it was approved or returned.")
    comment: str | None
    person_id: UUID
    person: str = Field(description="Their name.")
    content_sha256: str = Field(description="Of what was written then.")
    created_at: datetime


class ReviewTrail(BaseModel):
    stage: Stage
    awaits: Literal["internal", "client"] | None = Field(description="Whose approval comes next, while in review.")
    items: list[ReviewOut] = Field(description="The first step first.")


class ApprovalIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    approval: Literal["none", "internal", "client"] = Field(
        description="Who must approve posts: nobody, a colleague, or a colleague and then the client."
    )


def content_out(post: Post, publications: Iterable[Publication], wish: Wish | None = None) -> ContentOut:
    names = (*FIELDS, "id", "stage", "tags", "tracking", "campaign_id", "author_id", "created_at", "updated_at")
    told = [
        ContentPublication(**{name: getattr(one, name) for name in ContentPublication.model_fields})
        for one in publications
    ]
    return ContentOut(
        **{name: getattr(post, name) for name in names},
        publications=told,
        wish=WishOut.model_validate(wish) if wish else None,
    )


def review_out(review: Review, person: str) -> ReviewOut:
    kept = {name: getattr(review, name) for name in ReviewOut.model_fields if name != "person"}
    return ReviewOut(**kept, person=person)
