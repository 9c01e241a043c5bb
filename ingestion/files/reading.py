"""A file becomes text, whatever it was packed or encoded as; what was assumed is told in words."""

import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from clientnest.errors import Invalid, NotFound

# Unpacked; a larger export is split by its network into several files.
MAX_BYTES = 500_000_000

_GZIP = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
# What the first bytes give away; none of these is text.
_FORMATS = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive: save the sheet as CSV, or unpack the archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save the sheet as CSV",
    b"%PDF": "a PDF: download the report as CSV",
}
# Bytes that are no UTF-8 stand in the text as these characters.
UNDECODED = re.compile("[\udc80-\udcff]")
# What UTF-8 looks like after it was taken for latin-1 or Windows-1252.
_TWICE = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u2122]")


@dataclass(frozen=True, slots=True)
class Text:
    """A file as read. `content` is the file's own bytes, `assumed` what a person should know about the reading."""

    name: str
    content: bytes
    sha256: str
    lines: list[str]
    assumed: tuple[str, ...]
    may_be_decoded_twice: bool


def read(path: Path, name: str | None = None) -> Text:
    """`name` is the file's own name where `path` is a temporary one. Raises NotFound, Invalid."""
    name = name or path.name
    content = _content(path, name)
    assumed: list[str] = []
    data = content
    if content.startswith(_GZIP):
        data = _unpacked(content, name)
        assumed.append("The file is packed with gzip.")
    if not data.strip():
        raise Invalid(f"{name} is empty: download the report again.")
    text, encoding = _decoded(data, name)
    if encoding:
        assumed.append(encoding)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    digest = hashlib.sha256(content).hexdigest()
    return Text(name, content, digest, lines, tuple(assumed), bool(_TWICE.search(text)))


def repaired(text: str) -> str:
    """Text that was encoded twice, undone; unchanged where undoing is not exact."""
    if not _TWICE.search(text):
        return text
    for codec in ("latin-1", "cp1252"):
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return text


def storable(text: str) -> str:
    """The text with undecoded bytes written out, as the lake and the database can hold it."""
    if not UNDECODED.search(text):
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _content(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise Invalid(f"{name} is a folder: give a file, or several.")
    if not path.exists():
        raise NotFound(f"There is no file {path}.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Invalid(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: split it.")
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{name} cannot be read: {error.strerror}.") from error


def _unpacked(content: bytes, name: str) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid(f"{name} is packed with gzip and damaged: download it again.") from error
    if len(data) > MAX_BYTES:
        raise Invalid(f"{name} unpacks to more than {MAX_BYTES // 1_000_000} MB: split it.")
    return data


def _decoded(data: bytes, name: str) -> tuple[str, str | None]:
    """The text, and a sentence where it is not plain UTF-8."""
    for magic, what in _FORMATS.items():
        if data.startswith(magic):
            raise Invalid(f"{name} is {what}.")
    if data.startswith(_UTF16_BOMS):
        return data.decode("utf-16", "replace"), "The text is UTF-16."
    if b"\x00" in data[:65_536]:
        raise Invalid(f"{name} is not text: give the report as CSV.")
    try:
        return data.removeprefix(_UTF8_BOM).decode("utf-8"), None
    except UnicodeDecodeError:
        pass
    if _is_mostly_utf8(data):
        return data.removeprefix(_UTF8_BOM).decode("utf-8", "surrogateescape"), None
    try:
        return data.decode("cp1252"), "The text is not UTF-8 and is read as Windows-1252."
    except UnicodeDecodeError:
        return data.decode("latin-1"), "The text is not UTF-8 and is read as ISO 8859-1."


def _is_mostly_utf8(data: bytes) -> bool:
    """Whether most lines beyond ASCII are UTF-8: then the others are damaged, not of another encoding."""
    good = damaged = 0
    for line in data.split(b"\n"):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            damaged += 1
    return good > damaged
