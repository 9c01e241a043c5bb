"""As known on: a past day chosen in a real browser changes the figures, says so on every page, and can be left."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from tests.api.conftest import new_world
from tests.dashboards.conftest import Owner, _registered
from tests.dashboards.test_in_browser import BROWSER, DESKTOP, PHONE, Reader, _reader, chromium, pages

__all__ = ["chromium", "pages"]
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian: apt install chromium)")

NOW = datetime.now(UTC)
PATIENCE = 30_000
DAY = (NOW - timedelta(days=6)).date()
VIEW = "create or replace view known.posts with (security_invoker) as select * from marts.posts"


@pytest.fixture(scope="module")
def historian(marts: str, address: str) -> Iterator[Owner]:
    """The owner of a post that was seen ten days ago and one that was seen this morning.

    Hand-written marts know no past: for as long as this lasts, what was observed later was not known before.
    """
    owner = _registered(address)
    world = new_world(marts, owner.workspace)
    account = world.account("instagram")
    for number, ago in enumerate((10, 1), 1):
        seen = NOW - timedelta(days=ago)
        about = {"text": f"Post {number}", "views": 1000 * number, "reach": 900, "engagements": 40}
        world.post(account, "instagram", seen.date() - timedelta(days=1), observed_at=seen, **about)
    world.fill_days(account, "instagram", 60)
    with psycopg.connect(marts, autocommit=True) as connection:
        connection.execute("set role nest_system")
        connection.execute(f"{VIEW} where observed_at <= app.known_at()")
        yield owner
        connection.execute(VIEW)


def _figure(reader: Reader, label: str) -> str:
    card = reader.page.get_by_test_id("stMetric").filter(has=reader.page.get_by_text(label, exact=True))
    return card.get_by_test_id("stMetricValue").inner_text()


def _chooses(reader: Reader, day: str) -> None:
    reader.page.get_by_role("button", name="As known now").click()
    reader.page.get_by_role("spinbutton", name="year, As known on").click()
    reader.page.keyboard.type(day)
    # The day is taken as the popover closes.
    reader.page.locator("h1").first.click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_past_day_changes_the_figures_and_says_so(
    chromium: Browser, pages: str, historian: Owner, scheme: Literal["light", "dark"]
) -> None:
    reader = _reader(chromium, DESKTOP if scheme == "light" else PHONE, scheme)
    reader.page.goto(pages)
    reader.signs_in(historian.email)
    expect(reader.page.get_by_test_id("stMetric").first).to_be_visible(timeout=PATIENCE)
    reader.looks()
    assert (_figure(reader, "Posts"), _figure(reader, "Views")) == ("2", "3,000")

    _chooses(reader, f"{DAY:%Y%m%d}")
    told = reader.page.get_by_text("What was observed or corrected later is left out.")
    expect(told).to_be_visible(timeout=PATIENCE)
    reader.looks()
    assert (_figure(reader, "Posts"), _figure(reader, "Views")) == ("1", "1,000")
    expect(reader.page.get_by_role("button", name=re.compile(f"As known on {DAY.day} "))).to_be_visible(
        timeout=PATIENCE
    )
    assert f"known_on={DAY.isoformat()}" in reader.page.url

    reader.page.get_by_role("button", name=re.compile("As known on")).click()
    reader.page.get_by_role("button", name="Back to now").click()
    expect(told).to_have_count(0, timeout=PATIENCE)
    reader.looks()
    assert _figure(reader, "Posts") == "2"


def test_a_past_day_goes_along_to_every_page_of_figures(chromium: Browser, pages: str, historian: Owner) -> None:
    reader = _reader(chromium, DESKTOP)
    reader.page.goto(f"{pages}/?known_on={DAY.isoformat()}")
    reader.signs_in(historian.email)
    told = reader.page.get_by_text("What was observed or corrected later is left out.")
    expect(told).to_be_visible(timeout=PATIENCE)
    for name in ("posts", "insights", "roi", "audience", "changes", "reports"):
        reader.goes_to(name)
        reader.page.wait_for_url(f"**/{name}*")
        reader.looks()
        expect(told).to_be_visible(timeout=PATIENCE)
