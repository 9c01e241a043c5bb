"""Which document a call is judged by, and what was found in a whole run."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from tests.conformance.exchanges import Exchange
from tests.conformance.google import Google
from tests.conformance.meta import Meta
from tests.conformance.openapi import X
from tests.conformance.unspecified import BEYOND, NODES, reason

_CONTRACTS = Path(__file__).resolve().parents[3] / "shared" / "contracts"
_DISCOVERY = ("youtube.v3.json", "youtubeAnalytics.v2.json")
# The lists of graph.instagram.com, and what their types are called there.
_ONLY = "ForIGOnlyAPI"
_SHOWN = 20


class Document(Protocol):
    """What a network publishes about its calls. Requests and answers give what is wrong with them."""

    name: str

    def knows(self, exchange: Exchange) -> bool: ...

    def request(self, exchange: Exchange) -> list[str]: ...

    def answer(self, exchange: Exchange) -> list[str]: ...


@dataclass(frozen=True)
class Finding:
    """What is wrong with a call; `where` is request, answer or call."""

    network: str
    operation: str
    where: str
    what: str
    example: str

    def __str__(self) -> str:
        return f"{self.network} {self.operation} {self.where}: {self.what}  ({self.example})"


@dataclass
class Tally:
    """What was seen of a network."""

    document: str
    exchanges: int = 0
    ours: int = 0
    answers: int = 0
    faulted: int = 0
    operations: set[str] = field(default_factory=set)
    unspecified: Counter[str] = field(default_factory=Counter)
    undocumented: int = 0


@dataclass
class Run:
    """Findings, each once with how often, and tallies by network."""

    findings: Counter[Finding] = field(default_factory=Counter)
    tallies: dict[str, Tally] = field(default_factory=dict)

    def told(self) -> str:
        """For people: a line a network, then what is wrong."""
        lines = [
            f"{name}: {one.exchanges} exchanges, {len(one.operations)} operations; against {one.document}: "
            f"{one.ours} requests of ours, {one.answers} answers; {one.faulted} answered by faults, "
            f"{sum(one.unspecified.values())} listed as unspecified"
            for name, one in sorted(self.tallies.items())
        ]
        shown = [f"{times} x {finding}" for finding, times in self.findings.most_common(_SHOWN)]
        more = len(self.findings) - len(shown)
        return "\n".join(filter(None, [*lines, missing(), *shown, f"and {more} more" if more > 0 else None]))


def page(run: Run) -> str:
    """A run as a page of the documentation."""
    rows = [
        f"| {name} | {one.document} | {one.exchanges} | {len(one.operations)} | {one.ours} | {one.answers} |"
        f" {one.faulted} | {sum(finding.network == name for finding in run.findings)} |"
        for name, one in sorted(run.tallies.items())
    ]
    reasons = [
        f"| {name} | {why} | {times} |"
        for name, one in sorted(run.tallies.items())
        for why, times in sorted(one.unspecified.items())
    ]
    return "\n".join(
        [
            "# Conformance to published documents",
            "",
            "What the sandboxes of one whole test run were asked and answered, judged by the networks' documents.",
            "Requests are judged where the product asked, answers always, except those that a fault gave.",
            "Written by `python -m tests.conformance FOLDER --page FILE` from a run with `SANDBOX_RECORD=FOLDER`.",
            "",
            "| Network | Document | Exchanges | Operations | Our requests judged | Answers judged | Faults | Wrong |",
            "|---|---|---|---|---|---|---|---|",
            *rows,
            "",
            "Calls without a machine-readable document:",
            "",
            "| Network | Why, and what stands in for it | Exchanges |",
            "|---|---|---|",
            *reasons,
            "",
        ]
    )


def missing() -> str | None:
    """Why some networks are not judged, if so."""
    return None if _CONTRACTS.exists() else "X, Facebook and Instagram are not judged: ../shared/contracts is not there"


def judge(exchanges: Iterable[Exchange]) -> Run:
    """Every exchange against the document of its network."""
    run = Run()
    seen: dict[tuple[str, str, str, str], Finding] = {}
    for exchange in exchanges:
        network, operation = exchange.network, exchange.operation
        document = documents().get(network)
        tally = run.tallies.setdefault(network, Tally(document.name if document else "no document"))
        tally.exchanges += 1
        tally.operations.add(operation)
        for where, what in _found(exchange, document, tally):
            finding = Finding(network, operation, where, what, str(exchange))
            run.findings[seen.setdefault((network, operation, where, what), finding)] += 1
    return run


def _found(exchange: Exchange, document: Document | None, tally: Tally) -> Iterable[tuple[str, str]]:
    why = reason(exchange)
    if why is not None:
        tally.unspecified[why] += 1
    elif document is None:
        tally.undocumented += 1
    elif document.knows(exchange):
        # A call that is cut off at once has no body yet.
        if exchange.ours and exchange.fault != "reset_before_write":
            tally.ours += 1
            yield from (("request", what) for what in document.request(exchange))
        # Without a figure that died in the world an answer cannot be what the document promises.
        if exchange.fault is not None or exchange.poorer:
            tally.faulted += 1
        elif exchange.status is not None and exchange.answer is not None:
            tally.answers += 1
            yield from (("answer", what) for what in document.answer(exchange))
    elif exchange.ours or (exchange.status is not None and exchange.status < 400):
        yield "call", f"{exchange.method} is in no document and not listed in unspecified.py"


@cache
def documents() -> dict[str, Document]:
    """By network, those that are at hand: Google's come with its client, the others lie beside the project."""
    client = find_spec("googleapiclient")
    assert client is not None
    assert client.origin is not None
    cached = Path(client.origin).parent / "discovery_cache" / "documents"
    found: dict[str, Document] = {"youtube": Google(*(_read(cached / name) for name in _DISCOVERY))}
    if not _CONTRACTS.exists():
        return found
    x = _CONTRACTS / "x"
    found["x"] = X(_read(x / "openapi-2.167-post-naming.json.gz"), _read(x / "openapi-2.159-tweet-naming.json.gz"))
    lists = {path.stem: about for path in (_CONTRACTS / "meta").glob("*.json") if "apis" in (about := _read(path))}
    pages = {name: about for name, about in lists.items() if not name.endswith(_ONLY)}
    found["facebook"] = Meta("Meta's lists of nodes", pages | NODES, {}, BEYOND)
    own = {name: about for name, about in lists.items() if name.endswith(_ONLY) or name.startswith(("IG", "Ins"))}
    called = {"User": f"IGUser{_ONLY}", "Media": f"IGMedia{_ONLY}", "Comment": "IGComment"}
    found["instagram"] = Meta("Meta's lists of Instagram's nodes", own | NODES, called, BEYOND)
    return found


def _read(path: Path) -> Any:
    if path.suffix == ".gz":
        with gzip.open(path) as file:
            return json.load(file)
    return json.loads(path.read_text())
