"""What is asked for at the same time is carried out as one: one transaction for all that wait."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

One = TypeVar("One")
Result = TypeVar("Result")


class Together(Generic[One, Result]):
    """Calls of `carry_out`, which gives the results of what it is given, in order.

    The first call begins at once; those that come while it runs wait for its end and then go as one, `most` at a
    time. Where one of several cannot be carried out, each is carried out alone, beside the others: what is wrong with
    one is nobody else's trouble. So `carry_out` must bear being asked the same twice.
    """

    def __init__(self, carry_out: Callable[[Sequence[One]], Awaitable[Sequence[Result]]], most: int = 100) -> None:
        self._carry_out, self._most = carry_out, most
        self._waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, list[tuple[One, asyncio.Future[Result]]]] = (
            WeakKeyDictionary()
        )
        self._running: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()
        self._alone: set[asyncio.Task[None]] = set()

    async def __call__(self, one: One) -> Result:
        """Raises what `carry_out` raises for this one alone."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Result] = loop.create_future()
        self._waiting.setdefault(loop, []).append((one, result))
        running = self._running.get(loop)
        if running is None or running.done():
            self._running[loop] = loop.create_task(self._empty(self._waiting[loop]))
        return await result

    async def _empty(self, waiting: list[tuple[One, asyncio.Future[Result]]]) -> None:
        while waiting:
            now, waiting[: self._most] = waiting[: self._most], []
            if len(now) == 1:
                await self._one(*now[0])
                continue
            try:
                await self._all(now)
            except Exception:
                for one, future in now:
                    task = asyncio.create_task(self._one(one, future))
                    self._alone.add(task)
                    task.add_done_callback(self._alone.discard)

    async def _all(self, now: Sequence[tuple[One, asyncio.Future[Result]]]) -> None:
        results = await self._carry_out([one for one, _ in now])
        for (_, future), result in zip(now, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def _one(self, one: One, future: asyncio.Future[Result]) -> None:
        try:
            await self._all([(one, future)])
        except Exception as error:
            if not future.done():
                future.set_exception(error)
