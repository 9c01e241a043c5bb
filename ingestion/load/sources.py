"""What of a network lands in `raw`: the resources of its data sheet, and its look-up of other people's accounts."""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from platforms.platform import Contract, Lookup, Page, Platform, Resource, Window

COMPETITORS = "competitors"


@dataclass(frozen=True, slots=True)
class Source:
    """One raw table of a network. `fetch(client, window, about)` yields pages about posts, handles or nothing.

    `resource` is what it is about; a resource may have several tables.
    """

    resource: str
    table: str
    contract: Contract
    fetch: Callable[[Any, Window, Sequence[Any]], AsyncIterator[Page]]
    about: Literal["account", "posts", "handles"] = "account"
    scopes: tuple[str, ...] = ()
    history: timedelta | None = None
    # See `Resource.lists_all`.
    lists_all: bool = False

    @property
    def answers_by_id(self) -> bool:
        """Whether records are about posts that were asked for: what lacks of those that a page names is missing."""
        return self.about == "posts" and self.resource == "post_metrics" and "external_id" in self.contract.key

    def missing(self, granted: Sequence[str]) -> list[str]:
        """Scopes that the consent does not hold; networks that name no scopes leave it open."""
        return [scope for scope in self.scopes if scope not in granted] if granted else []


def of_resource(resource: Resource) -> Source:
    """A resource of a data sheet."""
    return Source(
        resource.name,
        resource.table,
        resource.contract,
        resource.fetch,
        "posts" if resource.needs_posts else "account",
        resource.scopes,
        timedelta(days=resource.history_days) if resource.history_days is not None else None,
        resource.lists_all,
    )


def sources(platform: Platform) -> tuple[Source, ...]:
    """All of a network, in the data sheet's order."""
    found = tuple(of_resource(resource) for resource in platform.resources)
    return (*found, _of_lookup(platform.lookup)) if platform.lookup else found


def _of_lookup(lookup: Lookup) -> Source:
    def fetch(client: Any, window: Window, handles: Sequence[Any]) -> AsyncIterator[Page]:
        return lookup.fetch(client, handles)

    return Source(COMPETITORS, COMPETITORS, lookup.contract, fetch, "handles", lookup.scopes)
