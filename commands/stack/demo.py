"""Fills the demo workspace through the doors that a person would use: the API, the networks' consent pages, Dagster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from clientnest.settings import settings
from commands.stack import world
from commands.stack.installation import Installation
from commands.stack.orchestrating import Told, orchestrate
from commands.stack.world import answered

EMAIL = "demo@clientnest.example"
DAYS = 180
# The world is read twice: so long before now, and now. What changed between is what "As known on" tells apart.
FIRST_LOOK = timedelta(days=7)


def login(installation: Installation) -> dict[str, Any]:
    """The demo owner's session, made with the account on the first time."""
    password = installation.kept.demo_password
    with api() as door:
        answer = door.post("/auth/login", json={"email": EMAIL, "password": password})
        if answer.status_code == 401:
            new = {
                "email": EMAIL,
                "password": password,
                "name": "Demo Owner",
                "organization": "Demo Agency",
                "workspace": _brand(installation),
                "timezone": "Europe/Oslo",
            }
            answer = door.post("/auth/register", json=new)
        return answered(answer, "The demo owner could not sign in")


def connect(session: dict[str, Any], name: str) -> None:
    """Connect the brand's account on a network as a person does, again where it was."""
    failed = f"{name} could not be connected"
    with api(session) as door:
        begun = answered(door.post("/social/accounts/connect", json={"platform": name}), failed)
        back = world.approve(begun["authorize_url"])
        answered(door.get(back, headers={"Accept": "application/json"}), failed)


def first_look(installation: Installation, told: Told) -> None:
    """180 days from every network, those that were over a week ago, as they stood then; `told` hears each step."""
    today = datetime.now(UTC).date()
    last = today - FIRST_LOOK - timedelta(days=1)
    orchestrate(installation, told, "load", since=today - timedelta(days=DAYS), until=last)


def last_look(installation: Installation, told: Told) -> None:
    """What happened since and what is due, then dbt, scores and a first report."""
    today = datetime.now(UTC).date()
    orchestrate(installation, told, "history", since=today - FIRST_LOOK - timedelta(days=3), until=today)


def finish(installation: Installation) -> None:
    installation.kept.demo_ready = True
    installation.save()


def api(session: dict[str, Any] | None = None) -> httpx.Client:
    """Ours, signed in where there is a session."""
    headers = {"Authorization": f"Bearer {session['access_token']}"} if session else {}
    return httpx.Client(base_url=settings().api_url, headers=headers, timeout=60, trust_env=False)


def _brand(installation: Installation) -> str:
    """The brand's name in this world: what the first account is called."""
    networks = world.told(installation)["networks"]
    return str(next(iter(networks.values()))["accounts"][0]["name"])
