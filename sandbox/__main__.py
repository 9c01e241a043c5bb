"""`python -m sandbox --json --seed N`: the networks and a control port on loopback until it is told to stop."""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.asked import Asked, duration
from sandbox.control import Control
from sandbox.faults import Faults
from sandbox.networks import NATURES, NETWORKS
from sandbox.payments.paypal import PayPal
from sandbox.payments.stripe import Stripe
from sandbox.requests import Requests
from sandbox.shop.shop import Shop
from sandbox.watch import Watched
from sandbox.web import Dated
from sandbox.world import World
from sandbox.world.posts import FUTURE_DAYS

_NAMES = ("control", *NETWORKS, "shop", "stripe", "paypal")
_TAKEN = 2


class Taken(Exception):
    """A port or folder that cannot be had, and what to do."""


class Sandbox:
    """The present world and the applications over it, one behind each port."""

    def __init__(self, seed: int, state: Path | None, ports: dict[int, str], ago: timedelta) -> None:
        self._state, self._ports, self._ago = state, ports, ago
        self._requests = Requests(os.environ.get("SANDBOX_RECORD"))
        self._urls = {name: f"http://127.0.0.1:{port}" for port, name in ports.items()}
        self._make(seed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # The connection itself, for faults that cut it: uvicorn's `send` is a method of what holds it.
        cycle: Any = send
        scope["sandbox.transport"] = cycle.__self__.transport
        await self._apps[self._ports[scope["server"][1]]](scope, receive, send)

    def reset(self, seed: int) -> dict[str, Any]:
        """A world that starts anew behind the same ports; its description."""
        World.forget(seed, self._state)
        self._make(seed)
        return self.described()

    def _make(self, seed: int) -> None:
        self._world, faults = World(seed, NATURES, self._state, self._urls["control"], self._ago), Faults()
        self._stripe, self._paypal = Stripe(seed), PayPal(seed, self._urls["paypal"])
        shop = Shop(self._world, self._urls["shop"], self._stripe, self._paypal)
        door = Control(self._world, NETWORKS, shop, faults, self._requests, self.reset)
        apps: dict[str, ASGIApp] = {
            name: Watched(name, network, self._world, faults, self._requests) for name, network in NETWORKS.items()
        }
        apps["control"] = Starlette(routes=door.routes())
        apps |= {
            name: Starlette(routes=one.routes())
            for name, one in (("shop", shop), ("stripe", self._stripe), ("paypal", self._paypal))
        }
        self._apps = {name: Dated(app, self._world.clock) for name, app in apps.items()}
        self._lasting = {
            (name, account.external_id): self._world.tokens.lasting(name, account.external_id, NETWORKS[name].SCOPES)
            for name in NETWORKS
            for account in self._world.accounts(name)
        }

    async def go_on(self) -> None:
        """What comes by itself comes though nobody calls."""
        while True:
            await asyncio.sleep(1)
            self._world.settle()

    def described(self) -> dict[str, Any]:
        """Where everything is, and the means to use it."""
        return {
            "control": self._urls["control"],
            "seed": self._world.seed,
            "networks": {name: self._network(name) for name in NETWORKS},
            "shop": {"base_url": self._urls["shop"]},
            "stripe": {"base_url": self._urls["stripe"], "secret_key": self._stripe.key},
            "paypal": {
                "base_url": self._urls["paypal"],
                "client_id": self._paypal.client_id,
                "client_secret": self._paypal.client_secret,
            },
        }

    def url(self, name: str) -> str:
        """Where one of the doors is."""
        return self._urls[name]

    def _network(self, name: str) -> dict[str, Any]:
        app = self._world.app(name)
        accounts = [
            {
                "external_id": account.external_id,
                "name": account.name,
                "access_token": self._lasting[name, account.external_id].access_token,
            }
            for account in self._world.accounts(name)
        ]
        return {
            "base_url": self._urls[name],
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "accounts": accounts,
        }


class Server(uvicorn.Server):
    """Says where everything is as soon as it answers, and lets the world go on."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox, announcement: str) -> None:
        super().__init__(config)
        self._sandbox, self._announcement = sandbox, announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._going_on = asyncio.create_task(self._sandbox.go_on())
        print(self._announcement, flush=True)


def main(argv: Sequence[str]) -> int:
    """The exit code: 2 for a port or folder that cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line when ready")
    parser.add_argument("--seed", type=int, default=1, help="which world; the same seed is the same world")
    parser.add_argument("--ports-from", type=int, help="control on this port, the networks on the next ones")
    parser.add_argument("--ago", type=_ago, default=timedelta(0), help="how long ago its clock begins, such as P14D")
    parser.add_argument("--state", type=Path, help="keep what happens here, across restarts")
    asked = parser.parse_args(argv)
    try:
        listeners = _listen(asked.ports_from)
        ports = {listener.getsockname()[1]: name for listener, name in zip(listeners, _NAMES, strict=True)}
        sandbox = _open(asked.seed, asked.state, ports, asked.ago)
    except Taken as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return _TAKEN
    found = sandbox.described()
    addresses = {name: sandbox.url(name) for name in _NAMES}
    shown = json.dumps(found) if asked.json else "\n".join(f"{name:<10} {url}" for name, url in addresses.items())
    config = uvicorn.Config(
        sandbox,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    try:
        asyncio.run(Server(config, sandbox, shown).serve(listeners))
    except KeyboardInterrupt:
        # uvicorn hands the signal on once it has stopped; to be stopped is no failure.
        return 0
    return 0


def _ago(text: str) -> timedelta:
    try:
        return duration(text, timedelta(days=FUTURE_DAYS))
    except Asked as error:
        raise argparse.ArgumentTypeError(f"send a duration such as P14D, of {FUTURE_DAYS} days at most") from error


def _open(seed: int, state: Path | None, ports: dict[int, str], ago: timedelta) -> Sandbox:
    """The sandbox over its folder. Raises Taken."""
    try:
        return Sandbox(seed, state, ports, ago)
    except OSError as error:
        raise Taken(f"{state} cannot be used ({error.strerror}): name another folder with --state") from error


def _listen(ports_from: int | None) -> list[socket.socket]:
    """One socket per name, on loopback. Raises Taken."""
    found = []
    for place, name in enumerate(_NAMES):
        # The protocol by name: without it asyncio leaves Nagle's algorithm on, 40 ms on each answer.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = ports_from + place if ports_from is not None else 0
        try:
            listener.bind(("127.0.0.1", port))
            # Listening at once makes a port that another process took meanwhile known here.
            listener.listen(128)
        except (OSError, OverflowError) as error:
            raise Taken(f"port {port} ({name}) is taken or not allowed: choose another --ports-from") from error
        found.append(listener)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
