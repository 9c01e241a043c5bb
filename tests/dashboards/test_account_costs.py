"""What an account costs and may do, in a real browser: chosen in the table, readable in light and dark."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import psycopg
import pytest
from playwright.sync_api import Browser, expect

from reporting.charts.tokens import networks
from tests.api.conftest import World
from tests.dashboards.conftest import Owner
from tests.dashboards.test_in_browser import BROWSER, DESKTOP, _reader, chromium, pages
from tests.reporting.conftest import Filled

__all__ = ["chromium", "pages"]
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian: apt install chromium)")


@pytest.fixture(scope="module")
def costly(marts: str, owner: Owner, filled: Filled) -> None:
    """An account of X that costs money and lacks rights, that is refused a metric, and that nobody calls."""
    world, account_id, now = World(marts, owner.workspace), filled.accounts["x"], datetime.now(UTC)
    with psycopg.connect(marts) as connection:
        connection.execute(
            "insert into app.loads (id, workspace_id, account_id, platform, resource, window_start, window_end, status,"
            " pages, records, written, unchanged, quarantined, cost) values (gen_random_uuid(), %s, %s, 'x', 'posts',"
            """ now(), now(), 'done', 1, 1, 1, 0, 0, '{"USD": "0.0150"}')""",
            [owner.workspace.id, account_id],
        )
    world.insert(
        "app.account_tokens",
        account_id=account_id,
        access=b"sealed",
        scopes=["tweet.read", "users.read"],
        refreshed_at=now,
        expires_at=now + timedelta(hours=2),
    )
    world.insert(
        "app.parked_metrics",
        account_id=account_id,
        resource="post_metrics",
        metric="non_public_metrics",
        reason="Field selector unavailable to this user.",
        since=now,
        until=now + timedelta(days=7),
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_costs_and_rights_of_the_account_that_is_chosen(
    chromium: Browser,
    pages: str,
    owner: Owner,
    filled: Filled,
    costly: None,
    scheme: Literal["light", "dark"],
    tmp_path: Path,
) -> None:
    reader = _reader(chromium, DESKTOP, scheme)
    reader.page.goto(f"{pages}/accounts")
    reader.signs_in(owner.email)
    reader.looks()
    # The table is drawn: its rows stand in the order of the networks, those from files below.
    place = [network for network in networks() if filled.accounts.keys() - {"tiktok"} >= {network}].index("x")
    box = reader.page.locator("[data-testid=stDataFrame] canvas").first.bounding_box()
    assert box is not None
    reader.page.mouse.click(box["x"] + 18, box["y"] + 35 + 38 * place + 19)
    # Chosen is open: nobody has to press twice.
    for said in ("0.0150 USD", "20 USD in a month", "Connect the account again to allow it", "non_public_metrics"):
        expect(reader.page.get_by_text(said, exact=False).first).to_be_visible()
    reader.looks()
    reader.page.screenshot(path=tmp_path / f"{scheme}.png", full_page=True)
