"""The shop: who comes by the links of posts, what they buy, and who tells of it how."""

import base64
import hashlib
import hmac
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from tests.sandbox.stage import Stage, running
from tests.sandbox.street import Heard, Street, ask, books, posted, street

_ISO = {"eur": 2, "nok": 2, "usd": 2, "jpy": 0}


@pytest.fixture
def around() -> Iterator[Street]:
    with street() as found:
        yield found


@pytest.fixture(scope="module")
def month() -> Iterator[tuple[Stage, Street, dict[str, Any], list[str]]]:
    """Four posts with a short link, four weeks, and everybody who came: what was answered, and the posts."""
    with running(ago="P28D") as stage, street() as around:
        around.target = f"{stage.trade['shop']['base_url']}/beans/dark?utm_source=us&utm_campaign=autumn"
        ask(stage, "/shop", **around.settings())
        posts = [posted(stage, name, f"{around.url}/l/{n}") for n, name in enumerate(("facebook", "x") * 2)]
        stage.advance("P28D")
        yield stage, around, ask(stage, "/shoppers"), posts


Month = tuple[Stage, Street, dict[str, Any], list[str]]


def test_people_click_as_often_as_the_world_says(month: Month) -> None:
    stage, around, answer, posts = month
    ledger = books(stage)
    people = Counter(one["post"] for one in ledger["clicks"] if one["who"] == "person")
    assert set(people) == set(posts)
    assert sum(people.values()) == answer["clicks"]["person"] > 30
    assert len(around.followed) == len(ledger["clicks"]) == sum(answer["clicks"].values())
    assert all(one["arrived"] for one in ledger["clicks"])


def test_machines_say_who_they_are_and_people_are_many(month: Month) -> None:
    _, around, answer, _ = month
    agents = Counter(one.headers["user-agent"] for one in around.followed)
    assert any(agent.startswith("facebookexternalhit/1.1") for agent in agents)
    assert agents["Twitterbot/1.0"] >= 1
    ahead = [one for one in around.followed if one.headers.get("sec-purpose") == "prefetch"]
    assert len(ahead) == answer["clicks"]["prefetch"]
    assert len({one.address for one in around.followed}) > answer["clicks"]["person"] / 2
    assert any("l.facebook.com" in one.headers.get("referer", "") for one in around.followed)


def test_the_server_tells_visits_with_the_click_that_brought_them(month: Month) -> None:
    stage, around, _, _ = month
    ledger = books(stage)
    visits = {one["event_id"]: one for one in around.visits()}
    assert len(visits) == len(around.visits()) == len(ledger["visits"])
    for one in ledger["visits"]:
        told = visits[one["event_id"]]
        assert told == {name: value for name, value in one.items() if name not in ("network", "post")}
        if "post" in one:
            assert told["click_id"]
            assert (told["utm_source"], told["landing_path"]) == ("us", "/beans/dark")
    assert {one.headers["authorization"] for one in around.at("server")} == {"Bearer of the server"}
    clicked = [one["click_id"] for one in ledger["visits"] if "click_id" in one]
    assert len(set(clicked)) == len(clicked)
    assert any("post" not in one for one in ledger["visits"])


def test_every_order_is_told_by_one_and_the_sums_are_the_ledgers(month: Month) -> None:
    stage, around, answer, _ = month
    ledger = books(stage)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in around.conversions():
        if one["kind"] != "signup":
            sums["server", one["currency"]] += Decimal(one["amount"])
    stripe = {one.told["data"]["object"]["id"]: one.told for one in around.at("stripe")}
    for event in stripe.values():
        about = event["data"]["object"]
        units = Decimal(about.get("amount", 0)).scaleb(-_ISO[about["currency"]])
        sign = {"payment_intent.succeeded": 1, "refund.created": -1}.get(event["type"], 0)
        sums["stripe", about["currency"].upper()] += sign * units
    for heard in around.at("paypal"):
        amount = heard.told["resource"]["amount"]
        sign = 1 if heard.told["event_type"] == "PAYMENT.CAPTURE.COMPLETED" else -1
        sums["paypal", amount["currency_code"]] += sign * Decimal(amount["value"])
    expected: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in (*ledger["orders"], *ledger["refunds"]):
        expected[one["by"], one["currency"]] += Decimal(one["amount"])
    assert {by: total for by, total in sums.items() if total} == {by: total for by, total in expected.items() if total}
    assert {by for by, _ in expected} == {"server", "stripe", "paypal"}
    assert answer["told"]["waiting"] == 0


def test_stripe_signs_what_it_sends_and_shows_it_again(month: Month) -> None:
    stage, around, _, _ = month
    trade = stage.trade["stripe"]
    for heard in around.at("stripe"):
        stamp, given = (part.partition("=")[2] for part in heard.headers["stripe-signature"].split(","))
        expected = hmac.new(b"whsec_test", f"{stamp}.".encode() + heard.body, hashlib.sha256).hexdigest()
        assert given == expected
        assert abs(int(stamp) - time.time()) < 300
    event = around.at("stripe")[0].told
    auth = {"authorization": f"Bearer {trade['secret_key']}"}
    assert httpx.get(f"{trade['base_url']}/v1/events/{event['id']}", headers=auth).json() == event
    assert httpx.get(f"{trade['base_url']}/v1/events/{event['id']}").status_code == 401
    metadata = [one.told["data"]["object"]["metadata"] for one in around.at("stripe") if "payment" in one.told["type"]]
    assert all(one["cn_visitor"] and one["order_id"] for one in metadata)


def test_paypal_signs_with_the_key_of_its_certificate(month: Month) -> None:
    stage, around, _, _ = month
    for heard in around.at("paypal"):
        signed(heard, heard.body)
        with pytest.raises(InvalidSignature):
            signed(heard, heard.body.replace(b"COMPLETED", b"completed"))
    trade = stage.trade["paypal"]
    with httpx.Client(base_url=trade["base_url"], trust_env=False) as http:
        basic = (trade["client_id"], trade["client_secret"])
        token = http.post("/v1/oauth2/token", auth=basic, data={"grant_type": "client_credentials"}).json()
        http.headers["authorization"] = f"Bearer {token['access_token']}"
        heard = around.at("paypal")[0]
        asked = {
            **{name: heard.headers[f"paypal-{name.replace('_', '-')}"] for name in ("transmission_id", "cert_url")},
            "transmission_time": heard.headers["paypal-transmission-time"],
            "transmission_sig": heard.headers["paypal-transmission-sig"],
            "auth_algo": heard.headers["paypal-auth-algo"],
            "webhook_id": "WH-TEST",
            "webhook_event": heard.told,
        }
        path = "/v1/notifications/verify-webhook-signature"
        assert http.post(path, json=asked).json() == {"verification_status": "SUCCESS"}
        assert http.post(path, json={**asked, "webhook_id": "other"}).json() == {"verification_status": "FAILURE"}


def signed(heard: Heard, body: bytes) -> None:
    """Raises InvalidSignature; by the certificate that the message names."""
    certificate = x509.load_pem_x509_certificate(httpx.get(heard.headers["paypal-cert-url"]).content)
    key = certificate.public_key()
    assert isinstance(key, RSAPublicKey)
    said = (heard.headers["paypal-transmission-id"], heard.headers["paypal-transmission-time"], "WH-TEST")
    text = "|".join((*said, str(zlib.crc32(body))))
    key.verify(base64.b64decode(heard.headers["paypal-transmission-sig"]), text.encode(), PKCS1v15(), SHA256())


def test_touches_are_what_came_before_an_order(month: Month) -> None:
    ledger = books(month[0])
    assert any(one["touches"] for one in ledger["orders"])
    assert any(not one["touches"] for one in ledger["orders"])
    for one in ledger["orders"]:
        assert all(touch["at"] <= one["occurred_at"] for touch in one["touches"])
        if one["cause"]:
            assert one["cause"]["post"] in {touch["post"] for touch in one["touches"]}


def test_the_ledger_knows_what_was_known_at_a_moment(month: Month) -> None:
    stage = month[0]
    whole = books(stage)
    half = whole["visits"][len(whole["visits"]) // 2]["visited_at"]
    found = books(stage, at=half)
    for name, moment in (("visits", "visited_at"), ("orders", "occurred_at"), ("clicks", "at")):
        assert found[name] == [one for one in whole[name] if one[moment] <= half]


def test_the_export_holds_what_the_ledger_does(month: Month) -> None:
    stage = month[0]
    ledger, lines = books(stage), httpx.get(f"{stage.trade['shop']['base_url']}/export.csv").text.splitlines()
    assert len(lines) == 1 + sum(len(ledger[name]) for name in ("signups", "orders", "refunds"))
    assert lines[0].startswith("event_id,kind,occurred_at,amount,currency,order_id,visitor,click_id")


def test_what_is_planted_is_told(month: Month) -> None:
    stage, _, _, posts = month
    earnings = httpx.get(f"{stage.control}/truth").json()["earnings"]
    accounts = earnings["networks"]["facebook"][stage.account("facebook")]
    assert earnings["posts"]["facebook"][posts[0]]["conversion_rate"] == accounts["link"]["conversion_rate"]
    assert 0 < earnings["bots"] < 1
    assert len(earnings["currencies"]) == 2


def test_some_is_told_twice_and_in_any_order(around: Street) -> None:
    with running(seed=2, ago="P14D") as stage:
        around.target = f"{stage.trade['shop']['base_url']}/tea?utm_source=us"
        ask(stage, "/shop", **around.settings(duplicates=0.5, shuffled=True))
        posted(stage, "facebook", f"{around.url}/l/one")
        stage.advance("P14D")
        ask(stage, "/shoppers")
        times = Counter(one["event_id"] for one in around.visits())
        assert set(times.values()) == {1, 2}
        assert set(times) == {one["event_id"] for one in books(stage)["visits"]}
        moments = [one["visited_at"] for one in around.visits()]
        assert moments != sorted(moments)


def test_what_is_not_taken_is_told_again(around: Street) -> None:
    around.shut.add("server")
    with running(seed=3, ago="P2D") as stage:
        ask(stage, "/shop", server=around.settings()["server"])
        stage.advance("P2D")
        waiting = ask(stage, "/shoppers")["told"]["waiting"]
        assert waiting > 0
        assert around.heard == []
        around.shut.clear()
        assert ask(stage, "/shoppers")["told"]["waiting"] == 0
        assert len(around.visits()) + len(around.conversions()) >= waiting


def test_it_goes_on_where_it_was_also_after_a_kill(around: Street, tmp_path: Path) -> None:
    with running(seed=4, state=tmp_path, ago="P9D") as stage:
        around.target = f"{stage.trade['shop']['base_url']}/tea?utm_source=us"
        ask(stage, "/shop", server=around.settings()["server"])
        posted(stage, "facebook", f"{around.url}/l/one")
        posted(stage, "x", f"{around.url}/l/two")
        stage.advance("P9D")
        assert sum(ask(stage, "/shoppers", limit=10)["clicks"].values()) == 10
        before = books(stage)
    with running(seed=4, state=tmp_path) as stage:
        after = books(stage)
        assert {**after, "at": ""} == {**before, "at": ""}
        around.target = f"{stage.trade['shop']['base_url']}/tea?utm_source=us"
        ask(stage, "/shoppers")
        ledger = books(stage)
    assert len(ledger["clicks"]) == len(around.followed) > 10
    assert Counter(one["event_id"] for one in around.visits()) == Counter(one["event_id"] for one in ledger["visits"])


def test_nobody_buys_by_a_link_that_leads_nowhere_or_out_of_the_machine(around: Street) -> None:
    with running(seed=5, ago="P5D") as stage:
        posted(stage, "facebook", f"{around.url}/gone")
        posted(stage, "x", "https://elsewhere.example/tea")
        stage.advance("P5D")
        answer = ask(stage, "/shoppers")
        ledger = books(stage)
    assert answer["elsewhere"] == 1
    assert answer["lost"] == len(ledger["clicks"]) == len(around.followed) > 0
    assert ledger["visits"] == ledger["orders"] == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/shop", {"server": {"url": "http://127.0.0.1:1"}}),
        ("/shop", {"duplicates": 2}),
        ("/shop", {"servers": None}),
        ("/shoppers", {"until": "2999-01-01T00:00:00Z"}),
        ("/shoppers", {"until": "soon"}),
        ("/shoppers", {"limit": 0}),
    ],
)
def test_wrong_wishes_are_answered_with_what_to_send(month: Month, path: str, sent: dict[str, Any]) -> None:
    answer = httpx.post(f"{month[0].control}{path}", json=sent)
    assert answer.status_code == 400
    assert len(answer.json()["error"]) > 20
