"""A publication on its page: what needs a person is said with what to do, and done there."""

from typing import Any

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from tests.api.conftest import new_world
from tests.dashboards.conftest import Owner, call, words

LINK = "https://network.example/p/1"


@pytest.fixture
def planned(address: str, marts: str, newcomer: Owner) -> dict[str, Any]:
    """A post that a person is to put on the network by hand."""
    account = str(new_world(marts, newcomer.workspace).account("linkedin", name="Nordlys"))
    post = {"text": "By hand please", "account_ids": [account], "assisted": [account]}
    body = {"post": post, "at": "2027-03-01T09:00", "zone": "Europe/Oslo"}
    done: dict[str, Any] = call(address, newcomer, "POST", "/social/schedule", body)["publications"][0]
    return done


def _button(page: AppTest, label: str) -> Any:
    return next(button for button in page.button if button.label == label)


def test_what_needs_a_person_is_marked_as_published_with_its_link(
    address: str, marts: str, newcomer: Owner, planned: dict[str, Any]
) -> None:
    with psycopg.connect(marts) as connection:
        connection.execute(
            "update app.publications set status = 'needs_person', problem = 'Post it by hand.' where id = %s",
            [planned["id"]],
        )
    page = newcomer.opens("publications", publication=planned["id"])
    assert "Post it by hand" in words(page).replace("\\", "")
    assert [code.value for code in page.code] == ["By hand please"]
    page.text_input(key="address_there").set_value(LINK)
    _button(page, "I have posted it").click().run()
    assert not page.exception
    told = call(address, newcomer, "GET", f"/social/publications/{planned['id']}")
    assert (told["status"], told["permalink"]) == ("published", LINK)
    assert "Published" in words(page)


def test_a_planned_one_is_cancelled_and_its_history_says_so(
    address: str, newcomer: Owner, planned: dict[str, Any]
) -> None:
    page = newcomer.opens("publications", publication=planned["id"])
    _button(page, "Cancel this publication").click().run()
    assert not page.exception
    assert call(address, newcomer, "GET", f"/social/publications/{planned['id']}")["status"] == "cancelled"
    assert "**Cancelled**" in words(page)


def test_everything_wrong_on_every_account_is_said_while_writing(marts: str, newcomer: Owner) -> None:
    world = new_world(marts, newcomer.workspace)
    accounts = [str(world.account(network, name=f"Brand on {network}")) for network in ("x", "instagram")]
    page = newcomer.opens("compose")
    page.multiselect(key="w_accounts").set_value(accounts)
    page.text_area(key="w_text").set_value("a" * 400).run()
    told = words(page)
    assert "must change" in told
    assert "X · Brand on x" in told
    assert "Instagram · Brand on instagram" in told
    assert "400 of 280" in told
    assert ":red[**400 / 280**] X · **400 / 2,200** Instagram" in told
    assert _button(page, "Schedule").disabled
    page.text_area(key=f"w_text_{accounts[0]}").set_value("Short there").run()
    told = words(page)
    assert "400 of 280" not in told
    assert "**11 / 280** X · **400 / 2,200** Instagram" in told


def test_a_draft_is_written_anew_and_keeps_what_the_form_does_not_show(
    address: str, marts: str, newcomer: Owner
) -> None:
    account = str(new_world(marts, newcomer.workspace).account("facebook", name="Nordlys"))
    draft = {
        "text": "First words",
        "account_ids": [account],
        "variants": {account: {"text": "Other words", "title": "Kept"}},
        "tags": ["oats"],
        "tracking": None,
        "at": "2027-03-01T09:30",
        "zone": "Asia/Tokyo",
    }
    made = call(address, newcomer, "POST", "/content/create", draft)
    page = newcomer.opens("compose", post=made["id"])
    assert page.text_area(key=f"w_text_{account}").value == "Other words"
    page.text_area(key="w_text").set_value("Second words").run()
    _button(page, "Save draft").click().run()
    assert not page.exception
    found = call(address, newcomer, "GET", f"/content/{made['id']}")
    assert (found["text"], found["tags"], found["tracking"]) == ("Second words", ["oats"], None)
    assert found["publications"][0]["variant"] == {"text": "Other words", "title": "Kept"}
    assert (found["wish"]["local"], found["wish"]["zone"]) == ("2027-03-01T09:30:00", "Asia/Tokyo")
