"""Spans of time against rules that know nothing of how they are cut.

`python -m tests.platforms.windows --times 100000 --ask 300` generates windows over the reach of every operation,
and asks the sandbox for some of them over HTTP; it prints what was refused, and ends with 1 where anything was.
"""

import argparse
import asyncio
import importlib
import pkgutil
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import httpx

from platforms import PLATFORMS
from platforms.errors import PlatformError
from platforms.platform import PostRef, Window
from platforms.registration import App, Token
from platforms.windows import Reach, cut
from tests.sandbox.stage import Stage, running

SECOND = timedelta(seconds=1)
# How near to the edge of a network's history nobody asks.
EDGE = timedelta(minutes=1) + SECOND
LONGEST_DAY = timedelta(hours=26)
ZONES = ("UTC", "America/Los_Angeles", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia", "Europe/Berlin")


def declared() -> dict[str, Reach]:
    """The reach of every operation of every network, by `<network>.<operation>`."""
    found: dict[str, Reach] = {}
    for name in PLATFORMS:
        package = importlib.import_module(f"platforms.{name}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            reaches: dict[str, Reach] = getattr(importlib.import_module(module.name), "REACHES", {})
            found |= {f"{name}.{operation}": reach for operation, reach in reaches.items()}
    return found


def examples() -> dict[str, Reach]:
    """Reaches that no network has, for what networks may still come up with."""
    return {
        "of minutes": Reach(timedelta(minutes=15), timedelta(minutes=5), history=timedelta(days=7), lag=10 * SECOND),
        "without end": Reach(timedelta(days=5000)),
        "late": Reach(timedelta(days=30), timedelta(days=15), lag=timedelta(days=2)),
        "ahead": Reach(timedelta(days=30), lag=-timedelta(hours=25), zone=ZoneInfo("UTC")),
        **{
            f"days of {zone}, {longest} at most": Reach(
                timedelta(days=longest), timedelta(hours=1), ZoneInfo(zone), timedelta(days=900)
            )
            for zone in ZONES
            for longest in (1, 2, 90)
        },
    }


def refusal(span: Window, reach: Reach, now: datetime) -> str | None:
    """Why a network would refuse a span; None where it would not."""
    length = span.end - span.start
    if length <= timedelta(0):
        return "it ends before it begins"
    if span.start.microsecond or span.end.microsecond:
        return "networks count in whole seconds"
    if span.end > now - reach.lag:
        return "it is too new"
    if reach.history is not None and span.start < now - reach.history:
        return "it is too old"
    if reach.zone is not None:
        return _days_refusal(span, reach, now, reach.zone)
    if length > reach.longest:
        return "it is too long"
    return "it is too short" if length < reach.shortest else None


def _days_refusal(span: Window, reach: Reach, now: datetime, zone: ZoneInfo) -> str | None:
    first, last = (moment.astimezone(zone).date() for moment in (span.start, span.end - SECOND))
    if not _begins_a_day(span.start, zone):
        return "it begins within a day"
    if first != last and span.end - span.start > reach.longest:
        return "it is too long"
    if not _begins_a_day(span.end, zone):
        if now - reach.lag - span.end >= SECOND:
            return "it ends within a day that is over"
        if first == last and span.end - span.start < reach.shortest:
            return "it is too short"
    return None


def _begins_a_day(moment: datetime, zone: ZoneInfo) -> bool:
    return (moment - SECOND).astimezone(zone).date() < moment.astimezone(zone).date()


def omission(window: Window, spans: list[Window], reach: Reach, now: datetime) -> str | None:
    """Which part of a window was not asked for, though the network would answer; None where there is none."""
    for one, following in pairwise(spans):
        if one.end != following.start:
            return f"a gap or an overlap at {one.end}"
    edge = now - reach.history + EDGE if reach.history is not None else None
    oldest = window.start if edge is None else max(window.start, edge)
    newest = min(window.end, now - reach.lag)
    # The first day of the history cannot be asked for whole.
    whole = LONGEST_DAY if reach.zone and edge and window.start - edge < LONGEST_DAY else timedelta(0)
    rest = newest - oldest - whole - SECOND
    if not spans:
        return f"nothing of {rest} was asked for" if rest > reach.shortest else None
    if spans[0].start > oldest + whole:
        return f"it begins at {spans[0].start}"
    if newest - spans[-1].end > (max(reach.shortest, SECOND) if reach.zone else SECOND):
        return f"it ends at {spans[-1].end}"
    return None


@dataclass(frozen=True)
class Case:
    """One window at one moment."""

    operation: str
    window: Window
    now: datetime

    def complaint(self, reach: Reach) -> str | None:
        """What is wrong with its spans."""
        spans = cut(self.window, reach, self.now)
        refused = [f"{span}: {why}" for span in spans if (why := refusal(span, reach, self.now))]
        return refused[0] if refused else omission(self.window, spans, reach, self.now)


def cases(reaches: dict[str, Reach], times: int, seed: int = 1) -> Iterator[Case]:
    """First runs, resumed ones and odd ones, with the clock at any moment of some years."""
    chance = random.Random(seed)
    names = sorted(reaches)
    epoch = datetime(2024, 1, 1, tzinfo=UTC)
    for _ in range(times):
        now = epoch + timedelta(seconds=chance.randrange(4 * 366 * 86_400), microseconds=chance.randrange(10**6))
        back = chance.choice((timedelta(minutes=7), timedelta(hours=1), timedelta(days=3), timedelta(days=1000)))
        start = now - back * chance.random() - timedelta(microseconds=chance.randrange(10**6))
        end = chance.choice((now, now + timedelta(days=1), start + (now - start) * chance.random()))
        yield Case(chance.choice(names), Window(start, end), now)


async def ask(stage: Stage, network: str, calls: int, seed: int = 1) -> tuple[int, list[str]]:
    """Ask the sandbox for windows with our client, the clock at any minute; answers asked for, and refusals."""
    chance, sheet, told = random.Random(seed), PLATFORMS[network], stage.networks[network]
    app = App(told["client_id"], told["client_secret"], told["base_url"])
    refused: list[str] = []
    asked = 0
    async with httpx.AsyncClient() as http:
        token = Token(told["accounts"][0]["access_token"])
        while asked < calls:
            stage.advance(f"PT{chance.randrange(1, 180)}M")
            now = stage.now()
            client = sheet.client(app, token, stage.account(network), http)
            start = now - timedelta(days=120) * chance.random()
            window = Window(start, min(start + timedelta(days=6) * chance.random(), now))
            for resource in sheet.resources:
                try:
                    async for _ in resource.fetch(client, window, _posts(stage, network, now)):
                        asked += 1
                except PlatformError as error:
                    refused.append(f"{network} {resource.table} {window}: {error}")
    return asked, refused


def _posts(stage: Stage, network: str, now: datetime) -> list[PostRef]:
    """A post of some days ago."""
    aged = [(datetime.fromisoformat(post["created_at"]), post) for post in stage.ledger(network).values()]
    return [
        PostRef(post["external_id"], post["kind"], at)
        for at, post in aged
        if post["account"] == stage.account(network) and timedelta(days=1) < now - at < timedelta(days=20)
    ][:1]


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.platforms.windows", description=__doc__)
    parser.add_argument("--times", type=int, default=100_000)
    parser.add_argument("--ask", type=int, default=0, help="answers to ask the sandbox for, of each network")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(argv)
    reaches = declared() | examples()
    wrong = [
        f"{case.operation}: {complaint} ({case})"
        for case in cases(reaches, asked.times, asked.seed)
        if (complaint := case.complaint(reaches[case.operation]))
    ]
    sys.stdout.write(f"{asked.times} windows over {len(reaches)} reaches, {len(wrong)} wrong\n")
    if asked.ask:
        with running() as stage:
            for network in PLATFORMS:
                count, refused = asyncio.run(ask(stage, network, asked.ask, asked.seed))
                sys.stdout.write(f"{network}: {count} answers over HTTP, {len(refused)} refused\n")
                wrong += refused
    sys.stdout.writelines(f"{line}\n" for line in wrong[:10])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
