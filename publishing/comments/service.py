"""What follows a post: planned with it, written once it is live.

No network tells comments apart that say the same, and none takes a key. So a comment is `sending` before its first
byte leaves, and what was not answered is never sent again: a person looks.
"""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import events
from clientnest.database import system_unit_of_work
from clientnest.errors import NestError
from clientnest.models import Account, FirstComment, Publication
from platforms import PLATFORMS
from platforms.access import account_client
from platforms.errors import PlatformError, RateLimited, ReconnectNeeded, Rejected, Unavailable
from publishing.comments import repository
from publishing.content.written import Content

_LEASE = timedelta(minutes=2)
_PAUSE = timedelta(minutes=1)
# A network that is away or keeps limiting for so many attempts is a matter for a person.
_MAX_ATTEMPTS = 12
_UNSURE = "It is not known whether the first comment is there: look, and write it by hand where it is not."
_log = structlog.get_logger()


async def plan(session: AsyncSession, contents: Sequence[tuple[Publication, Content]]) -> None:
    """Have what is written follow each publication."""
    texts = [
        (publication, None if publication.assisted else content.first_comment) for publication, content in contents
    ]
    await repository.replace(session, texts)


async def work_one() -> bool:
    """Write the one that waits longest; False when none does."""
    async with system_unit_of_work() as session:
        await repository.give_up_on_the_dead(session, _UNSURE)
        comment = await repository.claim(session, _LEASE)
        if comment is None:
            return False
        publication = await session.get_one(Publication, comment.publication_id)
        account = await session.get_one(Account, publication.account_id)
    try:
        external_id = await _written(account, publication, comment)
    except Exception as error:
        if not isinstance(error, (PlatformError, NestError)):
            _log.exception("comments.attempt_broke", publication_id=str(publication.id))
        await _put_off(comment, error)
    else:
        await _end(comment, "posted", external_id=external_id)
    return True


async def _written(account: Account, publication: Publication, comment: FirstComment) -> str:
    write = PLATFORMS[account.platform].comment
    assert write is not None, "the check refuses comments where there are none"
    assert publication.external_id is not None, "only what has its id is claimed"
    async with account_client(account) as client:
        return await write(client, publication.external_id, comment.text)


async def _put_off(comment: FirstComment, error: Exception) -> None:
    """What the error says of whether it is there decides."""
    if isinstance(error, (RateLimited, Unavailable)) and comment.attempt < _MAX_ATTEMPTS:
        pause = error.retry_after if isinstance(error, RateLimited) else _PAUSE
        async with system_unit_of_work() as session:
            await repository.end(session, comment, status="waiting", due_at=func.now() + pause)
    elif isinstance(error, (Rejected, ReconnectNeeded, NestError, RateLimited, Unavailable)):
        await _end(comment, "failed", problem=str(error))
    else:
        await _end(comment, "needs_person", problem=_UNSURE)


async def _end(comment: FirstComment, status: str, **values: str) -> None:
    async with system_unit_of_work() as session:
        await repository.end(session, comment, status=status, **values)
        payload = {"publication_id": str(comment.publication_id), "status": status}
        await events.record(session, comment.workspace_id, "publication.first_comment", **payload)
