"""Whether what is written can go to an account: every finding at once, from the networks' own limits."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from clientnest.errors import Problem
from clientnest.models import Account
from platforms import PLATFORMS
from platforms.platform import Limit, Platform
from platforms.posting import Outgoing
from publishing.content.outgoing import Library, outgoing_of
from publishing.content.written import Content
from publishing.links import is_address, placed
from publishing.media import can_be_fetched
from publishing.media import problems as media_problems

_HASHTAG = re.compile(r"(?<!\w)#\w")
_MENTION = re.compile(r"(?<!\w)@\w")
# Kinds that are nothing without a picture or a video.
_SHOWN = ("image", "carousel", "video", "reel", "story", "short")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a draft. A `warning` keeps nothing from going out.

    `account_id` is None where it concerns every account. Where a limit of a network says so: its name, how much it
    allows and how much there is, in `unit`, and where and when that was read.
    """

    field: str
    message: str
    account_id: UUID | None = None
    severity: Literal["error", "warning"] = "error"
    limit: str | None = None
    maximum: int | None = None
    counted: int | None = None
    unit: str | None = None
    source: str | None = None
    as_of: date | None = None

    @property
    def problem(self) -> Problem:
        return Problem(f"accounts.{self.account_id}" if self.account_id else self.field, self.message)


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a field there is on an account, as its network counts it, and the limit that it is held against."""

    account_id: UUID
    field: str
    counted: int
    limit: Limit


@dataclass(frozen=True, slots=True)
class Place:
    """An account and what would go out there. `address` is the link as it goes out, `granted` are scopes."""

    account: Account
    content: Content
    granted: Sequence[str] = ()
    address: str | None = None
    # A person puts it there by hand.
    assisted: bool = False


def findings(places: Iterable[Place], library: Library) -> Iterator[Finding]:
    """What stands in the way of publishing this; `library` has the media that are named."""
    seen: set[Finding] = set()
    for place in places:
        for found in _of_content(place.content):
            if found not in seen:
                seen.add(found)
                yield found
        yield from _of_place(place, library)


def counts(places: Iterable[Place], library: Library) -> Iterator[Count]:
    """How near everything is to its limit, passed or not."""
    for place in places:
        yield from _counts(place, _outgoing(place, library))


def _of_content(content: Content) -> Iterator[Finding]:
    if not (content.text.strip() or content.link or content.media):
        yield Finding("text", "Write something, or add a picture or a video.")
    if content.link is not None and not is_address(content.link):
        yield Finding("link", "Give a link that starts with https://.")
    written = {"text": content.text, "title": content.title, "link": content.link}
    written |= {"first_comment": content.first_comment}
    written |= {f"parts.{place}.text": part.text for place, part in enumerate(content.parts)}
    for field, value in written.items():
        if "\x00" in (value or ""):
            yield Finding(field, "Remove the NUL character: no network shows it.")
    for place, part in enumerate(content.parts):
        if not part.text.strip() and not part.media:
            yield Finding(f"parts.{place}", "Write something in every part of the thread.")


def _of_place(place: Place, library: Library) -> Iterator[Finding]:
    account, sheet = place.account, PLATFORMS[place.account.platform]
    if place.assisted:
        return
    name = f"{account.name} on {sheet.title}"
    if account.status != "connected":
        yield Finding("account", f"{name} is not connected: connect it again.", account.id)
    if not sheet.may("publish", place.granted):
        wanted = ", ".join(scope for scope in sheet.needs["publish"] if scope not in place.granted)
        yield Finding(
            "account", f"{account.name} did not allow publishing: connect it again and allow {wanted}.", account.id
        )
    outgoing = _outgoing(place, library)
    kind = outgoing.kind
    if sheet.publish is None or kind not in sheet.kinds:
        offered = ", ".join(sheet.kinds) or "nothing"
        yield Finding("format", f"{sheet.title} takes {offered} through its API, not {kind}.", account.id)
        return
    if kind in _SHOWN and not outgoing.media:
        yield Finding("media", f"Add a picture or a video: this goes out as {kind} on {sheet.title}.", account.id)
    if place.content.first_comment and sheet.comment is None:
        yield Finding("first_comment", f"{sheet.title} takes no comments through its API: leave it out.", account.id)
    yield from _beyond(place, outgoing)
    yield from _out_of_reach(place, outgoing, library)
    for field, piece, of_kind in _pieces(place.content, outgoing):
        if media := library.get(piece):
            for found in media_problems(media, account.platform, of_kind):
                yield Finding(field, found.message, account.id)


def _out_of_reach(place: Place, outgoing: Outgoing, library: Library) -> Iterator[Finding]:
    """Files that the network wants to fetch, while nothing of this installation can be reached from outside."""
    sheet = PLATFORMS[place.account.platform]
    for field, piece, _ in _pieces(place.content, outgoing):
        media = library.get(piece)
        if media is None or can_be_fetched(media):
            continue
        what = media.content_type.split("/")[0]
        if what in sheet.fetches(outgoing.kind, place.granted):
            message = (
                f"{sheet.title} fetches this {what} from an address, and this installation has none that it reaches: "
                "set NEST_PUBLIC_URL, or give the file by an address of its own."
            )
            yield Finding(field, message, place.account.id)


def _pieces(content: Content, outgoing: Outgoing) -> Iterator[tuple[str, UUID, str]]:
    """Where each medium stands, and of what kind the post is that shows it."""
    for place, piece in enumerate(content.media):
        yield f"media.{place}", piece.media_id, outgoing.kind
    for number, (part, shown) in enumerate(zip(content.parts, outgoing.parts, strict=True)):
        for place, piece in enumerate(part.media):
            yield f"parts.{number}.media.{place}", piece.media_id, shown.kind


def _outgoing(place: Place, library: Library) -> Outgoing:
    return placed(outgoing_of(place.content, library, place.account.platform), place.address)


def _beyond(place: Place, outgoing: Outgoing) -> Iterator[Finding]:
    """Every limit of the network that is passed, but those of single media."""
    sheet = PLATFORMS[place.account.platform]
    for one in _counts(place, outgoing):
        limit = one.limit
        if one.counted <= limit.maximum:
            continue
        of = "" if limit.unit == limit.field else f" of {limit.field.replace('_', ' ')}"
        with_link = " with the link" if one.field == "text" and _said(sheet, outgoing) != outgoing.text else ""
        yield Finding(
            one.field,
            f"{sheet.title} takes {limit.maximum:,} {limit.unit}{of}; this has {one.counted:,}{with_link} "
            f"({limit.source}, {limit.as_of:%Y-%m-%d}).",
            one.account_id,
            limit=limit.field,
            maximum=limit.maximum,
            counted=one.counted,
            unit=limit.unit,
            source=limit.source,
            as_of=limit.as_of,
        )


def _counts(place: Place, outgoing: Outgoing) -> Iterator[Count]:
    sheet = PLATFORMS[place.account.platform]
    parts = ((f"parts.{number}.", part) for number, part in enumerate(outgoing.parts))
    for at, one in (("", outgoing), *parts):
        for limit in sheet.limits:
            if limit.kind in (None, _kind(one, outgoing, limit)):
                for field, counted in _counted(limit, sheet, one):
                    yield Count(place.account.id, at + field, counted, limit)


def _kind(one: Outgoing, whole: Outgoing, limit: Limit) -> str:
    """Each post of a thread is limited as if it stood alone, but for its text."""
    if whole.kind != "thread" or limit.field == "text":
        return whole.kind
    return replace(one, parts=(), format=None).kind


def _counted(limit: Limit, sheet: Platform, outgoing: Outgoing) -> Iterator[tuple[str, int]]:
    """Where there is how much of what a limit is about, in one post; nothing where a draft does not tell."""
    # A limit in characters means characters, also where the network counts its texts in something else.
    length: Callable[[str], int] = len if limit.unit == "characters" else sheet.text_length
    text = _said(sheet, outgoing)
    if limit.field == "text":
        yield "text", length(text)
    elif limit.field == "alt_text":
        for place, file in enumerate(outgoing.media):
            yield f"media.{place}", length(file.alt_text or "")
    else:
        yield from (
            (limit.field, found)
            for field, found in {
                "title": length(outgoing.title) if outgoing.title is not None else None,
                "hashtags": len(_HASHTAG.findall(text)),
                "mentions": len(_MENTION.findall(text)),
                "media_count": len(outgoing.media),
            }.items()
            if field == limit.field and found is not None
        )


def _said(sheet: Platform, outgoing: Outgoing) -> str:
    """The text as the network counts it: with the link where that goes out in it."""
    return outgoing.text_with_link if outgoing.kind in sheet.link_in_text else outgoing.text
