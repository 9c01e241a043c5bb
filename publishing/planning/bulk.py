"""Plans as a table: a post per line. All lines become posts or none, and no line of a file does so twice."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.database import unit_of_work
from clientnest.errors import Invalid, NestError, Problem
from clientnest.models import Account, BulkLine
from publishing import campaigns
from publishing.content import clashes, drafts, reviews
from publishing.content import repository as content
from publishing.content.clashes import Meant
from publishing.content.drafts import Composed, Known
from publishing.media import repository as media_repository
from publishing.media import store
from publishing.media.store import Fetched
from publishing.planning import repository, slots
from publishing.planning.lines import COLUMNS, REQUIRED, Line, Names, Told, addresses, understood
from publishing.planning.sheet import Sheet, read
from publishing.planning.wishes import wished
from publishing.publications import service
from publishing.publications.service import Moments

# Beyond that media go into the library first.
MOST_ADDRESSES = 200
MOST_BYTES = 200_000_000
_AT_ONCE = 4


Becomes = Literal["scheduled", "draft", "made before"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line, or would. `line` is None where the file was brought in before."""

    number: int
    line: Line | None
    becomes: Becomes
    post_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Of every line. `made_before` says that this file was brought in already, and that nothing was made now."""

    sheet: Sheet
    outcomes: Sequence[Outcome]
    made: int = 0
    made_before: bool = False

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every error of every line."""
        return tuple(
            Problem(f"lines.{one.number}.{told.column}", told.message)
            for one in self.outcomes
            for told in (one.line.told if one.line else ())
            if told.severity == "error"
        )


@dataclass(frozen=True, slots=True)
class _Media:
    """What is behind the addresses of a file: the id of each, what was fetched by id, what could not be."""

    ids: Mapping[str, UUID] = field(default_factory=dict)
    fetched: Mapping[UUID, Fetched] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Desk:
    """Who brings a file into which workspace."""

    workspace_id: UUID
    person_id: UUID
    sheet: Sheet


async def bring(workspace_id: UUID, person_id: UUID, file: bytes, *, dry_run: bool) -> Report:
    """Make a post of each line, planned for its moment or for free slots, a draft where posts are approved first.

    In transactions of its own: none waits while media are fetched. A dry run reports and leaves nothing behind.
    Raises Invalid for what is no table, and where a line is wrong with every problem of every line.
    """
    desk = _Desk(workspace_id, person_id, await asyncio.to_thread(read, file, COLUMNS, REQUIRED))
    async with unit_of_work(workspace_id=workspace_id, user_id=person_id) as session:
        before = await repository.lines_of(session, desk.sheet.sha256)
    if before:
        return _made_before(desk, before)
    media = await _fetched(desk.sheet)
    if media.fetched or dry_run:
        async with unit_of_work(workspace_id=workspace_id, user_id=person_id) as session:
            report = await _look(session, desk, media)
        if dry_run:
            return report[0]
        _refuse(report[0])
        media = await _received(workspace_id, media)
    async with unit_of_work(workspace_id=workspace_id, user_id=person_id) as session:
        return await _make(session, desk, media)


async def _make(session: AsyncSession, desk: _Desk, media: _Media) -> Report:
    await repository.hold_file(session, desk.workspace_id, desk.sheet.sha256)
    if before := await repository.lines_of(session, desk.sheet.sha256):
        return _made_before(desk, before)
    report, posts = await _look(session, desk, media, hold=True)
    _refuse(report)
    await drafts.keep_all(session, posts)
    planned, kept = [], []
    for outcome, composed in zip(report.outcomes, posts, strict=True):
        line = outcome.line
        if line and outcome.becomes == "scheduled":
            planned.append((composed, Moments(line.moment, line.slots)))
        elif line and line.first:
            kept.append(wished(composed.post, line.first))
    await service.release_all(session, planned)
    lines = [
        BulkLine(workspace_id=desk.workspace_id, file_sha256=desk.sheet.sha256, line=one.number, post_id=one.post_id)
        for one in report.outcomes
    ]
    await repository.store(session, [*kept, *lines])
    return Report(desk.sheet, report.outcomes, made=len(report.outcomes))


async def _look(
    session: AsyncSession, desk: _Desk, media: _Media, *, hold: bool = False
) -> tuple[Report, list[Composed]]:
    """Every line with everything there is to say of it, and its post."""
    accounts = {one.id: one for one in await repository.accounts(session)}
    all_campaigns = await campaigns.listed(session)
    names, now = Names(accounts.values(), all_campaigns), await service.now(session)
    lines = [understood(row, names, media.ids, now) for row in desk.sheet.rows]
    named = set(chain.from_iterable(line.draft.named_media for line in lines))
    known = Known(
        accounts,
        await content.granted(session, list(accounts.values())),
        {one.id: one for one in all_campaigns},
        await media_repository.named(session, named),
    )
    meant_for = {account for line in lines for account in line.draft.account_ids}
    if hold:
        await repository.hold(session, meant_for)
    await _allot(session, lines, accounts)
    becomes: Becomes = "draft" if await reviews.asked(session, desk.workspace_id) != "none" else "scheduled"
    posts, outcomes = [], []
    for row, line in zip(desk.sheet.rows, lines, strict=True):
        line.told += [Told("media_url", f"{one}: {media.failed[one]}") for one in addresses(row) if one in media.failed]
        became = becomes if line.first else "draft"
        fetched = {name: media.fetched[name] for name in line.draft.named_media if name in media.fetched}
        stage = "draft" if became == "draft" else "approved"
        composed = drafts.assemble(desk.workspace_id, desk.person_id, line.draft, fetched, stage, known)
        if line.draft.account_ids:
            line.tell(composed.findings())
        posts.append(composed)
        outcomes.append(Outcome(line.number, line, became, composed.post.id))
    await _compare(session, lines, posts)
    return Report(desk.sheet, outcomes), posts


async def _allot(session: AsyncSession, lines: Sequence[Line], accounts: Mapping[UUID, Account]) -> None:
    """Give each line that takes slots the next free one of each of its accounts, which no other line has."""
    with_slots = (await repository.all_slots(session)).keys()
    taking = [
        line
        for line in lines
        if line.takes_slots == "must" or (line.takes_slots == "may" and with_slots >= set(line.draft.account_ids))
    ]
    taken = {(account, line.moment.at) for line in lines if line.moment for account in line.draft.account_ids}
    free = {account: await slots.free(session, account) for line in taking for account in line.draft.account_ids}
    for line in taking:
        for account in line.draft.account_ids:
            slot = next((one for one in free[account] if (account, one.at) not in taken), None)
            if slot is None:
                message = slots.NONE_FREE.format(accounts[account].name)
                line.told.append(Told("when", message, account_id=account))
                continue
            line.slots[account] = slot
            if slot.note:
                line.told.append(Told("when", slot.note, "warning", account))


async def _compare(session: AsyncSession, lines: Sequence[Line], posts: Sequence[Composed]) -> None:
    """Tell what clashes, with what is planned already and with the lines above."""
    moments = [moment.at for line in lines for id_ in line.draft.account_ids if (moment := line.on(id_))]
    accounts = {id_: account for composed in posts for id_, account in composed.accounts.items()}
    plans = await clashes.plans(session, accounts, moments)
    seen: dict[tuple[object, ...], int] = {}
    for line, composed in zip(lines, posts, strict=True):
        words = clashes.normalised(line.draft.content.text)
        for account in composed.accounts.values():
            at = moment.at if (moment := line.on(account.id)) else None
            first = seen.setdefault((account.id, at, line.draft.content.sha256), line.number)
            if first != line.number:
                message = f"Line {first} is the same for {account.name} at the same time: leave one of them out."
                line.told.append(Told("account", message, account_id=account.id))
            elif at:
                meant = Meant(at, account.id, composed.post.id, words, line.number)
                if twin := plans.twin(meant):
                    message = f"{account.name} says this at that very time already, in {twin.where}: leave this out."
                    line.told.append(Told("account", message, account_id=account.id))
                else:
                    line.tell(plans.findings(account, meant))
                plans.add(meant)


async def _fetched(sheet: Sheet) -> _Media:
    """What is behind every address, each once."""
    wanted = list(dict.fromkeys(chain.from_iterable(map(addresses, sheet.rows))))
    if len(wanted) > MOST_ADDRESSES:
        message = f"A file names up to {MOST_ADDRESSES} addresses of media; this has {len(wanted)}: upload them to the "
        message += "library, and give their ids."
        raise Invalid(message, (Problem("media_url", message),))
    ids = {url: uuid4() for url in wanted}
    fetched, failed, size = {}, {}, 0
    async for url, found in _each(wanted):
        if isinstance(found, str):
            failed[url] = found
            continue
        size += len(found.content)
        if size > MOST_BYTES:
            message = f"The media of a file may have {MOST_BYTES // 1_000_000} MB together: upload them to the library."
            raise Invalid(message, (Problem("media_url", message),))
        fetched[ids[url]] = found
    return _Media({url: id_ for url, id_ in ids.items() if url not in failed}, fetched, failed)


async def _each(urls: Sequence[str]) -> AsyncIterator[tuple[str, Fetched | str]]:
    """What is there, or why nothing is, a few at once."""
    for first in range(0, len(urls), _AT_ONCE):
        some = urls[first : first + _AT_ONCE]
        for url, found in zip(some, await asyncio.gather(*map(_fetch, some)), strict=True):
            yield url, found


async def _fetch(url: str) -> Fetched | str:
    try:
        return await store.fetch(url)
    except NestError as error:
        return str(error)


async def _received(workspace_id: UUID, media: _Media) -> _Media:
    """The same in the library."""
    kept = {}
    for url, name in media.ids.items():
        found = media.fetched[name]
        kept[url] = (await store.receive(workspace_id, io.BytesIO(found.content), found.source_url)).id
    return _Media(kept)


def _made_before(desk: _Desk, before: Mapping[int, UUID | None]) -> Report:
    outcomes = [Outcome(row.line, None, "made before", before.get(row.line)) for row in desk.sheet.rows]
    return Report(desk.sheet, outcomes, made_before=True)


def _refuse(report: Report) -> None:
    """Raises Invalid where a line is wrong."""
    if report.problems:
        wrong = sum(one.line is not None and one.line.is_wrong for one in report.outcomes)
        raise Invalid(
            f"{wrong} of {len(report.outcomes)} lines cannot become posts, so that none did: mend them and send the "
            "file again.",
            report.problems,
        )


def template() -> Iterable[Sequence[str]]:
    """The rows of a table to fill in: the header, and a line that shows how."""
    yield COLUMNS
    yield (
        "Name of an account; @handle of another",
        "2027-01-31 09:00",
        "Europe/Oslo",
        "What you say. Delete this line.",
        *("", "https://example.com", "", "", "one; two", "", "", ""),
    )
