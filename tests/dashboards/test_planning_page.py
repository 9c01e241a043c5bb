"""Planning ahead on the screen: what is chosen there is what the API keeps."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboards.pieces.rules import rule_in_words
from dashboards.pieces.slots import in_words
from tests.api.conftest import new_world
from tests.conftest import NEXT_YEAR
from tests.dashboards.conftest import Owner, call, words


@pytest.fixture
def account(marts: str, newcomer: Owner) -> str:
    return str(new_world(marts, newcomer.workspace).account("facebook", name="Nordlys Oslo"))


def _press(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()
    assert not page.exception
    assert not page.warning


def _labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def test_usual_times_are_chosen_and_those_of_another_zone_stay(address: str, newcomer: Owner, account: str) -> None:
    path = f"/social/accounts/{account}/slots"
    before = [
        {"weekday": 0, "local_time": "09:00:00", "zone": "Europe/Oslo"},
        {"weekday": 5, "local_time": "08:10:00", "zone": "Asia/Tokyo"},
    ]
    call(address, newcomer, "PUT", path, {"slots": before})
    page = newcomer.opens("planning")
    page.selectbox(key="times_of").set_value(account).run()
    assert page.multiselect(key=f"times_{account}_Europe/Oslo_0").value == ["09:00"]
    assert "1 time in another zone" in words(page)
    page.multiselect(key=f"times_{account}_Europe/Oslo_1").set_value(["17:30", "06:15"]).run()
    _press(page, "Keep these times")
    found = call(address, newcomer, "GET", path)["slots"]
    assert [(one["weekday"], one["local_time"], one["zone"]) for one in found] == [
        (0, "09:00:00", "Europe/Oslo"),
        (1, "06:15:00", "Europe/Oslo"),
        (1, "17:30:00", "Europe/Oslo"),
        (5, "08:10:00", "Asia/Tokyo"),
    ]
    told = page.dataframe[0].value["Usual times"]
    assert "Tue 06:15 · Sat 08:10 · Mon 09:00 · Tue 17:30" in list(told)


def test_a_week_is_told_in_few_words() -> None:
    slots = [{"weekday": day, "local_time": "09:00:00"} for day in range(5)]
    slots += [{"weekday": day, "local_time": "12:00:30"} for day in range(7)]
    slots += [{"weekday": 6, "local_time": "17:30:00"}]
    assert in_words(slots) == "Mon–Fri 09:00 · Daily 12:00:30 · Sun 17:30"


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("FREQ=DAILY", "Every day"),
        ("rrule:freq=weekly; interval=2; byday=mo,th", "Every 2 weeks on Mon, Thu"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,-1;COUNT=10", "Every month on days 1, last, 10 times"),
        ("FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20310131T090000", "Every month on day 15, up to 31 Jan 2031"),
        ("FREQ=MONTHLY;BYDAY=2MO,-1FR", "Every month on the second Mon, the last Fri"),
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=TU", "Every 3 months on each Tue"),
    ],
)
def test_a_rule_is_told_in_words(rule: str, told: str) -> None:
    assert rule_in_words(rule) == told


def test_a_post_comes_again_is_changed_paused_and_ended(address: str, newcomer: Owner, account: str) -> None:
    page = newcomer.opens("recurring", recurrence="new")
    page.multiselect(key="w_accounts").set_value([account])
    page.text_area(key="w_text").set_value("Coffee of the week, number {n}").run()
    page.button_group(key="r_days_new").set_value(["MO", "TH"]).run()
    _press(page, "Have it come again")
    (made,) = [
        one for one in call(address, newcomer, "GET", "/recurrences") if one["text"] == "Coffee of the week, number {n}"
    ]
    assert (made["rule"], made["zone"]) == ("FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,TH", "Europe/Oslo")
    assert made["starts_at"].endswith("T09:00:00")
    listed = words(newcomer.opens("planning", plan="Recurring"))
    assert "Every week on Mon, Thu at 09:00, Europe/Oslo" in listed.replace("\\", "")
    page = newcomer.opens("recurring", recurrence=made["id"])
    assert "number 1, made" in words(page)
    page.selectbox(key=f"r_unit_{made['id']}").set_value("DAILY").run()
    page.text_area(key="w_text").set_value("Coffee of the day, {date}").run()
    _press(page, "Keep changes")
    _press(page, "Pause")
    found = call(address, newcomer, "GET", f"/recurrences/{made['id']}")
    assert (found["status"], found["text"], found["rule"]) == (
        "paused",
        "Coffee of the day, {date}",
        "FREQ=DAILY;INTERVAL=1",
    )
    _press(page, "Resume")
    _press(page, "End this recurring post")
    assert call(address, newcomer, "GET", f"/recurrences/{made['id']}")["status"] == "ended"
    assert _labels(page) == {"Sign out"}


def test_a_post_comes_again_on_a_weekday_of_the_month(address: str, newcomer: Owner, account: str) -> None:
    page = newcomer.opens("recurring", recurrence="new")
    page.multiselect(key="w_accounts").set_value([account])
    page.text_area(key="w_text").set_value("The tasting of {month}").run()
    page.selectbox(key="r_unit_new").set_value("MONTHLY").run()
    page.button_group(key="r_month_by_new").set_value("BYDAY").run()
    page.multiselect(key="r_month_BYDAY_new").set_value(["2MO", "-1FR"]).run()
    _press(page, "Have it come again")
    (made,) = [one for one in call(address, newcomer, "GET", "/recurrences") if one["text"] == "The tasting of {month}"]
    assert made["rule"] == "FREQ=MONTHLY;INTERVAL=1;BYDAY=2MO,-1FR"
    page = newcomer.opens("recurring", recurrence=made["id"])
    assert page.multiselect(key=f"r_month_BYDAY_{made['id']}").value == ["2MO", "-1FR"]
    page.selectbox(key=f"r_unit_{made['id']}").set_value("WEEKLY").run()
    assert not page.exception


def test_a_draft_begins_with_a_template_and_keeps_its_settings(address: str, newcomer: Owner) -> None:
    options = {"tiktok": {"privacy_level": "SELF_ONLY"}}
    offer = {"name": "Offer", "text": "{product} for {price}", "tags": ["offers"], "options": options}
    kept = call(address, newcomer, "POST", "/templates", offer)
    page = newcomer.opens("planning", plan="Templates")
    assert "Offer" in words(page)
    page.text_input(key=f"value_{kept['id']}_product").set_value("Oat latte")
    page.text_input(key=f"value_{kept['id']}_price").set_value("5 €").run()
    _press(page, "Begin a draft")
    assert page.text_area(key="w_text").value == "Oat latte for 5 €"
    _press(page, "Save draft")
    (draft,) = call(address, newcomer, "GET", "/content/library?tag=offers")["items"]
    assert (draft["text"], draft["options"]) == ("Oat latte for 5 €", options)
    page = newcomer.opens("planning", plan="Templates")
    page.button(key=f"delete_{kept['id']}").click().run()
    assert kept["id"] not in {one["id"] for one in call(address, newcomer, "GET", "/templates")}


def _uploads(page: AppTest, table: str) -> None:
    page.file_uploader(key="table").set_value(("plan.csv", table.encode(), "text/csv")).run()
    assert not page.exception


def test_every_line_of_a_table_is_looked_at_before_any_becomes_a_post(
    address: str, newcomer: Owner, account: str
) -> None:
    def library() -> Any:
        return [one["text"] for one in call(address, newcomer, "GET", "/content/library?q=from the table")["items"]]

    head = "account,when,zone,text\n"
    good = f"{account},{NEXT_YEAR}-05-01 09:00,Europe/Oslo,One from the table\n{account},,,Two from the table\n"
    page = newcomer.opens("planning", plan="Table")
    _uploads(page, head + good + "nobody,soon,,Three from the table\n")
    told = words(page)
    assert "1 of 3 lines must change" in told
    assert "Line 4, account" in told
    assert "Line 4, when" in told
    assert list(page.dataframe[0].value["State"]) == ["Planned", "Draft", "Must change"]
    assert next(button for button in page.button if button.label == "Make 3 posts").disabled
    assert library() == []
    page = newcomer.opens("planning", plan="Table")
    _uploads(page, head + good)
    assert "2 lines: 1 planned and 1 draft" in words(page)
    assert library() == []
    _press(page, "Make 2 posts")
    assert [note.value for note in page.success] == ["The posts of this table are made."]
    assert sorted(library()) == ["One from the table", "Two from the table"]


def test_who_may_not_publish_sees_what_is_planned_and_changes_nothing(
    address: str, newcomer: Owner, colleague: Callable[[str], Owner], account: str
) -> None:
    call(address, newcomer, "POST", "/templates", {"name": "Seen by all", "text": "Hello"})
    analyst = colleague("analyst")
    page = analyst.opens("planning")
    assert list(page.dataframe[0].value["Account"])
    assert page.button_group(key="plan").options == ["Times", "Recurring", "Templates"]
    for view in ("Times", "Recurring", "Templates"):
        assert _labels(analyst.opens("planning", plan=view)) <= {"Open", "Sign out"}
    assert "Seen by all" in words(analyst.opens("planning", plan="Templates"))
