"""A brand's shop in a world: its people follow posts there, and it, Stripe and PayPal tell the brand about it."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.payments.paypal import PayPal
from sandbox.payments.stripe import Stripe
from sandbox.shop.books import Books
from sandbox.shop.habits import plant
from sandbox.shop.journeys import journeys
from sandbox.shop.site import Arrival, Site, address, leads_here
from sandbox.shop.story import Click, Followed, Happening, cause
from sandbox.shop.telling import Telling
from sandbox.world import World

_OWNER, _SETTINGS = "shop", "settings"
_BEFORE = datetime.min.replace(tzinfo=UTC)
# After every id.
_LAST = "~"


class Shop:
    """The shop of one world, which keeps how far its story has happened, and where clicks led."""

    def __init__(self, world: World, url: str, stripe: Stripe, paypal: PayPal) -> None:
        self._world, self._stripe, self._paypal = world, stripe, paypal
        brand = world.accounts(next(iter(world.natures)))[0].name
        self._site = Site(url, brand)
        self._telling = Telling(world.seed, stripe, paypal)
        self._walks = 0
        self._until = (_BEFORE, "")
        # Clicks of people that led nowhere, and with them what would have followed.
        self._lost: set[str] = set()
        self._lock = asyncio.Lock()
        while walk := world.noted(_OWNER, f"walk {self._walks}"):
            self._remember(walk)

    def routes(self) -> list[Route]:
        """The shop's own port."""
        return [Route("/export.csv", self._export), Route("/{path:path}", self._site.page)]

    @property
    def settings(self) -> dict[str, Any]:
        """Whom it tells, and how; `opened` is when it was first asked to."""
        return dict(self._world.noted(_OWNER, _SETTINGS) or {})

    def set(self, given: dict[str, Any]) -> None:
        """Change some of the settings; None takes one away."""
        opened = {"opened": self._world.now().isoformat()}
        changed = {**opened, **self.settings, **given}
        kept = {name: value for name, value in changed.items() if value is not None}
        self._world.note(_OWNER, _SETTINGS, kept)

    async def let_in(self, until: datetime, most: int | None) -> dict[str, Any]:
        """Let happen what does up to a moment that has come, or until so many have clicked, and tell it."""
        async with self._lock:
            followed, elsewhere = self._followed()
            fresh, end = self._fresh(followed, until, most)
            clicks = [one for one in fresh if isinstance(one, Click)]
            await self._site.visit(clicks)
            arrived = {one.id: self._site.arrivals[one.id] for one in clicks if one.id in self._site.arrivals}
            walk = {
                "until": [end[0].isoformat(), end[1]],
                "arrivals": {click: [one.path, one.trail()] for click, one in arrived.items()},
                "lost": [one.id for one in clicks if one.id not in arrived],
            }
            self._world.note(_OWNER, f"walk {self._walks}", walk)
            self._remember(walk)
            happened = [one for one in fresh if cause(one) not in self._lost]
            books = self._books(followed)
            told = [one for happening in happened for one in books.told(happening, self._stripe, self._paypal)]
            counted = await self._telling.tell(told, self.settings)
        kinds = {"visits": "Visit", "signups": "Signup", "orders": "Order", "refunds": "Refund"}
        return {
            "until": end[0].isoformat(),
            "clicks": {who: sum(one.who == who for one in clicks) for who in ("person", "bot", "prefetch")},
            "lost": len(walk["lost"]),
            **{name: sum(type(one).__name__ == kind for one in happened) for name, kind in kinds.items()},
            "elsewhere": elsewhere,
            "told": counted,
        }

    def ledger(self, at: datetime) -> dict[str, Any]:
        """What happened by a moment, as far as it was let happen."""
        return self._books(self._followed()[0]).ledger(at, self._stripe, self._paypal)

    def truth(self) -> dict[str, Any]:
        """What is planted: shares of the seed; by account and format, and of posts made through the networks."""
        habits = plant(self._world.seed)

        def shown(network: str, account: str, kind: str) -> dict[str, float]:
            asked = (network, account, kind)
            return {
                "conversion_rate": habits.rate(*asked),
                "order_cents": habits.worth(*asked),
                "revenue_per_click_cents": habits.revenue(*asked),
            }

        networks = {
            network: {
                account.external_id: {kind: shown(network, account.external_id, kind) for kind in nature.kinds}
                for account in (*self._world.accounts(network), *self._world.people(network))
            }
            for network, nature in self._world.natures.items()
        }
        posts: dict[str, dict[str, Any]] = {}
        for post in self._world.joined():
            told = shown(post.network, post.account_id, post.kind)
            posts.setdefault(post.network, {})[post.external_id] = {"format": post.kind, **told}
        return {**habits.shown(), "networks": networks, "posts": posts}

    def _remember(self, walk: dict[str, Any]) -> None:
        at, last = walk["until"]
        self._until = (datetime.fromisoformat(at), last)
        self._site.arrivals |= {click: Arrival(path, **trail) for click, (path, trail) in walk["arrivals"].items()}
        self._lost |= set(walk["lost"])
        self._walks += 1

    def _followed(self) -> tuple[list[Followed], int]:
        """Posts made through the networks that lead somewhere on this machine, and how many lead elsewhere."""
        told = [(post, address(post)) for post in self._world.joined() if "link_clicks" in post.final]
        here = [Followed(post, url) for post, url in told if url and leads_here(url)]
        return here, sum(1 for _, url in told if url) - len(here)

    def _story(self, followed: list[Followed], until: datetime) -> list[Happening]:
        opened = self.settings.get("opened")
        return journeys(self._world.seed, followed, datetime.fromisoformat(opened) if opened else None, until)

    def _fresh(
        self, followed: list[Followed], until: datetime, most: int | None
    ) -> tuple[list[Happening], tuple[datetime, str]]:
        """What has not happened yet, and the end of it."""
        story = [one for one in self._story(followed, until) if (one.at, one.id) > self._until]
        clicks = [place for place, one in enumerate(story) if isinstance(one, Click)]
        if most is not None and len(clicks) > most:
            story = story[: clicks[most]]
            return story, (story[-1].at, story[-1].id) if story else self._until
        return story, max((until, _LAST), self._until)

    def _books(self, followed: list[Followed]) -> Books:
        story = self._story(followed, self._until[0])
        happened = [one for one in story if (one.at, one.id) <= self._until]
        # A click that led nowhere was one all the same.
        standing = [one for one in happened if isinstance(one, Click) or cause(one) not in self._lost]
        return Books(standing, self._site.arrivals, [name for name in ("stripe", "paypal") if self.settings.get(name)])

    async def _export(self, _: Request) -> Response:
        return Response(self._books(self._followed()[0]).export(), media_type="text/csv")
