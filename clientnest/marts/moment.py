"""Which moment a session asks about: decided once, here, and read by every function over the marts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Moment:
    """What was known at `known_at` by the networks' clocks, of what had been recorded by `recorded_at` on ours.

    None is no limit; a moment without either is now.
    """

    known_at: datetime | None = None
    recorded_at: datetime | None = None

    @property
    def is_past(self) -> bool:
        return self.known_at is not None or self.recorded_at is not None

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a transaction that `app.known_at()` and `app.recorded_at()` read.

        The planner takes what comes out of the views of the past for a handful of rows, and would loop over them.
        """
        return {
            "enable_nestloop": "off" if self.is_past else "on",
            "nest.known_at": self.known_at.isoformat() if self.known_at else "",
            "nest.recorded_at": self.recorded_at.isoformat() if self.recorded_at else "",
        }


NOW = Moment()


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100 against `n` posts of `basis`."""

    post_key: str
    score: float
    basis: str
    n: int


# Scores of a workspace's posts as they were known then: scoring's to make, whoever asks brings them.
ScoresAsKnown = Callable[[UUID, Moment], Sequence[Score]]


async def ask(session: AsyncSession, moment: Moment, scores: Sequence[Score] = ()) -> None:
    """From here to the end of its transaction, the session reads the figures as known at that moment.

    `scores` are those of that moment; today's are not looked at when the past is asked about.
    """
    await point(session, moment)
    session.info["nest.moment"] = moment
    session.info["nest.scores"] = tuple(scores)
    session.info["nest.held"] = ()


async def point(session: AsyncSession, moment: Moment) -> None:
    """Says to the database which moment `known` is about, for a query that names `known` beside `marts`."""
    for name, value in moment.settings.items():
        await session.execute(text("select set_config(:name, :value, true)"), {"name": name, "value": value})


def asked(session: AsyncSession) -> Moment:
    """What `ask` was given last; now where nothing was asked."""
    moment: Moment = session.info.get("nest.moment", NOW)
    return moment


def scores_asked(session: AsyncSession) -> Sequence[Score]:
    scores: Sequence[Score] = session.info.get("nest.scores", ())
    return scores


def place(session: AsyncSession, mart: str) -> str:
    """Where a mart is read: in `marts`, or in `known`, the same marts as views over `raw` up to the moment that is
    asked about; one that `hold` worked out, there."""
    if mart in session.info.get("nest.held", ()):
        return held(mart)
    return f"known.{mart}" if asked(session).is_past else f"marts.{mart}"


def held(mart: str) -> str:
    return f"pg_temp.held_{mart}"
