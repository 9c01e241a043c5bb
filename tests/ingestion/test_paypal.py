"""PayPal's events: taken where PayPal signed them for our webhook, once each, in any order."""

import base64
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from clientnest.database import run
from clientnest.errors import NotReady
from clientnest.settings import settings
from ingestion import conversions
from tests.conftest import TestWorkspace, free_port
from tests.ingestion import shops
from tests.ingestion.shops import CLICK, FEW, Event, Shop, not_taken, send


@pytest.fixture
def shop(workspace: TestWorkspace, database: str) -> Shop:
    return Shop(workspace, database)


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
        not_taken(shop, source, headers, body)
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
    not_taken(shop, source, paypal.headers(webhook, body, **{"paypal-cert-url": url}), body)


def test_a_certificate_that_cannot_be_had_is_asked_for_later(shop: Shop, paypal: PayPal) -> None:
    source, webhook = shop.opened("paypal", "0EH40505U7160970P")
    body = shops.written(CAPTURED)
    missing = f"{paypal.base_url}/v1/notifications/certs/NONE"
    with pytest.raises(NotReady):
        send(source, paypal.headers(webhook, body, **{"paypal-cert-url": missing}), body)
