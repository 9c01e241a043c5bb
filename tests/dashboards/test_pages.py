"""Each page shows what the API says: figures, freshness, and the unknown as unknown."""

from uuid import uuid4

import psycopg
import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboards.conftest import APP, Owner, words
from tests.reporting.conftest import Filled

PAGES = (
    "overview",
    "posts",
    "insights",
    "roi",
    "audience",
    "changes",
    "accounts",
    "data_health",
    "reports",
    "imports",
    "compose",
    "content",
    "planning",
    "calendar",
    "publications",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_in_an_empty_workspace_and_says_what_to_do(name: str, newcomer: Owner) -> None:
    page = newcomer.opens(name)
    assert not page.error
    assert not page.warning
    assert len(words(page)) > 40


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_figures(name: str, owner: Owner, filled: Filled) -> None:
    page = owner.opens(name)
    assert not page.error
    assert not page.warning


def test_headline_figures_are_those_of_the_posts(owner: Owner, filled: Filled) -> None:
    page = owner.opens("overview", period="28d")
    cards = {metric.label: metric for metric in page.metric}
    assert cards["Posts"].value == "5"
    assert cards["Views"].value == "94\u00a0K"
    assert cards["Engagements"].value == "4,250"
    assert cards["Followers"].value == "47.1\u00a0K"


def test_every_figure_says_how_fresh_it_is_and_what_it_leaves_out(owner: Owner, filled: Filled) -> None:
    page = owner.opens("overview")
    told = words(page)
    assert "Observed " in told
    assert "are settled" in told
    assert "Without X" in told
    assert "Without TikTok" in told


def test_unknown_figures_are_words_and_never_zeros(owner: Owner, filled: Filled) -> None:
    page = owner.opens("overview")
    figures = page.dataframe[-1].value.set_index("Figure")
    assert figures.loc["Reach", "X"] == "not offered"
    assert figures.loc["Views", "YouTube"] == "no posts"
    assert figures.loc["Saves", "Instagram"] == "25"
    assert figures.loc["Followers", "TikTok"] == "not yet"


def test_a_post_that_was_not_observed_has_empty_figures_and_says_why(owner: Owner, filled: Filled) -> None:
    table = owner.opens("posts").dataframe[0].value.set_index("post")
    unseen = table.loc["Just posted, not observed yet"]
    assert unseen[["views", "reach", "engagements", "rate"]].isna().all()
    assert unseen["why"] == "not observed yet"
    assert table.loc["Is oat the new whole milk?", "why"] == "no views, reach"


def test_filters_narrow_what_is_shown(owner: Owner, filled: Filled) -> None:
    page = owner.opens("posts")
    page.button_group(key="networks").set_value(["facebook"]).run()
    assert list(page.dataframe[0].value["network"]) == ["Facebook"]


def test_exact_days_come_from_the_address(owner: Owner, filled: Filled) -> None:
    page = owner.opens("posts", since="2020-01-01", until="2020-01-31")
    assert "No posts in these days" in words(page)


def test_text_of_people_is_not_markup(owner: Owner, filled: Filled) -> None:
    key = filled.key_of("Facebook")
    page = owner.opens("post", post=key)
    assert filled.hostile in [text.value for text in page.text]


def test_a_post_tells_every_figure_and_those_the_network_lacks(owner: Owner, filled: Filled) -> None:
    page = owner.opens("post", post=filled.key_of("X"))
    cards = {metric.label: metric.value for metric in page.metric}
    assert cards["Impressions"] == "2,300"
    assert "Reach" not in cards
    assert "The network offers no views, reach" in words(page)


def test_a_post_that_is_not_there_is_said_in_words(newcomer: Owner) -> None:
    page = newcomer.opens("post", post="0" * 32)
    assert [warning.value for warning in page.warning] == ["There is no such post in this workspace."]


def test_accounts_show_where_they_come_from(owner: Owner, filled: Filled) -> None:
    table = owner.opens("accounts").dataframe[0].value.set_index("Network")
    assert table.loc["Instagram", "Followers"] == "18,204"
    assert table.loc["TikTok", "Followers"] == "—"
    assert table.loc["TikTok", "Status"] == "From files"


def test_connecting_leads_to_the_network(newcomer: Owner) -> None:
    page = newcomer.opens("accounts")
    page.button(key="connect_facebook").click().run()
    assert not page.warning
    assert "You choose there what ClientNest may do." in words(page)


def test_quarantine_shows_reason_and_place(owner: Owner, filled: Filled) -> None:
    filled.quarantine("like_count is abc: not a whole number", line=7)
    tables = [one.value for one in owner.opens("data_health").dataframe]
    (table,) = [table for table in tables if "Reason" in table]
    assert list(table["Reason"]) == ["like_count is abc: not a whole number"]
    assert list(table["Line"]) == ["7"]


def test_a_network_that_is_left_alone_is_named_with_what_waits_there(owner: Owner, filled: Filled) -> None:
    name = f"worker-{uuid4()}"
    with psycopg.connect(filled.database) as connection:
        connection.execute("insert into app.worker_heartbeats (name) values (%s)", [name])
        connection.execute(
            "insert into app.networks_away (worker, platform, until) values (%s, 'x', now() + interval '4 minutes')",
            [name],
        )
    told = words(owner.opens("data_health"))
    with psycopg.connect(filled.database) as connection:
        connection.execute("delete from app.worker_heartbeats where name = %s", [name])
    assert "**X does not answer** and is left alone until" in told
    assert "Nothing is due there" in told


def test_a_report_is_made_and_listed_for_download(owner: Owner, filled: Filled) -> None:
    page = owner.opens("reports")
    next(button for button in page.button if button.label == "Make the weekly report").click().run(timeout=120)
    assert not page.warning
    told = words(page)
    assert "PDF · figures observed" in told
    assert "CSV · figures observed" in told


def test_an_unknown_sign_in_is_refused_in_words(address: str) -> None:
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert [title.value for title in page.title] == ["Sign in"]
    page.text_input[0].input("nobody@example.com")
    page.text_input[1].input("wrong password here")
    page.button[0].click().run()
    assert len(page.warning) == 1
    assert not page.exception


def test_an_api_that_does_not_answer_is_said_in_words(newcomer: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEST_API_URL", "http://127.0.0.1:9")
    page = newcomer.opens("overview")
    assert "Try again in a minute." in page.warning[0].value
