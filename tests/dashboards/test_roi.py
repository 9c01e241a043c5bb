"""The page of return: money as the API tells it, the unknown in words, ranges drawn, models side by side, trials."""

from pathlib import Path
from typing import Any, Literal

import httpx
import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.api.conftest import World
from tests.api.money import Told, earn
from tests.dashboards.conftest import Owner, _registered, words
from tests.dashboards.test_in_browser import BROWSER, DESKTOP, PHONE, _drawn, _reader, chromium, pages

__all__ = ["chromium", "pages"]
PEOPLE = b"arm,bought\n" + b"mailed,4\nmailed,6\nleft alone,1\nleft alone,2\n" * 50


@pytest.fixture(scope="module")
def earner(address: str) -> Owner:
    """The owner of a workspace with money and a trial."""
    return _registered(address)


@pytest.fixture(scope="module")
def told(marts: str, earner: Owner, address: str) -> Told:
    answer = httpx.post(
        f"{address}/trials",
        headers={"Authorization": f"Bearer {earner.answer['access_token']}"},
        data={"name": "Autumn mail", "control": "left alone"},
        files={"file": ("people.csv", PEOPLE)},
        trust_env=False,
        timeout=60,
    )
    assert answer.status_code == 201, answer.text
    return earn(World(marts, earner.workspace))


def table(page: Any, place: int) -> Any:
    return page.dataframe[place].value.set_index("name")


def test_the_headline_is_what_the_api_tells(earner: Owner, told: Told) -> None:
    page = earner.opens("roi", period="28d")
    cards = {metric.label: metric.value for metric in page.metric}
    assert cards["Money in, EUR"] == "950"
    assert cards["Money out, EUR"] == "530"
    assert cards["Return"] == "79.2\u00a0%"
    assert cards["Conversions"] == "11"
    assert "EUR 950.00 came in for EUR 530.00 spent" in words(page).replace("\\", "")


def test_unknown_money_is_empty_and_says_why(earner: Owner, told: Told) -> None:
    figures = table(earner.opens("roi"), 1)
    assert figures.loc["Spring", ["cost", "roi"]].isna().all()
    assert figures.loc["Spring", "why"].startswith("no cost entered")
    assert figures.loc["Silent", "revenue"] != 0
    assert "no link leads from it" in figures.loc["Silent", "why"]
    assert figures.loc["No touch led to it", "revenue"] == 30
    assert figures.loc["Together", "revenue"] == 950


def test_models_stand_side_by_side_and_agree_on_the_total(earner: Owner, told: Told) -> None:
    models = table(earner.opens("roi"), 0)
    assert list(models.loc["Autumn"]) == [800, 920, 860, 860, 860]
    assert set(models.loc["Together"]) == {950}


def test_another_model_and_group_can_be_chosen(earner: Owner, told: Told) -> None:
    page = earner.opens("roi", by="Post", model="First touch")
    figures = table(page, 1)
    assert figures.loc["Beans of the autumn", ["revenue", "cost"]].to_list() == [920, 100]
    assert "shown above: First touch" in words(page)


def test_a_trial_shows_what_was_added_with_its_range(earner: Owner, told: Told) -> None:
    page = earner.opens("roi")
    (row,) = page.dataframe[-1].value.to_dict("records")
    assert (row["Outcome"], row["Arm"], row["Added each"], row["People"]) == ("bought", "mailed", "+3.5", "100 and 100")
    assert row["Range"].startswith("+3.")


def test_without_money_the_page_says_what_to_do(newcomer: Owner) -> None:
    page = newcomer.opens("roi")
    assert not page.warning
    assert "Enter what was spent" in words(page)


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium (Debian: apt install chromium)")
@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", DESKTOP), ("dark", PHONE)])
def test_the_page_in_a_browser(
    chromium: Browser,
    pages: str,
    earner: Owner,
    told: Told,
    scheme: Literal["light", "dark"],
    size: ViewportSize,
    tmp_path: Path,
) -> None:
    reader = _reader(chromium, size, scheme)
    reader.page.goto(f"{pages}/roi")
    reader.signs_in(earner.email)
    expect(reader.page.get_by_test_id("stMetric").first).to_be_visible(timeout=30_000)
    reader.looks()
    assert _drawn(reader) >= 1
    reader.page.screenshot(path=tmp_path / f"roi-{scheme}-{size['width']}.png", full_page=True)
