"""A line of an uploaded plan: what it says, and everything that is wrong with it, by column."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from clientnest.errors import Invalid
from clientnest.models import Account, Campaign
from platforms import PLATFORMS
from platforms.posting import Kind
from publishing.content.check import Finding
from publishing.content.drafts import Draft
from publishing.content.written import Content, Piece
from publishing.links import Tracking
from publishing.planning.sheet import Row
from publishing.publications import moments
from publishing.publications.moments import Moment

COLUMNS = (
    *("account", "when", "zone", "text", "title", "link", "media_url", "alt_text", "tags", "campaign"),
    *("first_comment", "format"),
)
REQUIRED = ("account",)
# In the place of a time.
NEXT, DRAFT = "next", "draft"
# Where of a line it stands what a finding is about.
_COLUMN_OF = {"account_ids": "account", "at": "when", "campaign_id": "campaign"}
_LONGEST = {"text": 100_000, "first_comment": 100_000, "title": 1_000, "link": 2_000, "media_url": 20_000}
_MOST_TAGS, _LONGEST_TAG = 50, 50
_WHEN = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?( ?(Z|[+-]\d\d:?\d\d))?")


@dataclass(frozen=True, slots=True)
class Told:
    """One thing about a line."""

    column: str
    message: str
    severity: Literal["error", "warning"] = "error"
    account_id: UUID | None = None


@dataclass(slots=True)
class Line:
    """What it says; of what is wrong with it the rest is left out. `number` is where it begins in the file.

    Without a `moment` it `must` or `may` take the next free slot of each of its accounts, which are then its `slots`;
    one that may and cannot is a draft.
    """

    number: int
    draft: Draft
    moment: Moment | None
    told: list[Told]
    takes_slots: Literal["must", "may"] | None = None
    slots: dict[UUID, Moment] = field(default_factory=dict)

    @property
    def first(self) -> Moment | None:
        """When the first of its accounts has it; None for a draft."""
        return self.moment or min(self.slots.values(), key=lambda slot: slot.at, default=None)

    def on(self, account_id: UUID) -> Moment | None:
        return self.slots.get(account_id, self.moment)

    @property
    def is_wrong(self) -> bool:
        return any(one.severity == "error" for one in self.told)

    def tell(self, findings: Iterable[Finding]) -> None:
        """What a check of its post has found."""
        self.told += [Told(_column(one), one.message, one.severity, one.account_id) for one in findings]


class Names:
    """What lines call accounts and campaigns. Of several of one name it is the one that is connected."""

    def __init__(self, accounts: Iterable[Account], campaigns: Iterable[Campaign]) -> None:
        self._accounts: dict[str, set[UUID]] = defaultdict(set)
        self._connected: set[UUID] = set()
        for account in accounts:
            if account.status == "connected":
                self._connected.add(account.id)
            for name in filter(None, (account.name, account.username, str(account.id))):
                called = name.casefold().removeprefix("@")
                self._accounts[called].add(account.id)
                self._accounts[f"{account.platform}:{called}"].add(account.id)
        self._campaigns = {name: one.id for one in campaigns for name in (one.name.casefold(), str(one.id))}

    def account(self, called: str) -> UUID | str:
        """Its id, or what is wrong with the name."""
        network, colon, rest = called.casefold().partition(":")
        name = f"{network}:{_handle(rest)}" if colon and network in PLATFORMS else _handle(called.casefold())
        found = self._accounts.get(name, set())
        if len(found) > 1:
            found = found & self._connected or found
        if len(found) > 1:
            return f"Several accounts are called {called}: give an id, or the network as in facebook:{called}."
        return next(iter(found), f"This workspace has no account {called}: give its name, its handle or its id.")

    def campaign(self, called: str) -> UUID | None:
        return self._campaigns.get(called.casefold())


@dataclass(slots=True)
class _Reading:
    """A row on its way to become a line."""

    row: Row
    told: list[Told] = field(default_factory=list)

    def cell(self, column: str) -> str:
        return self.row.cells.get(column, "")

    def wrong(self, column: str, message: str) -> None:
        self.told.append(Told(column, message))


def understood(row: Row, names: Names, media: Mapping[str, UUID], now: datetime) -> Line:
    """`media` has by address the id under which what is there is known."""
    reading = _Reading(row)
    _look(reading)
    content = Content(
        text=reading.cell("text"),
        title=reading.cell("title") or None,
        link=reading.cell("link") or None,
        media=tuple(_pieces(reading, media)),
        format=_format(reading),
        first_comment=reading.cell("first_comment") or None,
    )
    draft = Draft(
        content,
        tuple(dict.fromkeys(_accounts(reading, names))),
        tracking=Tracking(),
        campaign_id=_campaign(reading, names),
        tags=_tags(reading),
    )
    return Line(row.line, draft, _moment(reading, now), reading.told, _takes_slots(reading))


def addresses(row: Row) -> list[str]:
    """Of the media that it names otherwise than by id."""
    return [one for one in row.cells.get("media_url", "").split() if _id(one) is None]


def _look(reading: _Reading) -> None:
    """What no cell may be."""
    if reading.row.beyond:
        reading.wrong("text", "This line has more cells than the header: put what has a delimiter in it in quotes.")
    for column, value in reading.row.cells.items():
        if len(value) > _LONGEST.get(column, 10_000):
            reading.wrong(column, f"Write no more than {_LONGEST.get(column, 10_000):,} characters.")
        if "\x00" in value:
            reading.wrong(column, "Remove the NUL character: no network shows it.")


def _accounts(reading: _Reading, names: Names) -> Iterator[UUID]:
    called = _several(reading.cell("account"))
    if not called:
        reading.wrong("account", "Name at least one account; several are separated by a semicolon.")
    for one in called:
        found = names.account(one)
        if isinstance(found, UUID):
            yield found
        else:
            reading.wrong("account", found)


def _moment(reading: _Reading, now: datetime) -> Moment | None:
    """None for a draft, and for what takes slots."""
    when, zone = reading.cell("when"), reading.cell("zone")
    if when.casefold() in ("", NEXT, DRAFT):
        if zone:
            reading.wrong("when", "Give a time with the zone, or leave the zone out.")
        return None
    if not _WHEN.fullmatch(when):
        message = f"{when} is not understood: write it as 2027-01-31 09:00, or 2027-01-31T09:00+01:00; or write "
        reading.wrong("when", f"{message}{NEXT} for the next free slot, or {DRAFT}.")
        return None
    try:
        moment = moments.meant(
            datetime.fromisoformat(when.replace(" ", "T", 1).replace(" ", "")), zone or None, now=now
        )
    except ValueError:
        reading.wrong("when", f"There is no such day or hour as {when}.")
        return None
    except Invalid as refusal:
        for problem in refusal.problems:
            reading.wrong("zone" if problem.field == "zone" else "when", problem.message)
        return None
    if moment.note:
        reading.told.append(Told("when", moment.note, "warning"))
    return moment


def _takes_slots(reading: _Reading) -> Literal["must", "may"] | None:
    when = reading.cell("when").casefold()
    return "must" if when == NEXT else None if when else "may"


def _pieces(reading: _Reading, media: Mapping[str, UUID]) -> Iterator[Piece]:
    named = reading.cell("media_url").split()
    alt_texts = [text.strip() for text in reading.cell("alt_text").split("|")] if reading.cell("alt_text") else []
    if len(alt_texts) > len(named):
        reading.wrong("alt_text", f"There are {len(alt_texts)} alt texts, separated by |, for {len(named)} media.")
    for place, one in enumerate(named):
        found = _id(one) or media.get(one)
        if found is not None:
            yield Piece(found, (alt_texts[place] or None) if place < len(alt_texts) else None)


def _format(reading: _Reading) -> Kind | None:
    named = reading.cell("format").casefold()
    kinds: Sequence[Kind] = get_args(Kind)
    for kind in kinds:
        if kind == named:
            return kind
    if named:
        reading.wrong("format", f"There is no format {named}: choose from {', '.join(kinds)}, or leave it out.")
    return None


def _campaign(reading: _Reading, names: Names) -> UUID | None:
    called = reading.cell("campaign")
    found = names.campaign(called) if called else None
    if called and found is None:
        reading.wrong("campaign", f"This workspace has no campaign {called}: make it first, or leave it out.")
    return found


def _tags(reading: _Reading) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(_several(reading.cell("tags").replace(",", ";"))))
    if len(tags) > _MOST_TAGS:
        reading.wrong("tags", f"Give up to {_MOST_TAGS} tags.")
    reading.told += [
        Told("tags", f"A tag has up to {_LONGEST_TAG} characters; {tag[:20]}… has {len(tag)}.")
        for tag in tags
        if len(tag) > _LONGEST_TAG
    ]
    return tags


def _several(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(";") if one.strip()]


def _handle(name: str) -> str:
    return name.strip().removeprefix("@")


def _column(finding: Finding) -> str:
    if finding.field.startswith("media"):
        return "alt_text" if finding.limit == "alt_text" else "media_url"
    column = _COLUMN_OF.get(finding.field, finding.field)
    return column if column in COLUMNS else "text"


def _id(called: str) -> UUID | None:
    try:
        return UUID(called)
    except ValueError:
        return None
