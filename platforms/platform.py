"""The shape every network has here: a data sheet, and one function per capability.

Capability is presence: a network without `publish` cannot publish, and everything that asks reads that.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

import httpx

from platforms.accounting import Price
from platforms.inbound import Webhooks
from platforms.posting import Kind, Outgoing, Pending, Published
from platforms.registration import App, Token


@dataclass(frozen=True, slots=True)
class Connection:
    """One page or profile that a person let us act for."""

    external_id: str
    name: str
    username: str | None
    token: Token
    picture_url: str | None = None


class OAuth(Protocol):
    """The consent flow of a network; implemented by the module `oauth` of its folder."""

    async def authorize_url(
        self, app: App, http: httpx.AsyncClient, *, state: str, redirect_uri: str, verifier: str
    ) -> str:
        """Where to send the person. `verifier` is the PKCE verifier, unused where there is no PKCE.

        Some networks want a consent announced before (RFC 9126), which is what `http` is for. Raises PlatformError.
        """

    async def connect(
        self, app: App, http: httpx.AsyncClient, *, code: str, redirect_uri: str, verifier: str
    ) -> list[Connection]:
        """Exchange the code; every account that the consent covers. Raises PlatformError."""

    async def refresh(self, app: App, http: httpx.AsyncClient, token: Token) -> Token:
        """A new token; keeps the old refresh token where the network sends none.

        Raises ReconnectNeeded where the network has no way but to ask the person again.
        """


@dataclass(frozen=True, slots=True)
class Window:
    """A half-open span of time, UTC: start <= t < end."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class PostRef:
    """A post whose figures are asked for; `kind` is the network's own word for it."""

    external_id: str
    kind: str | None
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a network, as received.

    `received_at` is the network's own clock (its Date header), `request` the call without secrets,
    `context` what the body does not say itself, such as the day or the post that it is about.
    """

    body: bytes
    received_at: datetime
    request: str
    context: Mapping[str, str | None] = field(default_factory=dict)

    def answering(self, external_ids: Sequence[str]) -> "Page":
        """The page as the answer about posts by their ids; those that it lacks are gone."""
        return replace(self, context={**self.context, "asked": " ".join(external_ids)})

    @property
    def asked(self) -> list[str]:
        """The posts that it answers about by their ids."""
        return (self.context.get("asked") or "").split()


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a raw table: a DuckDB `type` and where it stands in the record.

    `path` is a JSON path into the record (`$.public_metrics.like_count`) or `context.<key>` of the page.
    A record that lacks a required field, or holds a value that is not of the type, is quarantined.
    """

    name: str
    type: Literal["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMPTZ", "EPOCH_S", "EPOCH_MS", "DATE", "JSON"]
    path: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """What a page must hold. `records` is a DuckDB expression over `body` (JSON) that gives a list of JSON.

    `key` names the fields that say which thing a record is about; records with the same key are
    observations of one thing at different times.
    """

    records: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that can be read for an account.

    `fetch(client, window, posts)` yields pages; `posts` are the account's posts that are still moving,
    given only where `needs_posts`. `history_days` is how far back the network answers (None: all),
    `settles_after_days` when it stops correcting a day.
    """

    name: Literal[
        "accounts", "posts", "stories", "post_metrics", "account_metrics", "demographics", "comments", "mentions"
    ]
    fetch: Callable[[Any, Window, Sequence[PostRef]], AsyncIterator[Page]]
    contract: Contract
    needs_posts: bool = False
    history_days: int | None = None
    settles_after_days: int = 0
    # A second contract for the same resource lands in its own raw table, e.g. `post_metrics` by day.
    variant: str = ""
    # Scopes without which the network does not answer; an account that lacks one is not asked.
    scopes: tuple[str, ...] = ()
    # It is gone so long after it was published, so it is read at least twice within (stories).
    vanishes_after: timedelta | None = None
    # A listing that came to its end names every post of the window: one that is known and not in it is gone.
    lists_all: bool = False

    @property
    def table(self) -> str:
        """The raw table's name without the network: `post_metrics` or `post_metrics_daily`."""
        return f"{self.name}_{self.variant}" if self.variant else self.name


@dataclass(frozen=True, slots=True)
class Lookup:
    """Public figures of accounts that are not ours; `fetch(client, handles)` yields pages.

    Its table is `competitors`.
    """

    fetch: Callable[[Any, Sequence[str]], AsyncIterator[Page]]
    contract: Contract
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """What the network calls one of our metrics, and from when to when it does (UTC days, both included)."""

    name: str
    wire: str
    grain: Literal["post_lifetime", "post_daily", "account_daily", "account_lifetime"]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    unit: Literal["count", "seconds", "milliseconds", "percent", "ratio"] = "count"
    # The wire name that came in its place.
    replaced_by: str | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A dated limit. `maximum` is in `unit`; `kind` None means that it holds for every kind of post."""

    field: str
    maximum: int
    unit: str
    source: str
    as_of: date
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be asked of a network: `amount` per `span`, of one account or of the whole app.

    `unit` is `calls`, or the network's own such as `units`. What the wire says goes before this.
    """

    operation: str
    amount: int
    span: timedelta
    scope: Literal["account", "app"]
    source: str
    as_of: date
    unit: str = "calls"


@dataclass(frozen=True, slots=True)
class Login:
    """Another way to connect accounts of the network, with the registration `app` of the settings."""

    name: str
    title: str
    app: str
    scopes: tuple[str, ...]
    oauth: OAuth


def _sent(_kind: str, _granted: Sequence[str]) -> Collection[str]:
    """Every file goes out as bytes."""
    return ()


# What engagements are the sum of, and what a rate may be divided by; both are defined in dbt.
_ENGAGING = ("reactions", "likes", "comments", "shares", "saves", "clicks")
_RATED = ("reach", "impressions", "views")


@dataclass(frozen=True, slots=True)
class Platform:
    """The data sheet of a network. `colors` are (light, dark) hex values of LOOK."""

    name: str
    title: str
    api_version: str
    colors: tuple[str, str]
    scopes: tuple[str, ...]
    oauth: OAuth
    client: Callable[[App, Token, str, httpx.AsyncClient], Any]
    resources: tuple[Resource, ...]
    metrics: tuple[Metric, ...]
    limits: tuple[Limit, ...] = ()
    text_length: Callable[[str], int] = len
    # Kinds of post that can be published.
    kinds: tuple[Kind, ...] = ()
    # Types of media that it takes; pictures of another type go out as one of these.
    media_types: tuple[str, ...] = ("image/jpeg", "image/png", "image/gif", "video/mp4", "video/quicktime")
    # Of "image" and "video", those whose files a network fetches from an address, taking no bytes of them: in a post of
    # a kind, on an account that granted these scopes.
    fetches: Callable[[str, Sequence[str]], Collection[str]] = _sent
    # Those kinds whose link goes out as part of the text, and counts with it.
    link_in_text: tuple[str, ...] = ()
    # Those of them that are prepared first: what publish does without a state nobody sees, so it may be done again.
    prepared: tuple[str, ...] = ()
    publish: Callable[[Any, Outgoing, dict[str, Any] | None], Awaitable[Published | Pending]] | None = None
    # Looks for a post that may be live since a moment: read only.
    find: Callable[[Any, Outgoing, datetime], Awaitable[Published | None]] | None = None
    # Puts another text in the place of a live post's; its id may be another afterwards. Raises PlatformError.
    edit: Callable[[Any, str, Outgoing], Awaitable[Published]] | None = None
    # Takes a post down; one that is gone already is no error. Raises PlatformError.
    delete: Callable[[Any, str], Awaitable[None]] | None = None
    # Writes a comment of the account under a post; its id. Irreversible like publish. Raises PlatformError.
    comment: Callable[[Any, str, str], Awaitable[str]] | None = None
    # Kinds that the network itself keeps until `Outgoing.publish_at`.
    schedules: tuple[Kind, ...] = ()
    # Ends what a token may do, at the network. Raises PlatformError.
    revoke: Callable[[App, httpx.AsyncClient, Token], Awaitable[None]] | None = None
    # Asks the network to call an address of ours about an account: (client, callback_url).
    subscribe: Callable[[Any, str], Awaitable[None]] | None = None
    webhooks: Webhooks | None = None
    lookup: Lookup | None = None
    logins: tuple[Login, ...] = ()
    # Scopes that a capability needs: {"publish": ("tweet.write",)}.
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    budgets: tuple[Budget, ...] = ()
    prices: tuple[Price, ...] = ()
    # The last day of the API version that is spoken here, where the network names one.
    sunset: date | None = None
    # The IANA zone at whose midnight the network ends its days.
    day_zone: str = "UTC"
    # Why a capability is not there: {"edit": "the network offers none"}. See `platforms.capabilities`.
    absent: Mapping[str, str] = field(default_factory=dict)

    @property
    def ways(self) -> tuple[Login, ...]:
        """Every way to connect accounts, the usual one first."""
        return (Login(self.name, self.title, self.name, self.scopes, self.oauth), *self.logins)

    def login_of(self, granted: Sequence[str]) -> Login:
        """The way that a token came, by the scopes that it has."""
        return max(self.ways, key=lambda login: len(set(login.scopes) & set(granted)))

    def may(self, capability: str, granted: Sequence[str]) -> bool:
        """Whether the granted scopes are enough for a capability; networks that grant no scopes leave it open."""
        return not granted or set(self.needs.get(capability, ())) <= set(granted)

    def offers(self, metric: str) -> bool:
        """Whether the network lets a figure of a post be known over its life: told, or made of such."""
        if metric == "engagements":
            return any(self.offers(part) for part in _ENGAGING)
        if metric == "engagement_rate":
            return self.offers("engagements") and any(self.offers(part) for part in _RATED)
        return self.supports(metric, "post_lifetime")

    def supports(self, metric: str, grain: str) -> bool:
        """Whether the network offers the metric at that grain now."""
        return any(m.name == metric and m.grain == grain and m.valid_to is None for m in self.metrics)
