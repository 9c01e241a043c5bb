"""Files of the lake, each landed in one transaction: what is in `raw` already is no news, what is late may be."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from psycopg import Connection

from clientnest.database import system_connection
from clientnest.errors import Invalid
from ingestion import lake, raw
from ingestion.load import repository
from ingestion.load.contracts import table
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.load.sources import Source, sources
from ingestion.load.staging import RepeatedError, Staging
from platforms import PLATFORMS
from platforms.platform import Platform, Window


def replay(lake_path: str) -> LoadResult:
    """Land a file of the lake, dated as it is; it appends only what `raw` lacks. Raises NotFound, Invalid."""
    label = lake.read_label(lake_path)
    platform, source = _source_of(label, lake_path)
    with system_connection() as connection:
        raw.begin_landing(connection)
        return land_kept(connection, source, table(platform, source), label, lake_path, in_order=False)


def land_again(connection: Connection, lake_path: str, last_said: str | None) -> LoadResult | None:
    """Land a file of the lake in a rebuild; None where nothing reads what it holds, or its account is gone.

    `last_said` is the fingerprint of the file that landed last of the same account and table, if that is known.
    """
    label = lake.read_label(lake_path)
    try:
        platform, source = _source_of(label, lake_path)
    except Invalid:
        return None
    if not repository.is_known(connection, UUID(label["account_id"])):
        return None
    return land_kept(connection, source, table(platform, source), label, lake_path, last_said=last_said)


def land_kept(
    connection: Connection,
    source: Source,
    target: raw.Table,
    label: lake.Label,
    lake_path: str,
    *,
    in_order: bool = True,
    last_said: str | None = None,
) -> LoadResult:
    """Land a file as its label says; see `land_staged`."""
    account = LoadAccount(UUID(label["account_id"]), UUID(label["workspace_id"]))
    window = _window(label)
    result = LoadResult(
        *(UUID(label["load_id"]), account.id, account.workspace_id, label["platform"], source.table, "done"),
        lake_path=lake_path,
        kept_at=datetime.fromisoformat(label["kept_at"]),
    )
    raw.lock(connection, target.name, account.id)
    repository.insert(connection, result.load_id, account, label["platform"], source.table, window)
    result = land_file(connection, source, target, result, window, in_order=in_order, last_said=last_said)
    repository.finish(connection, result)
    return result


def land_file(
    connection: Connection,
    source: Source,
    target: raw.Table,
    result: LoadResult,
    window: Window,
    *,
    in_order: bool = True,
    last_said: str | None = None,
) -> LoadResult:
    """What the file of a load holds, into `raw`; see `land_staged`."""
    raw.ensure_table(connection, target)
    if not raw.has_rows(connection, target, result.account_id):
        # What says something twice is compared all at once.
        with suppress(RepeatedError), connection.transaction():
            with _staged(connection, source, target, _origin(result), result.account_id, is_first=True) as staging:
                return land_staged(staging, connection, source, target, result, window, in_order=in_order)
        last_said = None
    listens = last_said is not None
    with _staged(connection, source, target, _origin(result), result.account_id, listens=listens) as staging:
        return land_staged(
            *(staging, connection, source, target, result, window), in_order=in_order, last_said=last_said
        )


def land_staged(
    staging: Staging,
    connection: Connection,
    source: Source,
    target: raw.Table,
    result: LoadResult,
    window: Window,
    *,
    in_order: bool = True,
    last_said: str | None = None,
) -> LoadResult:
    """What is staged, into `raw`; then again the files that follow it, as what was no news before may be news now.

    `in_order` where nothing in `raw` is of files that were kept later; `last_said` is the fingerprint of what `raw`
    says now.
    """
    if not staging.oldest:
        raise ValueError("only what is in the lake lands")
    origin = _origin(result)
    later = repository.landed_after(connection, result, staging.oldest)
    if in_order:
        later = [one for one in later if one.kept_before]
    # What was said word for word the last time needs no comparing.
    if staging.listens and (later or staging.fingerprint != last_said):
        landed = _append(connection, source, target, result, origin, last=not later)
    else:
        landed = staging.append(result, origin, last=not later)
    noted = staging.note_absences(origin, window)
    before = [one for one in later if one.kept_before]
    if landed.written:
        for following in before:
            _append(connection, source, target, result, following.origin, last=False)
    if noted or (source.lists_all and landed.written):
        for following in sorted(before, key=attrgetter("observed_at")):
            _note_again(connection, source, target, result, following.origin)
    return landed


def label_of(result: LoadResult, window: Window, kept_at: datetime) -> lake.Label:
    """What the file of a load says of itself."""
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


@contextmanager
def _staged(
    connection: Connection,
    source: Source,
    target: raw.Table,
    origin: raw.Origin,
    account_id: UUID,
    *,
    listens: bool = False,
    is_first: bool = False,
) -> Iterator[Staging]:
    """All pages of a file; `is_first` where the account has no rows. Raises RepeatedError, and only then."""
    with Staging(connection, target, source, account_id, listens=listens) as staging:
        for number, pages in enumerate(lake.read_pages(origin.lake_path)):
            if is_first and number == 1 and staging.is_distinct:
                staging.append_as_first(origin)
            staging.add(pages)
        staging.settle()
        yield staging


def _append(
    connection: Connection, source: Source, target: raw.Table, result: LoadResult, origin: raw.Origin, *, last: bool
) -> LoadResult:
    with _staged(connection, source, target, origin, result.account_id) as staging:
        return staging.append(result, origin, last=last)


def _note_again(
    connection: Connection, source: Source, target: raw.Table, result: LoadResult, origin: raw.Origin
) -> None:
    """What a file that landed before says of posts that are not in it."""
    with _staged(connection, source, target, origin, result.account_id, listens=True) as staging:
        staging.note_absences(origin, _window(lake.read_label(origin.lake_path)))


def _origin(result: LoadResult) -> raw.Origin:
    if not (result.lake_path and result.kept_at):
        raise ValueError("only what is in the lake lands")
    return raw.Origin(result.workspace_id, result.load_id, result.lake_path, result.kept_at)


def _window(label: lake.Label) -> Window:
    return Window(datetime.fromisoformat(label["window_start"]), datetime.fromisoformat(label["window_end"]))


def _source_of(label: lake.Label, lake_path: str) -> tuple[Platform, Source]:
    platform = PLATFORMS.get(label["platform"])
    source = next((one for one in sources(platform) if one.table == label["resource"]), None) if platform else None
    if platform is None or source is None:
        raise Invalid(f"{lake_path} holds {label['platform']} {label['resource']}, which nothing reads now.")
    return platform, source
