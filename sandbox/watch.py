"""What stands before every network: it notes what is asked, and lets the faults happen that were asked for."""

from types import ModuleType

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from sandbox import faults, operations
from sandbox.requests import Exchange, Requests
from sandbox.world import World


class Watched:
    """A network with its faults and a log."""

    def __init__(
        self, name: str, package: ModuleType, world: World, planned: faults.Faults, requests: Requests
    ) -> None:
        self._name, self._package, self._world = name, package, world
        self._faults, self._requests = planned, requests
        self._routes: list[Route] = package.routes(world)
        self._app = Starlette(routes=self._routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._world.settle()
        operation = operations.named(self._package, self._routes, scope)
        exchange = Exchange(self._name, operation, self._world.now(), _asked(scope))

        async def heard() -> Message:
            message = await receive()
            exchange.received.add(message.get("body", b""))
            return message

        async def said(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.status = message["status"]
                exchange.headers = [(name.decode(), value.decode("latin-1")) for name, value in message["headers"]]
            exchange.sent.add(message.get("body", b""))
            await send(message)

        exchange.poorer = bool(self._world.planted("metric_dies", self._name))
        fault = self._faults.meet(self._name, operation)
        try:
            if fault is None:
                await self._app(scope, heard, said)
            else:
                exchange.fault = fault.kind
                await faults.suffer(fault, operation, self._say, self._app, scope, heard, said)
        finally:
            self._requests.keep(exchange)

    def _say(self, kind: str, operation: str) -> Response:
        answer: Response = self._package.fault(kind, operation, self._world)
        return answer


def _asked(scope: Scope) -> dict[str, object]:
    return {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode("latin-1"),
        "headers": [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]],
    }
