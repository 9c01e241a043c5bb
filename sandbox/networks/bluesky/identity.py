"""Who is who: handles, identities and their documents."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.bluesky.errors import invalid
from sandbox.networks.bluesky.names import NETWORK, handle
from sandbox.web import json_response
from sandbox.world import Account, World


class Identities:
    def __init__(self, world: World) -> None:
        self._world = world

    def named(self, who: str) -> Account | None:
        """By DID or handle."""
        return next(
            (one for one in self._world.accounts(NETWORK) if who in (one.external_id, handle(one.username))), None
        )

    async def resolve(self, request: Request) -> Response:
        found = self.named(request.query_params.get("handle", ""))
        if found is None:
            return invalid("Unable to resolve handle").response()
        return json_response({"did": found.external_id})

    async def document(self, request: Request) -> Response:
        """The directory's answer about an identity."""
        found = self.named(f"did:plc:{request.path_params['id']}")
        if found is None:
            return json_response({"message": "DID not registered"}, 404)
        return json_response(document(found, str(request.base_url)))


def document(account: Account, origin: str) -> dict[str, Any]:
    """An identity with the server that keeps its posts."""
    server = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": origin.rstrip("/")}
    return {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": account.external_id,
        "alsoKnownAs": [f"at://{handle(account.username)}"],
        "verificationMethod": [],
        "service": [server],
    }
