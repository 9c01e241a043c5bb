"""Heavy work in a process of its own that ends with it, so that this one stays small and quick to answer."""

import asyncio
import importlib
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

# One at a time: each may take a few hundred MB.
_turn = asyncio.Semaphore(1)


async def apart(work: str, *args: Any, **kwargs: Any) -> Any:
    """The result of `work`, a function named as `package.module:name`, so that its module is loaded there only.

    Arguments, result and errors travel pickled. Where the caller goes away, the work is still done.
    """
    async with _turn:
        pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        try:
            return await asyncio.wrap_future(pool.submit(_call, work, args, kwargs))
        finally:
            pool.shutdown(wait=False)


def _call(work: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    module, _, name = work.partition(":")
    return getattr(importlib.import_module(module), name)(*args, **kwargs)
