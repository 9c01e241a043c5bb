"""/recurrences: posts that come again."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from api.access import InWorkspace, Session, guarded
from api.recurrences.schemas import RecurrenceDetail, RecurrenceIn, RecurrenceOut, TimeOut
from clientnest.models import Recurrence
from publishing.planning import recurrences

router = APIRouter(prefix="/recurrences", tags=["publications"])


@router.get("", summary="Recurring posts", **guarded("posts.read"))
async def list_recurrences(session: Session) -> list[RecurrenceOut]:
    """The newest first."""
    return [RecurrenceOut(**_told(found)) for found in await recurrences.listed(session)]


@router.post("", summary="Have a post come again", status_code=HTTPStatus.CREATED, **guarded("posts.publish"))
async def add(body: RecurrenceIn, access: InWorkspace, session: Session) -> RecurrenceDetail:
    """Its posts are planned two weeks ahead, each once, on the wall clock of the zone; drafts where posts are approved
    first."""
    return await _detail(session, await recurrences.add(session, access.workspace_id, access.person.id, body.plan))


@router.get("/{recurrence_id}", summary="One recurring post with its times", **guarded("posts.read"))
async def read(recurrence_id: UUID, session: Session) -> RecurrenceDetail:
    return await _detail(session, await recurrences.read(session, recurrence_id))


@router.put("/{recurrence_id}", summary="Other words or another rule", **guarded("posts.publish"))
async def change(recurrence_id: UUID, body: RecurrenceIn, session: Session) -> RecurrenceDetail:
    """What was planned of it and has not begun is cancelled and planned anew."""
    return await _detail(session, await recurrences.change(session, recurrence_id, body.plan))


@router.post("/{recurrence_id}/pause", summary="Stop it for a while", **guarded("posts.publish"))
async def pause(recurrence_id: UUID, session: Session) -> RecurrenceDetail:
    """What was planned of it and has not begun is cancelled."""
    return await _detail(session, await recurrences.pause(session, recurrence_id))


@router.post("/{recurrence_id}/resume", summary="Go on with it", **guarded("posts.publish"))
async def resume(recurrence_id: UUID, session: Session) -> RecurrenceDetail:
    """What would have come in between is left out."""
    return await _detail(session, await recurrences.resume(session, recurrence_id))


@router.post("/{recurrence_id}/end", summary="End it", **guarded("posts.publish"))
async def end(recurrence_id: UUID, session: Session) -> RecurrenceDetail:
    """What was planned of it and has not begun is cancelled."""
    return await _detail(session, await recurrences.end(session, recurrence_id))


async def _detail(session: Session, recurrence: Recurrence) -> RecurrenceDetail:
    times = [
        TimeOut(
            number=one.number,
            at=one.moment.at,
            local=one.local,
            post_id=one.post_id,
            problem=one.problem,
            note=one.moment.note,
        )
        for one in await recurrences.times(session, recurrence)
    ]
    return RecurrenceDetail(**_told(recurrence), post=recurrence.draft, times=times)


def _told(recurrence: Recurrence) -> dict[str, Any]:
    names = ("id", "name", "status", "rule", "starts_at", "zone", "created_at", "updated_at")
    told = {name: getattr(recurrence, name) for name in names}
    return {**told, "text": recurrence.draft["content"]["text"], "account_ids": recurrence.draft["account_ids"]}
