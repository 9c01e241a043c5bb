"""A publication on its page: what needs a person is said with what to do, and done there."""

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from reporting.charts.numbers import SPACE
from tests.api.conftest import new_world
from tests.conftest import NEXT_YEAR
from tests.dashboards.conftest import Owner, call, words

LINK = "https://network.example/p/1"


@pytest.fixture
def planned(address: str, marts: str, newcomer: Owner) -> dict[str, Any]:
    """A post that a person is to put on the network by hand."""
    account = str(new_world(marts, newcomer.workspace).account("linkedin", name="Nordlys"))
    post = {"text": "By hand please", "account_ids": [account], "assisted": [account]}
    body = {"post": post, "at": f"{NEXT_YEAR}-03-01T09:00", "zone": "Europe/Oslo"}
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


def test_a_thread_is_written_and_posted_by_hand_with_the_media_of_each_part(
    address: str, marts: str, newcomer: Owner
) -> None:
    """Editing a draft keeps what each part shows, and a person gets it told apart."""
    account = str(new_world(marts, newcomer.workspace).account("x", name="Threads"))
    media = [_uploaded(address, newcomer, colour) for colour in ("#0B6E6E", "#8A5A00")]
    parts = [{"text": "Two", "media": [{"media_id": media[1], "alt_text": "Ochre"}]}, {"text": "Three", "media": []}]
    first = [{"media_id": media[0], "alt_text": "Teal"}]
    post = {"text": "One", "account_ids": [account], "assisted": [account], "media": first, "parts": parts}
    draft = call(address, newcomer, "POST", "/content/create", post | {"format": "thread"})["id"]
    page = newcomer.opens("compose", post=draft)
    page.text_area(key="w_part_1").set_value("Three and a half")
    _button(page, "Add a post to the thread").click().run()
    page.text_area(key="w_part_2").set_value("Four").run()
    _button(page, "Save draft").click().run()
    assert not page.exception
    kept = call(address, newcomer, "GET", f"/content/{draft}")
    assert kept["media"] == first
    assert kept["parts"] == [parts[0], {"text": "Three and a half", "media": []}, {"text": "Four", "media": []}]
    planned = call(
        address, newcomer, "POST", "/social/schedule", {"post_id": draft, "at": f"{NEXT_YEAR}-03-01T09:00:00Z"}
    )
    page = newcomer.opens("publications", publication=planned["publications"][0]["id"])
    assert [code.value for code in page.code] == ["One", "Two", "Three and a half", "Four"]
    assert "For post 2 of the thread" in [caption.value for caption in page.caption]


def _uploaded(address: str, owner: Owner, colour: str) -> str:
    """The id of a picture of one colour in the library."""
    file = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "PNG")
    headers = {"Authorization": f"Bearer {owner.answer['access_token']}", "X-Workspace-Id": str(owner.workspace.id)}
    files = {"file": ("colour.png", file.getvalue(), "image/png")}
    answer = httpx.post(f"{address}/media", files=files, headers=headers, trust_env=False)
    assert answer.status_code == 201, answer.text
    media_id: str = answer.json()["id"]
    return media_id


def test_a_planned_one_is_cancelled_and_its_history_says_so(
    address: str, newcomer: Owner, planned: dict[str, Any]
) -> None:
    page = newcomer.opens("publications", publication=planned["id"])
    _button(page, "Cancel this publication").click().run()
    assert not page.exception
    assert call(address, newcomer, "GET", f"/social/publications/{planned['id']}")["status"] == "cancelled"
    assert "**Cancelled**" in words(page)


def test_publications_are_paged_the_newest_first(marts: str, newcomer: Owner) -> None:
    world = new_world(marts, newcomer.workspace)
    account = world.account("x", name="Paged")
    for number in range(65):
        post, at = uuid4(), datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=number)
        world.insert("app.posts", id=post, author_id=newcomer.workspace.user_id, text=f"Paged {number:02}")
        world.insert(
            "app.publications",
            id=uuid4(),
            post_id=post,
            account_id=account,
            status="failed",
            scheduled_at=at,
            due_at=at,
            created_at=at,
            scheduled_zone="UTC",
            attempt=1,
        )

    def shown() -> list[str]:
        return [text.value for text in page.text if text.value.startswith("Paged")]

    page = newcomer.opens("publications")
    assert "More than 30 publications in need of you" in words(page)
    assert len(shown()) == 30
    page.button(key="more_failed").click().run()
    assert page.button_group(key="status").value == "failed"
    pages = []
    for direction in ("Older", "Older", "Newer"):
        pages.append(shown())
        _button(page, direction).click().run()
        assert not page.exception
    assert "Page 2" in words(page)
    pages[2:] = [pages[2], shown()]
    assert pages[0][:2] == ["Paged 64", "Paged 63"]
    assert pages[0] + pages[1] + pages[2] == [f"Paged {number:02}" for number in reversed(range(65))]
    assert pages[3] == pages[1]


def test_an_entry_of_the_calendar_has_the_colour_of_its_network(newcomer: Owner, planned: dict[str, Any]) -> None:
    page = newcomer.opens("calendar")
    page.date_input(key="day").set_value(date(NEXT_YEAR, 3, 1)).run()
    assert "%230A3D6E" in next(str(note.value) for note in page.markdown if "Nordlys" in str(note.value))


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
    assert ":red[**400 / 280**] X · **400 / 2,200** Instagram" in told.replace(SPACE, " ")
    assert _button(page, "Schedule").disabled
    page.text_area(key=f"w_text_{accounts[0]}").set_value("Short there").run()
    told = words(page)
    assert "400 of 280" not in told
    assert "**11 / 280** X · **400 / 2,200** Instagram" in told.replace(SPACE, " ")


def test_of_two_accounts_with_one_name_the_chosen_one_is_meant(address: str, marts: str, newcomer: Owner) -> None:
    world = new_world(marts, newcomer.workspace)
    first, second = (str(world.account("bluesky", name="Twins")) for _ in range(2))
    page = newcomer.opens("compose")
    for account in (first, second):
        page.multiselect(key="w_accounts").set_value([account]).run()
        page.text_area(key="w_text").set_value(f"For {account}").run()
        _button(page, "Save draft").click().run()
        (draft,) = call(address, newcomer, "GET", f"/content/library?q=For {account}")["items"]
        assert [one["account_id"] for one in draft["publications"]] == [account]
        page = newcomer.opens("compose")


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
        "at": f"{NEXT_YEAR}-03-01T09:30",
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
    assert (found["wish"]["local"], found["wish"]["zone"]) == (f"{NEXT_YEAR}-03-01T09:30:00", "Asia/Tokyo")
