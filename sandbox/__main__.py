"""`python -m sandbox --json --seed N`: six networks and a control port on loopback until it is told to stop."""

import argparse
import asyncio
import errno
import json
import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import control
from sandbox.networks import NETWORKS, SCOPES
from sandbox.web import Dated
from sandbox.world import World


class Sandbox:
    """The present world and the applications over it."""

    def __init__(self, seed: int, state: Path | None) -> None:
        self._state = state
        self.reset(seed)

    def reset(self, seed: int) -> None:
        """Another world behind the same ports."""
        self.world = World(seed, self._state)
        self._apps: dict[str, ASGIApp] = {
            name: Dated(Starlette(routes=network.routes(self.world)), self.world.clock)
            for name, network in NETWORKS.items()
        }
        routes = control.routes(lambda: self.world, self.reset)
        self._apps["control"] = Dated(Starlette(routes=routes), self.world.clock)

    def app(self, name: str) -> ASGIApp:
        async def present(scope: Scope, receive: Receive, send: Send) -> None:
            await self._apps[name](scope, receive, send)

        return present

    def described(self, urls: dict[str, str]) -> dict[str, Any]:
        """The line that is printed when everything answers."""
        networks = {}
        for name in NETWORKS:
            app = self.world.app(name)
            accounts = [
                {
                    "external_id": account.external_id,
                    "name": account.name,
                    "access_token": self.world.tokens.lasting(name, account.external_id, SCOPES[name]).access_token,
                }
                for account in self.world.accounts(name)
            ]
            networks[name] = {
                "base_url": urls[name],
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "accounts": accounts,
            }
        return {"control": urls["control"], "seed": self.world.seed, "networks": networks}


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON line when ready")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ports-from", type=int, help="control on this port, the networks on the next six")
    parser.add_argument("--state", type=Path, help="keep what happens here, across restarts")
    asked = parser.parse_args(argv)
    try:
        listeners = _listen(asked.ports_from)
    except OSError as error:
        print(f"sandbox: {error.strerror}", file=sys.stderr)
        return 2
    asyncio.run(_serve(Sandbox(asked.seed, asked.state), listeners, as_json=asked.json))
    return 0


def _listen(ports_from: int | None) -> dict[str, socket.socket]:
    found = {}
    for place, name in enumerate(("control", *NETWORKS)):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = ports_from + place if ports_from is not None else 0
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise OSError(errno.EADDRINUSE, f"port {port} ({name}) is taken: choose another --ports-from") from error
        found[name] = listener
    return found


async def _serve(sandbox: Sandbox, listeners: dict[str, socket.socket], *, as_json: bool) -> None:
    servers = []
    for name in listeners:
        config = uvicorn.Config(
            sandbox.app(name),
            log_level="warning",
            access_log=False,
            server_header=False,
            date_header=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
        servers.append(uvicorn.Server(config))
    # Not serve(): each server would take the signals for itself.
    tasks = [
        asyncio.create_task(server._serve([listener]))
        for server, listener in zip(servers, listeners.values(), strict=True)
    ]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop)
    while not all(server.started for server in servers) and not any(task.done() for task in tasks):
        await asyncio.sleep(0.01)
    urls = {name: f"http://127.0.0.1:{listener.getsockname()[1]}" for name, listener in listeners.items()}
    ready = sandbox.described(urls)
    print(json.dumps(ready) if as_json else "\n".join(f"{name:<10} {url}" for name, url in urls.items()), flush=True)
    await asyncio.gather(*tasks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
