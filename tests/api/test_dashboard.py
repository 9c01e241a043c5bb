"""The overview: sums that equal their rows, unknown apart from zero, freshness on every figure."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import NOW, TODAY, Caller, World, problem


def _day(back: int) -> date:
    return TODAY - timedelta(days=back)


def _dashboard(owner: Caller, **query: Any) -> dict[str, Any]:
    answer = owner.get("/analytics/dashboard", **query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_headline_figures_are_sums_over_the_posts_of_the_period(owner: Caller, world: World) -> None:
    instagram = world.account("instagram")
    world.post(instagram, "instagram", _day(1), reach=100, likes=7, engagements=10)
    world.post(instagram, "instagram", _day(27), reach=50, likes=3, engagements=4)
    world.post(instagram, "instagram", _day(28), reach=1000, likes=500, engagements=600)
    body = _dashboard(owner)
    assert body["period"]["days"] == 28
    assert body["period"]["until"] == str(TODAY)
    headline, totals = body["headline"], body["totals"]
    assert (headline["posts"]["value"], headline["posts"]["previous"]) == (2, 1)
    assert (headline["reach"]["value"], headline["reach"]["previous"]) == (150, 1000)
    assert (headline["engagements"]["value"], headline["engagements"]["previous"]) == (14, 600)
    assert totals["likes"]["value"] == 10
    assert headline["reach"]["status"] == "observed"
    (network,) = body["networks"]
    assert (network["platform"], network["posts"], network["reach"], network["previous"]["reach"]) == (
        *("instagram", 2, 150, 1000),
    )


def test_the_days_of_a_sum_add_up_to_its_value(owner: Caller, world: World) -> None:
    instagram = world.account("instagram")
    for back in (0, 3, 3, 9):
        world.post(instagram, "instagram", _day(back), engagements=5, reach=20)
    headline = _dashboard(owner)["headline"]
    for metric in ("posts", "engagements", "reach"):
        daily = headline[metric]["daily"]
        assert len(daily) == 28
        assert sum(value or 0 for _, value in daily) == headline[metric]["value"]
    assert dict(headline["engagements"]["daily"])[str(_day(3))] == 10
    assert dict(headline["engagements"]["daily"])[str(_day(4))] == 0
    assert dict(headline["engagement_rate"]["daily"])[str(_day(4))] is None


def test_a_metric_that_nobody_knows_is_null_and_says_why(owner: Caller, world: World) -> None:
    youtube = world.account("youtube")
    world.post(youtube, "youtube", _day(1), views=100)
    reach = _dashboard(owner)["headline"]["reach"]
    assert (reach["value"], reach["status"], reach["previous"]) == (None, "unsupported", None)
    assert reach["left_out"] == [{"platform": "youtube", "status": "unsupported", "reason": "YouTube offers no reach"}]


def test_a_total_says_which_posts_it_leaves_out(owner: Caller, world: World) -> None:
    instagram = world.account("instagram")
    world.post(instagram, "instagram", _day(1), reach=100)
    world.post(instagram, "instagram", _day(2))
    reach = _dashboard(owner)["headline"]["reach"]
    assert reach["value"] == 100
    assert reach["left_out"] == [
        {"platform": "instagram", "status": "not_yet", "reason": "Instagram: 1 of 2 posts have no reach"}
    ]


def test_no_posts_is_zero_where_the_history_reaches_and_unknown_where_it_does_not(owner: Caller, world: World) -> None:
    world.account("instagram", first_post_at=NOW - timedelta(days=40))
    headline = _dashboard(owner)["headline"]
    assert (headline["views"]["value"], headline["views"]["status"]) == (0, "observed")
    assert headline["views"]["previous"] is None
    assert headline["engagement_rate"]["value"] is None


def test_a_workspace_without_accounts_knows_nothing(owner: Caller, world: World) -> None:
    body = _dashboard(owner)
    assert (body["headline"]["posts"]["value"], body["headline"]["posts"]["status"]) == (None, "not_yet")
    assert (body["headline"]["followers"]["value"], body["networks"], body["observed_at"]) == (None, [], None)
    assert body["finding"].startswith("Connect your first account")


def test_the_rate_is_one_sum_over_another_with_its_denominators_named(owner: Caller, world: World) -> None:
    instagram, x = world.account("instagram"), world.account("x")
    world.post(
        instagram, "instagram", _day(1), engagements=10, reach=100, engagement_rate=0.1, engagement_rate_by="reach"
    )
    world.post(
        x, "x", _day(1), engagements=5, impressions=400, engagement_rate=0.0125, engagement_rate_by="impressions"
    )
    world.post(x, "x", _day(1), engagements=99)
    body = _dashboard(owner)
    rate = body["headline"]["engagement_rate"]
    assert rate["value"] == pytest.approx(15 / 500)
    assert rate["denominators"] == ["impressions", "reach"]
    by_network = {network["platform"]: network["engagement_rate"] for network in body["networks"]}
    assert by_network == {"instagram": pytest.approx(0.1), "x": pytest.approx(5 / 400)}


def test_followers_compare_the_same_accounts(owner: Caller, world: World) -> None:
    old, new = world.account("instagram", followers=120), world.account("x", followers=50)
    world.account_day(old, "instagram", _day(40), followers=100)
    world.account_day(old, "instagram", _day(1), followers=119)
    world.account_day(new, "x", _day(1), followers=49)
    followers = _dashboard(owner)["headline"]["followers"]
    assert (followers["value"], followers["previous"]) == (170, None)
    assert dict(followers["daily"])[str(_day(1))] == 168
    one = _dashboard(owner, platforms="instagram")["headline"]["followers"]
    assert (one["value"], one["previous"]) == (120, 100)


def test_followers_of_a_past_period_are_those_of_then(owner: Caller, world: World) -> None:
    account = world.account("instagram", followers=120)
    world.account_day(account, "instagram", _day(30), followers=100)
    world.account_day(account, "instagram", _day(60), followers=80)
    body = _dashboard(owner, since=str(_day(50)), until=str(_day(20)))
    assert (body["headline"]["followers"]["value"], body["headline"]["followers"]["previous"]) == (100, 80)


def test_days_of_two_accounts_are_summed_and_a_gap_stays_a_gap(owner: Caller, world: World) -> None:
    first, second = world.account("instagram"), world.account("instagram", name="Second")
    for back in (3, 2, 1):
        world.account_day(first, "instagram", _day(back), views=10, followers=1)
    world.account_day(second, "instagram", _day(2), views=5)
    world.account_day(second, "instagram", _day(1), likes=1)
    days = {day["as_of_date"]: day for day in owner.get("/analytics/engagement").json()["days"]}
    assert days[str(_day(3))]["views"] == 10
    assert days[str(_day(2))]["views"] == 15
    assert days[str(_day(1))]["views"] is None
    assert days[str(_day(1))]["likes"] == 1
    assert days[str(_day(3))]["shares"] is None


def test_a_day_is_provisional_while_one_account_is(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    world.account_day(account, "instagram", _day(9), views=1)
    world.account_day(account, "instagram", _day(1), views=1, is_settled=False)
    days = owner.get("/analytics/engagement").json()["days"]
    assert [day["is_settled"] for day in days] == [True, False]


def test_freshness_is_that_of_the_stalest_network(owner: Caller, world: World) -> None:
    early, late = NOW - timedelta(hours=9), NOW - timedelta(hours=1)
    world.post(world.account("instagram", observed_at=early), "instagram", _day(10), views=1)
    world.post(world.account("x", observed_at=late), "x", _day(10), impressions=1)
    body = _dashboard(owner, since=str(_day(20)), until=str(_day(5)))
    assert datetime.fromisoformat(body["observed_at"]) == early
    assert datetime.fromisoformat(body["next_expected_at"]) == early + timedelta(hours=6)
    assert body["settled_to"] == str(_day(3))
    assert body["headline"]["views"]["settled"] is True
    assert datetime.fromisoformat(body["totals"]["impressions"]["observed_at"]) == late
    assert _dashboard(owner)["headline"]["views"]["settled"] is False


def test_the_period_follows_a_network_whose_clock_is_ahead(owner: Caller, world: World) -> None:
    ahead = NOW + timedelta(days=3)
    account = world.account("instagram", observed_at=ahead)
    world.post(account, "instagram", ahead.date(), views=9)
    body = _dashboard(owner, days=7)
    assert body["period"]["until"] == str(ahead.date())
    assert body["headline"]["views"]["value"] == 9


def test_imported_accounts_are_shown_by_their_own_dates(owner: Caller, world: World) -> None:
    observed = NOW - timedelta(days=3000)
    account = world.account(
        "youtube", source="file", status="imported", followers=None, followers_observed_at=None, observed_at=observed
    )
    world.post(account, "youtube", date(2017, 11, 14), views=1_000_000, source="file", origin="file")
    body = _dashboard(owner, since="2017-11-01", until="2017-11-30")
    assert body["headline"]["views"]["value"] == 1_000_000
    assert body["headline"]["followers"]["left_out"] == [
        {"platform": "youtube", "status": "unsupported", "reason": "The files of YouTube hold no followers"}
    ]
    assert datetime.fromisoformat(body["observed_at"]) == observed


def test_the_finding_is_made_of_the_figures(owner: Caller, world: World) -> None:
    instagram, x = world.account("instagram"), world.account("x")
    world.post(instagram, "instagram", _day(1), engagements=1200)
    world.post(x, "x", _day(2), engagements=300)
    world.post(x, "x", _day(30), engagements=1400)
    body = _dashboard(owner)
    today = f"{TODAY.day} {TODAY:%b %Y}"
    assert body["finding"] == (
        f"2 posts of the 28 days to {today} brought 1,500 engagements, up from 1,400 in the 28 days before. "
        "Instagram brought the most, 1,200."
    )


def test_the_best_posts_come_first_and_unscored_ones_not_at_all(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    keys = [world.post(account, "instagram", _day(1), score=float(score), score_n=9) for score in range(7)]
    world.post(account, "instagram", _day(1))
    assert [post["post_key"] for post in _dashboard(owner)["top_posts"]] == keys[:1:-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"since": "2026-11-22T10:00:00"}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-22", "until": "2026-11-01"}, "since"),
        ({"since": "2026-11-01", "days": 7}, "days"),
        ({"days": 0}, "days"),
        ({"platforms": "myspace"}, "platforms"),
    ],
)
def test_a_bad_period_names_the_parameter(owner: Caller, world: World, query: dict[str, Any], field: str) -> None:
    body = problem(owner.get("/analytics/dashboard", **query), 422)
    assert [found["field"] for found in body["errors"]] == [field]


def test_a_naive_time_is_refused_with_what_to_write(owner: Caller, world: World) -> None:
    body = problem(owner.get("/analytics/dashboard", since="2026-11-22T10:00:00"), 422)
    assert body["errors"][0]["message"] == "Add a zone, e.g. 2026-11-22T10:00:00+01:00."


def test_a_plus_sign_that_nobody_escaped_is_understood(owner: Caller, world: World) -> None:
    answer = owner.http.get("/analytics/dashboard?since=2026-11-22T00:30:00+01:00&until=2026-11-23")
    assert answer.json()["period"]["since"] == "2026-11-21"


def test_figures_by_account_say_what_the_network_does_not_offer(owner: Caller, world: World) -> None:
    busy, idle = world.account("youtube", name="Busy"), world.account("youtube", name="Idle")
    world.post(busy, "youtube", _day(1), views=100, likes=5, engagements=5)
    body = owner.get("/social/analytics", limit=1).json()
    (account,) = body["accounts"]
    assert (account["account_id"], account["posts"], account["views"]) == (str(busy), 1, 100)
    assert {"metric": "reach", "reason": "YouTube offers no reach"} in account["unsupported"]
    rest = owner.get("/social/analytics", limit=1, cursor=body["next_cursor"]).json()
    assert [(a["account_id"], a["posts"], a["views"]) for a in rest["accounts"]] == [(str(idle), 0, None)]
    assert rest["next_cursor"] is None
    assert [network["platform"] for network in body["networks"]] == ["youtube"]


def test_the_audience_is_told_as_last_observed(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    shared = {"account_id": account, "platform": "instagram", "dimension": "country", "unit": "followers"}
    for value, name, amount, back, is_latest in (
        ("NO", "Norway", 10, 0, True),
        ("SE", "SE", 30, 1, True),
        ("SE", "SE", 99, 2, False),
    ):
        world.insert(
            "marts.audience_daily", **shared, value=value, name=name, amount=amount, as_of_date=_day(back),
            observed_at=NOW - timedelta(days=back), is_latest=is_latest,
        )  # fmt: skip
    body = owner.get("/analytics/audience").json()
    assert [(item["value"], item["amount"]) for item in body["items"]] == [("SE", 30), ("Norway", 10)]
    assert datetime.fromisoformat(body["observed_at"]) == NOW - timedelta(days=1)
