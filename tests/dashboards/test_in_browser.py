"""One walk through the pages in a real browser: what AppTest cannot see."""

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, Page, Response, ViewportSize, expect, sync_playwright

from tests.conftest import ROOT, free_port, running, until
from tests.dashboards.conftest import PASSWORD, Owner
from tests.reporting.conftest import Filled

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian: apt install chromium)")

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGES = (
    "posts",
    "insights",
    "roi",
    "audience",
    "changes",
    "compose",
    "content",
    "planning",
    "calendar",
    "publications",
    "accounts",
    "imports",
    "reports",
    "data_health",
)
DESKTOP: ViewportSize = {"width": 1440, "height": 960}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Streamlit looks for its base path once when a page is opened directly.
PROBES = re.compile(r"/_stcore/(health|host-config)$")


@pytest.fixture(scope="module")
def pages(address: str, home: Path) -> Iterator[str]:
    """Where the dashboard answers."""
    port = free_port()
    log = home / "pages.log"
    folder = ROOT / "dashboards"
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    argv = [sys.executable, "-m", "streamlit", "run", str(folder / "server.py"), *options]
    with running(argv, log=log) as process:
        health = f"http://127.0.0.1:{port}/_stcore/health"
        until(lambda: process.poll() is not None or _answers(health), seconds=60, what="the dashboard")
        assert process.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}"


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


class Reader:
    """Somebody with a browser, and everything that went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[str] = []
        self.hosts: set[str] = set()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("response", self._answered)
        page.on("request", lambda request: self.hosts.add(httpx.URL(request.url).host))

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not PROBES.search(httpx.URL(response.url).path):
            self.problems.append(f"{response.status} {response.url}")

    def signs_in(self, email: str) -> None:
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()

    def goes_to(self, name: str) -> None:
        self.page.locator(f"[data-testid=stSidebarNavLink][href$='/{name}']").click()

    def looks(self) -> None:
        """Waits until the page stands still; nothing may have failed and nothing be wider than the window."""
        expect(self.page.locator("h1").first).to_be_visible(timeout=30_000)
        expect(self.page.locator("[data-stale=true]")).to_have_count(0, timeout=30_000)
        expect(self.page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=30_000)
        assert self.page.get_by_test_id("stException").count() == 0
        width = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert width <= 0, "the page scrolls sideways"
        assert self.problems == []


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as found:
        browser = found.chromium.launch(headless=True, executable_path=BROWSER, args=list(ARGUMENTS))
        yield browser
        browser.close()


def _reader(browser: Browser, size: ViewportSize, scheme: Literal["light", "dark"] = "light") -> Reader:
    context = browser.new_context(
        viewport=size, color_scheme=scheme, locale="en-GB", timezone_id="Europe/Oslo", accept_downloads=True
    )
    context.set_default_timeout(30_000)
    return Reader(context.new_page())


def _drawn(reader: Reader) -> int:
    """How many charts have a picture of some size."""
    charts = reader.page.locator("[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg")
    expect(charts.first).to_be_visible(timeout=30_000)
    sizes = [charts.nth(i).bounding_box() for i in range(charts.count())]
    return sum(size is not None and size["width"] > 80 and size["height"] > 30 for size in sizes)


def test_every_page_on_a_desktop(chromium: Browser, pages: str, owner: Owner, filled: Filled, tmp_path: Path) -> None:
    reader = _reader(chromium, DESKTOP)
    reader.page.goto(pages)
    reader.signs_in(owner.email)
    expect(reader.page.get_by_test_id("stMetric").first).to_be_visible()
    reader.looks()
    assert _drawn(reader) >= 2
    reader.page.screenshot(path=tmp_path / "overview.png", full_page=True)
    for name in PAGES:
        reader.goes_to(name)
        reader.page.wait_for_url(f"**/{name}*")
        reader.looks()
        reader.page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
    assert reader.hosts == {"127.0.0.1"}
    fonts = reader.page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert any("Nest Sans" in family for family in fonts)


def test_a_link_leads_where_it_says_after_signing_in(
    chromium: Browser, pages: str, owner: Owner, filled: Filled
) -> None:
    reader = _reader(chromium, DESKTOP, "dark")
    reader.page.goto(f"{pages}/posts?networks=Facebook&period=90+days")
    reader.signs_in(owner.email)
    expect(reader.page.get_by_role("heading", name="Posts")).to_be_visible()
    expect(reader.page.get_by_text("· 1 post", exact=False)).to_be_visible()
    expect(reader.page.get_by_role("button", name="Facebook").first).to_be_visible()
    assert "networks=Facebook" in reader.page.url
    reader.looks()


def _session_cookies(reader: Reader) -> list[Any]:
    return [cookie for cookie in reader.page.context.cookies() if cookie.get("name") == "nest_session"]


def test_who_loads_a_page_again_stays_signed_in_until_they_sign_out(
    chromium: Browser, pages: str, owner: Owner, filled: Filled
) -> None:
    reader = _reader(chromium, DESKTOP)
    reader.page.goto(f"{pages}/posts")
    with reader.page.expect_response(f"{pages}/session") as kept:
        reader.signs_in(owner.email)
    reader.looks()
    assert kept.value.request.method == "POST"
    ticket = kept.value.request.post_data
    (cookie,) = _session_cookies(reader)
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert httpx.post(f"{pages}/session", content=ticket, trust_env=False).status_code == 403
    reader.page.reload()
    expect(reader.page.get_by_role("heading", name="Posts")).to_be_visible()
    reader.looks()
    with reader.page.expect_response(f"{pages}/session"):
        reader.page.get_by_role("button", name="Sign out").click()
    expect(reader.page.get_by_label("E-mail")).to_be_visible()
    assert _session_cookies(reader) == []
    reader.page.reload()
    expect(reader.page.get_by_label("E-mail")).to_be_visible()
    assert reader.problems == []


def test_a_phone_has_every_card_and_nothing_sticks_out(
    chromium: Browser, pages: str, owner: Owner, filled: Filled
) -> None:
    reader = _reader(chromium, PHONE, "dark")
    reader.page.goto(pages)
    reader.signs_in(owner.email)
    expect(reader.page.get_by_test_id("stMetric").first).to_be_visible()
    reader.looks()
    assert _drawn(reader) >= 2
    boxes = [box.bounding_box() for box in reader.page.get_by_test_id("stMetric").all()]
    assert len(boxes) == 6
    assert all(box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes)
    # Two abreast.
    assert len({round(box["x"]) for box in boxes if box}) == 2


def test_the_style_sheet_is_short_and_every_rule_meets_something(
    chromium: Browser, pages: str, owner: Owner, filled: Filled
) -> None:
    sheet = re.sub(r"/\*.*?\*/", "", (ROOT / "dashboards" / "look.css").read_text(), flags=re.DOTALL)
    rules = [selector.strip() for selector in re.findall(r"([^{}]+)\{", sheet)]
    assert len(rules) <= 5
    reader = _reader(chromium, DESKTOP)
    reader.page.goto(pages)
    expect(reader.page.get_by_role("button", name="Sign in")).to_be_visible()
    found = {rule for rule in rules if reader.page.locator(rule).count()}
    reader.signs_in(owner.email)
    expect(reader.page.get_by_test_id("stMetric").first).to_be_visible()
    reader.looks()
    found |= {rule for rule in rules if reader.page.locator(rule).count()}
    assert found == set(rules)


def test_a_report_is_made_and_downloaded(chromium: Browser, pages: str, owner: Owner, filled: Filled) -> None:
    reader = _reader(chromium, DESKTOP)
    reader.page.goto(f"{pages}/reports")
    reader.signs_in(owner.email)
    reader.page.get_by_role("button", name="Make the weekly report").click()
    with reader.page.expect_download() as started:
        reader.page.get_by_role("button", name="Download PDF").first.click()
    assert started.value.suggested_filename.endswith(".pdf")
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF-")
