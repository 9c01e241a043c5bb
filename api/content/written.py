"""What an author sends: words, media and what differs on an account; and drafts made of it."""

from typing import Annotated, Any, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from platforms.posting import Kind
from publishing.content.drafts import Draft
from publishing.content.written import Content, read
from publishing.links import Tracking

LONGEST = 100_000
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)]


class TrackingIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    utm: dict[str, str] = Field(
        default_factory=dict,
        max_length=6,
        description='UTM parameters beside the defaults and in their place, such as `{"utm_source": "{platform}"}`; '
        "variables are {platform}, {campaign}, {account}, {post} and {publication}. An empty one is left out.",
    )
    short: bool = Field(default=False, description="Whether a short link of ours goes out, which counts clicks.")


class MediaIn(BaseModel):
    """A picture or video: one of the library, or one that is fetched now."""

    model_config = ConfigDict(extra="forbid")

    media_id: UUID | None = Field(None, description="From POST /media.")
    url: str | None = Field(
        None, max_length=2000, description="A public picture or video; it is fetched now and that copy goes out."
    )
    alt_text: str | None = Field(None, max_length=10_000, description="For those who do not see it.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.media_id is None) == (self.url is None):
            raise ValueError("give either media_id or url")
        return self


class PartIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=LONGEST)
    media: list[MediaIn] = Field(default_factory=list, max_length=50)


class VariantIn(BaseModel):
    """What is written otherwise on one account; a field that is left out is as in the post."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=LONGEST, description="Each network's own limit is checked for its accounts.")
    title: str | None = Field(None, max_length=1000, description="For networks that have one, such as YouTube.")
    link: str | None = Field(None, max_length=2000, description="A link to attach where the network can.")
    media: list[MediaIn] = Field(default_factory=list, max_length=50, description="In the order they are shown.")
    format: Kind | None = Field(None, description="What the media do not say: reel, story, short, article, link.")
    parts: list[PartIn] = Field(default_factory=list, max_length=100, description="The further posts of a thread.")
    first_comment: str | None = Field(None, max_length=LONGEST, description="Written under the post once it is live.")
    options: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        description='Settings of networks by their names on the wire, such as `{"tiktok": {"privacy_level": …}}`.',
    )


class WrittenIn(VariantIn):
    account_ids: list[UUID] = Field(default_factory=list, max_length=100, description="Where it goes.")
    media_url: str | None = Field(None, max_length=2000, description="Short for one medium with this url.")
    variants: dict[UUID, VariantIn] = Field(default_factory=dict, description="By account, what differs there.")
    assisted: list[UUID] = Field(
        default_factory=list,
        description="Accounts of these on which a person posts it by hand, prepared for them when it is time.",
    )
    tracking: TrackingIn | None = Field(
        default_factory=TrackingIn,
        description="How the link is tracked: by UTM parameters when left out; null sends it as it is written.",
    )
    campaign_id: UUID | None = Field(None, description="The campaign that the post belongs to.")
    tags: list[Tag] = Field(default_factory=list, max_length=50, description="Words to find it by.")


def draft_of(body: WrittenIn) -> Draft:
    """What was sent, with an id for each medium that is still to be fetched."""
    arriving: dict[UUID, str] = {}
    kept = _kept(body, arriving)
    if body.media_url is not None:
        kept["media"] = [*kept.get("media", ()), _piece(MediaIn.model_validate({"url": body.media_url}), arriving)]
    return Draft(
        content=read(kept),
        account_ids=tuple(dict.fromkeys(body.account_ids)),
        variants={account: _kept(variant, arriving) for account, variant in body.variants.items()},
        arriving=arriving,
        assisted=frozenset(body.assisted),
        tracking=Tracking(body.tracking.utm, body.tracking.short) if body.tracking else None,
        campaign_id=body.campaign_id,
        tags=tuple(dict.fromkeys(body.tags)),
    )


def variant_of(body: VariantIn) -> tuple[dict[str, Any], dict[UUID, str]]:
    """What was sent as it is kept, and the addresses of media that are still to be fetched."""
    arriving: dict[UUID, str] = {}
    return _kept(body, arriving), arriving


def _kept(body: VariantIn, arriving: dict[UUID, str]) -> dict[str, Any]:
    """Only the fields of the content that were sent."""
    sent = body.model_fields_set & set(Content.__dataclass_fields__)
    kept: dict[str, Any] = {name: getattr(body, name) for name in sent - {"media", "parts"}}
    if "media" in sent:
        kept["media"] = [_piece(piece, arriving) for piece in body.media]
    if "parts" in sent:
        kept["parts"] = [
            {"text": part.text, "media": [_piece(piece, arriving) for piece in part.media]} for part in body.parts
        ]
    return kept


def _piece(piece: MediaIn, arriving: dict[UUID, str]) -> dict[str, Any]:
    name = piece.media_id or uuid4()
    if piece.url is not None:
        arriving[name] = piece.url
    return {"media_id": str(name), "alt_text": piece.alt_text}
