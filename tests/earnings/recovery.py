"""What was planted in how people buy, recovered from the marts: `python -m tests.earnings.recovery --seeds 200 --json`.

Every seed is a workspace: posts, clicks, visits, orders and refunds of the sandbox's shop, written into the app's
tables and modelled by dbt once over all; and a randomised trial. Sums must be those of the shop on every seed; the
intervals of 95 % must hold what was planted as often as they say, give or take the luck of so many draws (three
standard deviations). Wilson's interval of a share of few clicks cannot hold exactly 95 %, since conversions are whole:
for posts it is held against what the binomial distribution gives it at their clicks and planted rates.
"""

import argparse
import math
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import psycopg

from benchmarks.ground import ground
from benchmarks.report import Gate, Report
from sandbox.shop import trial
from sandbox.shop.trials import LEFT_ALONE, OUTCOMES
from scoring.trials import lifts
from tests.dbt.conftest import Dbt
from tests.earnings.brands import Brand, put

STATED = 0.95
_LUCK = 3
_NORMAL = 1.959964
MODELS = ("last_touch", "first_touch", "linear", "time_decay", "position")
MODELLED = (
    *("--select", "+roi_posts", "+roi_campaigns", "+conversions", "+link_clicks_daily", "+touchpoints"),
    *("--indirect-selection", "buildable"),
)

Rows = list[tuple[Any, ...]]
# The truth, and the bounds that are given for it.
Interval = tuple[float, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Marts:
    """What the marts say."""

    url: str

    def rows(self, query: str) -> Rows:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode()).fetchall()


def recover(url: str, target: Path, seeds: Sequence[int]) -> Report:
    """Plant, model, and hold the one against the other. The database is migrated and holds no other brands."""
    brands = [Brand.of(seed) for seed in seeds]
    put(url, brands)
    Dbt(url, target).build(*MODELLED)
    marts = Marts(url)
    exact = [_exact(what, expected, found) for what, expected, found in _sums(brands, marts)]
    covered = [_covered(what, intervals) for what, intervals in _intervals(brands, marts)]
    covered.append(_of_posts(brands, marts))
    gates = [Gate(f"{row['what']}: seeds that are exact", float(str(row["holds"])), ">= 1") for row in exact]
    for row in covered:
        stated, share = float(str(row["stated"])), float(str(row["holds"]))
        luck = _LUCK * math.sqrt(stated * (1 - stated) / int(str(row["of"])))
        gates += [
            Gate(f"{row['what']}: intervals that hold it", share, f">= {stated - luck:.4f}"),
            Gate(f"{row['what']}: intervals that hold it", share, f"<= {min(1, stated + luck):.4f}"),
        ]
    return Report("recovery", [*exact, *covered], gates)


def _exact(what: str, expected: dict[Any, Any], found: Rows) -> dict[str, object]:
    """How many seeds are exact. Rows are workspace, then a key where there are several, then the value."""
    told: dict[Any, dict[Any, Any]] = defaultdict(dict)
    for workspace, *key, value in found:
        told[workspace][tuple(key)] = value
    right = [told[workspace] == values for workspace, values in expected.items()]
    return {"what": what, "of": len(right), "stated": 1.0, "holds": sum(right) / len(right)}


def _covered(what: str, intervals: Sequence[Interval], stated: float = STATED) -> dict[str, object]:
    """How many intervals hold the truth; one that is not given holds nothing."""
    right = [low is not None and high is not None and low <= truth <= high for truth, low, high in intervals]
    return {"what": what, "of": len(right), "stated": stated, "holds": sum(right) / len(right)}


def _sums(brands: Sequence[Brand], marts: Marts) -> Iterable[tuple[str, dict[Any, Any], Rows]]:
    def expected(of: Callable[[Brand], dict[Any, Any]]) -> dict[Any, Any]:
        return {one.workspace_id: of(one) for one in brands}

    yield (
        "clicks of people and of bots, by post",
        expected(_clicks),
        marts.rows(
            "select workspace_id, link_id, b.bot, sum(b.clicks)::int from marts.link_clicks_daily"
            " cross join lateral (values (false, clicks), (true, bot_clicks)) as b (bot, clicks)"
            " group by 1, 2, 3 having sum(b.clicks) > 0"
        ),
    )
    yield (
        "visits that a post led to",
        expected(lambda one: {(): sum(visit.click is not None for visit in one.visits())}),
        marts.rows("select workspace_id, count(*) from marts.touchpoints where kind = 'visit' group by 1"),
    )
    yield (
        "orders, refunds and what they came to",
        expected(_sold),
        marts.rows(
            "select workspace_id, is_refund, array[count(*), sum(revenue)] from marts.conversions group by 1, 2"
        ),
    )
    for model in MODELS:
        yield (
            f"revenue under {model}",
            expected(lambda one: {(): sum(one.earned(0).values())}),
            marts.rows(f"select workspace_id, sum(revenue) from marts.attribution where model = '{model}' group by 1"),
        )
    for model, place in (("first_touch", 0), ("last_touch", -1)):
        yield (
            f"revenue by post under {model}",
            expected(partial(_by_post, place)),
            marts.rows(
                "select workspace_id, post_key, sum(revenue) from marts.attribution"
                f" where model = '{model}' and share > 0 group by 1, 2"
            ),
        )


def _clicks(one: Brand) -> dict[Any, int]:
    found: dict[Any, int] = defaultdict(int)
    for click in one.clicks():
        found[one.name("link", click.post), click.who != "person"] += 1
    return dict(found)


def _sold(one: Brand) -> dict[Any, list[Decimal]]:
    orders = [one.euros(order.amount, order.currency) for order in one.orders()]
    refunds = [-one.euros(refund.amount, refund.order.currency) for refund in one.refunds()]
    told = {(False,): orders, (True,): refunds}
    return {key: [Decimal(len(amounts)), sum(amounts, Decimal(0))] for key, amounts in told.items() if amounts}


def _by_post(place: int, one: Brand) -> dict[Any, Decimal]:
    keys = {key: one.post_key(key) for key in one.posts} | {"": None}
    return {(keys[key],): euros for key, euros in one.earned(place).items()}


def _intervals(brands: Sequence[Brand], marts: Marts) -> Iterable[tuple[str, list[Interval]]]:
    of_brand = {one.workspace_id: one for one in brands}
    campaigns = marts.rows(
        "select workspace_id, conversion_rate_low, conversion_rate_high, revenue_per_click_low, revenue_per_click_high"
        " from marts.roi_campaigns where model = 'last_touch'"
    )
    rates = [(of_brand[ws].expected_rate(), low, high) for ws, low, high, *_ in campaigns]
    yield "conversion rate of a campaign", rates
    revenues = [(of_brand[ws].expected_revenue(), low, high) for ws, _, _, low, high in campaigns]
    yield "revenue per click of a campaign", revenues
    trials = [trial(one.seed) for one in brands]
    found = [(one, lifts(pl.DataFrame(one.people), "arm", LEFT_ALONE, OUTCOMES)) for one in trials]
    for outcome in OUTCOMES:
        told = [(one, lift) for one, some in found for lift in some if lift.outcome == outcome]
        yield f"lift of {outcome}", [(one.lifts[outcome], lift.low, lift.high) for one, lift in told]


def _of_posts(brands: Sequence[Brand], marts: Marts) -> dict[str, object]:
    posts = marts.rows(
        "select post_key, clicks, conversion_rate_low, conversion_rate_high from marts.roi_posts"
        " where model = 'last_touch' and clicks > 0"
    )
    planted = {one.post_key(key): one.order_rate(post) for one in brands for key, post in one.posts.items()}
    stated = sum(_wilson_holds(clicks, planted[key]) for key, clicks, *_ in posts) / len(posts)
    return _covered("conversion rate of a post", [(planted[key], low, high) for key, _, low, high in posts], stated)


def _wilson_holds(n: int, p: float) -> float:
    """How likely Wilson's interval of 95 % holds `p` when `n` draws are made with it.

    It does where the number that came lies within 1.96 standard deviations of `p` around what was to be expected.
    """
    half = _NORMAL * math.sqrt(n * p * (1 - p))
    return sum(_binomial(k, n, p) for k in range(max(0, math.ceil(n * p - half)), min(n, math.floor(n * p + half)) + 1))


def _binomial(k: int, n: int, p: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log(1 - p))


def main(argv: Sequence[str]) -> int:
    """The exit code: 1 where something does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many brands")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(argv)
    with ground() as home:
        report = recover(os.environ["DATABASE_URL"], home / "dbt", range(asked.first, asked.first + asked.seeds))
    report.show(as_json=asked.json)
    return 0 if all(gate.holds for gate in report.gates) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
