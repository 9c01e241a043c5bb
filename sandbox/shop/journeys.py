"""Who follows the links of posts, comes back, buys and sends back: pure functions of a seed and the posts.

A click of a person is one that the world counts as the post's `link_clicks`, at the moment at which it is counted.
"""

import math
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_DOWN, Decimal

from sandbox.shop import browsers
from sandbox.shop.habits import FIRST, RESTS, SPREAD, WITHOUT_CENTS, Habits, plant
from sandbox.shop.story import BOT, PERSON, PREFETCH, Click, Followed, Happening, Order, Refund, Signup, Visit
from sandbox.world.chance import draw, number
from sandbox.world.model import Post

# Along its curve a post has everything there.
_WHOLE = 16.0
_BACK_WITHOUT_BUYING = 0.1
# A browser that fetches ahead asks so long before the click.
_AHEAD = timedelta(seconds=2)
# Of people who come by themselves: how many a day, who reads the newsletter, who orders, and what for.
_A_DAY = (2, 8)
_READERS = 0.3
_RATE, _WORTH = 0.05, 3600.0


def journeys(seed: int, followed: Sequence[Followed], opened: datetime | None, until: datetime) -> list[Happening]:
    """Everything up to a moment, in its order. A shop that is `opened` also has people who come by themselves."""
    habits = plant(seed)
    told = sorted(followed, key=lambda one: (one.post.created_at, one.post.external_id))
    found: list[Happening] = []
    for place, one in enumerate(told):
        for n, at in enumerate(moments(one.post, until + _AHEAD)):
            found += _click(habits, told, place, n, at)
        found += _crawled(habits, one)
    if opened is not None:
        for days in range((until.date() - opened.date()).days + 1):
            found += _by_themselves(habits, opened.date() + timedelta(days=days), opened)
    return sorted((one for one in found if one.at <= until), key=lambda one: (one.at, one.id))


def moments(post: Post, until: datetime) -> Iterator[datetime]:
    """When people click, as the world counts it: never after the post was taken away."""
    clicks = post.final["link_clicks"]
    end = min(until, post.deleted_at) if post.deleted_at else until
    for n in range(1, clicks + 1):
        progress = -math.log1p(-n / clicks) if n < clicks else _WHOLE
        at = post.created_at + timedelta(hours=post.tau_hours * min(progress, _WHOLE) ** (1 / post.pace))
        if at > end:
            return
        yield _second(at)


def _second(at: datetime) -> datetime:
    """The shop and those who are paid write whole seconds."""
    return at.replace(microsecond=0)


def _person(habits: Habits, told: Sequence[Followed], place: int, n: int) -> str:
    """Somebody new, or somebody who clicks at an earlier post too."""
    post = told[place].post
    source = draw("person", habits.seed, post.network, post.external_id, n)
    if place and source.random() < habits.again:
        other = source.randrange(place)
        if clicks := told[other].post.final["link_clicks"]:
            return _person(habits, told, other, source.randrange(clicks))
    return f"v{number('person', habits.seed, post.network, post.external_id, n):016x}"


def _click(habits: Habits, told: Sequence[Followed], place: int, n: int, at: datetime) -> Iterator[Happening]:
    post, url = told[place].post, told[place].url
    key = f"{post.network}-{number(habits.seed, post.network, post.external_id, n):016x}"
    source = draw("click", habits.seed, key)
    browser, referrer = browsers.of_person(source, post.network), browsers.referrer(source, post.network)
    person = _person(habits, told, place, n)

    asked = (post.network, post.external_id, url)
    if source.random() < habits.prefetches:
        yield Click(at - _AHEAD, f"p-{key}", *asked, PREFETCH, browser, referrer)
    if source.random() < habits.bots:
        soon = _second(at + timedelta(seconds=source.uniform(5, 600)))
        yield Click(soon, f"b-{key}", *asked, BOT, browsers.of_machine(source, post.network), None)
    yield Click(at, f"c-{key}", *asked, PERSON, browser, referrer, person)
    if source.random() < habits.bounces:
        return
    visit = Visit(at + timedelta(seconds=2), f"visit-{key}", person, f"c-{key}", f"c-{key}")
    yield visit
    rate = habits.rate(post.network, post.account_id, post.kind)
    worth = habits.worth(post.network, post.account_id, post.kind)
    yield from _afterwards(habits, source, visit, rate, worth)


def _crawled(habits: Habits, one: Followed) -> Iterator[Click]:
    """The network's own crawlers look at an address within minutes."""
    post = one.post
    for place, crawler in enumerate(browsers.crawlers(post.network)):
        key = f"{post.network}-{number(habits.seed, post.network, post.external_id, 'crawler', place):016x}"
        at = _second(post.created_at + timedelta(seconds=draw("crawler", key).uniform(1, 200)))
        yield Click(at, f"b-{key}", post.network, post.external_id, one.url, BOT, crawler, None)


def _by_themselves(habits: Habits, day: date, opened: datetime) -> Iterator[Happening]:
    source = draw("by themselves", habits.seed, day)
    for n in range(source.randint(*_A_DAY)):
        key = f"{number('by themselves', habits.seed, day, n):016x}"
        at = datetime.combine(day, time(6), UTC) + timedelta(seconds=source.randrange(17 * 3600))
        visit = Visit(at, f"visit-{key}", f"v{key}", None, None, newsletter=source.random() < _READERS)
        if at >= opened:
            yield visit
            yield from _afterwards(habits, draw("alone", key), visit, _RATE, _WORTH)


def _afterwards(habits: Habits, source: random.Random, visit: Visit, rate: float, worth: float) -> Iterator[Happening]:
    """What somebody who sees the shop does then."""
    key, orders, later = visit.id.removeprefix("visit-"), source.random() < rate, source.random() < habits.later
    returns = later if orders else source.random() < _BACK_WITHOUT_BUYING
    soon = timedelta(seconds=source.randrange(120, 2100))
    if source.random() < habits.signups:
        yield Signup(visit.at + timedelta(seconds=90), f"signup-{key}", visit.person, visit.cause)
    seen = visit
    if returns:
        again = _second(visit.at + timedelta(days=source.uniform(0.6, 5.5)))
        seen = Visit(again, f"visit-again-{key}", visit.person, None, visit.cause)
        yield seen
    if orders:
        amount, currency = _price(habits, source, worth)
        payment = _payment(habits, source)
        order = Order(seen.at + soon, f"order-{key}", visit.person, visit.cause, amount, currency, payment)
        yield order
        yield from _refunds(habits, source, order)


def _price(habits: Habits, source: random.Random, worth: float) -> tuple[Decimal, str]:
    cents = max(100.0, worth * math.exp(source.gauss(0, SPREAD) - SPREAD**2 / 2))
    if source.random() >= habits.foreign:
        return Decimal(round(cents)).scaleb(-2), FIRST
    if habits.currency in WITHOUT_CENTS:
        return Decimal(round(cents * habits.price / 100)), habits.currency
    return Decimal(round(cents * habits.price)).scaleb(-2), habits.currency


def _payment(habits: Habits, source: random.Random) -> str:
    drawn = source.random()
    return "stripe" if drawn < habits.stripe else "paypal" if drawn < habits.stripe + habits.paypal else "shop"


def _refunds(habits: Habits, source: random.Random, order: Order) -> Iterator[Refund]:
    """The whole worth, or half of it, and perhaps the rest later."""
    if source.random() >= habits.refunds:
        return
    at, key = _second(order.at + timedelta(days=source.uniform(0.5, 9))), order.id.removeprefix("order-")
    if source.random() >= habits.halves:
        yield Refund(at, f"refund-{key}-1", order, order.amount, Decimal(0))
        return
    half = (order.amount / 2).quantize(order.amount, ROUND_DOWN)
    yield Refund(at, f"refund-{key}-1", order, half, Decimal(0))
    if source.random() < RESTS:
        yield Refund(at + timedelta(days=2), f"refund-{key}-2", order, order.amount - half, half)
