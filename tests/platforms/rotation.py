"""Two workers and one rotating refresh token: one renewal each time, and none refused.

`python -m tests.platforms.rotation --times 1000` does it so often for every network that rotates, with a database
and a sandbox of its own, and prints the figures. With `--worker` it is one of the two workers.
"""

import argparse
import asyncio
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from clientnest import credentials
from clientnest.database import run, system_unit_of_work
from clientnest.models import Account
from platforms.access import account_client
from platforms.errors import PlatformError

TIMES = "NEST_TEST_ROTATIONS"
# The sandbox remembers so many requests, and each renewal is one.
MOST_TIMES = 1900
_END = "update app.account_tokens set expires_at = now() where account_id = %s"
_ROOT = Path(__file__).parents[2]


@dataclass
class Figures:
    """What came of so many rounds."""

    rounds: int = 0
    tokens: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    disagreed: int = 0


async def rotate(account_id: UUID, database: str, times: int) -> Figures:
    """Let the token end `times` times; each time both workers need it at once."""
    figures = Figures()
    async with _worker(account_id) as one, _worker(account_id) as other:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute("set role nest_system")
            for _ in range(times):
                connection.execute(_END, [account_id])
                told = await asyncio.gather(_ask(one), _ask(other))
                figures.rounds += 1
                figures.refused += [answer["error"] for answer in told if "error" in answer]
                got = {answer["token"] for answer in told if "token" in answer}
                figures.disagreed += len(got) > 1
                figures.tokens |= got
    return figures


@asynccontextmanager
async def _worker(account_id: UUID) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.platforms.rotation",
        "--worker",
        str(account_id),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        # The end of its input is the end of its work.
        await process.communicate(b"")


async def _ask(worker: asyncio.subprocess.Process) -> dict[str, str]:
    assert worker.stdin is not None
    assert worker.stdout is not None
    worker.stdin.write(b"now\n")
    await worker.stdin.drain()
    answer: dict[str, str] = json.loads(await worker.stdout.readline())
    return answer


async def _work(account_id: UUID) -> None:
    """Act for the account at every line of the input; what that came to is a line of the output."""
    async with system_unit_of_work() as session:
        account = await session.get_one(Account, account_id)
    while await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(await _acted(account)) + "\n")
        sys.stdout.flush()


async def _acted(account: Account) -> dict[str, str]:
    """The token that the account has then, as a hash, or the error."""
    try:
        async with account_client(account), system_unit_of_work() as session:
            kept = await credentials.load(session, account.id)
    except PlatformError as error:
        return {"error": f"{type(error).__name__}: {error}"}
    return {"token": hashlib.sha256(kept.access.encode()).hexdigest()}


def main() -> int:
    """The exit code: 0 where every renewal went well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000, choices=range(1, MOST_TIMES + 1), metavar="N")
    parser.add_argument("--worker", type=UUID, metavar="ACCOUNT", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        run(_work(asked.worker))
        return 0
    os.environ[TIMES] = str(asked.times)
    return pytest.main(["-n", "0", "-q", "-s", str(Path(__file__).with_name("test_rotation.py"))])


if __name__ == "__main__":
    sys.exit(main())
