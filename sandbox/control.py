"""The door for whoever runs the world: its clock, its ledger, what is planted in it, faults, what was asked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import pictures, planting
from sandbox.asked import Asked, duration, example, known_network, moment, sent, whole
from sandbox.faults import KINDS, SECONDS, Faults
from sandbox.requests import Requests
from sandbox.shop import door
from sandbox.shop.shop import Shop
from sandbox.web import json_response
from sandbox.world import World
from sandbox.world.posts import FUTURE_DAYS

# The world's future is written this far.
_FARTHEST = timedelta(days=FUTURE_DAYS)
_FAULT = {"network": "x", "operation": "*", "kind": "drop_after_write", "times": 1, "after": 0}
_LONGEST_WAIT = 600


class Control:
    """`reset` puts another world in the place of this one and describes it."""

    def __init__(
        self,
        world: World,
        networks: dict[str, ModuleType],
        shop: Shop,
        faults: Faults,
        requests: Requests,
        reset: Callable[[int], dict[str, Any]],
    ) -> None:
        self._world, self._networks, self._shop = world, networks, shop
        self._faults, self._requests, self._reset = faults, requests, reset

    def routes(self) -> list[Route]:
        """Every path of the door."""
        return [
            Route("/clock", _answering(self.clock), methods=["GET", "POST"]),
            Route("/ledger", _answering(self.ledger)),
            Route("/truth", _answering(self.truth)),
            Route("/world", _answering(self.planted), methods=["GET", "POST"]),
            Route("/faults", _answering(self.faults), methods=["GET", "POST", "DELETE"]),
            Route("/requests", _answering(self.requests)),
            Route("/shop", _answering(self.shop), methods=["GET", "POST"]),
            Route("/shop/ledger", _answering(self.shop_ledger)),
            Route("/shoppers", _answering(self.shoppers), methods=["POST"]),
            Route("/reset", _answering(self.start_anew), methods=["POST"]),
            *pictures.routes(),
        ]

    async def clock(self, request: Request) -> Response:
        if request.method == "POST":
            self._world.advance(duration((await sent(request)).get("advance"), _FARTHEST))
        offset = self._world.clock.offset.total_seconds()
        return json_response({"now": self._world.now().isoformat(), "offset_seconds": offset})

    async def ledger(self, request: Request) -> Response:
        if request.query_params.get("shop"):
            return await self.shop_ledger(request)
        network = known_network(request.query_params.get("network"), self._networks)
        at, known = request.query_params.get("at"), request.query_params.get("known")
        about = moment(at) if at else self._world.now()
        return json_response(_ledger(self._world, network, about, moment(known, "known") if known else about))

    async def truth(self, _: Request) -> Response:
        return json_response({**self._world.truth(), "earnings": self._shop.truth()})

    async def shop(self, request: Request) -> Response:
        if request.method == "POST":
            return json_response(door.configure(self._shop, await sent(request)))
        return json_response(door.shown(self._shop))

    async def shop_ledger(self, request: Request) -> Response:
        at = request.query_params.get("at")
        return json_response(self._shop.ledger(moment(at) if at else self._world.now()))

    async def shoppers(self, request: Request) -> Response:
        return json_response(await door.let_in(self._shop, await sent(request), self._world.now()))

    async def planted(self, request: Request) -> Response:
        if request.method == "POST":
            return json_response(planting.plant(self._world, await sent(request)), 201)
        return json_response({"planted": [planting.shown(one) for one in self._world.plants()]})

    async def faults(self, request: Request) -> Response:
        if request.method == "POST":
            return json_response(self._fault(await sent(request)), 201)
        network = request.query_params.get("network")
        named = known_network(network, self._networks) if network else None
        if request.method == "DELETE":
            return json_response({"deleted": self._faults.delete(named)})
        return json_response({"faults": [fault.shown() for fault in self._faults.all(named)]})

    def _fault(self, given: dict[str, Any]) -> dict[str, Any]:
        asked = {"operation": "*", "times": 1, "after": 0, "seconds": None, **given}
        network = known_network(asked.get("network"), self._networks)
        operations = tuple(getattr(self._networks[network], "OPERATIONS", ()))
        times, after, seconds = asked["times"], asked["after"], asked["seconds"]
        wrong = None
        if asked.get("kind") not in KINDS:
            wrong = f"kind is one of {', '.join(KINDS)}"
        elif asked["operation"] not in ("*", *operations):
            wrong = f"operation is * or one of {', '.join(operations)}"
        elif not (times is None or whole(times, 1)):
            wrong = "times is how often, such as 1; null is until it is deleted"
        elif not whole(after, 0):
            wrong = "after is how many matching calls pass first, such as 0"
        elif seconds is not None and (asked["kind"] not in SECONDS or not _wait(seconds)):
            wrong = f"seconds goes with {' and '.join(SECONDS)} and is a number up to {_LONGEST_WAIT}, such as 3"
        elif unknown := sorted(set(asked) - {*_FAULT, "seconds"}):
            wrong = f"unknown: {', '.join(unknown)}"
        if wrong is not None:
            raise Asked(f"{wrong}; send {example(_FAULT)}")
        return self._faults.add(network, asked["operation"], asked["kind"], times, after, seconds).shown()

    async def requests(self, request: Request) -> Response:
        network, since = request.query_params.get("network"), request.query_params.get("since")
        found = self._requests.found(
            known_network(network, self._networks) if network else None,
            request.query_params.get("operation"),
            moment(since, "since") if since else None,
        )
        return json_response({"requests": found})

    async def start_anew(self, request: Request) -> Response:
        seed = (await sent(request)).get("seed")
        if not isinstance(seed, int) or isinstance(seed, bool):
            raise Asked('send {"seed": 2}: a whole number')
        return json_response(self._reset(seed))


def _wait(seconds: object) -> bool:
    return isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds <= _LONGEST_WAIT


def _ledger(world: World, network: str, at: datetime, known: datetime) -> dict[str, Any]:
    """What was there at a moment, with its figures as they are told at a later one."""
    return {
        "network": network,
        "at": at.isoformat(),
        "posts": [
            {
                "external_id": post.external_id,
                "account": post.account_id,
                "kind": post.kind,
                "text": post.text,
                "created_at": post.created_at.isoformat(),
                "counters": world.counters(post, at, known=known),
            }
            for post in world.live_at(network, at)
        ],
        "deleted": [
            {
                "external_id": post.external_id,
                "account": post.account_id,
                "deleted_at": post.deleted_at.isoformat() if post.deleted_at else None,
            }
            for post in world.deleted_by(network, at)
        ],
        "accounts": [
            {"external_id": account.external_id, "counters": world.account_counters(account, at, known=known)}
            for account in world.accounts(network)
        ],
        "people": [
            {"external_id": person.external_id, "counters": world.account_counters(person, at, known=known)}
            for person in world.people(network)
        ],
        "comments": [
            {
                "id": comment.external_id,
                "account": comment.account_id,
                "on": comment.on,
                "answers": comment.answers,
                "text": comment.text,
                "created_at": comment.created_at.isoformat(),
            }
            for comment in world.comments.standing(network, at)
        ],
    }


def _answering(endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            response: Response = await endpoint(request)
        except Asked as error:
            return json_response({"error": str(error)}, 400)
        return response

    return answer
