"""From a post with a link to what it earned: published, followed by people, bought, told by three, modelled, compared.

The posts go out through the API to the networks of a sandbox, whose people follow the links; the shop's server, Stripe
and PayPal tell of it, some of it twice and in any order. What the marts say must be what the shop's ledger says.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.conftest import Dbt
from tests.earnings.brand_office import Office, office
from tests.earnings.recovery import MODELS
from tests.sandbox.stage import running
from tests.sandbox.street import ask, books

NETWORKS = ("facebook", "x", "linkedin")
SPAN = timedelta(days=28)


@dataclass(frozen=True)
class Walk:
    """`short` and `plain` are posts by network: with a short link, with an address that has parameters."""

    office: Office
    ledger: dict[str, Any]
    answers: list[dict[str, Any]]
    short: list[dict[str, str]]
    plain: list[dict[str, str]]
    rates: dict[date, Decimal]

    def key(self, of: dict[str, str]) -> str:
        """As the marts name the post of a line of the ledger."""
        return hashlib.md5(f"{self.office.accounts[of['network']]}/{of['post']}".encode()).hexdigest()

    def short_posts(self) -> set[str]:
        return {one[name] for one in self.short for name in one}

    def euros(self, one: dict[str, Any]) -> Decimal:
        """Of an order or refund, at the rate of its day."""
        day = datetime.fromisoformat(one["occurred_at"]).date()
        rate = Decimal(1) if one["currency"] == "EUR" else self.rates[day]
        return (Decimal(one["amount"]) / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def credited(self, place: int) -> dict[str | None, Decimal]:
        """Euros by post where one touch has all the credit: the first (0) or the last (-1)."""
        touches = {one["order_id"]: one["touches"] for one in self.ledger["orders"]}
        found: dict[str | None, Decimal] = defaultdict(Decimal)
        for one in (*self.ledger["orders"], *self.ledger["refunds"]):
            led = touches[one["order_id"]]
            found[self.key(led[place]) if led else None] += self.euros(one)
        return dict(found)


@pytest.fixture(scope="module")
def walk(dbt: Dbt, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    folder: Path = tmp_path_factory.mktemp("walk")
    with running(seed=7, ago=f"P{SPAN.days}D") as stage, office(dbt.url, stage, NETWORKS, folder) as made:
        made.connect_shop(duplicates=0.2, shuffled=True)
        campaign = made.asked("/campaigns", name="Autumn")["id"]
        short = [made.publish(f"Fresh beans, number {n}", short=True, campaign_id=campaign) for n in range(2)]
        plain = [made.publish("Cups that last", short=False, campaign_id=campaign)]
        stage.advance(f"P{SPAN.days}D")
        answers = [ask(stage, "/shoppers", limit=100), ask(stage, "/shoppers")]
        rates = _rates(made, stage.now().date())
        dbt.build()
        yield Walk(made, books(stage), answers, short, plain, rates)


def _rates(made: Office, today: date) -> dict[date, Decimal]:
    """Other rates each day, so that the day matters."""
    found = {today - timedelta(days=n): Decimal("11.70") + Decimal(n) / 100 for n in range(SPAN.days + 2)}
    for day, rate in found.items():
        made.rows(
            "insert into app.exchange_rates (currency, day, per_euro, source) values ('NOK', %s, %s, 'test')"
            " returning day",
            day,
            rate,
        )
    return found


def test_everything_that_was_told_was_taken(walk: Walk) -> None:
    assert walk.answers[-1]["told"]["waiting"] == 0
    assert sum(one["lost"] + one["elsewhere"] for one in walk.answers) == 0
    assert {one["by"] for one in walk.ledger["orders"]} == {"server", "stripe", "paypal"}
    assert {one["currency"] for one in walk.ledger["orders"]} == {"EUR", "NOK"}
    assert {one["network"] for one in walk.ledger["clicks"]} == set(NETWORKS)


def test_clicks_of_people_and_of_bots_are_the_ledgers(walk: Walk) -> None:
    expected = Counter(
        (walk.key(one), one["who"] != "person") for one in walk.ledger["clicks"] if one["post"] in walk.short_posts()
    )
    found = walk.office.rows(
        "select post_key, b.bot, sum(b.clicks)::int from marts.link_clicks_daily"
        " cross join lateral (values (false, clicks), (true, bot_clicks)) as b (bot, clicks)"
        " group by 1, 2 having sum(b.clicks) > 0"
    )
    assert {(post, bot): clicks for post, bot, clicks in found} == expected


def test_visits_are_the_ledgers_by_short_links_and_by_parameters(walk: Walk) -> None:
    expected = Counter(walk.key(one) for one in walk.ledger["visits"] if "post" in one)
    found = walk.office.rows("select post_key, count(*) from marts.touchpoints where kind = 'visit' group by 1")
    assert dict(found) == expected
    assert set(expected) > {walk.key({"network": name, "post": walk.plain[0][name]}) for name in NETWORKS[:2]}


def test_orders_refunds_and_signups_are_the_ledgers(walk: Walk) -> None:
    expected = Counter(
        (one["kind"], one.get("currency"), one.get("amount") and Decimal(one["amount"]))
        for name in ("orders", "refunds", "signups")
        for one in walk.ledger[name]
    )
    assert Counter(walk.office.rows("select kind, currency, amount from marts.conversions")) == expected


@pytest.mark.parametrize("model", MODELS)
def test_every_model_adds_up_to_the_revenue(walk: Walk, model: str) -> None:
    expected = sum(walk.euros(one) for one in (*walk.ledger["orders"], *walk.ledger["refunds"]))
    assert walk.office.rows("select sum(revenue) from marts.attribution where model = %s", model) == [(expected,)]


@pytest.mark.parametrize(("model", "place"), [("first_touch", 0), ("last_touch", -1)])
def test_revenue_is_credited_to_the_posts_that_led_there(walk: Walk, model: str, place: int) -> None:
    found = walk.office.rows(
        "select post_key, sum(revenue) from marts.attribution where model = %s and share > 0 and revenue is not null"
        " group by 1",
        model,
    )
    assert dict(found) == walk.credited(place)


def test_what_a_post_earned_is_answered_by_the_api(walk: Walk) -> None:
    until = datetime.fromisoformat(walk.ledger["at"]).date()
    query = f"since={until - SPAN}&until={until}&model=last_touch&by=post&limit=500"
    answer = walk.office.api.get(f"/analytics/roi?{query}")
    assert answer.status_code == 200, answer.text
    shown = {one["key"]: Decimal(str(one["revenue"])) for one in answer.json()["items"] if one["part"] == "group"}
    credited = walk.credited(-1)
    assert {key: shown[key] for key in credited if key} == {key: euros for key, euros in credited.items() if key}
    assert Decimal(str(answer.json()["total"]["revenue"])) == sum(credited.values())
