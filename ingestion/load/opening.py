"""Pages become lines for `raw`: the good records each as one line, the others with what is wrong with them.

A line is the record's values as a JSON array without its brackets, which is CSV to PostgreSQL; the hash of a row is
that of its line, without what is unknown at its end: so a field that is added as the last one changes no hash.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from operator import itemgetter
from types import TracebackType
from typing import Any, Self
from uuid import UUID

import msgspec

from ingestion.load.contracts import ordered
from ingestion.load.keys import Keys
from ingestion.load.thorough import Thorough
from ingestion.load.typed import Typed
from ingestion.raw import Broken
from platforms.platform import Contract, Page

# Bytes of pages that are read thoroughly at once: DuckDB holds many times as much meanwhile.
_THOROUGHLY = 1_000_000
# What a line ends with, after the contract's fields.
LINEAGE = ("row_hash", "observed_at", "lake_page", "lake_record")
# JSON escapes more than CSV knows: these stand in a line as themselves.
_ESCAPES = re.compile(rb'\\(["\\/]|[bfnrt]|u00[01][0-9a-f])')
_PLAIN = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"/": b"/"}
_BETWEEN = b"]\n["
_encode = msgspec.json.Encoder().encode
_encode_lines = msgspec.json.Encoder().encode_lines
# Bytes of a hash.
_DIGEST = 16
_hash = partial(hashlib.blake2b, digest_size=_DIGEST)
_valid = msgspec.json.Decoder(msgspec.Raw).decode


class Opener:
    """Opens the pages of one load, in order. A context manager.

    `listens` for no lines, only to know what is said; `names_posts` to know which posts they are about.
    """

    def __init__(
        self, contract: Contract, account_id: UUID, *, listens: bool = False, names_posts: bool = False
    ) -> None:
        self._account_id = account_id
        self._listens = listens
        self._typed = Typed.of(contract)
        self._thorough = Thorough(contract)
        self._names = tuple(field.name for field in ordered(contract))
        self._subject = self._names.index("external_id") if names_posts else None
        # The posts that good records are about, and those that pages say they were asked for.
        self.posts: set[str] = set()
        self.asked: set[str] = set()
        self._keys = Keys(contract)
        self.columns = (*self._names, *LINEAGE)
        # Places of fields that no record has said anything of so far.
        self._silent = {n for n, field in enumerate(ordered(contract)) if not field.required}
        self.pages = self.records = self.faulty = self.unreadable_pages = 0
        self._said = _hash()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thorough.__exit__(kind, error, trace)

    @property
    def silent(self) -> list[str]:
        """Optional fields of which no record said anything."""
        return [self._names[n] for n in sorted(self._silent)]

    @property
    def fingerprint(self) -> str:
        """Of all good records in their order: equal where the same was said in the same words."""
        return self._said.hexdigest()

    @property
    def is_distinct(self) -> bool:
        """Whether no two lines so far are of one key; False where that is not easily seen."""
        return self._keys.are_distinct

    def open(self, pages: Sequence[Page]) -> tuple[bytes, list[Broken]]:
        """Lines for `raw.stage_lines`, and what cannot be loaded."""
        numbered = dict(enumerate(pages, self.pages + 1))
        self.pages += len(pages)
        self.asked.update(*(page.asked for page in pages))
        lines: list[bytes] = []
        broken: list[Broken] = []
        left: dict[int, Page] = {}
        for number, page in numbered.items():
            read = self._typed.rows(page) if self._typed else None
            if read is None:
                left[number] = page
                continue
            said, rows = read
            self.records += len(rows)
            lines += self._lines(page, number, said, rows, count(1))
        for some in _parts(left):
            self._open_thoroughly(some, lines, broken)
        return b"".join(lines), broken

    def _open_thoroughly(self, left: Mapping[int, Page], lines: list[bytes], broken: list[Broken]) -> None:
        good: dict[int, tuple[list[tuple[Any, ...]], list[int]]] = {}
        readable: dict[int, Page] = {}
        for number, page in left.items():
            fault = _fault(page.body)
            if fault:
                broken.append(self._unreadable(fault, page, number))
            else:
                readable[number] = page
        if not readable:
            return
        for number, found in self._thorough.read(readable):
            self.records += 1
            if found.fault:
                self.faulty += 1
                broken.append(Broken(found.fault, found.record, found.position, number, self._account_id))
                continue
            rows, positions = good.setdefault(number, ([], []))
            rows.append(found.values)
            positions.append(found.position)
        for number, (rows, positions) in good.items():
            lines += self._lines(readable[number], number, (), rows, positions)
        for number in sorted(self._thorough.unreadable()):
            fault = "the page does not have the shape that the contract reads"
            broken.append(self._unreadable(fault, readable[number], number))

    def _unreadable(self, fault: str, page: Page, number: int) -> Broken:
        self.unreadable_pages += 1
        return Broken(fault, page.body.decode(errors="replace"), 0, number, self._account_id)

    def _lines(
        self, page: Page, number: int, said: tuple[Any, ...], rows: Sequence[tuple[Any, ...]], positions: Iterable[int]
    ) -> list[bytes]:
        """The lines of one page. `said` is the part that all its rows begin with."""
        if not rows:
            return []
        if self._subject is not None:
            self.posts.update(map(itemgetter(self._subject - len(said)), rows))
        before = _encode(said)[1:-1] + b"," if said else b""
        block = _encode_lines(rows)[1:-2]
        if self._silent:
            self._hear(said, rows, is_full=b"null" not in before and b"null" not in block)
        for words in (before, _BETWEEN, block, _BETWEEN):
            self._said.update(words)
        if self._listens:
            return []
        self._keys.add(said, rows)
        parts = [before + line for line in block.split(_BETWEEN)] if before else block.split(_BETWEEN)
        # Nothing but what is unknown ends so.
        known = [part.rstrip(b",nul") for part in parts] if b"null" in block else parts
        digests = b"".join([one.digest() for one in map(_hash, known)]).hex().encode()
        after = b',"%b",%d,' % (page.received_at.isoformat().encode(), number)
        lines = b"".join(
            [
                b"%b,%b%b%d\n" % (part, digests[at : at + 2 * _DIGEST], after, n)
                for part, at, n in zip(parts, range(0, len(digests), 2 * _DIGEST), positions, strict=False)
            ]
        )
        return [_ESCAPES.sub(_unescaped, lines) if b"\\" in lines else lines]

    def _hear(self, said: tuple[Any, ...], rows: Sequence[tuple[Any, ...]], *, is_full: bool) -> None:
        """Take note of the fields that something is said of."""
        if is_full:
            self._silent.clear()
            return
        shift = len(said)
        self._silent -= {
            n
            for n in self._silent
            if (said[n] is not None if n < shift else any(row[n - shift] is not None for row in rows))
        }


def _parts(pages: Mapping[int, Page]) -> Iterator[dict[int, Page]]:
    """Pages by their number, at most so many bytes of them at a time, or a single one."""
    part: dict[int, Page] = {}
    size = 0
    for number, page in pages.items():
        if part and size + len(page.body) > _THOROUGHLY:
            yield part
            part, size = {}, 0
        part[number] = page
        size += len(page.body)
    if part:
        yield part


def _fault(body: bytes) -> str | None:
    """Why a page cannot be read as JSON at all."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return "the page is not UTF-8 text"
    try:
        _valid(body)
    except msgspec.DecodeError:
        return "the page is not JSON"
    return None


def _unescaped(found: re.Match[bytes]) -> bytes:
    mark = found[1]
    if mark in (b'"', b"\\"):
        return found[0]
    return _PLAIN[mark] if mark in _PLAIN else bytes([int(mark[1:], 16)])
