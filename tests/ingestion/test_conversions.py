"""Calls of shops and payment services: replayed, doubled, out of order, stale, forged, flipped. Each counts once."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientnest.database import run, unit_of_work
from clientnest.errors import Invalid, NotFound
from ingestion import conversions
from tests.conftest import TestWorkspace
from tests.ingestion import shops
from tests.ingestion.shops import CLICK, FEW, Event, Shop, Told, not_taken, send


@pytest.fixture
def shop(workspace: TestWorkspace, database: str) -> Shop:
    return Shop(workspace, database)


def tell_stripe(shop: Shop, events: Sequence[Event], secret: str = "whsec_of_the_endpoint") -> Told:
    """What is kept when these come in this order, by a source of its own."""
    source, _ = shop.opened("stripe", secret)

    async def all_of_them() -> None:
        for event in events:
            body = shops.written(event)
            answer = await conversions.receive(source, shops.stripe(secret, body), body, datetime.now(UTC))
            assert not answer.refused

    run(all_of_them())
    return shop.kept(source)


def bought(n: int, **more: Any) -> Event:
    return {"event_id": f"o{n}", "kind": "purchase", "occurred_at": f"2026-11-0{n}T10:00:00+01:00", "amount": f"{n}.50",
            "currency": "EUR", "visitor": "ada", "order_id": f"order {n}"} | more  # fmt: skip


def visited(n: int, **more: Any) -> Event:
    return {"event_id": f"v{n}", "visited_at": f"2026-11-0{n}T09:00:00Z", "visitor": "ada", "click_id": CLICK,
            "utm_source": "x", "landing_path": "/coffee?email=ada@example.com#top"} | more  # fmt: skip


EVENTS = [visited(1), visited(2, click_id="tampered"), bought(1), bought(2),
          bought(3, kind="refund", order_id="order 1"), bought(4, kind="lead", amount=None, currency=None)]  # fmt: skip


@FEW
@given(st.data())
def test_our_own_format_in_any_order_and_twice_is_the_same(shop: Shop, data: st.DataObject) -> None:
    source, secret = shop.opened("webhook")
    events = data.draw(st.permutations([*EVENTS, *data.draw(st.lists(st.sampled_from(EVENTS)))]))
    cut = data.draw(st.integers(0, len(events)))
    taken = 0
    # Visits are known by their id in the whole workspace: each example has its own.
    own = [{**event, "event_id": f"{source} {event['event_id']}"} for event in events]
    for part in (own[:cut], own[cut:]):
        body = shops.written({
            "visits": [event for event in part if "visited_at" in event],
            "conversions": [event for event in part if "visited_at" not in event],
        })  # fmt: skip
        answer = send(source, shops.standard(secret, body), body)
        assert answer.refused == ()
        taken += answer.taken
    assert taken == len(EVENTS)
    amounts = {row["event_id"].split()[-1]: row["amount"] for row in shop.kept(source)}
    assert amounts == {"o1": Decimal("1.5"), "o2": Decimal("2.5"), "o3": Decimal("-3.5"), "o4": None}
    first, second = shop.kept(source, "visits")
    assert (str(first["click_id"]), second["click_id"]) == (CLICK, None)
    assert first["landing_path"] == "/coffee"
    assert {first["visitor"], *(row["visitor"] for row in shop.kept(source))} == {first["visitor"]}
    assert "ada" not in first["visitor"]


SALE = [
    shops.checkout("pi_1", 4999, metadata={"cn_click": CLICK, "utm_campaign": "spring"}, client_reference_id="ada"),
    shops.intent("pi_1", 4999),
    shops.invoice("pi_1", 4999),
    shops.refund("re_1", "pi_1", 1000),
    shops.refund("re_2", "pi_1", 500),
    shops.charge_refunded("pi_1", 1000, created=1_790_000_110),
    shops.charge_refunded("pi_1", 1700, created=1_790_000_120),
]


@FEW
@given(st.data())
def test_a_sale_told_by_several_events_counts_once_in_any_order(shop: Shop, data: st.DataObject) -> None:
    events = data.draw(st.permutations([*SALE, *data.draw(st.lists(st.sampled_from(SALE), max_size=5))]))
    kept = tell_stripe(shop, events)
    assert kept == tell_stripe(shop, SALE)
    assert [(row["event_id"], row["kind"], row["amount"]) for row in kept] == [
        ("pi_1", "purchase", Decimal("49.99")),
        ("re_1", "refund", -10),
        ("re_2", "refund", -5),
        ("refunded:pi_1", "refund", -2),
    ]
    assert {row["order_id"] for row in kept} == {"pi_1"}
    assert (str(kept[0]["click_id"]), kept[0]["utm_campaign"]) == (CLICK, "spring")
    assert kept[0]["visitor"]


@pytest.mark.parametrize("first", [True, False])
def test_refunds_that_explain_a_charge_leave_nothing_beside_them(shop: Shop, first: bool) -> None:
    singles, total = (
        [shops.refund("re_1", "pi_1", 1000), shops.refund("re_2", "pi_1", 500)],
        shops.charge_refunded("pi_1", 1500),
    )
    kept = tell_stripe(shop, [total, *singles] if first else [*singles, total])
    assert [(row["event_id"], row["amount"]) for row in kept] == [("re_1", -10), ("re_2", -5)]


@pytest.mark.parametrize(
    ("amount", "currency", "worth"),
    [(4999, "usd", "49.99"), (500, "jpy", "500"), (5120, "kwd", "5.12"), (500, "ugx", "5"), (1, "eur", "0.01")],
)
def test_minor_units_become_whole_ones(shop: Shop, amount: int, currency: str, worth: str) -> None:
    (sale,) = tell_stripe(shop, [shops.intent("pi_1", amount, currency)])
    assert (sale["amount"], sale["currency"]) == (Decimal(worth), currency.upper())


def test_what_is_no_money_is_heard_and_not_kept(shop: Shop) -> None:
    events = [
        shops.stripe_event("customer.created", {"id": "cus_1"}),
        shops.checkout("pi_1", 100, payment_status="unpaid"),
        shops.checkout(None, 100, mode="subscription", subscription="sub_1"),
        shops.invoice("pi_2", 0),
        shops.refund("re_9", "pi_2", 5, status="failed"),
    ]
    assert tell_stripe(shop, events) == []


def test_an_invoice_knows_its_payment_and_its_subscriptions_click(shop: Shop) -> None:
    payments = {"data": [{"payment": {"type": "payment_intent", "payment_intent": "pi_7"}}]}
    parent = {"subscription_details": {"metadata": {"cn_click": CLICK}}}
    newer = shops.invoice("pi_7", 900, payment_intent=None, payments=payments, parent=parent)
    (sale,) = tell_stripe(shop, [newer, shops.intent("pi_7", 900)])
    assert (sale["event_id"], str(sale["click_id"])) == ("pi_7", CLICK)


def test_nothing_of_a_card_or_a_person_is_kept(shop: Shop) -> None:
    tell_stripe(shop, SALE)
    with psycopg.connect(shop.database) as connection:
        found = connection.execute("select conversions::text from app.conversions conversions").fetchall()
    # Ids and digests have such digits by chance.
    said = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", str(found))
    assert re.search(r"(?<![0-9a-f])4242(?![0-9a-f])|ada@example\.com|Lovelace", said) is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (shops.intent("pi_1", 100, "xxz"), "no currency"),
        (shops.intent("pi_1", 100) | {"created": "today"}, "created"),
        (
            shops.stripe_event("payment_intent.succeeded", {"id": "pi_1", "amount_received": 1.5, "currency": "eur"}),
            "minor",
        ),
        (shops.stripe_event("payment_intent.succeeded", {}), "data.object"),
    ],
)
def test_an_event_that_cannot_be_is_refused_with_its_reason(shop: Shop, told: Event, reason: str) -> None:
    source, secret = shop.opened("stripe", "whsec_x")
    body = shops.written(told)
    (refused,) = send(source, shops.stripe(secret, body), body).refused
    assert reason in refused.reason
    assert shop.kept(source) == []


Signing = Callable[..., dict[str, str]]


@pytest.fixture(params=["webhook", "stripe"])
def signed(request: pytest.FixtureRequest, shop: Shop) -> tuple[UUID, Callable[..., dict[str, str]], bytes]:
    """A source that takes signed calls, how they are signed, and a good body."""
    if request.param == "stripe":
        source, secret = shop.opened("stripe", "whsec_x")
        body = shops.written(shops.intent("pi_1", 100))
        return source, lambda body, **how: shops.stripe(secret, body, **how), body
    source, secret = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})
    return source, lambda body, **how: shops.standard(secret, body, **how), body


def test_a_call_that_is_replayed_counts_once(shop: Shop, signed: tuple[UUID, Signing, bytes]) -> None:
    source, sign, body = signed
    headers = sign(body)
    answers = [send(source, headers, body) for _ in range(3)]
    assert [(answer.taken, answer.known) for answer in answers] == [(1, 0), (0, 1), (0, 1)]
    assert len(shop.kept(source)) == 1


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_call_from_another_time_is_not_taken(shop: Shop, signed: tuple[UUID, Signing, bytes], minutes: int) -> None:
    source, sign, body = signed
    not_taken(shop, source, sign(body, at=datetime.now(UTC) + timedelta(minutes=minutes)), body)
    assert send(source, sign(body, at=datetime.now(UTC) + timedelta(minutes=minutes) / 2), body).taken == 1


@FEW
@given(st.data())
def test_a_bit_that_flips_anywhere_spoils_the_call(
    shop: Shop, signed: tuple[UUID, Signing, bytes], data: st.DataObject
) -> None:
    source, sign, body = signed
    headers = sign(body)
    name = data.draw(st.sampled_from(["", *headers]))
    whole = bytearray(headers[name].encode() if name else body)
    # Where a header ends in a signature of another scheme, nothing is proven by it.
    reach = len(whole) - len(",v0=6ffbb59b") if name == "stripe-signature" else len(whole)
    whole[data.draw(st.integers(0, reach - 1))] ^= 1 << data.draw(st.integers(0, 6))
    flipped = {**headers, name: whole.decode("latin-1")} if name else headers
    not_taken(shop, source, flipped, body if name else bytes(whole))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_or_strange_proves_nothing(shop: Shop, name: str) -> None:
    source, secret = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})
    good = shops.standard(secret, body)
    for strange in ({}, {name: ""}, {name: "é" * 50}, {name: "9" * 5000}, {name: "v1,"}, {name: "v1a," + "=" * 44}):
        not_taken(shop, source, {key: value for key, value in good.items() if key != name} | strange, body)


def test_while_a_secret_changes_a_call_may_carry_both_signatures(shop: Shop) -> None:
    source, old = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})

    async def rotate() -> str:
        async with unit_of_work(workspace_id=shop.workspace.id) as session:
            return (await conversions.rotate(session, source, None)).secret or ""

    new = run(rotate())
    not_taken(shop, source, shops.standard(old, body), body)
    before, after = shops.standard(old, body), shops.standard(new, body)
    both = f"{before['webhook-signature']} v2,other {after['webhook-signature']}"
    assert send(source, {**after, "webhook-signature": both}, body).taken == 1


def test_two_sources_do_not_take_each_others_calls(shop: Shop) -> None:
    source, _ = shop.opened("webhook")
    _, other = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})
    not_taken(shop, source, shops.standard(other, body), body)
    with pytest.raises(NotFound):
        send(uuid4(), shops.standard(other, body), body)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"\xff", b'{"visits": {}}', b'{"other": []}', b"[" * 9000])
def test_a_body_that_tells_nothing_is_named(shop: Shop, body: bytes) -> None:
    source, secret = shop.opened("server")
    with pytest.raises(Invalid):
        send(source, {"authorization": f"Bearer {secret}"}, body)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_whatever_json_a_service_sends_nothing_breaks(told: Any) -> None:
    from ingestion.conversions import paypal, stripe

    now = datetime.now(UTC)
    for sort in ("checkout.session.completed", "invoice.paid", "refund.created", "charge.refunded"):
        for place in (
            {"metadata": told, "payments": told, "payment_intent": told},
            {"parent": told, "amount_paid": told},
        ):
            body = json.dumps(shops.stripe_event(sort, {"id": "x", "currency": "eur", **place})).encode()
            stripe.read(body, now)
    for sort in ("PAYMENT.CAPTURE.COMPLETED", "PAYMENT.CAPTURE.REFUNDED", "CHECKOUT.ORDER.COMPLETED"):
        for resource in ({"id": "x", "amount": told, "links": told, "purchase_units": told}, told):
            paypal.read(json.dumps({"id": "WH", "event_type": sort, "resource": resource}).encode(), now)
