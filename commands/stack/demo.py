"""Fills the demo workspace through the doors that a person would use: the API, the networks' consent pages, Dagster."""

import html.parser
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import httpx

from clientnest.errors import NestError, NotReady
from clientnest.settings import settings
from commands.stack.installation import Installation
from commands.stack.orchestrating import Told, orchestrate

EMAIL = "demo@clientnest.example"
DAYS = 180


class DemoFailed(NestError):
    """A step of the demo did not work; what was done stays, and `./nest up` goes on from there."""


def login(installation: Installation) -> dict[str, Any]:
    """The demo owner's session, made with the account on the first time."""
    password = installation.kept.demo_password
    with _api() as api:
        answer = api.post("/auth/login", json={"email": EMAIL, "password": password})
        if answer.status_code == 401:
            new = {
                "email": EMAIL,
                "password": password,
                "name": "Demo Owner",
                "organization": "Demo Agency",
                "workspace": _brand(installation),
                "timezone": "Europe/Oslo",
            }
            answer = api.post("/auth/register", json=new)
        return _json(answer, "The demo owner could not sign in")


def connect(session: dict[str, Any], name: str) -> str:
    """Connect the brand's account on a network as a person does; answers what was connected."""
    with _api(session) as api:
        connected = _json(api.get("/social/accounts"), "Accounts could not be listed")["items"]
        if mine := [account["name"] for account in connected if account["platform"] == name]:
            return ", ".join(mine)
        begun = _json(api.post("/social/accounts/connect", json={"platform": name}), f"{name} could not be connected")
        with httpx.Client(timeout=30, trust_env=False) as browser:
            back = _approve(browser, begun["authorize_url"])
        done = _json(api.get(back, headers={"Accept": "application/json"}), f"{name} could not be connected")
    return ", ".join(account["name"] for account in done["accounts"])


def history(installation: Installation, told: Told) -> None:
    """180 days from every network through Dagster, dbt, scores and a first report; `told` hears each step."""
    today = datetime.now(UTC).date()
    orchestrate(installation, told, "history", since=today - timedelta(days=DAYS), until=today)


def finish(installation: Installation) -> None:
    installation.kept.demo_ready = True
    installation.save()


def _brand(installation: Installation) -> str:
    """The brand's name in this world: what the first account is called."""
    world = installation.world()
    if world is None:
        raise NotReady("The demo world has not started.")
    return str(next(iter(world["networks"].values()))["accounts"][0]["name"])


def _api(session: dict[str, Any] | None = None) -> httpx.Client:
    headers = {"Authorization": f"Bearer {session['access_token']}"} if session else {}
    return httpx.Client(base_url=settings().api_url, headers=headers, timeout=60, trust_env=False)


def _json(answer: httpx.Response, failed: str) -> dict[str, Any]:
    if answer.is_success:
        return dict(answer.json())
    raise DemoFailed(f"{failed}: {answer.status_code} {answer.text[:300]}")


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


def _approve(browser: httpx.Client, authorize_url: str) -> str:
    """Read the consent page, press its button; answers the address that the network sends the person back to."""
    page = browser.get(authorize_url, follow_redirects=True)
    form = _Form()
    form.feed(page.text)
    sent = browser.post(urljoin(str(page.url), form.action), data=form.fields)
    if not sent.has_redirect_location:
        raise DemoFailed(f"The consent page of {page.url.host}:{page.url.port} did not lead back: {sent.status_code}.")
    return sent.headers["location"]
