"""The world's clock: real time plus an offset that can be moved forward.

Within one request it stands still, so that the Date of an answer is the moment of its figures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_held: ContextVar[datetime | None] = ContextVar("held", default=None)


class Clock:
    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Aware, UTC."""
        return _held.get() or datetime.now(UTC) + self.offset

    def advance(self, span: timedelta) -> None:
        self.offset += span
        if (held := _held.get()) is not None:
            _held.set(held + span)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        token = _held.set(datetime.now(UTC) + self.offset)
        try:
            yield
        finally:
            _held.reset(token)
