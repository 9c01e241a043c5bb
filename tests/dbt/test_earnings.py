"""From what the doors wrote down about money to the marts of return: credit, currencies, costs, and what is unknown."""

import math
import random
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import psycopg
import pytest

from clientnest.database import run, unit_of_work
from clientnest.marts import Period, Selection, earnings
from tests.dbt.conftest import Dbt
from tests.dbt.earning import SOLD, Brand, before, rate

MODELS = ("last_touch", "first_touch", "linear", "time_decay", "position")
MARTS = (
    "attribution", "campaigns", "conversions", "costs", "link_clicks_daily", "roi_campaigns", "roi_posts", "touchpoints"
)  # fmt: skip


@pytest.fixture(scope="module")
def told(dbt: Dbt) -> dict[str, Any]:
    """Brands with a story each, and what the tests have to know of it; modelled once."""
    for day, per_euro in ((date(2026, 11, 20), "1.25"), (date(2026, 11, 13), "1.00"), (date(2026, 11, 1), "1.60")):
        rate(dbt.url, "USD", day, per_euro)
    rate(dbt.url, "GBP", date(2026, 11, 20), "0.8")
    stories = (
        _hands, _crowd, _refunds, _currencies, _in_dollars, _window, _bots, _addresses, _twice_told, _returns,
        _no_door, _campaigns, _stitched, _chances,
    )  # fmt: skip
    known = {story.__name__[1:]: story(dbt.url) for story in stories}
    assert set(dbt.build().values()) <= {"success", "pass", "no-op"}
    dbt.past()
    return known


def _journey(brand: Brand, amount: str, *days: float, visitor: str) -> Any:
    link = brand.link(brand.post(visitor))
    for ago in days:
        brand.comes(visitor, before(days=ago), link)
    return brand.sells(amount, visitor)


def _hands(url: str) -> dict[str, Any]:
    """Journeys short enough to be worked out by hand; 7 days halve a share."""
    brand = Brand.new(url)
    return {
        "brand": brand,
        "one": _journey(brand, "10.00", 3, visitor="one"),
        "two": _journey(brand, "0.01", 7, 0, visitor="two"),
        "three": _journey(brand, "100.00", 14, 7, 0, visitor="three"),
        "four": _journey(brand, "-0.05", 21, 14, 7, 0, visitor="four"),
    }


def _credit(told: dict[str, Any], journey: str, model: str) -> tuple[list[float], list[Decimal | None]]:
    brand: Brand = told["hands"]["brand"]
    shares, revenue = zip(*brand.credit(told["hands"][journey], model), strict=True)
    return [round(share, 6) for share in shares], list(revenue)


def _money(*amounts: str) -> list[Decimal]:
    return [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize("model", MODELS)
def test_a_single_touch_has_all_the_credit(told: dict[str, Any], model: str) -> None:
    assert _credit(told, "one", model) == ([1.0], _money("10.00"))


@pytest.mark.parametrize(
    ("model", "shares", "revenue"),
    [
        ("last_touch", [0, 0, 1], ["0", "0", "100"]),
        ("first_touch", [1, 0, 0], ["100", "0", "0"]),
        # A cent that is left goes to the first of equals.
        ("linear", [0.333333, 0.333333, 0.333333], ["33.34", "33.33", "33.33"]),
        # Weights 1/4, 1/2, 1 of 7/4; the first loses the most by whole cents.
        ("time_decay", [0.142857, 0.285714, 0.571429], ["14.29", "28.57", "57.14"]),
        ("position", [0.4, 0.2, 0.4], ["40", "20", "40"]),
    ],
)
def test_three_touches_share_as_worked_out_by_hand(
    told: dict[str, Any], model: str, shares: list[float], revenue: list[str]
) -> None:
    assert _credit(told, "three", model) == (shares, _money(*revenue))


def test_two_touches_share_by_position_half_each_and_a_cent_is_not_split(told: dict[str, Any]) -> None:
    assert _credit(told, "two", "position") == ([0.5, 0.5], _money("0.01", "0"))
    # One half life before the other: a third and two thirds.
    assert _credit(told, "two", "time_decay") == ([0.333333, 0.666667], _money("0", "0.01"))


def test_four_touches_share_by_position_and_money_back_is_shared_as_money(told: dict[str, Any]) -> None:
    assert _credit(told, "four", "position") == ([0.4, 0.1, 0.1, 0.4], _money("-0.02", "-0.01", "0", "-0.02"))


def _crowd(url: str) -> dict[str, Any]:
    """Many journeys by chance, some of them crossing posts."""
    brand, chance = Brand.new(url), random.Random(22)
    links = [brand.link(brand.post(f"crowd {number}")) for number in range(5)]
    sold: dict[Any, tuple[Decimal, list[float]]] = {}
    for number in range(40):
        days = sorted((chance.uniform(0, 29) for _ in range(chance.randrange(1, 7))), reverse=True)
        for ago in days:
            brand.comes(f"person {number}", before(days=ago), chance.choice(links))
        amount = Decimal(chance.randrange(-3000, 20000)) / 100
        sold[brand.sells(str(amount), f"person {number}")] = (amount, days)
    return {"brand": brand, "sold": sold}


def _weights(model: str, days: list[float]) -> list[Fraction]:
    n = len(days)
    middle = Fraction(2, 10) / (n - 2) if n > 2 else Fraction(0)
    return {
        "last_touch": [Fraction(0)] * (n - 1) + [Fraction(1)],
        "first_touch": [Fraction(1)] + [Fraction(0)] * (n - 1),
        "linear": [Fraction(1)] * n,
        "time_decay": [Fraction(0.5 ** (ago / 7)) for ago in days],
        "position": [Fraction(1)] * n if n < 3 else [Fraction(4, 10), *[middle] * (n - 2), Fraction(4, 10)],
    }[model]


def _dealt(amount: Decimal, weights: list[Fraction]) -> list[Decimal]:
    """By largest remainder, in whole cents."""
    cents = abs(int(amount * 100))
    exact = [cents * weight / sum(weights) for weight in weights]
    whole = [math.floor(part) for part in exact]
    order = sorted(range(len(exact)), key=lambda i: (whole[i] - exact[i], -weights[i], i))
    for i in order[: cents - sum(whole)]:
        whole[i] += 1
    return [Decimal(part) / 100 * (-1 if amount < 0 else 1) for part in whole]


@pytest.mark.parametrize("model", MODELS)
def test_every_model_shares_out_every_conversion_to_the_cent(told: dict[str, Any], model: str) -> None:
    brand, sold = told["crowd"]["brand"], told["crowd"]["sold"]
    for conversion_id, (amount, days) in sold.items():
        credit = brand.credit(conversion_id, model)
        assert sum(revenue for _, revenue in credit) == amount
        assert sum(share for share, _ in credit) == pytest.approx(1, abs=1e-9)
        assert [revenue for _, revenue in credit] == _dealt(amount, _weights(model, days)), (model, amount, days)


def test_every_model_has_the_same_touchpoints_and_total(told: dict[str, Any]) -> None:
    brand: Brand = told["crowd"]["brand"]
    rows = brand.warehouse.rows(
        "select model, sum(revenue), count(*), md5(string_agg(touchpoint_id::text, ',' order by conversion_id, place))"
        " from marts.attribution where workspace_id = %s group by model",
        brand.workspace_id,
    )
    assert {model for model, *_ in rows} == set(MODELS)
    assert len({(total, touches, same) for _, total, touches, same in rows}) == 1
    assert rows[0][1] == sum(amount for amount, _ in told["crowd"]["sold"].values())


def _refunds(url: str) -> dict[str, Any]:
    """An order over two touches, half of it taken back by somebody who named nothing but the order."""
    brand = Brand.new(url)
    first, second = brand.link(brand.post("first")), brand.link(brand.post("second"))
    brand.comes("kari", before(days=40), first)
    brand.comes("kari", before(days=38), second)
    brand.sells("80.00", "kari", before(days=35), order_id="A-1")
    brand.comes("kari", before(days=1), second)
    refund = brand.sells("-40.00", None, SOLD, kind="refund", order_id="A-1")
    return {"brand": brand, "refund": refund}


def test_a_refund_takes_back_from_those_who_had_the_credit(told: dict[str, Any]) -> None:
    brand: Brand = told["refunds"]["brand"]
    assert brand.credit(told["refunds"]["refund"], "linear") == [(0.5, Decimal(-20)), (0.5, Decimal(-20))]
    figures = "conversions, refunds, revenue"
    assert brand.returns("first", figures, "first_touch") == (1, 1, Decimal(40))
    assert brand.returns("second", figures, "linear") == (0.5, 0.5, Decimal(20))


def _currencies(url: str) -> dict[str, Any]:
    """Money of two currencies on days with a rate, after one, and without."""
    brand = Brand.new(url)
    link = brand.link(brand.post("abroad"))
    brand.comes("kari", before(days=20), link)
    on = {name: SOLD.replace(day=day) for name, day in (("old", 19), ("new", 20), ("none", 9))}
    return {
        "brand": brand,
        "new": brand.sells("100.00", "kari", on["new"], currency="USD"),
        # Six days after the rate of the 13th.
        "old": brand.sells("100.00", "kari", on["old"], currency="USD"),
        # Eight days after that of the 1st.
        "none": brand.sells("100.00", "kari", on["none"], currency="USD"),
        "pounds": brand.sells("10.00", "kari", on["new"], currency="GBP"),
        "lead": brand.sells(None, "kari", on["new"], kind="lead"),
    }


def _in_dollars(url: str) -> dict[str, Any]:
    brand = Brand.new(url, currency="USD")
    sold = {
        "pounds": brand.sells("10.00", None, currency="GBP"),
        "euros": brand.sells("10.00", None, currency="EUR"),
        "dollars": brand.sells("0.125", None, SOLD.replace(day=9), currency="USD"),
    }
    return {"brand": brand, **sold}


def _priced(told: dict[str, Any], story: str, name: str) -> Any:
    brand: Brand = told[story]["brand"]
    return brand.warehouse.one(
        "select revenue, revenue_status, currency from marts.conversions where conversion_id = %s", told[story][name]
    )


def test_an_amount_counts_at_the_rate_of_its_day_or_of_the_week_before(told: dict[str, Any]) -> None:
    assert _priced(told, "currencies", "new") == (Decimal(80), "observed", "USD")
    assert _priced(told, "currencies", "old") == (Decimal(100), "observed", "USD")
    assert _priced(told, "currencies", "pounds") == (Decimal("12.5"), "observed", "GBP")
    assert _priced(told, "in_dollars", "pounds") == (Decimal("15.63"), "observed", "GBP")
    assert _priced(told, "in_dollars", "euros") == (Decimal("12.5"), "observed", "EUR")
    assert _priced(told, "in_dollars", "dollars") == (Decimal("0.13"), "observed", "USD")


def test_an_amount_without_a_rate_is_unknown_and_so_is_its_sum(told: dict[str, Any]) -> None:
    assert _priced(told, "currencies", "none") == (None, "not_yet", "USD")
    assert _priced(told, "currencies", "lead") == (None, "unsupported", None)
    brand: Brand = told["currencies"]["brand"]
    conversions, revenue, why = brand.returns("abroad", "conversions, revenue, why_unknown")
    assert (conversions, revenue) == (5, None)
    assert why == {"revenue": "not_yet", "cost": "not_yet"}


def _window(url: str) -> dict[str, Any]:
    brand = Brand.new(url)
    link = brand.link(brand.post("window"))
    brand.comes("just", before(days=30), link)
    brand.comes("late", before(days=30, seconds=1), link)
    brand.comes("after", SOLD + timedelta(seconds=1), link)
    sold = {who: brand.sells("5.00", who) for who in ("just", "late", "after", "unknown")}
    return {"brand": brand, **sold}


def test_what_lies_outside_of_the_window_is_unattributed_in_every_model(told: dict[str, Any]) -> None:
    brand: Brand = told["window"]["brand"]
    rows = dict(
        brand.warehouse.rows(
            "select conversion_id, array_agg(distinct (touchpoint_id is null, share, revenue)::text) from"
            " marts.attribution where workspace_id = %s group by 1",
            brand.workspace_id,
        )
    )
    assert rows[told["window"]["just"]] == ["(f,1,5.00)"] or rows[told["window"]["just"]][0].startswith("(f,1,5")
    for who in ("late", "after", "unknown"):
        assert [row[:4] for row in rows[told["window"][who]]] == ["(t,1"]
    assert brand.returns("window", "clicks, conversions, revenue") == (3, 1, Decimal(5))


def _bots(url: str) -> dict[str, Any]:
    brand = Brand.new(url)
    link = brand.link(brand.post("bots"))
    brand.click(link, bot="Googlebot")
    brand.visit("kari", SOLD, brand.click(link, before(minutes=5)))
    # The page was loaded again.
    brand.visit("kari", SOLD + timedelta(minutes=5), brand.warehouse.one(_NEWEST_CLICK, brand.workspace_id)[0])
    unseen = brand.click(link, visitor="another digest")
    brand.sells("9.00", None, SOLD + timedelta(hours=1), click_id=unseen)
    return {"brand": brand}


_NEWEST_CLICK = "select id from app.link_clicks where workspace_id = %s and bot is null"


def test_bots_are_counted_apart_and_a_click_with_its_visits_counts_once(told: dict[str, Any]) -> None:
    brand: Brand = told["bots"]["brand"]
    day = brand.warehouse.one(
        "select as_of_date, clicks, visitors, bot_clicks from marts.link_clicks_daily where workspace_id = %s",
        brand.workspace_id,
    )
    assert day == (date(2026, 11, 20), 2, 2, 1)
    assert brand.returns("bots", "clicks, visits, conversions, revenue") == (2, 1, 1, Decimal(9))


def _addresses(url: str) -> dict[str, Any]:
    """Links without a slug: who comes by them is known by the parameters of the address."""
    brand = Brand.new(url)
    campaign = brand.campaign()
    target = (
        "https://shop.example/a?x=1&utm_source=linkedin&utm_medium=social&utm_campaign=h%C3%B8st%20{}&utm_content={}"
    )
    for post, content in (("own", "own"), ("shared", "same"), ("other", "same")):
        brand.link(brand.post(post), target=target.format("1", content), slug=None, campaign_id=campaign)
    utm: dict[str, Any] = {"utm_source": "linkedin", "utm_medium": "social", "utm_campaign": "høst 1"}
    brand.visit("own", before(days=1), **utm, utm_content="own")
    brand.visit("same", before(days=1), **utm, utm_content="same")
    brand.visit("more", before(days=1), utm_campaign="høst 1")
    brand.visit("else", before(days=1), utm_campaign="spring")
    for who in ("own", "same", "more", "else"):
        brand.sells("1.00", who)
    brand.sells("7.00", None, **utm, utm_content="own")
    return {"brand": brand, "campaign": campaign}


def test_visits_that_name_no_click_lead_by_their_address_as_far_as_it_tells(told: dict[str, Any]) -> None:
    brand: Brand = told["addresses"]["brand"]
    figures = "clicks, conversions, revenue, conversion_rate, revenue_per_click"
    # The order that named its own address has credit but was no click that anybody counted.
    assert brand.returns("own", figures) == (1, 2, Decimal(8), 1.0, 1.0)
    assert brand.returns("shared", figures) == (0, 0, Decimal(0), None, None)
    campaign = brand.warehouse.one(
        "select clicks, conversions, revenue, links from marts.roi_campaigns"
        " where campaign_id = %s and model = 'linear'",
        told["addresses"]["campaign"],
    )
    assert campaign == (3, 4, Decimal(10), 3)


def _twice_told(url: str) -> dict[str, Any]:
    """The till and the site tell the same order; only the site knows who it was."""
    brand = Brand.new(url)
    link = brand.link(brand.post("twice"))
    brand.comes("kari", before(days=1), link)
    till = brand.door("stripe")
    kept = brand.sells("30.00", None, SOLD, order_id="7", source_id=till)
    brand.sells("30.00", "kari", SOLD + timedelta(minutes=1), order_id="7")
    # The same number and price at another time is another order, and so is the same from one source.
    brand.sells("30.00", "kari", SOLD + timedelta(days=3), order_id="7")
    brand.sells("5.00", "kari", order_id="8")
    brand.sells("5.00", "kari", order_id="8")
    return {"brand": brand, "kept": kept}


def test_an_order_that_two_sources_tell_counts_once_with_what_both_know(told: dict[str, Any]) -> None:
    brand: Brand = told["twice_told"]["brand"]
    assert brand.returns("twice", "conversions, revenue") == (4, Decimal(70))
    found = brand.warehouse.one(
        "select told_by, touches from marts.conversions where conversion_id = %s", told["twice_told"]["kept"]
    )
    assert found == (2, 1)


def _returns(url: str) -> dict[str, Any]:
    """One post of each kind of knowing."""
    brand = Brand.new(url)
    paid, free, foreign = (brand.link(brand.post(name)) for name in ("paid", "free", "foreign"))
    post: dict[str, Any] = {"account_id": brand.account_id}
    brand.pays("15.00", **post, post_external_id="paid")
    # A cost of several days stays whole, on the day it begins.
    brand.pays("25.00", date(2026, 10, 1), until=date(2026, 12, 24), **post, post_external_id="paid")
    brand.pays("10.00", currency="JPY", **post, post_external_id="foreign")
    brand.pays("99.00", **post, post_external_id="linkless")
    for link, number in ((paid, 4), (free, 2), (foreign, 1)):
        for visitor in range(number):
            brand.comes(f"{link} {visitor}", before(days=1), link)
    brand.sells("100.00", f"{paid} 0")
    brand.sells("3.00", f"{free} 0")
    return {"brand": brand}


def test_return_is_what_came_back_of_what_was_spent(told: dict[str, Any]) -> None:
    brand: Brand = told["returns"]["brand"]
    figures = "revenue, cost, profit, roi, roas, cost_per_click, cost_per_conversion, conversion_rate"
    assert brand.returns("paid", figures) == (Decimal(100), Decimal(40), Decimal(60), 1.5, 2.5, 10.0, 40.0, 0.25)


def test_what_nobody_entered_is_unknown_and_not_free(told: dict[str, Any]) -> None:
    brand: Brand = told["returns"]["brand"]
    figures = "revenue, cost, roi, roas, cost_per_click, why_unknown"
    assert brand.returns("free", figures) == (Decimal(3), None, None, None, None, {"cost": "not_yet"})
    assert brand.returns("foreign", figures) == (Decimal(0), None, None, None, None, {"cost": "not_yet"})
    why = {name: "unsupported" for name in ("clicks", "visits", "conversions", "revenue")}
    assert brand.returns("linkless", figures) == (None, Decimal(99), None, None, None, why)


def _no_door(url: str) -> dict[str, Any]:
    """A brand that counts clicks and is told of nothing else."""
    brand = Brand.new(url, sells=False)
    brand.click(brand.link(brand.post("silent")))
    return {"brand": brand}


def test_without_a_source_of_conversions_revenue_is_unknown(told: dict[str, Any]) -> None:
    brand: Brand = told["no_door"]["brand"]
    clicks, *others, why = brand.returns("silent", "clicks, visits, conversions, revenue, conversion_rate, why_unknown")
    assert (clicks, others) == (1, [None] * 4)
    assert why == {name: "not_yet" for name in ("visits", "conversions", "revenue", "cost")}


def _campaigns(url: str) -> dict[str, Any]:
    brand = Brand.new(url)
    campaign, empty = brand.campaign(), brand.campaign("Empty")
    link = brand.link(brand.post("in campaign", campaign), campaign_id=campaign)
    brand.comes("kari", before(days=2), link)
    brand.sells("60.00", "kari")
    brand.pays("20.00", campaign_id=campaign)
    brand.pays("10.00", account_id=brand.account_id, post_external_id="in campaign")
    brand.warehouse.observed("linkedin", "posts", external_id="in campaign", published_at=before(days=3), kind="image")
    brand.warehouse.observed("linkedin", "post_metrics", external_id="in campaign", impressions=500, likes=7)
    return {"brand": brand, "campaign": campaign, "empty": empty}


def test_a_campaign_has_its_own_costs_and_those_of_its_posts(told: dict[str, Any]) -> None:
    brand, story = told["campaigns"]["brand"], told["campaigns"]
    figures = "select revenue, cost, roi from marts.roi_campaigns where campaign_id = %s and model = 'linear'"
    assert brand.warehouse.one(figures, story["campaign"]) == (Decimal(60), Decimal(30), 1.0)
    # What was spent on the campaign is not shared out among its posts.
    assert brand.returns("in campaign", "cost, roi") == (Decimal(10), 5.0)
    sums = "select posts, impressions, impressions_known, views, views_known, cost from marts.campaigns"
    found = brand.warehouse.one(f"{sums} where campaign_id = %s", story["campaign"])
    assert found == (1, 500, 1, None, 0, Decimal(30))
    assert brand.warehouse.one(f"{sums} where campaign_id = %s", story["empty"]) == (0, None, 0, None, 0, None)


def _stitched(url: str) -> dict[str, Any]:
    """A conversion that names a click only, by whose visit the visitor is known, and with them an earlier touch."""
    brand = Brand.new(url)
    early, late = brand.link(brand.post("early")), brand.link(brand.post("late"))
    brand.comes("kari", before(days=5), early)
    click = brand.click(late, before(days=1))
    brand.visit("kari", before(days=1), click)
    return {"brand": brand, "sold": brand.sells("10.00", None, click_id=click)}


def test_a_click_tells_who_it_was_by_its_visit(told: dict[str, Any]) -> None:
    brand: Brand = told["stitched"]["brand"]
    assert brand.returns("early", "revenue", "first_touch") == (Decimal(10),)
    assert brand.returns("late", "revenue", "last_touch") == (Decimal(10),)


def _chances(url: str) -> dict[str, Any]:
    brand = Brand.new(url)
    link = brand.link(brand.post("chances"))
    amounts = ("10.00", "20.00", "30.00", "40.00", "50.00", "60.00")
    for number in range(50):
        brand.comes(f"c {number}", before(days=1), link)
    for number, amount in enumerate(amounts):
        brand.sells(amount, f"c {number}")
    brand.pays("70.00", account_id=brand.account_id, post_external_id="chances")
    return {"brand": brand, "amounts": [float(amount) for amount in amounts]}


def test_intervals_are_those_that_are_named(told: dict[str, Any]) -> None:
    brand, amounts = told["chances"]["brand"], told["chances"]["amounts"]
    found = brand.returns(
        "chances",
        "conversion_rate, conversion_rate_low, conversion_rate_high, revenue_per_click, revenue_per_click_low,"
        " revenue_per_click_high, roi, roi_low, roi_high",
    )
    n, k, z = 50, 6, 1.959964
    # Wilson's bounds are where a share would be z standard errors away from the one observed.
    for bound in found[1:3]:
        assert abs(k / n - bound) == pytest.approx(z * math.sqrt(bound * (1 - bound) / n), rel=1e-9)
    each = [*amounts, *[0.0] * (n - k)]
    mean = sum(each) / n
    error = math.sqrt(sum((one - mean) ** 2 for one in each) / (n - 1) / n)
    low, high = (mean * math.exp(sign * z * error / mean) for sign in (-1, 1))
    assert found[3:6] == pytest.approx((mean, low, high), rel=1e-9)
    assert found[6:] == pytest.approx((2.0, (low * n - 70) / 70, (high * n - 70) / 70), rel=1e-9)


@pytest.mark.parametrize("story", ["crowd", "returns", "currencies", "addresses", "no_door", "chances"])
@pytest.mark.parametrize("by", ["post", "campaign"])
def test_over_all_days_the_api_reads_what_the_marts_say(told: dict[str, Any], story: str, by: earnings.By) -> None:
    brand: Brand = told[story]["brand"]
    period = Period(date(2026, 9, 1), date(2026, 12, 31))

    async def read() -> list[dict[str, Any]]:
        async with unit_of_work(workspace_id=brand.workspace_id) as session:
            return await earnings.returns(session, period, Selection(), "linear", by)

    columns = (
        "links costs clicks visits conversions refunds revenue cost profit roi roi_low roi_high roas cost_per_click"
        " cost_per_conversion conversion_rate conversion_rate_low conversion_rate_high revenue_per_click"
        " revenue_per_click_low revenue_per_click_high"
    ).split()
    read_rows = {row["key"]: _told(row[name] for name in columns) for row in run(read()) if row["part"] == "group"}
    key = {"post": "post_key", "campaign": "campaign_id"}[by]
    mart = brand.warehouse.rows(
        f"select {key}::text, {', '.join(columns)} from marts.roi_{by}s where workspace_id = %s and model = 'linear'"
        " and (clicks > 0 or costs > 0 or conversions > 0)",
        brand.workspace_id,
    )
    assert read_rows == {row[0]: _told(row[1:]) for row in mart}


def _told(values: Iterable[Any]) -> list[float | None]:
    """To nine digits, unknown kept."""
    return [None if value is None else float(f"{value:.9g}") for value in values]


def _seen(brand: Brand, relation: str, **asked: str) -> list[Any]:
    """What people of the workspace see, at a moment of the past where one is asked about."""
    with psycopg.connect(brand.warehouse.url) as connection:
        connection.execute("set role nest_app")
        for name, value in {"workspace_id": str(brand.workspace_id), **asked}.items():
            connection.execute("select set_config(%s, %s, true)", [f"nest.{name}", value])
        query = f"select to_jsonb(m) from {relation} m"
        rows = [row for (row,) in connection.execute(query.encode())]
    return sorted(({name: _nine(value) for name, value in row.items()} for row in rows), key=str)


def _nine(value: Any) -> Any:
    """A float to nine digits: the order in which parts are added up is nobody's."""
    return float(f"{value:.9g}") if isinstance(value, float) else value


@pytest.mark.parametrize("name", MARTS)
@pytest.mark.parametrize("story", ["crowd", "currencies", "campaigns", "refunds"])
def test_the_past_asked_about_as_now_is_now(told: dict[str, Any], story: str, name: str) -> None:
    brand: Brand = told[story]["brand"]
    assert _seen(brand, f"known.{name}") == _seen(brand, f"marts.{name}")


def test_what_had_not_happened_or_was_not_told_was_not_known(told: dict[str, Any]) -> None:
    brand: Brand = told["refunds"]["brand"]
    before_refund = str(SOLD - timedelta(hours=1))
    assert len(_seen(brand, "known.conversions")) == 2
    (sold,) = _seen(brand, "known.conversions", known_at=before_refund)
    assert (sold["kind"], sold["revenue"]) == ("purchase", 80)
    revenue = [row["revenue"] for row in _seen(brand, "known.attribution", known_at=before_refund)]
    assert sum(revenue) == 5 * 80
    # Nothing of it was written down a year ago, whatever the days that it is about.
    for name in MARTS:
        assert _seen(brand, f"known.{name}", recorded_at=str(SOLD - timedelta(days=365))) == [], name


def test_nobody_sees_the_money_of_another_workspace(told: dict[str, Any], dbt: Dbt) -> None:
    ours, theirs = told["campaigns"]["brand"], told["no_door"]["brand"]
    with psycopg.connect(dbt.url) as connection:
        connection.execute("set role nest_app")
        for name in MARTS:
            for brand, seen in ((ours, True), (theirs, None), (None, False)):
                workspace_id = str(brand.workspace_id) if brand else ""
                connection.execute("select set_config('nest.workspace_id', %s, true)", [workspace_id])
                query = f"select count(*), count(*) filter (where workspace_id::text <> %s) from marts.{name}"
                found = connection.execute(query.encode(), [workspace_id]).fetchone()
                assert found is not None
                assert found[1] == 0, name
                assert seen is None or (found[0] > 0) == seen, name
