"""The shape every network has here: a data sheet, and one function per capability.

Capability is presence: a network without `publish` cannot publish, and everything that asks reads that.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import httpx


@dataclass(frozen=True, slots=True)
class App:
    """Our registration at a network. `base_url` replaces every host of the network when it is given."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str | None = None

    def url(self, host: str, path: str) -> str:
        """`host` is the network's public origin, such as `https://graph.facebook.com`."""
        return (self.base_url or host).rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Token:
    """What an account lets us act with. Times are UTC; None means that the network names none."""

    access: str = field(repr=False)
    refresh: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


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

    def authorize_url(self, app: App, *, state: str, redirect_uri: str, verifier: str) -> str:
        """Where to send the person. `verifier` is the PKCE verifier, unused where there is no PKCE."""

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

    name: Literal["accounts", "posts", "post_metrics", "account_metrics", "demographics"]
    fetch: Callable[[Any, Window, Sequence[PostRef]], AsyncIterator[Page]]
    contract: Contract
    needs_posts: bool = False
    history_days: int | None = None
    settles_after_days: int = 0
    # A second contract for the same resource lands in its own raw table, e.g. `post_metrics` by day.
    variant: str = ""

    @property
    def table(self) -> str:
        """The raw table's name without the network: `post_metrics` or `post_metrics_daily`."""
        return f"{self.name}_{self.variant}" if self.variant else self.name


@dataclass(frozen=True, slots=True)
class Metric:
    """What the network calls one of our metrics, and since when it does."""

    name: str
    wire: str
    grain: Literal["post_lifetime", "post_daily", "account_daily", "account_lifetime"]
    source: str
    valid_from: date | None = None
    valid_to: date | None = None


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
class MediaFile:
    """A picture or video to publish: a local copy, and an address where networks may fetch it."""

    content_type: str
    path: Path
    url: str

    @property
    def size(self) -> int:
        """In bytes."""
        return self.path.stat().st_size


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A post on its way to one account."""

    text: str
    title: str | None = None
    link: str | None = None
    media: MediaFile | None = None

    @property
    def kind(self) -> str:
        """`text`, `image` or `video`."""
        return self.media.content_type.split("/")[0] if self.media else "text"

    @property
    def text_with_link(self) -> str:
        """The text where a network has no place of its own for the link."""
        if not self.link or self.link in self.text:
            return self.text
        return f"{self.text}\n\n{self.link}".strip()


@dataclass(frozen=True, slots=True)
class Published:
    """Live. `external_id` may be missing where the network names it only after moderation (TikTok)."""

    external_id: str | None
    permalink: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Not live yet. Store `state` (JSON), wait `check_after`, call publish again with it.

    `handle` says that the state names something at the network that itself tells whether the post is live, so
    that publish may be called with it after a crash. Without it a crash leaves only `find`.
    """

    state: dict[str, Any]
    check_after: timedelta = timedelta(0)
    handle: bool = False


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
    # Kinds of post that can be published: "text", "image", "video".
    kinds: tuple[str, ...] = ()
    # Those of them whose link goes out as part of the text, and counts with it.
    link_in_text: tuple[str, ...] = ()
    # Those of them that are prepared first: what publish does without a state nobody sees, so it may be done again.
    prepared: tuple[str, ...] = ()
    publish: Callable[[Any, Outgoing, dict[str, Any] | None], Awaitable[Published | Pending]] | None = None
    # Looks for a post that may be live since a moment: read only.
    find: Callable[[Any, Outgoing, datetime], Awaitable[Published | None]] | None = None

    def supports(self, metric: str, grain: str) -> bool:
        """Whether the network offers the metric at that grain."""
        return any(m.name == metric and m.grain == grain for m in self.metrics)
