"""A process whose work stands still ends, so that its supervisor begins another and its leases run out."""

import asyncio
import contextlib
import faulthandler
import os
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from clientnest.database import longest_wait

T = TypeVar("T")

# Twice as long as a lease: by then others have taken over.
_STANDS_STILL = 120.0
# A unit of work may wait for a network that renews a token, and for nothing that takes longer.
_SILENT = 75.0
_EVERY = 5.0
_log = structlog.get_logger()


async def watched(main: Coroutine[Any, Any, T]) -> T:
    """What `main` gives. Ends the process when its loop does nothing for two minutes, with what its threads do in the
    log, and when PostgreSQL is silent for more than one."""
    awake = asyncio.create_task(_stay_awake())
    try:
        return await main
    finally:
        awake.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await awake
        faulthandler.cancel_dump_traceback_later()


async def _stay_awake() -> None:
    while True:
        faulthandler.dump_traceback_later(_STANDS_STILL, exit=True)
        if longest_wait() > _SILENT:
            _log.error("process.database_is_silent", seconds=round(longest_wait()))
            sys.stdout.flush()
            # Not by the way of exceptions, which would wait for the same connection.
            os._exit(1)
        await asyncio.sleep(_EVERY)
