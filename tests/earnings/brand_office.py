"""A brand's office: our API and worker as processes, its accounts on a sandbox's networks, its shop connected."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import run, unit_of_work
from clientnest.models import Account
from identity import tokens
from tests.conftest import free_port, running, until
from tests.dbt.conftest import new_warehouse
from tests.sandbox.stage import Stage

_STRIPE, _PAYPAL = "whsec_of_the_office", "WH-OF-THE-OFFICE"


@dataclass(frozen=True)
class Office:
    """One workspace, signed in to the API as its owner."""

    url: str
    workspace_id: UUID
    stage: Stage
    api: httpx.Client
    accounts: dict[str, UUID]

    def asked(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.api.post(path, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def publish(self, text: str, *, short: bool, **more: Any) -> dict[str, str]:
        """A post with a link to the shop on every account, live; the networks' ids of it."""
        link = f"{self.stage.trade['shop']['base_url']}/beans?size=250"
        asked = self.asked(
            "/social/publish",
            account_ids=[str(one) for one in self.accounts.values()], text=text, link=link,
            tracking={"short": short}, **more,
        )  # fmt: skip
        return {one["platform"]: self._live(one["id"]) for one in asked["publications"]}

    def connect_shop(self, **settings: Any) -> None:
        """Open the doors, and tell the shop, Stripe and PayPal where they are."""
        doors = {
            "server": self.asked("/conversions/sources", kind="server", name="Shop"),
            "stripe": self.asked("/conversions/sources", kind="stripe", name="Stripe", secret=_STRIPE),
            "paypal": self.asked("/conversions/sources", kind="paypal", name="PayPal", secret=_PAYPAL),
        }
        told = {
            "server": {"url": doors["server"]["address"], "secret": doors["server"]["secret"]},
            "stripe": {"url": doors["stripe"]["address"], "secret": _STRIPE},
            "paypal": {"url": doors["paypal"]["address"], "webhook_id": _PAYPAL},
        }
        httpx.post(f"{self.stage.control}/shop", json={**told, **settings}).raise_for_status()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def _live(self, publication: str) -> str:
        found: dict[str, Any] = {}

        def named() -> bool:
            found.update(self.api.get(f"/social/publications/{publication}").raise_for_status().json())
            return found["status"] == "failed" or bool(found["external_id"])

        until(named, 60, "the post at the network")
        assert found["status"] == "published", found
        return str(found["external_id"])


@contextmanager
def office(url: str, stage: Stage, networks: tuple[str, ...], folder: Path) -> Iterator[Office]:
    """Until the end of the block, on a database that is migrated."""
    port, warehouse = free_port(), new_warehouse(url)
    owner = uuid4()
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Owner', '')",
            [owner, f"{owner}@example.com"],
        )
        connection.execute(
            "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, 'owner')",
            [uuid4(), warehouse.workspace_id, owner],
        )
    address, env = f"http://127.0.0.1:{port}", _environment(port, stage)
    serve = [sys.executable, "-m", "uvicorn", "api.main:app", "--port", str(port), "--log-level", "warning"]
    with ExitStack() as processes:
        log = folder / "office.log"
        for argv in (serve, [sys.executable, "-m", "publishing.publications.worker"]):
            processes.enter_context(running(argv, env=env, log=log))
        until(lambda: _answers(address), 60, "the API")
        headers = {
            "Authorization": f"Bearer {tokens.issue(owner).value}", "X-Workspace-Id": str(warehouse.workspace_id)
        }  # fmt: skip
        api = processes.enter_context(httpx.Client(base_url=address, headers=headers, timeout=60, trust_env=False))
        accounts = {name: _connected(warehouse.workspace_id, stage, name) for name in networks}
        yield Office(url, warehouse.workspace_id, stage, api, accounts)


def _environment(port: int, stage: Stage) -> dict[str, str]:
    paypal = stage.trade["paypal"]["base_url"]
    allowed = (stage.control, paypal, stage.trade["shop"]["base_url"])
    found = {
        "NEST_API_PORT": str(port),
        "NEST_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "NEST_PAYPAL_BASE_URL": paypal,
        "NEST_OUTBOUND_ALLOW": ",".join(urlsplit(one).netloc for one in allowed),
    }
    for network, told in stage.networks.items():
        for key in ("client_id", "client_secret", "base_url"):
            found[f"NEST_PLATFORMS__{network.upper()}__{key.upper()}"] = told[key]
    return found


def _connected(workspace_id: UUID, stage: Stage, network: str) -> UUID:
    """As consent leaves it."""
    told = stage.networks[network]["accounts"][0]
    account = Account(workspace_id=workspace_id, platform=network, external_id=told["external_id"], name=told["name"])

    async def store() -> UUID:
        async with unit_of_work(workspace_id=workspace_id) as session:
            session.add(account)
            await session.flush()
            credential = Credential(told["access_token"], None, None, None, ())
            await credentials.store(session, workspace_id, account.id, credential)
        return account.id

    return run(store())


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
