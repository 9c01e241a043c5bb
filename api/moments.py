"""As known when: the moment that a request asks about, and what its answer says of it."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel, BeforeValidator, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.access import InWorkspace, Session
from api.apart import apart
from api.errors import ADD_A_ZONE
from clientnest import marts
from clientnest.errors import Invalid, NotReady, Problem
from clientnest.marts import Moment, Score

# A plus sign that nobody escaped arrives as a space.
_UNESCAPED_ZONE = re.compile(r"(:\d\d(?:\.\d+)?) (\d\d:?\d\d)$")
# Past moments whose scores are remembered; those never change.
_REMEMBERED = 32


def parsed(given: Any) -> Any:
    """A day or a moment with its zone, as it stands in a query. Raises ValueError."""
    if not isinstance(given, str):
        return given
    try:
        if ":" not in given and "T" not in given:
            return date.fromisoformat(given)
        moment = datetime.fromisoformat(_UNESCAPED_ZONE.sub(r"\1+\2", given))
    except ValueError as error:
        raise ValueError("Give a day such as 2026-11-22, or a time with its zone.") from error
    if moment.tzinfo is None:
        raise ValueError(ADD_A_ZONE)
    return moment


def _exact(given: Any) -> Any:
    if isinstance(found := parsed(given), date) and not isinstance(found, datetime):
        raise ValueError("Give a moment with its zone, such as 2026-11-22T10:00:00Z.")
    return found


_Exact = BeforeValidator(_exact)
AsOf = Annotated[
    datetime | None,
    _Exact,
    Query(description="As known then, by the networks' clocks: a moment with its zone. Now when left out."),
]
RecordedBy = Annotated[
    datetime | None,
    _Exact,
    Query(description="Of what ClientNest had recorded by then: `recorded_at` of an answer, to ask it again."),
]


class AsKnown(BaseModel):
    """Asked again with `as_of` and `recorded_by` set to these, the figures are the same for ever."""

    known_at: datetime | None = Field(description="As known then by the networks' clocks; null: all that was recorded.")
    recorded_at: datetime | None = Field(
        description="Of what ClientNest had recorded by then; null before the first modelling."
    )


async def _asked(session: Session, as_of: AsOf = None, recorded_by: RecordedBy = None) -> AsyncSession:
    if as_of is None and recorded_by is None:
        return session
    newest = await marts.newest_moment(session)
    for name, moment in (("as_of", as_of), ("recorded_by", recorded_by)):
        if moment is not None and moment > newest:
            message = f"Choose a moment up to {newest.isoformat(timespec='seconds')}: nothing later is known."
            raise Invalid("What will be known is not known yet.", (Problem(name, message),))
    modelled_at = await marts.modelled_at(session)
    if modelled_at is None:
        raise NotReady("The past can be asked about after the first modelling.")
    await marts.ask(session, Moment(as_of, min(recorded_by or modelled_at, modelled_at)))
    return session


# The request's transaction, reading figures as known at the moment that the request names.
Asked = Annotated[AsyncSession, Depends(_asked, scope="function")]


async def _scored(session: Asked, access: InWorkspace) -> AsyncSession:
    moment = marts.asked(session)
    if moment.is_past:
        await marts.ask(session, moment, await _scores(access.workspace_id, moment))
    return session


# The same, with the scores that posts had by then.
AskedWithScores = Annotated[AsyncSession, Depends(_scored, scope="function")]

_scores_known: dict[tuple[UUID, Moment], Sequence[Score]] = {}


async def _scores(workspace_id: UUID, moment: Moment) -> Sequence[Score]:
    key = (workspace_id, moment)
    if key not in _scores_known:
        found: Sequence[Score] = await apart("scoring.past:scores_as_known", workspace_id, moment)
        while len(_scores_known) >= _REMEMBERED:
            _scores_known.pop(next(iter(_scores_known)))
        _scores_known[key] = found
    return _scores_known[key]


async def as_known(session: AsyncSession) -> dict[str, Any]:
    """The fields of AsKnown."""
    moment = marts.asked(session)
    if moment.is_past:
        return {"known_at": moment.known_at, "recorded_at": moment.recorded_at}
    return {"known_at": None, "recorded_at": await marts.modelled_at(session)}
