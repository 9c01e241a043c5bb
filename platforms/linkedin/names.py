"""The names behind the URNs of demographics, from LinkedIn's standardized data."""

from collections.abc import AsyncIterator, Sequence

from platforms.calls import batches
from platforms.errors import ReconnectNeeded
from platforms.linkedin.client import Client
from platforms.linkedin.insights import URNS_PER_CALL, demographics
from platforms.linkedin.restli import listed
from platforms.platform import Page, PostRef, Window

TAXONOMIES = {"industry": "industries", "function": "functions", "seniority": "seniorities", "geo": "geo"}


async def names(client: Client, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
    """The names of every industry, function, seniority and place among a page's followers, each asked for once."""
    if not client.facets:
        async for _ in demographics(client, window, posts):
            pass
    for sort, resource in TAXONOMIES.items():
        wanted = {urn for urn in client.facets - client.named if urn.startswith(f"urn:li:{sort}:")}
        for some in batches(sorted(wanted), URNS_PER_CALL):
            found = await _ask(client, sort, resource, some)
            if found is not None:
                yield found
        client.named |= wanted


async def _ask(client: Client, sort: str, resource: str, urns: Sequence[str]) -> Page | None:
    """The names of some URNs; None where the app may not read them, which is no fault of the connection."""
    if not client.parked.without([resource]):
        return None
    numbers = [urn.rsplit(":", 1)[-1] for urn in urns]
    try:
        return await client.page(f"/v2/{resource}", {"ids": listed(numbers)}, finder=False, sort=sort)
    except ReconnectNeeded as refusal:
        if refusal.evidence.get("code") != "ACCESS_DENIED":
            raise
        client.parked.reasons[resource] = str(refusal)
        return None
