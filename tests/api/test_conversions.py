"""Shops tell visits and conversions: sources, secrets, our own format line by line, files, the page about it."""

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from tests.api.conftest import Caller, World, problem
from tests.conftest import ROOT
from tests.ingestion import shops

PURCHASE: dict[str, Any] = {"event_id": "o1", "kind": "purchase",
            "occurred_at": "2026-11-20T10:00:00+01:00", "amount": "12.50",
            "currency": "EUR", "visitor": "ada", "order_id": "1001"}  # fmt: skip
VISIT = {"event_id": "v1", "visited_at": "2026-11-20T09:00:00Z", "visitor": "ada", "utm_source": "x"}


def _opened(owner: Caller, kind: str = "server", **more: Any) -> dict[str, Any]:
    answer = owner.post("/conversions/sources", {"kind": kind, "name": "Web shop", **more})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def _tell(nobody: Caller, source: dict[str, Any], **lists: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {source['secret']}"}
    return nobody.post(f"/conversions/{source['id']}", lists, headers=headers)


def _rows(world: World, table: str) -> list[dict[str, Any]]:
    with psycopg.connect(world.database, row_factory=dict_row) as connection:
        query = f"select * from app.{table} where workspace_id = %s order by event_id".encode()
        return connection.execute(query, [world.workspace.id]).fetchall()


def test_a_shops_server_tells_visits_and_conversions(owner: Caller, nobody: Caller, world: World) -> None:
    source, click = _opened(owner), str(uuid4())
    answer = _tell(nobody, source, visits=[VISIT | {"click_id": click}], conversions=[PURCHASE])
    assert (answer.status_code, answer.json()) == (200, {"taken": 2, "known": 0, "refused": []})
    (visit,), (sale,) = _rows(world, "visits"), _rows(world, "conversions")
    assert (str(visit["click_id"]), visit["utm_source"]) == (click, "x")
    assert sale["occurred_at"] == datetime(2026, 11, 20, 9, tzinfo=UTC)
    assert (str(sale["amount"]), sale["currency"], sale["order_id"]) == ("12.5000", "EUR", "1001")
    assert visit["visitor"] == sale["visitor"] != "ada"
    listed = owner.get("/conversions/sources").json()["items"]
    assert [one["id"] for one in listed] == [source["id"]]
    assert listed[0]["last_received_at"] is not None


def test_a_visitor_is_called_otherwise_in_another_workspace(
    owner: Caller, stranger: Caller, nobody: Caller, world: World
) -> None:
    for caller in (owner, stranger):
        assert _tell(nobody, _opened(caller), visits=[VISIT]).json()["taken"] == 1
    (ours,) = _rows(world, "visits")
    with psycopg.connect(world.database) as connection:
        theirs = connection.execute(
            "select visitor from app.visits where workspace_id = %s", [stranger.workspace_id]
        ).fetchone()
    assert theirs is not None
    assert theirs[0] != ours["visitor"]


def test_what_comes_again_is_known_and_what_says_otherwise_is_refused(
    owner: Caller, nobody: Caller, world: World
) -> None:
    source = _opened(owner)
    _tell(nobody, source, conversions=[PURCHASE], visits=[VISIT])
    again = _tell(nobody, source, conversions=[PURCHASE, PURCHASE | {"amount": "12.5"}], visits=[VISIT]).json()
    assert again == {"taken": 0, "known": 3, "refused": []}
    twice = PURCHASE | {"event_id": "o2"}
    other = _tell(nobody, source, conversions=[PURCHASE | {"amount": "99"}, twice, twice]).json()
    assert (other["taken"], other["known"]) == (1, 1)
    assert [(one["event_id"], "new event_id" in one["reason"]) for one in other["refused"]] == [("o1", True)]
    assert [str(row["amount"]) for row in _rows(world, "conversions")] == ["12.5000", "12.5000"]


def test_a_refund_is_negative_with_and_without_a_sign(owner: Caller, nobody: Caller, world: World) -> None:
    back = [PURCHASE | {"event_id": f"r{n}", "kind": "Refund", "amount": a} for n, a in enumerate(("5", "-5", 5, -5.0))]
    assert _tell(nobody, _opened(owner), conversions=back).json()["taken"] == 4
    assert {(row["kind"], int(row["amount"])) for row in _rows(world, "conversions")} == {("refund", -5)}


TOMORROW = (datetime.now(UTC) + timedelta(days=3)).isoformat()


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"occurred_at": "2026-11-20T10:00:00"}, "zone"),
        ({"occurred_at": "yesterday"}, "moment"),
        ({"occurred_at": "1969-07-20T20:17:00Z"}, "2004"),
        ({"occurred_at": TOMORROW}, "today"),
        ({"occurred_at": 1_790_000_000}, "moment"),
        ({"amount": "NaN"}, "number"),
        ({"amount": "Infinity"}, "number"),
        ({"amount": "12,50"}, "point"),
        ({"amount": True}, "number"),
        ({"amount": [5]}, "number"),
        ({"amount": "1e30"}, "digits"),
        ({"amount": "0.00001"}, "digits"),
        ({"amount": "-1"}, "refund"),
        ({"amount": None}, "both"),
        ({"currency": None}, "ISO 4217"),
        ({"currency": "EURO"}, "ISO 4217"),
        ({"currency": "XXX"}, "ISO 4217"),
        ({"kind": "Great sale!"}, "purchase"),
        ({"kind": None}, "kind"),
        ({"event_id": ""}, "event_id"),
        ({"event_id": "a" * 501}, "500"),
        ({"event_id": "a\x00b"}, "printed"),
        ({"order_id": {"id": 1}}, "quotes"),
        ({"ammount": "5"}, "ammount"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words_and_the_others_are_taken(
    owner: Caller, nobody: Caller, world: World, changed: dict[str, Any], word: str
) -> None:
    answer = _tell(nobody, _opened(owner), conversions=[PURCHASE | changed, PURCHASE | {"event_id": "fine"}, 7]).json()
    assert answer["taken"] == 1
    reason, other = (one["reason"] for one in answer["refused"])
    assert word in reason
    assert "object" in other
    assert [row["event_id"] for row in _rows(world, "conversions")] == ["fine"]


def test_not_a_number_as_json_has_it_is_refused_in_its_line(owner: Caller, nobody: Caller) -> None:
    source = _opened(owner)
    body = b'{"conversions": [{"event_id": "a", "kind": "lead", "occurred_at": "2026-11-20T10:00:00Z", "amount": NaN}]}'
    headers = {"Authorization": f"Bearer {source['secret']}"}
    answer = nobody.http.post(f"/conversions/{source['id']}", content=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["refused"][0]["event_id"] == "a"


def test_a_click_that_was_tampered_with_costs_no_sale(owner: Caller, nobody: Caller, world: World) -> None:
    told = [
        PURCHASE | {"event_id": str(n), "click_id": click} for n, click in enumerate(("7", "", None, 5, "' or 1=1"))
    ]
    assert _tell(nobody, _opened(owner), conversions=told).json()["taken"] == 5
    assert {row["click_id"] for row in _rows(world, "conversions")} == {None}


def test_without_its_secret_a_door_stays_shut(owner: Caller, nobody: Caller, world: World) -> None:
    source = _opened(owner)
    for headers in (
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {source['secret']}"},
    ):
        problem(nobody.post(f"/conversions/{source['id']}", {"conversions": [PURCHASE]}, headers=headers), 401)
    problem(nobody.post(f"/conversions/{uuid4()}", {}), 404)
    owner.http.patch(f"/conversions/sources/{source['id']}", json={"is_enabled": False}).raise_for_status()
    problem(_tell(nobody, source, conversions=[PURCHASE]), 404)
    owner.http.patch(f"/conversions/sources/{source['id']}", json={"is_enabled": True}).raise_for_status()
    renewed = owner.post(f"/conversions/sources/{source['id']}/secret", {}).json()
    problem(_tell(nobody, source, conversions=[PURCHASE]), 401)
    assert _rows(world, "conversions") == []
    assert _tell(nobody, renewed, conversions=[PURCHASE]).json()["taken"] == 1


def test_a_secret_is_shown_once_and_kept_sealed(owner: Caller, world: World) -> None:
    made = [_opened(owner, kind)["secret"] for kind in ("server", "webhook")]
    entered = _opened(owner, "stripe", secret="whsec_from_stripe_dashboard")
    assert entered["secret"] is None
    secrets = [*made, "whsec_from_stripe_dashboard"]
    assert all(len(secret) > 20 for secret in secrets)
    assert not any(secret in owner.get("/conversions/sources").text for secret in secrets)
    with psycopg.connect(world.database) as connection:
        rows = connection.execute("select secret from app.conversion_sources").fetchall()
    assert not any(secret.encode() in sealed for secret in secrets for (sealed,) in rows if sealed)


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "stripe"},
        {"kind": "paypal", "secret": " "},
        {"kind": "server", "secret": "mine"},
        {"kind": "csv", "secret": "a"},
    ],
)
def test_who_makes_a_secret_is_said(owner: Caller, body: dict[str, str]) -> None:
    refused = problem(owner.post("/conversions/sources", {"name": "Shop", **body}), 422)
    assert refused["errors"][0]["field"] == "secret"


def test_a_webhook_is_taken_by_its_signature(owner: Caller, nobody: Caller) -> None:
    source = _opened(owner, "webhook")
    body = shops.written({"conversions": [PURCHASE]})
    headers = shops.standard(source["secret"], body)
    assert nobody.http.post(f"/conversions/{source['id']}", content=body, headers=headers).json()["taken"] == 1
    problem(nobody.http.post(f"/conversions/{source['id']}", content=body + b" ", headers=headers), 401)


def test_a_body_has_a_limit(owner: Caller, nobody: Caller) -> None:
    source = _opened(owner)
    problem(_tell(nobody, source, conversions=["a" * 1_000_001]), 413)
    problem(_tell(nobody, source, conversions=[PURCHASE] * 1001), 422)


CSV = """event_id,occurred_at,kind,amount,currency,visitor,order_id
o1,2026-11-20T10:00:00+01:00,purchase,12.50,EUR,ada,1001
o2,2026-11-20 11:00:00Z,purchase,10,USD,bob,
o3,2026-11-20T10:00:00,purchase,1,EUR,,
o4,2026-11-20T10:00:00Z,purchase,1
,2026-11-20T10:00:00Z,lead,,,,
"o5",2026-11-20T10:00:00Z,refund,3,EUR,ada,1001
"""


def _upload(caller: Caller, source: str, content: str, name: str = "sales.csv") -> httpx.Response:
    return caller.http.post("/conversions/files", files={"file": (name, content)}, data={"source_id": source})


def test_a_file_is_taken_line_by_line_and_counts_once(owner: Caller, world: World) -> None:
    source = _opened(owner, "csv")["id"]
    answer = _upload(owner, source, CSV).json()
    assert (answer["taken"], answer["known"]) == (3, 0)
    assert [(one["line"], one["event_id"]) for one in answer["refused"]] == [(4, "o3"), (5, "o4"), (6, None)]
    assert "zone" in answer["refused"][0]["reason"]
    assert {row["event_id"]: str(row["amount"]) for row in _rows(world, "conversions")} == {
        "o1": "12.5000", "o2": "10.0000", "o5": "-3.0000",
    }  # fmt: skip
    again = _upload(owner, source, CSV.replace(",", ";")).json()
    assert (again["taken"], again["known"], len(again["refused"])) == (0, 3, 3)
    changed = _upload(owner, source, CSV.replace(",10,USD", ",11,USD")).json()
    assert (changed["known"], [one["line"] for one in changed["refused"]]) == (2, [3, 4, 5, 6])


@pytest.mark.parametrize(
    "content", ["", "a,b\n1,2\n", "event_id,occurred_at\n", "event_id,event_id,occurred_at,kind\n"]
)
def test_a_file_of_something_else_is_named(owner: Caller, content: str) -> None:
    problem(_upload(owner, _opened(owner, "csv")["id"], content), 422)


def test_a_file_goes_to_a_source_of_files_of_the_own_workspace(owner: Caller, stranger: Caller, world: World) -> None:
    problem(_upload(owner, _opened(owner, "server")["id"], CSV), 409)
    theirs = _opened(owner, "csv")["id"]
    problem(_upload(stranger, theirs, CSV), 404)
    assert _rows(world, "conversions") == []


def test_the_examples_of_the_page_do_what_it_says(owner: Caller, world: World, url: str, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "conversions.md").read_text()
    examples = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    assert len(examples) == 3
    server, signed, files = (_opened(owner, kind) for kind in ("server", "webhook", "csv"))
    told = [
        {"SOURCE": server["id"], "SECRET": server["secret"]},
        {"SOURCE": signed["id"], "SECRET": signed["secret"]},
        {"SOURCE": files["id"], "TOKEN": owner.http.headers["Authorization"].removeprefix("Bearer "),
         "WORKSPACE": str(owner.workspace_id)},
    ]  # fmt: skip
    for script, names in zip(examples, told, strict=True):
        environment = {**os.environ, "NEST": url, "no_proxy": "127.0.0.1", **names}
        done = subprocess.run(
            ["sh", "-euc", script], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert '"refused":[]' in done.stdout, done.stdout
    assert len(_rows(world, "visits")) == 1
    assert len(_rows(world, "conversions")) == 3
