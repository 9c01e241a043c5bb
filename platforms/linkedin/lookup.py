"""Pages of others: what LinkedIn shows of them to everybody."""

from collections.abc import AsyncIterator, Sequence

from platforms.errors import Unavailable
from platforms.linkedin.client import Client
from platforms.linkedin.insights import network_size
from platforms.linkedin.restli import encoded
from platforms.platform import Contract, Field, Lookup, Page


async def competitors(client: Client, handles: Sequence[str]) -> AsyncIterator[Page]:
    """Each page by the name in its address, with its followers; one that does not exist is left out."""
    for handle in handles:
        query = {"q": "vanityName", "vanityName": encoded(handle)}
        found = (await client.get("/rest/organizations", query, finder=True)).json()
        for organisation in found.get("elements", [])[:1]:
            number = organisation.get("id")
            if not isinstance(number, int | str):
                raise Unavailable("LinkedIn's answer does not say the number of a page")
            urn = f"urn:li:organization:{number}"
            name, username = organisation.get("localizedName"), organisation.get("vanityName")
            yield await network_size(client, urn, handle=handle, external_id=urn, name=name, username=username)


LOOKUP = Lookup(
    fetch=competitors,
    contract=Contract(
        records="[body]",
        fields=(
            Field("handle", "VARCHAR", "context.handle", required=True),
            Field("external_id", "VARCHAR", "context.external_id", required=True),
            Field("name", "VARCHAR", "context.name"),
            Field("username", "VARCHAR", "context.username"),
            Field("followers", "BIGINT", "$.firstDegreeSize"),
        ),
        key=("handle",),
    ),
    scopes=("r_organization_social",),
)
