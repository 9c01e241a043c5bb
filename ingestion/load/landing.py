"""From pages to `raw`: staged while they arrive, landed in one transaction with the word that they did.

A file is kept, and dated, only within that transaction and while no other load of the same account and table lands.
So files of one account and table land in the order of `kept_at`, which is all that `ingestion.rebuild` must know.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from types import TracebackType
from typing import Self
from uuid import UUID

from psycopg import Connection

from clientnest.database import system_connection
from ingestion import lake, raw
from ingestion.load import repository
from ingestion.load.contracts import table
from ingestion.load.kept import label_of, land_file, land_kept, land_staged
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source
from ingestion.load.staging import RepeatedError, Staging
from platforms.platform import Page, Platform, PostRef, Window


class Landing:
    """One load, from its first page to its end. A context manager: what did not land leaves nothing behind.

    The first load of an account lands part by part while its pages arrive, if they arrive without a pause.
    """

    def __init__(self, result: LoadResult, platform: Platform, source: Source, window: Window) -> None:
        self._result = result
        self._account = LoadAccount(result.account_id, result.workspace_id)
        self._source = source
        self._target = table(platform, source)
        self._window = window
        folder = lake.account_folder(platform.name, source.table, result.workspace_id, result.account_id)
        self._stack = ExitStack()
        self._file = self._stack.enter_context(lake.PagesFile(folder, result.load_id))
        self._keeper = self._stack.enter_context(ThreadPoolExecutor(1))
        self._staging: Staging | None = None
        self._connection: Connection | None = None
        # Since when nothing else of the account and table lands, on the database's clock.
        self._kept_at: datetime | None = None
        # Whether parts may land, and whether parts that did were taken back.
        self._hurries, self._is_put_off = True, False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def add(self, pages: Sequence[Page]) -> None:
        """The next pages, into the unfinished file of the lake and the temporary tables at once."""
        if not pages:
            return
        kept = self._keeper.submit(self._file.add, pages)
        if not self._is_put_off:
            try:
                self._stage(pages)
            except RepeatedError:
                # All of it is to be compared at once.
                self.give_way()
        kept.result()

    def give_way(self) -> None:
        """Land in the end, all at once, and hold up nobody before."""
        self._hurries = False
        if self._kept_at:
            self._forget()
            self._is_put_off = True

    def start_over(self) -> None:
        """Forget what was added."""
        self._file.clear()
        self._forget()
        self._is_put_off = False

    def finish(self, result: LoadResult, read: Sequence[PostRef], newly_parked: Mapping[str, str]) -> LoadResult:
        """Keep the file and land it; where there is no page there is no file. `read` are the posts asked about."""
        connection = self._connected()
        if self._staging:
            self._staging.settle()
        kept_at = self._kept_at
        if kept_at is None:
            for load_id, path in self._leftovers():
                self._land_leftover(load_id, path)
            kept_at = self._begin()
        result = replace(result, kept_at=kept_at)
        if not self._file.is_empty:
            result = replace(result, lake_path=self._file.keep(label_of(result, self._window, kept_at)))
            result = self._land(result)
        repository.finish(connection, result)
        repository.read(connection, result, read)
        repository.park(connection, result, newly_parked)
        repository.unpark(connection, result)
        connection.commit()
        return result

    def _stage(self, pages: Sequence[Page]) -> None:
        """Raises RepeatedError."""
        if self._staging is None:
            connection = self._connected()
            raw.ensure_table(connection, self._target)
            said = None
            if raw.has_rows(connection, self._target, self._account.id):
                self._hurries = False
                said = repository.last_said(connection, self._account, self._source.table)
            staging = Staging(connection, self._target, self._source, self._account.id, listens=said is not None)
            self._staging = self._stack.enter_context(staging)
        elif self._hurries and self._kept_at is None:
            self._hurry(self._staging)
        self._staging.add(pages)

    def _hurry(self, staging: Staging) -> None:
        """Begin to land, where nothing else is to land before and there is nothing to compare with."""
        staging.settle()
        self._hurries = staging.is_distinct and not self._leftovers()
        if not self._hurries:
            return
        kept_at, connection = self._begin(), self._connected()
        if raw.has_rows(connection, self._target, self._account.id):
            connection.rollback()
            self._hurries = False
            return
        self._kept_at = kept_at
        origin = raw.Origin(self._account.workspace_id, self._result.load_id, self._file.lake_path, kept_at)
        staging.append_as_first(origin)

    def _land(self, result: LoadResult) -> LoadResult:
        connection = self._connected()
        said = repository.last_said(connection, self._account, self._source.table)
        of_all = connection, self._source, self._target, result, self._window
        if self._staging is None:
            return land_file(*of_all, last_said=said)
        return land_staged(self._staging, *of_all, last_said=said)

    def _begin(self) -> datetime:
        """The transaction in which the file is kept and lands, alone of its account and table; since when."""
        connection = self._connected()
        if not self._file.is_empty:
            repository.announce(connection, self._result.load_id, self._file.lake_path)
        connection.execute("begin")
        raw.lock(connection, self._target.name, self._account.id)
        return raw.begin_landing(connection)

    def _leftovers(self) -> list[tuple[UUID, str]]:
        """Loads that were cut off after they had kept their file."""
        found = repository.leftovers(self._connected(), self._account, self._source.table, self._result.load_id)
        return [(load_id, path) for load_id, path in found if lake.holds(path)]

    def _forget(self) -> None:
        if self._staging:
            self._staging.__exit__(None, None, None)
        if self._connection:
            self._connection.rollback()
        self._staging, self._kept_at = None, None

    def _land_leftover(self, load_id: UUID, lake_path: str) -> None:
        """Land what was kept by a load that was cut off then, as if it were kept now; unless it is landing just now."""
        with system_connection() as connection:
            raw.lock(connection, self._target.name, self._account.id)
            if not repository.is_done(connection, load_id):
                kept_at = raw.begin_landing(connection)
                label = lake.Label(**{**lake.read_label(lake_path), "kept_at": kept_at.isoformat()})
                lake.keep_again(lake_path, label)
                land_kept(connection, self._source, self._target, label, lake_path)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._stack.enter_context(_connected())
        return self._connection


@contextmanager
def _connected() -> Iterator[Connection]:
    """A connection whose temporary tables outlive its transactions, which are opened where they are needed."""
    with system_connection() as connection:
        connection.autocommit = True
        yield connection
