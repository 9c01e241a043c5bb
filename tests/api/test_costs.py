"""Costs: entered and corrected by people, imported from exports of ads, each once."""

import csv
import io
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.api.conftest import Caller, World, problem
from tests.conftest import shared

TOOL = {"kind": "tools", "currency": "EUR", "incurred_on": "2026-11-02", "amount": "49.90"}


def _entered(owner: Caller, **more: Any) -> dict[str, Any]:
    answer = owner.post("/costs", TOOL | more)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_cost_is_entered_corrected_and_removed(owner: Caller) -> None:
    made = _entered(owner, until="2026-11-30", note="Scheduling")
    assert Decimal(made["amount"]) == Decimal("49.9")
    changed = owner.http.put(f"/costs/{made['id']}", json=TOOL | {"amount": "12"}).json()
    assert (Decimal(changed["amount"]), changed["until"], changed["note"]) == (Decimal(12), None, None)
    assert owner.get(f"/costs/{made['id']}").json() == changed
    assert owner.http.delete(f"/costs/{made['id']}").status_code == 200
    problem(owner.get(f"/costs/{made['id']}"), 404)


def test_hours_and_their_rate_make_the_amount(owner: Caller) -> None:
    hours = {"kind": "production", "hours": "2.5", "hourly_rate": "33.33"}
    made = _entered(owner, **{**hours, "amount": None})
    assert Decimal(made["amount"]) == Decimal("83.325")
    assert Decimal(_entered(owner, **{**hours, "amount": "83.325"})["amount"]) == Decimal("83.325")
    refused = problem(owner.post("/costs", TOOL | hours), 422)
    assert [one["field"] for one in refused["errors"]] == ["amount"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": None}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "0.00001"}, "amount"),
        ({"currency": "EURO"}, "currency"),
        ({"kind": "bribes"}, "kind"),
        ({"incurred_on": "yesterday"}, "incurred_on"),
        ({"until": "2026-11-01"}, "until"),
        ({"hours": "3"}, "hours"),
        ({"post_external_id": "1"}, "post_external_id"),
        ({"campaign_id": str(uuid4())}, "campaign_id"),
        ({"account_id": str(uuid4()), "post_external_id": "1"}, "account_id"),
        ({"external_key": "mine"}, "external_key"),
    ],
)
def test_what_is_wrong_with_a_cost_is_named(owner: Caller, changed: dict[str, Any], field: str) -> None:
    refused = problem(owner.post("/costs", TOOL | changed), 422)
    assert [one["field"] for one in refused["errors"]] == [field]
    assert owner.get("/costs").json()["items"] == []


def test_a_cost_is_of_a_campaign_or_of_a_post_of_the_own_workspace(
    owner: Caller, stranger: Caller, world: World
) -> None:
    account = str(world.account("instagram"))
    campaign = owner.post("/campaigns", {"name": "Spring"}).json()["id"]
    boost = {"kind": "boost", "account_id": account, "post_external_id": "ig-7"}
    assert _entered(owner, **boost)["post_external_id"] == "ig-7"
    assert _entered(owner, campaign_id=campaign)["campaign_id"] == campaign
    problem(stranger.post("/costs", TOOL | boost), 422)
    problem(stranger.post("/costs", TOOL | {"campaign_id": campaign}), 422)
    problem(_import(stranger, "a.csv", "ad_id", campaign_id=campaign), 422)


def test_costs_are_listed_in_pages_by_campaign_and_span(owner: Caller) -> None:
    campaign = owner.post("/campaigns", {"name": "Spring"}).json()["id"]
    days = [_entered(owner, incurred_on=f"2026-11-0{n}", campaign_id=campaign if n % 2 else None) for n in range(1, 6)]
    days.append(_entered(owner, incurred_on="2026-10-01", until="2026-11-03"))

    def found(**query: Any) -> list[str]:
        ids: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = owner.get("/costs", limit=2, **query, **cursor).json()
            ids += [one["id"] for one in page["items"]]
            if page["next_cursor"] is None:
                return ids
            cursor = {"cursor": page["next_cursor"]}

    ids = [one["id"] for one in days]
    assert found() == [*reversed(ids[:5]), ids[5]]
    assert found(campaign_id=campaign) == [ids[4], ids[2], ids[0]]
    assert found(since="2026-11-03", until="2026-11-04") == [ids[3], ids[2], ids[5]]
    problem(owner.get("/costs", cursor="bm9uc2Vuc2U"), 422)


def _import(caller: Caller, name: str, content: str | bytes, **ask: str) -> Any:
    return caller.http.post("/costs/files", files={"file": (name, content)}, data=ask)


NOVEMBER = {"currency": "USD", "incurred_on": "2017-08-17", "until": "2017-10-17"}
SEGMENTS = """ad_id,xyz_campaign_id,fb_campaign_id,age,gender,interest,Impressions,Clicks,Spent,\
Total_Conversion,Approved_Conversion
1,916,103,30-34,M,15,7350,1,1.43,2,1
2,936,104,35-39,F,16,17861,2,1.82,2,0
"""


def test_a_real_export_adds_up_to_the_cent_and_counts_once(owner: Caller, world: World) -> None:
    content = shared("data/facebook_ads_kag/train.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    answer = _import(owner, "train.csv", content, **NOVEMBER).json()
    spent = sum(Decimal(row["Spent"]) for row in rows)
    assert (answer["taken"], answer["known"], answer["broken"]) == (len(rows), 0, [])
    assert Decimal(answer["spent"]) == spent
    again = _import(owner, "train.csv", content, **NOVEMBER).json()
    assert (again["taken"], again["corrected"], again["known"]) == (0, 0, len(rows))
    with psycopg.connect(world.database) as connection:
        by_campaign = connection.execute(
            "select p.name, count(*), sum(c.amount), sum(c.impressions), sum(c.clicks), sum(c.conversions) "
            "from app.costs c join app.campaigns p on p.id = c.campaign_id where c.workspace_id = %s "
            "and c.kind = 'ads' and c.currency = 'USD' group by 1 order by 1",
            [world.workspace.id],
        ).fetchall()
    for name, count, *sums in by_campaign:
        theirs = [row for row in rows if row["xyz_campaign_id"] == name]
        columns = ("Spent", "Impressions", "Clicks", "Total_Conversion")
        assert count == len(theirs)
        assert sums == [sum(Decimal(row[column]) for row in theirs) for column in columns]
    assert sum(row[1] for row in by_campaign) == len(rows)


def test_damaged_lines_are_told_and_the_others_are_taken(owner: Caller) -> None:
    damaged = (
        SEGMENTS
        + "3,916,105,30-34,M,15,x,1,1.43,2,1\n4,916,105,30-34,M,15,1,1,-1,2,1\n5,916,105,30-34,M,15,1,1,NaN,2,1\n"
        + "6,916,105,30-34,M\n7,916,105,30-34,M,15,1.5,1,1,2,1\n,916,105,30-34,M,15,1,1,1,2,1\n"
        + "1,916,103,30-34,M,15,7350,1,9.99,2,1\n8,916,105,30-34,M,15,,,0,,\n9,916,105,30-34,\x07,15,1,1,1,1,1\n"
    )
    answer = _import(owner, "ads.csv", damaged, **NOVEMBER).json()
    assert [one["line"] for one in answer["broken"]] == [4, 5, 6, 7, 8, 9, 10, 12]
    assert (answer["taken"], Decimal(answer["spent"])) == (3, Decimal("3.25"))
    items = owner.get("/costs").json()["items"]
    # What the file does not tell is unknown, not zero.
    assert sorted((one["impressions"] is None, one["conversions"] is None) for one in items)[-1] == (True, True)


def test_what_a_file_does_not_say_is_asked_for(owner: Caller) -> None:
    asked = problem(_import(owner, "ads.csv", SEGMENTS), 422)
    assert {one["field"] for one in asked["errors"]} == {"currency", "incurred_on"}
    unknown = problem(_import(owner, "ads.csv", "a,b\n1,2\n", **NOVEMBER), 422)
    assert "Meta Ads Manager" in unknown["detail"]
    assert owner.get("/campaigns").json()["items"] == []


MANAGER = """Reporting starts,Reporting ends,Campaign name,Ad set name,Impressions,Link clicks,\
Amount spent (EUR),Results,Reach
2026-11-01,2026-11-07,Spring,Coffee,1000,50,12.34,3,900
2026-11-01,2026-11-07,Spring,Tea,500,,2.00,,400
,,,,1500,50,14.34,3,1300
"""


def test_a_newer_export_of_the_same_days_corrects_and_names_its_currency(owner: Caller) -> None:
    spring = owner.post("/campaigns", {"name": "Spring"}).json()["id"]
    first = _import(owner, "ads.csv", MANAGER).json()
    assert (first["currency"], first["taken"], [one["line"] for one in first["broken"]]) == ("EUR", 2, [4])
    newer = _import(owner, "ads.csv", MANAGER.replace("12.34", "13.00")).json()
    assert (newer["taken"], newer["corrected"], newer["known"]) == (0, 1, 1)
    later = _import(owner, "ads.csv", MANAGER.replace("2026-11-0", "2026-12-0")).json()
    assert later["taken"] == 2
    items = owner.get("/costs", campaign_id=spring).json()["items"]
    assert sorted(Decimal(one["amount"]) for one in items) == [2, 2, Decimal("12.34"), 13]
    problem(_import(owner, "ads.csv", MANAGER, currency="USD"), 422)


def test_all_lines_of_a_file_may_go_to_one_campaign(owner: Caller) -> None:
    campaign = owner.post("/campaigns", {"name": "All of it"}).json()["id"]
    assert _import(owner, "ads.csv", SEGMENTS, campaign_id=campaign, **NOVEMBER).json()["taken"] == 2
    assert [one["name"] for one in owner.get("/campaigns").json()["items"]] == ["All of it"]
    assert len(owner.get("/costs", campaign_id=campaign).json()["items"]) == 2
