"""The demo's brand sells: campaigns of posts that lead to its shop, what they cost, and who came and bought.

Everything goes through the doors that a brand has. What is bought, the demo world decides.
"""

import csv
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from clientnest.database import run
from commands.stack import demo, world
from commands.stack.installation import Installation
from commands.stack.world import DemoFailed, answered

# Networks whose posts carry an address that people can follow.
NETWORKS = ("facebook", "x", "linkedin", "bluesky")
_STRIPE, _PAYPAL = "whsec_of_the_demo", "WH-OF-THE-DEMO"
_SENT_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Campaign:
    """`ago` is how long before now its posts go out; costs are in euros, hours at a rate or amounts by kind."""

    name: str
    ago: timedelta
    posts: tuple[tuple[str, str], ...]
    hours: int
    costs: tuple[tuple[str, int], ...]


RATE = 45
CAMPAIGNS = (
    Campaign(
        "Autumn roast",
        timedelta(days=26),
        (
            ("The autumn roast is here: plum, cocoa, a long finish. #coffee #autumn", "/autumn-roast"),
            ("Three beans, one farm, no rush. Meet the people behind the autumn roast. #coffee", "/autumn-roast/farm"),
        ),
        6,
        (("boost", 60),),
    ),
    Campaign(
        "Cups that last",
        timedelta(days=17),
        (("A cup for ten years, not for ten minutes. #madetolast", "/cups"),),
        3,
        (("boost", 40), ("ads", 90)),
    ),
    Campaign(
        "Gift boxes",
        timedelta(days=10),
        (
            ("Gift boxes are packed by hand again this year. #gifts #coffee", "/gift-boxes"),
            ("Last year they were gone in a week: gift boxes, now with decaf. #gifts", "/gift-boxes/decaf"),
        ),
        5,
        (("boost", 50),),
    ),
)


def open_shop(installation: Installation, session: dict[str, Any]) -> None:
    """Doors for what the shop, Stripe and PayPal tell, once; they are told where these are."""
    with demo.api(session) as api:
        if answered(api.get("/conversions/sources"), "Sources could not be listed")["items"]:
            return
        server = _opened(api, kind="server", name="Shop")
        stripe = _opened(api, kind="stripe", name="Stripe", secret=_STRIPE)
        paypal = _opened(api, kind="paypal", name="PayPal", secret=_PAYPAL)
    world.ask(
        installation,
        "/shop",
        server={"url": server["address"], "secret": server["secret"]},
        stripe={"url": stripe["address"], "secret": _STRIPE},
        paypal={"url": paypal["address"], "webhook_id": _PAYPAL},
    )


def rates(installation: Installation) -> None:
    """What the currencies in which the shop is paid are worth, as the world has it, in the form of the bank's table."""
    from ingestion.rates import import_file

    currencies = world.ask(installation, "/truth")["earnings"]["currencies"]
    prices = {name: about["price"] for name, about in currencies.items() if name != "EUR"}
    path = installation.run / "rates.csv"
    _write_rates(path, prices, datetime.now(UTC).date())
    run(import_file(path))


def launch(installation: Installation, session: dict[str, Any], campaign: Campaign) -> str:
    """The campaign with its posts live and its costs entered; answers how many posts. Nothing where it is there."""
    with demo.api(session) as api:
        known = answered(api.get("/campaigns"), "Campaigns could not be listed")["items"]
        if campaign.name in [one["name"] for one in known]:
            return "there already"
        starts_on = datetime.now(UTC).date() - campaign.ago
        made = _made(api, "/campaigns", name=campaign.name, starts_on=starts_on.isoformat())
        _spend(api, campaign, made["id"], starts_on)
        listed = answered(api.get("/social/accounts"), "Accounts could not be listed")["items"]
        accounts = [one["id"] for one in listed if one["platform"] in NETWORKS]
        shop = world.told(installation)["shop"]["base_url"]
        sent = [
            _made(
                api,
                "/social/publish",
                account_ids=accounts,
                text=text,
                link=f"{shop}{path}",
                tracking={"short": True},
                campaign_id=made["id"],
            )
            for text, path in campaign.posts
        ]
        published = [one["id"] for post in sent for one in post["publications"]]
        _await_published(api, published)
    return f"{len(published)} posts"


def let_in(installation: Installation) -> str:
    """Everybody who clicked and bought until now comes, and is told of; answers how many."""
    seen = world.ask(installation, "/shoppers", limit=100_000)
    return f"{seen['clicks']['person']:,} clicks, {seen['orders']} orders"


def _spend(api: httpx.Client, campaign: Campaign, campaign_id: str, day: date) -> None:
    common = {"campaign_id": campaign_id, "currency": "EUR", "incurred_on": day.isoformat()}
    _made(api, "/costs", kind="production", hours=campaign.hours, hourly_rate=RATE, **common)
    for kind, amount in campaign.costs:
        _made(api, "/costs", kind=kind, amount=amount, **common)


def _await_published(api: httpx.Client, publications: list[str]) -> None:
    """Raises DemoFailed where one does not come through."""
    deadline = time.monotonic() + _SENT_WITHIN
    for publication in publications:
        while True:
            found = answered(api.get(f"/social/publications/{publication}"), "A publication could not be read")
            if found["status"] == "published" and found["external_id"]:
                break
            if found["status"] in ("failed", "needs_person") or time.monotonic() > deadline:
                raise DemoFailed(f"A post on {found['platform']} is {found['status']}: {found['problem']}")
            time.sleep(0.2)


def _opened(api: httpx.Client, **source: str) -> dict[str, Any]:
    return _made(api, "/conversions/sources", **source)


def _made(api: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    return answered(api.post(path, json=body), f"{path} refused what the demo sent")


def _write_rates(path: Path, prices: dict[str, float], today: date) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["Date", *prices])
        for days in range(world.BEGINS.days + 8):
            table.writerow([(today - timedelta(days=days)).isoformat(), *prices.values()])
