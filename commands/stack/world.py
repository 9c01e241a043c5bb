"""The demo world from outside: its clock, its shop, and consent as a person gives it."""

import html.parser
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import httpx

from clientnest.errors import NestError, NotReady
from commands.stack.installation import Installation

# So far back its clock begins, that posts which go out first have lived for weeks when a person first looks.
BEGINS = timedelta(days=26)


class DemoFailed(NestError):
    """A step of the demo did not work; what was done stays, and `./nest up` goes on from there."""


def told(installation: Installation) -> dict[str, Any]:
    """What the world said when it started. Raises NotReady."""
    world = installation.world()
    if world is None:
        raise NotReady("The demo world has not started.")
    return world


def move(installation: Installation, ago: timedelta) -> None:
    """Let its clock come to so long before now; it never goes back."""
    behind = -timedelta(seconds=ask(installation, "/clock")["offset_seconds"])
    if behind > ago:
        ask(installation, "/clock", advance=f"PT{int((behind - ago).total_seconds())}S")


def disturb(installation: Installation) -> str:
    """What networks do to figures that they have told: as of its clock some are corrected, and one falls."""
    corrected = _lively(installation, "instagram")
    likes = corrected["counters"]["likes"]
    _plant(installation, "instagram", corrected, kind="correction", counter="likes", delta=-max(1, likes // 20))
    corrected = _lively(installation, "facebook")
    _plant(installation, "facebook", corrected, kind="correction", counter="comments", delta=7)
    # By more than comes until the next look.
    _plant(installation, "tiktok", _lively(installation, "tiktok"), kind="counter_falls", counter="likes", share=0.4)
    return "two figures corrected, one fallen"


def _lively(installation: Installation, network: str) -> dict[str, Any]:
    """The brand's newest post that people have had some days to see."""
    ours = told(installation)["networks"][network]["accounts"][0]["external_id"]
    found = ask(installation, f"/ledger?network={network}")
    last = (datetime.fromisoformat(found["at"]) - timedelta(days=3)).isoformat()
    posts = [post for post in found["posts"] if post["account"] == ours and post["created_at"] < last]
    return dict(max(posts, key=lambda post: post["created_at"]))


def _plant(installation: Installation, network: str, post: dict[str, Any], **what: Any) -> None:
    ask(installation, "/world", network=network, post=post["external_id"], **what)


def ask(installation: Installation, path: str, **body: Any) -> dict[str, Any]:
    """What it answers at its control port: POST where something is said, GET otherwise."""
    with httpx.Client(base_url=told(installation)["control"], timeout=120, trust_env=False) as control:
        return answered(control.post(path, json=body) if body else control.get(path), "The demo world refused")


def answered(answer: httpx.Response, failed: str) -> dict[str, Any]:
    """Its JSON. Raises DemoFailed."""
    if answer.is_success:
        return dict(answer.json())
    raise DemoFailed(f"{failed}: {answer.status_code} {answer.text[:300]}")


def approve(authorize_url: str) -> str:
    """Read a consent page, press its button; answers the address that the network sends the person back to."""
    with httpx.Client(timeout=30, trust_env=False) as browser:
        page = browser.get(authorize_url, follow_redirects=True)
        form = _Form()
        form.feed(page.text)
        sent = browser.post(urljoin(str(page.url), form.action), data=form.fields)
    if not sent.has_redirect_location:
        raise DemoFailed(f"The consent page of {page.url.host}:{page.url.port} did not lead back: {sent.status_code}.")
    return sent.headers["location"]


class _Form(html.parser.HTMLParser):
    """The first form of a page: where it goes and what its fields hold, the first choice of each radio."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.action = values.get("action") or ""
        name, value = values.get("name"), values.get("value") or ""
        wanted = tag == "input" or (tag == "button" and value == "approve")
        if wanted and name and name not in self.fields:
            self.fields[name] = value
