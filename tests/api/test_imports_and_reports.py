"""Bringing files in, and reports out, over HTTP."""

import contextlib
import http.client
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from clientnest.settings import settings
from tests.api.conftest import NOW, TODAY, Caller, World, problem
from tests.conftest import ROOT

SAMPLE = ROOT / "ingestion" / "files" / "samples" / "facebook_metrics.csv"


def _import(owner: Caller, content: bytes, name: str = "export.csv", **fields: Any) -> httpx.Response:
    return owner.http.post("/imports", files={"file": (name, content)}, data=fields, timeout=120)


def test_a_file_is_looked_at_then_loaded_then_known(owner: Caller) -> None:
    content = SAMPLE.read_bytes()
    looked = _import(owner, content, SAMPLE.name, dry_run="true").json()
    assert (looked["dry_run"], looked["platform"], looked["written"]) == (True, "facebook", None)
    assert looked["understood"]
    assert owner.get("/imports").json()["items"] == []
    loaded = _import(owner, content, SAMPLE.name).json()
    assert loaded["written"] == loaded["records"] - loaded["quarantined"] >= 400
    assert loaded["sums"] == looked["sums"]
    again = _import(owner, content, SAMPLE.name).json()
    assert (again["written"], again["import_id"]) == (0, loaded["import_id"])
    (record,) = owner.get("/imports").json()["items"]
    assert (record["filename"], record["written"]) == (SAMPLE.name, loaded["written"])
    assert [a["status"] for a in owner.get("/social/accounts").json()["items"]] == ["imported"]


def test_a_dry_run_can_be_asked_for_in_the_address(owner: Caller) -> None:
    answer = owner.http.post("/imports?dry_run=true", files={"file": ("f.csv", SAMPLE.read_bytes())}, timeout=120)
    assert answer.json()["dry_run"] is True
    assert owner.get("/imports").json()["items"] == []


def test_a_file_that_nobody_knows_is_refused(owner: Caller) -> None:
    body = problem(_import(owner, b"a,b\n1,2\n"), 422)
    assert body["detail"]
    assert owner.get("/imports").json()["items"] == []


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(owner: Caller, url: str) -> None:
    with contextlib.closing(http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)) as connection:
        connection.putrequest("POST", "/imports")
        connection.putheader("authorization", owner.http.headers["authorization"])
        connection.putheader("content-length", "100000001")
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 413
        assert b"larger than 100 MB" in answer.read()


def test_a_body_without_a_length_is_counted_as_it_comes(nobody: Caller) -> None:
    def endless() -> Any:
        for _ in range(40):
            yield b" " * 50_000

    answer = nobody.http.post("/auth/login", content=endless(), headers={"content-type": "application/json"})
    assert "larger than 1 MB" in problem(answer, 413)["detail"]


def test_a_report_is_made_listed_and_downloaded(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    world.post(account, "instagram", TODAY, likes=3, engagements=3, views=10, text="=1+1")
    answer = owner.http.post("/reports", json={"kind": "weekly", "period_end": str(TODAY)}, timeout=120)
    assert answer.status_code == 201, answer.text
    made = answer.json()["items"]
    assert {report["format"] for report in made} == {"pdf", "csv"}
    listed = owner.get("/reports").json()["items"]
    assert {report["id"] for report in listed} == {report["id"] for report in made}
    for report in made:
        file = owner.get(f"/reports/{report['id']}/download")
        assert file.status_code == 200
        assert len(file.content) == report["size"]
        assert str(TODAY) in file.headers["content-disposition"]
        assert file.headers["cache-control"] == "no-store"
        assert report["format"] in file.headers["content-type"]


def test_a_report_of_days_that_are_not_over_is_refused(owner: Caller, world: World) -> None:
    world.account("instagram")
    body = problem(owner.http.post("/reports", json={"period_end": "2999-01-01"}, timeout=120), 422)
    assert [found["field"] for found in body["errors"]] == ["period_end"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "gone.pdf"])
def test_a_report_outside_its_folder_or_gone_is_not_served(owner: Caller, world: World, path: str, home: Path) -> None:
    assert settings().home == home
    report_id = uuid4()
    world.insert(
        "app.reports",
        id=report_id,
        kind="weekly",
        format="pdf",
        period_start=TODAY,
        period_end=TODAY,
        observed_at=NOW,
        path=path,
        size=1,
        sha256="0" * 64,
    )
    assert "make it again" in problem(owner.get(f"/reports/{report_id}/download"), 404)["detail"]
