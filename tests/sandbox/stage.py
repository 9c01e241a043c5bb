"""A sandbox process for tests, and a person who signs in to it with a browser's means."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx

REDIRECT = "http://127.0.0.1:9/callback"


@dataclass(frozen=True)
class Stage:
    """A running sandbox, as its first line describes it."""

    control: str
    networks: dict[str, dict[str, Any]]
    # The shop, Stripe and PayPal.
    trade: dict[str, dict[str, Any]]

    def account(self, network: str, place: int = 0) -> str:
        """External id of the brand (0) or its rival (1)."""
        return str(self.networks[network]["accounts"][place]["external_id"])

    def http(self, network: str, place: int = 0, **headers: str) -> httpx.Client:
        """A client with the account's lasting token."""
        token = self.networks[network]["accounts"][place]["access_token"]
        return self.bare(network, authorization=f"Bearer {token}", **headers)

    def bare(self, network: str, **headers: str) -> httpx.Client:
        """A client without a token."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.Client(base_url=self.networks[network]["base_url"], headers=named, trust_env=False)

    def now(self) -> datetime:
        """The world's time."""
        found = httpx.get(f"{self.control}/clock").raise_for_status().json()
        return datetime.fromisoformat(found["now"]).astimezone(UTC)

    def advance(self, span: str) -> None:
        """Move the world's clock."""
        httpx.post(f"{self.control}/clock", json={"advance": span}).raise_for_status()

    def ledger(self, network: str) -> dict[str, Any]:
        """The truth at this moment: posts by id."""
        found = httpx.get(f"{self.control}/ledger", params={"network": network}).raise_for_status().json()
        return {post["external_id"]: post for post in found["posts"]}


@contextmanager
def running(seed: int = 1, state: Path | None = None, ago: str | None = None) -> Iterator[Stage]:
    """A sandbox process until the end of the block; with `state` it remembers, and ends without warning.

    Its clock begins `ago`, such as P14D.
    """
    command = [sys.executable, "-m", "sandbox", "--json", "--seed", str(seed)]
    if ago is not None:
        command += ["--ago", ago]
    if state is not None:
        command += ["--state", str(state)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = json.loads(process.stdout.readline())
        yield Stage(line["control"], line["networks"], {name: line[name] for name in ("shop", "stripe", "paypal")})
    finally:
        process.terminate() if state is None else process.kill()
        process.communicate(timeout=10)


class _Form(HTMLParser):
    """What a browser would send when Approve is pressed."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and (given.get("type") != "radio" or "checked" in given):
            self.fields[given["name"]] = given["value"]


def approve(http: httpx.Client, path: str, params: Mapping[str, str], decision: str = "approve") -> dict[str, str]:
    """Read the consent page, press a button, and take what comes back to the redirect address."""
    page = http.get(path, params=dict(params))
    assert page.status_code == 200, page.text
    form = _Form()
    form.feed(page.text)
    answer = http.post(path, data={**form.fields, "decision": decision})
    assert answer.status_code in (302, 303)
    location = answer.headers["location"]
    assert location.startswith(REDIRECT)
    return dict(parse_qsl(urlsplit(location).query))
