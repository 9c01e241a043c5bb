"""A process whose work stands still ends, so that its supervisor begins another and its leases run out."""

import asyncio
import contextlib
import faulthandler
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

# Twice as long as a lease: by then others have taken over.
_STANDS_STILL = 120.0
_EVERY = 5.0


async def watched(main: Coroutine[Any, Any, T]) -> T:
    """What `main` gives. Ends the process, with what its threads do in the log, when the loop does nothing else
    for two minutes."""
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
        await asyncio.sleep(_EVERY)
