"""The records of one load in temporary tables, while its pages arrive."""

import json
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from psycopg import Connection

from ingestion import raw
from ingestion.load.opening import Opener
from ingestion.load.result import LoadResult
from ingestion.load.sources import Source
from platforms.platform import Page, Window


class RepeatedError(Exception):
    """Something is said more than once in a load that lands part by part."""


class Staging:
    """The records of one load in the temporary tables of one connection. A context manager.

    `listens` where it is to be seen first whether anything else is said than the last time; only without can it be
    appended.
    """

    def __init__(
        self,
        connection: Connection,
        target: raw.Table,
        source: Source,
        account_id: UUID,
        *,
        listens: bool = False,
    ) -> None:
        self._connection = connection
        self._target = target
        self._account_id = account_id
        self._source = source
        self._names_posts = source.lists_all or source.answers_by_id
        names_posts = self._names_posts or (target.about_posts and not listens)
        self._opener = Opener(source.contract, account_id, listens=listens, names_posts=names_posts)
        self.listens = listens
        self._first: raw.Origin | None = None
        # PostgreSQL reads a part while the next one is opened.
        self._sender = ThreadPoolExecutor(1)
        self._sent: Future[None] | None = None
        self.oldest: datetime | None = None
        self.newest: datetime | None = None

    def __enter__(self) -> Self:
        raw.ensure_table(self._connection, self._target)
        if self._names_posts:
            raw.ensure_table(self._connection, raw.ABSENCES)
        raw.prepare(self._connection, self._target, self._account_id)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sender.shutdown()
        self._opener.__exit__(kind, error, trace)

    def add(self, pages: Sequence[Page]) -> None:
        """Stage pages, in order. Raises RepeatedError after `append_as_first`."""
        moments = [page.received_at for page in pages]
        self.oldest = min([*moments, *([self.oldest] if self.oldest else [])])
        self.newest = max([*moments, *([self.newest] if self.newest else [])])
        lines, broken = self._opener.open(pages)
        if self._first and not self.is_distinct:
            raise RepeatedError
        self.settle()
        self._sent = self._sender.submit(self._send, lines, broken)

    def settle(self) -> None:
        """Wait until all that was added is in the tables; before that the connection is not to be used."""
        if self._sent:
            self._sent.result()
            self._sent = None

    def _send(self, lines: bytes, broken: Sequence[raw.Broken]) -> None:
        if lines:
            raw.stage_lines(self._connection, self._opener.columns, lines)
            if self._first:
                raw.append_first(self._connection, self._target, self._first)
        if broken:
            raw.stage_broken(self._connection, broken)

    @property
    def is_distinct(self) -> bool:
        """Whether it is plain that nothing was said twice so far."""
        return self._opener.is_distinct

    def append_as_first(self, origin: raw.Origin) -> None:
        """From now on append each part as it comes, while the next one is opened: the account must have no rows.

        It all stands or falls with the transaction; where RepeatedError is raised it must fall.
        """
        self.settle()
        raw.append_first(self._connection, self._target, origin)
        self._first = origin

    def append(self, result: LoadResult, origin: raw.Origin, *, last: bool) -> LoadResult:
        """What is news, and what is broken, each into its table; `last` as in `raw.append_news`."""
        opened = self._opener
        if self.listens:
            return replace(self._counted(result, origin, 0, 0), fingerprint=self.fingerprint)
        if self._first:
            subjects = opened.posts if self._target.about_posts else {""}
            written = opened.records - opened.faulty
            raw.touch(self._connection, origin, self._account_id, subjects if written else ())
            return replace(self._counted(result, origin, written, 0), fingerprint=self.fingerprint if last else None)
        gone = raw.gone(self._connection, self._target, origin.kept_at, opened.silent)
        raw.stage_broken(self._connection, [_told(name, seen_at, self._account_id) for name, seen_at in gone.items()])
        repeats = not self.is_distinct and raw.has_repeats(self._connection, self._target)
        written = raw.append_news(
            self._connection, self._target, origin, account_id=self._account_id, last=last, repeats=repeats
        )
        # What is said twice in one batch, or was said otherwise since, is not what `raw` says last.
        fingerprint = opened.fingerprint if last and not repeats else None
        return replace(self._counted(result, origin, written, len(gone)), fingerprint=fingerprint)

    @property
    def fingerprint(self) -> str:
        """Of all that was added so far, see Opener."""
        return self._opener.fingerprint

    def note_absences(self, origin: raw.Origin, window: Window) -> int:
        """What is said of posts by leaving them out, of a listing of all of the window, or where they were asked for.

        What is broken says nothing, and no listing without a post.
        """
        opened = self._opener
        if not self._names_posts or opened.faulty or opened.unreadable_pages or not (self.oldest and self.newest):
            return 0
        if self._source.answers_by_id:
            missing = sorted(opened.asked - opened.posts)
            answers = raw.Answers(self._source.table, sorted(opened.posts), missing, self.newest)
            return raw.note_answers(self._connection, origin, self._account_id, answers)
        if not opened.posts:
            return 0
        listing = raw.Listing(list(opened.posts), window.start, window.end, self.oldest, self.newest)
        return raw.note(self._connection, self._target, origin, self._account_id, listing)

    def _counted(self, result: LoadResult, origin: raw.Origin, written: int, gone: int) -> LoadResult:
        opened = self._opener
        quarantined = opened.faulty + opened.unreadable_pages + gone
        if quarantined:
            raw.quarantine(self._connection, self._target.name, origin)
        return replace(
            result,
            pages=opened.pages,
            records=opened.records + opened.unreadable_pages + gone,
            written=written,
            unchanged=opened.records - opened.faulty - written,
            quarantined=quarantined,
            observed_at=self.newest,
        )


def _told(name: str, seen_at: datetime, account_id: UUID) -> raw.Broken:
    """A field that was sent before and that no record of a load carries any more."""
    record = json.dumps({"field": name, "last_sent": seen_at.isoformat()})
    return raw.Broken(f"{name} is no longer sent", record, 0, 0, account_id)
