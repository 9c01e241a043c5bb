"""/social/accounts/{id}/slots and /social/queue: usual times of the week, and the next of them that is free."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.access import InWorkspace, Session, guarded
from api.content.schemas import FindingOut
from api.content.written import draft_of
from api.publications.schemas import Scheduled, ScheduleOut
from api.slots.schemas import FreeOut, QueueIn, SlotOut, SlotsIn, SlotsOut
from clientnest import marts
from publishing.content import service as content
from publishing.planning import slots
from publishing.planning.slots import Slot
from publishing.publications import moments
from publishing.publications import service as publishing

router = APIRouter(prefix="/social", tags=["publications"])


@router.get("/accounts/{account_id}/slots", summary="Usual times of an account", **guarded("posts.read"))
async def read(account_id: UUID, session: Session) -> SlotsOut:
    return SlotsOut(slots=[SlotOut.model_validate(slot) for slot in await slots.read(session, account_id)])


@router.put("/accounts/{account_id}/slots", summary="Choose usual times of an account", **guarded("posts.publish"))
async def choose(account_id: UUID, body: SlotsIn, access: InWorkspace, session: Session) -> SlotsOut:
    """These and no others. What is planned already stays where it is."""
    wanted = [Slot(slot.weekday, slot.local_time, slot.zone) for slot in body.slots]
    chosen = await slots.choose(session, access.workspace_id, account_id, wanted)
    return SlotsOut(slots=[SlotOut.model_validate(slot) for slot in chosen])


@router.get("/accounts/{account_id}/slots/next-free", summary="The next free slots", **guarded("posts.read"))
async def next_free(
    account_id: UUID,
    session: Session,
    n: Annotated[int, Query(ge=1, le=100, description="How many; fewer where a year has no more.")] = 1,
) -> list[FreeOut]:
    """A slot is taken by what goes out on the account at that moment."""
    return [FreeOut.model_validate(moment) for moment in await slots.next_free(session, account_id, n)]


@router.post(
    "/queue", status_code=HTTPStatus.ACCEPTED, summary="Publish at the next free slot", **guarded("posts.publish")
)
async def queue(body: QueueIn, access: InWorkspace, session: Session) -> ScheduleOut:
    """On each account at its own next free slot; of two who ask at once each gets another one."""
    if body.post is not None:
        done = await slots.queue(session, access.workspace_id, access.person.id, draft_of(body.post))
    else:
        assert body.post_id is not None, "one of them is given"
        done = await slots.queue_draft(session, body.post_id)
    return ScheduleOut(
        post_id=done[0].post_id,
        publications=[
            Scheduled(**row, note=moments.again(row["scheduled_local"], row["scheduled_zone"]).note)
            for one in done
            if (row := await marts.publication(session, one.id))
        ],
        warnings=[
            FindingOut.model_validate(one)
            for one in await content.warnings(session, done, await publishing.now(session))
        ],
    )
