"""What is asked for at the same time is carried out as one."""

import asyncio
from collections.abc import Sequence

from clientnest.together import Together


class Doubler:
    """Doubles numbers and remembers in which batches; it cannot bear 13."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        await asyncio.sleep(0.01)
        if 13 in numbers:
            raise ValueError("unlucky")
        return [2 * number for number in numbers]


async def test_what_waits_meanwhile_goes_as_one() -> None:
    doubler = Doubler()
    double = Together(doubler)
    assert await asyncio.gather(*(double(number) for number in range(10))) == [2 * number for number in range(10)]
    assert doubler.batches == [list(range(10))]
    first = asyncio.create_task(double(1))
    await asyncio.sleep(0.001)
    assert list(await asyncio.gather(first, double(2), double(3))) == [2, 4, 6]
    assert doubler.batches[1:] == [[1], [2, 3]]


async def test_a_batch_has_an_end() -> None:
    doubler = Doubler()
    double = Together(doubler, most=4)
    await asyncio.gather(*(double(number) for number in range(10)))
    assert [len(batch) for batch in doubler.batches] == [4, 4, 2]


async def test_what_cannot_be_carried_out_is_nobody_elses_trouble() -> None:
    double = Together(Doubler())
    results = await asyncio.gather(*(double(number) for number in (1, 13, 2)), return_exceptions=True)
    assert (results[0], results[2]) == (2, 4)
    assert isinstance(results[1], ValueError)
    assert await double(5) == 10


async def test_who_gave_up_waiting_disturbs_nobody() -> None:
    double = Together(Doubler())
    waiting = [asyncio.create_task(double(number)) for number in range(3)]
    await asyncio.sleep(0.001)
    waiting[1].cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert (results[0], results[2]) == (0, 4)
    assert isinstance(results[1], asyncio.CancelledError)


def test_every_loop_has_its_own() -> None:
    double = Together(Doubler())
    assert [asyncio.run(_once(double)) for _ in range(2)] == [6, 6]


async def _once(double: Together[int, int]) -> int:
    return await double(3)
