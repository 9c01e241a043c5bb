"""Planning ahead in a real browser: what is typed into its fields, dialogs and files."""

from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.conftest import NEXT_YEAR
from tests.dashboards.conftest import Owner
from tests.dashboards.test_in_browser import DESKTOP, PHONE, _reader, chromium, pages, pytestmark
from tests.reporting.conftest import Filled

__all__ = ["chromium", "pages", "pytestmark"]

TABLE = f"""account,when,zone,text
instagram:Brand on instagram,{NEXT_YEAR}-05-01 09:00,Europe/Oslo,Oats are back
x:Brand on x,{NEXT_YEAR}-05-01 09:05,Europe/Oslo,Oats are back on the harbour
nobody,soon,,Who says this?
"""


def test_times_a_recurring_post_a_template_and_a_table(
    chromium: Browser, pages: str, owner: Owner, filled: Filled, tmp_path: Path
) -> None:
    reader = _reader(chromium, DESKTOP)
    page = reader.page
    page.goto(f"{pages}/planning")
    reader.signs_in(owner.email)
    reader.looks()
    page.get_by_label("Mon", exact=True).click()
    page.get_by_label("Mon", exact=True).fill("09:10")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Keep these times").click()
    expect(page.get_by_text("1 of 4 accounts have usual times")).to_be_visible()
    reader.looks()
    page.screenshot(path=tmp_path / "times.png", full_page=True)

    page.goto(f"{pages}/planning?plan=Recurring")
    reader.looks()
    page.get_by_role("button", name="Have a post come again").click()
    page.wait_for_url("**/recurring?recurrence=new")
    page.get_by_label("Accounts").click()
    page.get_by_role("option", name="Facebook · Brand on facebook").click()
    page.keyboard.press("Escape")
    page.get_by_label("Text", exact=True).fill("Coffee of the week, number {n}")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Tue", exact=True).click()
    expect(page.get_by_text("It can go out")).to_be_visible()
    reader.looks()
    page.screenshot(path=tmp_path / "recurring-new.png", full_page=True)
    page.get_by_role("button", name="Have it come again").click()
    expect(page.get_by_text("Its times")).to_be_visible()
    reader.looks()
    page.screenshot(path=tmp_path / "recurring-one.png", full_page=True)
    page.get_by_role("link", name="All recurring posts").click()
    expect(page.get_by_text("1 post comes again")).to_be_visible()
    reader.looks()
    page.screenshot(path=tmp_path / "recurring.png", full_page=True)

    page.get_by_role("radio", name="Templates", exact=True).click()
    page.get_by_role("button", name="Keep a template").click()
    page.get_by_label("Name").fill("Offer")
    page.get_by_label("Text", exact=True).fill("{product} for {price}, this week")
    page.screenshot(path=tmp_path / "template.png", full_page=True)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("1 template")).to_be_visible()
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("{product} for {price}, this week")
    page.get_by_label("Text", exact=True).fill("{product} for {price}")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("{product} for {price}", exact=True)).to_be_visible()
    reader.looks()
    page.screenshot(path=tmp_path / "templates.png", full_page=True)

    page.get_by_role("radio", name="Table", exact=True).click()
    table = tmp_path / "plan.csv"
    table.write_text(TABLE)
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_text("must change before any of them becomes a post")).to_be_visible()
    reader.looks()
    expect(page.get_by_role("button", name="Make 3 posts")).to_be_disabled()
    page.screenshot(path=tmp_path / "table.png", full_page=True)


def test_planning_on_a_phone(chromium: Browser, pages: str, owner: Owner, filled: Filled, tmp_path: Path) -> None:
    reader = _reader(chromium, PHONE, "dark")
    reader.page.goto(f"{pages}/planning")
    reader.signs_in(owner.email)
    reader.looks()
    for view in ("Times", "Recurring", "Templates", "Table"):
        reader.page.goto(f"{pages}/planning?plan={view}")
        reader.looks()
        reader.page.screenshot(path=tmp_path / f"{view}-phone.png", full_page=True)
    reader.page.goto(f"{pages}/recurring?recurrence=new")
    reader.looks()
    reader.page.screenshot(path=tmp_path / "new-phone.png", full_page=True)
