"""Return and credit as the API answers them, and trials."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from clientnest.marts.earnings import MODELS
from tests.api.conftest import Caller, World, problem
from tests.api.money import DAY, Money, all_models, earn
from tests.conftest import shared

CSV = b"arm,spend\n" + b"treated,4\ntreated,6\nleft alone,1\nleft alone,2\n" * 5


def answered(caller: Caller, path: str, **query: Any) -> Any:
    answer = caller.get(path, days=28, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def named(answer: Any) -> dict[str, Any]:
    """Groups by name; what is in none by its part."""
    return {item["name"] or item["part"]: item for item in answer["items"]}


def test_return_by_campaign_is_what_came_in_of_what_went_out(owner: Caller, world: World) -> None:
    earn(world)
    answer = answered(owner, "/analytics/roi")
    autumn = named(answer)["Autumn"]
    told = ("clicks", "conversions", "revenue", "cost", "profit", "roi", "roas", "cost_per_click", "conversion_rate")
    assert [autumn[name] for name in told] == [40, 8, 800, 400, 400, 1.0, 2.0, 10.0, 0.2]
    assert autumn["revenue_per_click"] == 20
    for figure in ("conversion_rate", "revenue_per_click", "roi"):
        low, high = autumn[f"{figure}_interval"]
        assert low < autumn[figure] < high
    assert (answer["currency"], answer["model"]["version"], answer["by"]) == ("EUR", 1, "campaign")
    assert answer["model"]["meaning"].startswith("All credit to the last touch")


def test_what_is_in_no_group_is_told_apart_and_the_total_holds_all(owner: Caller, world: World) -> None:
    earn(world)
    answer = answered(owner, "/analytics/roi")
    rows = named(answer)
    assert [item["part"] for item in answer["items"]] == ["group", "group", "group", "elsewhere", "unattributed"]
    assert rows["elsewhere"]["cost"] == 50
    assert rows["unattributed"]["revenue"] == 30
    total = answer["total"]
    assert total["revenue"] == sum(item["revenue"] or 0 for item in answer["items"]) == 950
    assert total["cost"] == sum(item["cost"] or 0 for item in answer["items"]) == 530
    assert total["conversions"] == 11


def test_the_finding_says_what_the_figures_say(owner: Caller, world: World) -> None:
    earn(world)
    answer = answered(owner, "/analytics/roi")
    assert answer["finding"].startswith("EUR 950.00 came in for EUR 530.00 spent in the 28 days to ")
    assert answer["finding"].endswith("Autumn brought the most, EUR 800.00.")


def test_unknown_is_null_and_says_why(owner: Caller, world: World) -> None:
    earn(world)
    rows = named(answered(owner, "/analytics/roi"))
    spring, silent = rows["Spring"], rows["Silent"]
    assert (spring["revenue"], spring["cost"], spring["roi"], spring["roas"]) == (120, None, None, None)
    assert why(spring) == {"cost": ("not_yet", "no cost entered"), "roi": ("not_yet", "no cost entered")}
    assert (silent["clicks"], silent["conversions"], silent["revenue"], silent["cost"]) == (None, None, None, 80)
    assert why(silent)["revenue"] == ("unsupported", "no link leads from it")
    # Two sales are too few for an interval of money.
    assert spring["revenue_per_click_interval"] is None
    assert spring["conversion_rate_interval"] is not None


def why(row: Any) -> dict[str, tuple[str, str]]:
    return {one["metric"]: (one["status"], one["reason"]) for one in row["unknown"]}


def test_without_an_exchange_rate_sums_are_unknown(owner: Caller, world: World) -> None:
    told = earn(world)
    told.money.sold(None, all_models((told.post, told.autumn)))
    told.money.spent(None, campaign_id=told.autumn)
    answer = answered(owner, "/analytics/roi")
    autumn = named(answer)["Autumn"]
    assert (autumn["revenue"], autumn["cost"], autumn["roi"], autumn["conversions"]) == (None, None, None, 9)
    assert why(autumn)["revenue"] == ("not_yet", "no exchange rate for 1 conversion")
    assert why(autumn)["cost"] == ("not_yet", "no exchange rate for a cost")
    assert answer["total"]["revenue"] is None


@pytest.mark.parametrize(("by", "name"), [("post", "Beans of the autumn"), ("platform", "linkedin"), ("account", None)])
def test_the_same_money_by_post_network_and_account(owner: Caller, world: World, by: str, name: str | None) -> None:
    earn(world)
    answer = answered(owner, "/analytics/roi", by=by)
    first = answer["items"][0]
    assert first["name"] == (name or "Brand on linkedin")
    assert first["revenue"] == (800 if by == "post" else 920)
    # The cost of a campaign is no post's.
    assert first["cost"] == 100
    assert named(answer)["elsewhere"]["cost"] == 430
    assert (answer["total"]["revenue"], answer["total"]["cost"]) == (950, 530)


def test_a_period_holds_what_happened_in_it(owner: Caller, world: World) -> None:
    earn(world)
    answer = owner.get("/analytics/roi", since=DAY - timedelta(days=210), until=DAY - timedelta(days=190)).json()
    assert (answer["total"]["revenue"], answer["total"]["clicks"], answer["total"]["cost"]) == (12, 0, None)


def test_a_limit_leaves_out_groups_but_not_their_money(owner: Caller, world: World) -> None:
    earn(world)
    answer = answered(owner, "/analytics/roi", limit=1)
    assert [item["part"] for item in answer["items"]] == ["group", "elsewhere", "unattributed"]
    assert (answer["more"], answer["total"]["revenue"]) == (2, 950)


def test_models_differ_in_the_parts_and_agree_on_the_whole(owner: Caller, world: World) -> None:
    earn(world)
    answer = answered(owner, "/analytics/attribution")
    rows = named(answer)
    assert [one["model"] for one in answer["models"]] == list(MODELS)
    assert {model: one["revenue"] for model, one in rows["Autumn"]["models"].items()} == {
        "last_touch": 800, "first_touch": 920, "linear": 860, "time_decay": 860, "position": 860,
    }  # fmt: skip
    assert rows["Spring"]["models"]["first_touch"] == {"revenue": 0, "conversions": 0}
    for model in MODELS:
        assert answer["total"]["models"][model]["revenue"] == 950
        assert sum(item["models"][model]["revenue"] for item in answer["items"]) == 950


def test_a_workspace_without_money_says_what_to_do(owner: Caller, world: World) -> None:
    world.account("linkedin")
    answer = answered(owner, "/analytics/roi")
    assert answer["items"] == []
    assert (answer["total"]["revenue"], answer["total"]["cost"]) == (None, None)
    assert "Enter what was spent" in answer["finding"]
    assert answered(owner, "/analytics/attribution")["total"]["models"]["linear"]["revenue"] == 0


def test_costs_alone_leave_what_came_back_unknown(owner: Caller, world: World) -> None:
    Money(world, world.account("x")).spent("20.00")
    answer = answered(owner, "/analytics/roi")
    assert answer["finding"].startswith("EUR 20.00 went out")
    assert "unknown" in answer["finding"]


def test_nobody_else_sees_it(owner: Caller, stranger: Caller, world: World) -> None:
    earn(world)
    assert answered(stranger, "/analytics/roi")["items"] == []
    assert answered(stranger, "/analytics/attribution")["items"] == []


def test_a_model_that_is_not_declared_is_refused(owner: Caller) -> None:
    problem(owner.get("/analytics/roi", model="whatever"), 422)


def brought(caller: Caller, content: bytes = CSV, **fields: str) -> Any:
    form = {"name": "Autumn mail", "control": "left alone", **fields}
    return caller.http.post("/trials", data=form, files={"file": ("people.csv", content)})


def test_a_trial_is_brought_in_and_found_again(owner: Caller, stranger: Caller) -> None:
    made = brought(owner)
    assert made.status_code == 201, made.text
    (lift,) = made.json()["lifts"]
    assert (lift["arm"], lift["n"], lift["n_control"]) == ("treated", 10, 10)
    assert (lift["mean"], lift["mean_control"], lift["difference"]) == (5, 1.5, 3.5)
    assert lift["low"] < 3.5 < lift["high"]
    assert owner.get("/trials").json()["items"] == [made.json()]
    assert owner.get(f"/trials/{made.json()['id']}").json() == made.json()
    problem(stranger.get(f"/trials/{made.json()['id']}"), 404)
    assert stranger.get("/trials").json() == {"items": []}


def test_the_published_trial_over_the_wire(owner: Caller) -> None:
    content = shared("data/hillstrom_email/train.csv.gz").read_bytes()
    made = brought(owner, content, arm="segment", control="No E-Mail", outcomes="visit, conversion,spend")
    assert made.status_code == 201, made.text
    found = made.json()
    assert (found["people"], len(found["lifts"])) == (found["people"], 6)
    assert all(lift["low"] < lift["difference"] < lift["high"] for lift in found["lifts"])


def test_a_file_that_is_no_trial_is_refused_in_words(owner: Caller) -> None:
    body = problem(brought(owner, b"arm,spend\ntreated,1\n"), 422)
    assert json.dumps(body).count("left alone") >= 1


def test_only_who_may_import_may_bring_in_a_trial(member: Callable[[str], Caller]) -> None:
    problem(brought(member("client")), 403)
