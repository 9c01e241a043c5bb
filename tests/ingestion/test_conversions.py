"""Calls of shops and payment services: replayed, doubled, out of order, stale, forged, flipped. Each counts once."""

import base64
import json
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from psycopg.rows import dict_row

from clientnest.database import run, unit_of_work
from clientnest.errors import Invalid, NotFound, NotReady, Unauthenticated
from clientnest.settings import settings
from ingestion import conversions
from ingestion.conversions import Answer
from tests.conftest import TestWorkspace, free_port
from tests.ingestion import shops
from tests.ingestion.shops import Event

# Each example brings a source of its own.
FEW = examples(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CLICK = "7b0d2e3a-5d7e-4d0a-8d0c-8f6b3a1c9e11"
Told = Sequence[dict[str, Any]]


@dataclass(frozen=True)
class Shop:
    """A workspace's sources, and what came in by them."""

    workspace: TestWorkspace
    database: str

    def opened(self, kind: str, secret: str | None = None) -> tuple[UUID, str]:
        async def add() -> tuple[UUID, str]:
            async with unit_of_work(workspace_id=self.workspace.id) as session:
                made = await conversions.add(session, self.workspace.id, kind, f"A {kind}", secret)
                return made.source.id, made.secret or secret or ""

        return run(add())

    def kept(self, source: UUID, table: str = "conversions") -> Told:
        """Rows by event, without what differs between any two takings of the same."""
        with psycopg.connect(self.database, row_factory=dict_row) as connection:
            rows = connection.execute(
                f"select * from app.{table} where source_id = %s order by event_id".encode(), [source]
            ).fetchall()
        own = ("id", "created_at", "received_at", "source_id")
        return [{name: value for name, value in row.items() if name not in own} for row in rows]


@pytest.fixture
def shop(workspace: TestWorkspace, database: str) -> Shop:
    return Shop(workspace, database)


def send(source: UUID, headers: dict[str, str], body: bytes, now: datetime | None = None) -> Answer:
    return run(conversions.receive(source, headers, body, now or datetime.now(UTC)))


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
    assert not any(word in str(found) for word in ("4242", "ada@example.com", "Lovelace"))


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


def _refused(shop: Shop, source: UUID, headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(Unauthenticated):
        send(source, headers, body)
    assert shop.kept(source) == []


def test_a_call_that_is_replayed_counts_once(shop: Shop, signed: tuple[UUID, Signing, bytes]) -> None:
    source, sign, body = signed
    headers = sign(body)
    answers = [send(source, headers, body) for _ in range(3)]
    assert [(answer.taken, answer.known) for answer in answers] == [(1, 0), (0, 1), (0, 1)]
    assert len(shop.kept(source)) == 1


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_call_from_another_time_is_not_taken(shop: Shop, signed: tuple[UUID, Signing, bytes], minutes: int) -> None:
    source, sign, body = signed
    _refused(shop, source, sign(body, at=datetime.now(UTC) + timedelta(minutes=minutes)), body)
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
    _refused(shop, source, flipped, body if name else bytes(whole))


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_header_that_is_missing_or_strange_proves_nothing(shop: Shop, name: str) -> None:
    source, secret = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})
    good = shops.standard(secret, body)
    for strange in ({}, {name: ""}, {name: "é" * 50}, {name: "9" * 5000}, {name: "v1,"}, {name: "v1a," + "=" * 44}):
        _refused(shop, source, {key: value for key, value in good.items() if key != name} | strange, body)


def test_while_a_secret_changes_a_call_may_carry_both_signatures(shop: Shop) -> None:
    source, old = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})

    async def rotate() -> str:
        async with unit_of_work(workspace_id=shop.workspace.id) as session:
            return (await conversions.rotate(session, source, None)).secret or ""

    new = run(rotate())
    _refused(shop, source, shops.standard(old, body), body)
    before, after = shops.standard(old, body), shops.standard(new, body)
    both = f"{before['webhook-signature']} v2,other {after['webhook-signature']}"
    assert send(source, {**after, "webhook-signature": both}, body).taken == 1


def test_two_sources_do_not_take_each_others_calls(shop: Shop) -> None:
    source, _ = shop.opened("webhook")
    _, other = shop.opened("webhook")
    body = shops.written({"conversions": [bought(1)]})
    _refused(shop, source, shops.standard(other, body), body)
    with pytest.raises(NotFound):
        send(uuid4(), shops.standard(other, body), body)


@dataclass(frozen=True)
class PayPal:
    """Signs as PayPal does; its certificate is served at its own address."""

    base_url: str
    key: RSAPrivateKey

    def headers(self, webhook: str, body: bytes, **changed: str) -> dict[str, str]:
        id_, time = "69cd13f0-d67a-11e5-baa3-778b53f4ae55", "2026-11-20T10:00:05Z"
        said = f"{id_}|{time}|{webhook}|{zlib.crc32(body)}".encode()
        signature = base64.b64encode(self.key.sign(said, PKCS1v15(), SHA256())).decode()
        return {
            "paypal-transmission-id": id_, "paypal-transmission-time": time, "paypal-transmission-sig": signature,
            "paypal-cert-url": f"{self.base_url}/v1/notifications/certs/CERT-1", "paypal-auth-algo": "SHA256withRSA",
        } | changed  # fmt: skip


def _certificate(key: RSAPrivateKey, days: int = 30) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = (
        built.serial_number(7).not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
    )
    return built.sign(key, SHA256()).public_bytes(Encoding.PEM)


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def paypal(key: RSAPrivateKey, home: object) -> Iterator[PayPal]:
    served = {"/v1/notifications/certs/CERT-1": _certificate(key), "/v1/notifications/certs/OLD": _certificate(key, -1)}

    class Serving(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = served.get(self.path)
            self.send_response(200 if content else 404)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Serving)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    base = f"http://127.0.0.1:{server.server_port}"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("NEST_PAYPAL_BASE_URL", base)
        environment.setenv("NEST_OUTBOUND_ALLOW", base.removeprefix("http://"))
        settings.cache_clear()
        yield PayPal(base, key)
    settings.cache_clear()
    server.shutdown()
    thread.join()
    server.server_close()


CAPTURED = shops.capture("CAP-1", "49.99", custom_id=CLICK)
PAYPAL = [
    CAPTURED,
    shops.order("ORD-1", shops.capture("CAP-1", "49.99"), custom_id=f"cn_click={CLICK}&cn_visitor=ada"),
    shops.repayment("REF-1", "CAP-1", "10.00"),
    {"id": "WH-9", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {"id": "ORD-1", "status": "APPROVED"}},
]


@FEW
@given(st.permutations([*PAYPAL, CAPTURED]))
def test_paypals_events_count_once_in_any_order(shop: Shop, paypal: PayPal, events: list[Event]) -> None:
    source, webhook = shop.opened("paypal", "0EH40505U7160970P")

    async def all_of_them() -> None:
        for event in events:
            body = shops.written(event)
            await conversions.receive(source, paypal.headers(webhook, body), body, datetime.now(UTC))

    run(all_of_them())
    sale, back = shop.kept(source)
    assert (sale["event_id"], sale["amount"], str(sale["click_id"])) == ("CAP-1", Decimal("49.99"), CLICK)
    assert sale["visitor"]
    assert (back["event_id"], back["kind"], back["amount"], back["order_id"]) == ("REF-1", "refund", -10, "CAP-1")


def test_what_paypal_did_not_sign_is_not_taken(shop: Shop, paypal: PayPal) -> None:
    source, webhook = shop.opened("paypal", "0EH40505U7160970P")
    body = shops.written(CAPTURED)
    strangers = PayPal(paypal.base_url, generate_private_key(65537, 2048))
    certs = f"{paypal.base_url}/v1/notifications/certs"
    for headers in (
        strangers.headers(webhook, body),
        paypal.headers("another-webhook", body),
        paypal.headers(webhook, body + b" "),
        paypal.headers(webhook, body, **{"paypal-transmission-time": "2026-11-21T10:00:05Z"}),
        paypal.headers(webhook, body, **{"paypal-auth-algo": "none"}),
        paypal.headers(webhook, body, **{"paypal-transmission-sig": "no base64"}),
        paypal.headers(webhook, body, **{"paypal-cert-url": f"{certs}/OLD"}),
    ):
        _refused(shop, source, headers, body)
    assert send(source, paypal.headers(webhook, body), body).taken == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
        "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
        "https://evil-paypal.com/v1/notifications/certs/CERT-1",
        "http://api.paypal.com/v1/notifications/certs/CERT-1",
        "https://www.paypal.com/redirect?to=https://evil.example/CERT-1",
        "https://api.paypal.com/v1/notifications/certs/../../../evil",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_certificate_from_elsewhere_is_not_even_asked_for(shop: Shop, paypal: PayPal, url: str) -> None:
    source, webhook = shop.opened("paypal", "0EH40505U7160970P")
    body = shops.written(CAPTURED)
    _refused(shop, source, paypal.headers(webhook, body, **{"paypal-cert-url": url}), body)


def test_a_certificate_that_cannot_be_had_is_asked_for_later(shop: Shop, paypal: PayPal) -> None:
    source, webhook = shop.opened("paypal", "0EH40505U7160970P")
    body = shops.written(CAPTURED)
    missing = f"{paypal.base_url}/v1/notifications/certs/NONE"
    with pytest.raises(NotReady):
        send(source, paypal.headers(webhook, body, **{"paypal-cert-url": missing}), body)


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
