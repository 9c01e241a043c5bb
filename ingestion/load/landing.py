"""From pages to `raw`: staged while they arrive, landed in one transaction with the word that they did.

A file is kept, and dated, only within that transaction and while no other load of the same account and table lands.
So files of one account and table land in the order of `kept_at`, which is all that `ingestion.rebuild` must know.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from types import TracebackType
from typing import Self
from uuid import UUID

from psycopg import Connection

from clientnest.database import system_connection
from clientnest.errors import Invalid
from ingestion import lake, raw
from ingestion.load import repository
from ingestion.load.contracts import table
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source, sources
from ingestion.load.staging import Staging
from platforms import PLATFORMS
from platforms.platform import Page, Platform, PostRef, Window


class Landing:
    """One load, from its first page to its end. A context manager: what did not land leaves nothing behind."""

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
        if self._staging is None:
            connection = self._connected()
            raw.ensure_table(connection, self._target)
            # Where there are rows already, mostly nothing has changed, and hashes are enough to see it.
            known = raw.has_rows(connection, self._target, self._account.id)
            staging = Staging(connection, self._target, self._source, self._account.id, hashes_only=known)
            self._staging = self._stack.enter_context(staging)
        self._staging.add(pages)
        kept.result()

    def start_over(self) -> None:
        """Forget what was added."""
        self._file.clear()
        if self._staging:
            self._staging.__exit__(None, None, None)
            self._staging = None

    def finish(self, result: LoadResult, read: Sequence[PostRef], newly_parked: Mapping[str, str]) -> LoadResult:
        """Keep the file and land it; where there is no page there is no file. `read` are the posts asked about."""
        connection = self._connected()
        if self._staging:
            self._staging.settle()
        for load_id, path in repository.leftovers(connection, self._account, self._source.table, result.load_id):
            if lake.holds(path):
                self._land_leftover(load_id, path)
        if self._staging:
            repository.announce(connection, result.load_id, self._file.lake_path)
        with connection.transaction():
            raw.lock(connection, self._target.name, self._account.id)
            kept_at = raw.begin_landing(connection)
            result = replace(result, kept_at=kept_at)
            if self._staging:
                path = self._file.keep(_label(result, self._window, kept_at))
                said = repository.last_said(connection, self._account, self._source.table)
                result = replace(result, lake_path=path)
                result = _land(
                    connection, self._staging, self._source, self._target, result, self._window, last_said=said
                )
            repository.finish(connection, result)
            repository.read(connection, result, read)
            repository.park(connection, result, newly_parked)
            repository.unpark(connection, result)
        return result

    def _land_leftover(self, load_id: UUID, lake_path: str) -> None:
        """Land what was kept by a load that was cut off then, as if it were kept now; unless it is landing just now."""
        with system_connection() as connection:
            raw.lock(connection, self._target.name, self._account.id)
            if not repository.is_done(connection, load_id):
                kept_at = raw.begin_landing(connection)
                label = lake.Label(**{**lake.read_label(lake_path), "kept_at": kept_at.isoformat()})
                lake.keep_again(lake_path, label)
                _land_kept(connection, self._source, self._target, label, lake_path)

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._stack.enter_context(_connected())
        return self._connection


def replay(lake_path: str) -> LoadResult:
    """Land a file of the lake, dated as it is; it appends only what `raw` lacks. Raises NotFound, Invalid."""
    label = lake.read_label(lake_path)
    platform, source = _source_of(label, lake_path)
    with system_connection() as connection:
        raw.begin_landing(connection)
        return _land_kept(connection, source, table(platform, source), label, lake_path, in_order=False)


def land_again(connection: Connection, lake_path: str) -> LoadResult | None:
    """Land a file of the lake in a rebuild; None where nothing reads what it holds, or its account is gone."""
    label = lake.read_label(lake_path)
    try:
        platform, source = _source_of(label, lake_path)
    except Invalid:
        return None
    if not repository.is_known(connection, UUID(label["account_id"])):
        return None
    return _land_kept(connection, source, table(platform, source), label, lake_path)


def _land_kept(
    connection: Connection,
    source: Source,
    target: raw.Table,
    label: lake.Label,
    lake_path: str,
    *,
    in_order: bool = True,
) -> LoadResult:
    """`in_order` where nothing in `raw` is of files that were kept later."""
    account = LoadAccount(UUID(label["account_id"]), UUID(label["workspace_id"]))
    window = _window(label)
    result = LoadResult(
        *(UUID(label["load_id"]), account.id, account.workspace_id, label["platform"], source.table, "done"),
        lake_path=lake_path,
        kept_at=datetime.fromisoformat(label["kept_at"]),
    )
    raw.lock(connection, target.name, account.id)
    repository.insert(connection, result.load_id, account, label["platform"], source.table, window)
    raw.ensure_table(connection, target)
    known = raw.has_rows(connection, target, account.id)
    with Staging(connection, target, source, account.id, hashes_only=known) as staging:
        for pages in lake.read_pages(lake_path):
            staging.add(pages)
        staging.settle()
        result = _land(connection, staging, source, target, result, window, in_order=in_order)
    repository.finish(connection, result)
    return result


def _land(
    connection: Connection,
    staging: Staging,
    source: Source,
    target: raw.Table,
    result: LoadResult,
    window: Window,
    *,
    in_order: bool = True,
    last_said: str | None = None,
) -> LoadResult:
    """What is staged, into `raw`; then again the files that follow it, as what was no news before may be news now."""
    if not (result.lake_path and result.kept_at and staging.oldest):
        raise ValueError("only what is in the lake lands")
    later = repository.landed_after(connection, result, staging.oldest)
    if in_order:
        later = [one for one in later if one.kept_before]
    origin = raw.Origin(result.workspace_id, result.load_id, result.lake_path, result.kept_at)
    # What was said word for word the last time needs no comparing.
    if staging.hashes_only and (later or not (staging.fingerprint == last_said or staging.is_unchanged())):
        landed = _append_from_lake(connection, source, target, result, origin, last=not later)
    else:
        landed = staging.append(result, origin, last=not later)
    noted = staging.note_absences(origin, window)
    before = [one for one in later if one.kept_before]
    if landed.written:
        for following in before:
            _append_from_lake(connection, source, target, result, following.origin, last=False)
    if noted or (source.lists_all and landed.written):
        for following in sorted(before, key=attrgetter("observed_at")):
            _note_again(connection, source, target, result, following.origin)
    return landed


def _append_from_lake(
    connection: Connection,
    source: Source,
    target: raw.Table,
    result: LoadResult,
    origin: raw.Origin,
    *,
    last: bool,
) -> LoadResult:
    with Staging(connection, target, source, result.account_id) as staging:
        for pages in lake.read_pages(origin.lake_path):
            staging.add(pages)
        staging.settle()
        return staging.append(result, origin, last=last)


def _note_again(
    connection: Connection, source: Source, target: raw.Table, result: LoadResult, origin: raw.Origin
) -> None:
    """What a file that landed before says of posts that are not in it."""
    with Staging(connection, target, source, result.account_id, hashes_only=True) as staging:
        for pages in lake.read_pages(origin.lake_path):
            staging.add(pages)
        staging.settle()
        staging.note_absences(origin, _window(lake.read_label(origin.lake_path)))


def _label(result: LoadResult, window: Window, kept_at: datetime) -> lake.Label:
    return lake.Label(
        load_id=str(result.load_id),
        workspace_id=str(result.workspace_id),
        account_id=str(result.account_id),
        platform=result.platform,
        resource=result.resource,
        window_start=window.start.isoformat(),
        window_end=window.end.isoformat(),
        kept_at=kept_at.isoformat(),
    )


def _window(label: lake.Label) -> Window:
    return Window(datetime.fromisoformat(label["window_start"]), datetime.fromisoformat(label["window_end"]))


def _source_of(label: lake.Label, lake_path: str) -> tuple[Platform, Source]:
    platform = PLATFORMS.get(label["platform"])
    source = next((one for one in sources(platform) if one.table == label["resource"]), None) if platform else None
    if platform is None or source is None:
        raise Invalid(f"{lake_path} holds {label['platform']} {label['resource']}, which nothing reads now.")
    return platform, source


@contextmanager
def _connected() -> Iterator[Connection]:
    """A connection whose temporary tables outlive its transactions, which are opened where they are needed."""
    with system_connection() as connection:
        connection.autocommit = True
        yield connection
