"""From a file of people to the result of a trial. The file stays in the lake as it was received."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from clientnest.errors import Invalid, Problem
from clientnest.settings import settings
from scoring.trials.lift import FEWEST, lifts

if TYPE_CHECKING:
    import polars as pl

MOST_ARMS = 20
# A small file may unpack to any size.
MOST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`result` holds the fields of Lift per arm and outcome; `lake_path` is relative to the lake."""

    arms: list[str]
    outcomes: list[str]
    people: int
    lake_path: str
    result: dict[str, Any]


def evaluate(workspace_id: UUID, path: Path, *, arm: str, control: str, outcomes: Sequence[str] = ()) -> Evaluated:
    """Read the CSV (or .gz of one) at `path`, one row per person, work out the lifts, and keep the file.

    `arm` is the column that names each person's arm; without `outcomes` every other column of numbers is one. Raises
    Invalid, which says what to correct.
    """
    content = path.read_bytes()
    people = _people(content, arm)
    wanted = list(outcomes) or _numeric(people, arm)
    people = _checked(people, arm, control, wanted)
    found = lifts(people, arm, control, wanted)
    if not found:
        raise Invalid(f"Each arm needs {FEWEST} people whose outcome is known.", (Problem("file", "Add people."),))
    arms = sorted(people[arm].unique().to_list())
    return Evaluated(
        arms, wanted, people.height, _kept(workspace_id, content), {"lifts": [asdict(one) for one in found]}
    )


def _people(content: bytes, arm: str) -> "pl.DataFrame":
    """Every column as text; an empty field is null."""
    import polars as pl

    try:
        plain = _unpacked(content)
        people = pl.read_csv(plain, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError, OSError, EOFError, zlib.error) as error:
        problem = Problem("file", "Send a CSV with a header and one row per person.")
        raise Invalid("The file could not be read as CSV.", (problem,)) from error
    if arm not in people.columns:
        raise Invalid(f"The file has no column {arm!r}.", (Problem("arm", f"Choose from {_list(people.columns)}."),))
    return people


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    unpacking = zlib.decompressobj(wbits=31)
    plain = unpacking.decompress(content, MOST_BYTES)
    if unpacking.unconsumed_tail:
        raise Invalid("The file is too large unpacked.", (Problem("file", f"Send up to {MOST_BYTES:,} bytes."),))
    if not unpacking.eof:
        raise gzip.BadGzipFile("the file ends too early")
    return plain


def _numeric(people: "pl.DataFrame", arm: str) -> list[str]:
    """Columns in which every known value is a number."""
    import polars as pl

    numbers = people.select(pl.exclude(arm).cast(pl.Float64, strict=False))
    return [
        name for name in numbers.columns if 0 < numbers[name].count() == people[name].count() == _finite(numbers[name])
    ]


def _finite(values: "pl.Series") -> int:
    return int(values.is_finite().sum())


def _checked(people: "pl.DataFrame", arm: str, control: str, outcomes: Sequence[str]) -> "pl.DataFrame":
    """The arm and the outcomes as numbers. Raises Invalid."""
    import polars as pl

    absent = [name for name in outcomes if name not in people.columns or name == arm]
    if absent or not outcomes:
        known = _list([name for name in people.columns if name != arm])
        raise Invalid(f"There is no outcome {_list(absent)}.", (Problem("outcomes", f"Choose from {known}."),))
    nameless = people[arm].is_null()
    if nameless.any():
        line = int(nameless.arg_max() or 0) + 2
        raise Invalid("Somebody is in no arm.", (Problem("file", f"Line {line} names no {arm}."),))
    arms = sorted(people[arm].unique().to_list())
    if control not in arms or not 2 <= len(arms) <= MOST_ARMS:
        problem = Problem(
            "control", f"There must be 2 to {MOST_ARMS} arms, of which one is: {_list(arms[:MOST_ARMS])}."
        )
        raise Invalid(f"The file has no arm {control!r} beside another.", (problem,))
    numbers = people.select(arm, pl.col(outcomes).cast(pl.Float64, strict=False))
    for name in outcomes:
        wrong = people[name].is_not_null() & (numbers[name].is_null() | ~numbers[name].is_finite())
        if wrong.fill_null(True).any():
            line = int(wrong.fill_null(True).arg_max() or 0) + 2
            raise Invalid(f"{name} is not a number.", (Problem("file", f"Line {line}: {people[name][line - 2]!r}."),))
    return numbers


def _kept(workspace_id: UUID, content: bytes) -> str:
    """Where the file lies in the lake, by what is in it: the same file twice is one."""
    relative = Path("trials") / str(workspace_id) / hashlib.sha256(content).hexdigest()
    path = settings().lake / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return str(relative)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
