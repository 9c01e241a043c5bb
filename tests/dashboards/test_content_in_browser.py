"""One post's way on the screen: written, submitted, approved, planned, seen; then cancelled."""

from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect

from tests.api.conftest import new_world
from tests.dashboards.conftest import Owner
from tests.dashboards.test_in_browser import DESKTOP, PHONE, Reader, _reader, chromium, pages, pytestmark
from tests.reporting.conftest import Filled

__all__ = ["chromium", "pages", "pytestmark"]

TEXT = "Oat season begins on the harbour"


def _steps(reader: Reader, button: str, then: str) -> None:
    reader.page.get_by_role("button", name=button, exact=True).click()
    expect(reader.page.get_by_text(then).first).to_be_visible()
    reader.looks()


def test_a_draft_is_reviewed_planned_seen_and_cancelled(
    chromium: Browser, pages: str, marts: str, newcomer: Owner, approved_first: None, tmp_path: Path
) -> None:
    new_world(marts, newcomer.workspace).account("facebook", name="Nordlys Oslo")
    reader = _reader(chromium, DESKTOP)
    page = reader.page
    page.goto(f"{pages}/compose")
    reader.signs_in(newcomer.email)
    reader.looks()
    page.get_by_label("Accounts").click()
    page.get_by_role("option", name="Facebook · Nordlys Oslo").click()
    page.keyboard.press("Escape")
    reader.looks()
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("It can go out")).to_be_visible()
    reader.looks()
    picture = tmp_path / "oats.png"
    Image.new("RGB", (640, 480), "#0B6E6E").save(picture)
    page.locator("input[type=file]").set_input_files(picture)
    page.get_by_label("Alt text").fill("A green field")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stImage")).to_have_count(2)
    expect(page.get_by_text("It can go out")).to_be_visible()
    reader.looks()
    page.screenshot(path=tmp_path / "compose.png", full_page=True)
    _steps(reader, "Submit for review", "Reviews")
    expect(page.get_by_text("In review").first).to_be_visible()
    page.get_by_label("Comment", exact=True).fill("Good as it is")
    _steps(reader, "Approve", "Approved")
    expect(page.get_by_text("Good as it is")).to_be_visible()
    expect(page.get_by_label("Comment", exact=True)).to_have_value("")
    page.screenshot(path=tmp_path / "content-one.png", full_page=True)
    _steps(reader, "Schedule", "Planned for")
    expect(page.get_by_text(TEXT)).to_be_visible()
    page.screenshot(path=tmp_path / "publications.png", full_page=True)
    reader.goes_to("calendar")
    page.wait_for_url("**/calendar*")
    expect(page.get_by_role("button", name="09:00")).to_be_visible()
    reader.looks()
    mark = page.get_by_test_id("stMarkdown").filter(has_text="Facebook · Nordlys Oslo").locator("img").bounding_box()
    assert mark is not None
    assert (mark["width"], mark["height"]) == (20, 20)
    page.screenshot(path=tmp_path / "calendar.png", full_page=True)
    page.get_by_role("button", name="09:00").click()
    page.wait_for_url("**/publications?publication=*")
    reader.looks()
    expect(page.get_by_text("What happened")).to_be_visible()
    page.screenshot(path=tmp_path / "publication.png", full_page=True)
    page.get_by_role("button", name="Cancel").click()
    _steps(reader, "Cancel this publication", "Cancelled")


def test_every_page_of_publishing_on_a_phone(
    chromium: Browser, pages: str, owner: Owner, filled: Filled, tmp_path: Path
) -> None:
    reader = _reader(chromium, PHONE, "dark")
    reader.page.goto(f"{pages}/compose")
    reader.signs_in(owner.email)
    reader.looks()
    for name in ("compose", "content", "calendar?view=List", "publications"):
        reader.page.goto(f"{pages}/{name}")
        reader.looks()
        reader.page.screenshot(path=tmp_path / f"{name.partition('?')[0]}-phone.png", full_page=True)


def test_pages_of_others_are_not_in_the_sidebar(
    chromium: Browser, pages: str, colleague: Callable[[str], Owner]
) -> None:
    reader = _reader(chromium, DESKTOP)
    token = colleague("client").answer["access_token"]
    reader.page.context.add_cookies([{"name": "nest_session", "value": token, "url": pages}])
    reader.page.goto(f"{pages}/content")
    reader.looks()
    links = reader.page.get_by_test_id("stSidebarNavLink").all_inner_texts()
    assert {"Content", "Publications", "Reports"} <= {link.split("\n")[-1] for link in links}
    assert not {"Compose", "Imports", "Data health"} & {link.split("\n")[-1] for link in links}
