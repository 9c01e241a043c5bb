"""Posts that are gone at their network without a word: known by whole listings that lack them, and by nothing less."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from ingestion.load import LoadAccount, load
from platforms.errors import Rejected
from platforms.platform import Page, Window
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Query
from tests.ingestion.loading import SHEET, START, account_of, page, source

# The day before the listings.
SPAN = Window(START - timedelta(days=1), START)


@pytest.fixture
def account(workspace: TestWorkspace, database: str) -> LoadAccount:
    return account_of(workspace, database)


def _listing(minute: int, posts: str) -> Page:
    """Posts by one letter each, the earlier in the alphabet the older."""
    made = [SPAN.start + timedelta(hours=ord(post) - ord("a")) for post in posts]
    return page([{"id": post, "time": at.isoformat()} for post, at in zip(posts, made, strict=True)], minute)


async def _list(account: LoadAccount, *pages: Page | Exception, window: Window = SPAN) -> Any:
    listed = replace(source(pages, table="posts_listed"), lists_all=True)
    return await load(account, SHEET, listed, window, client=None)


def _absences(query: Query, account_id: UUID) -> list[tuple[str, bool, datetime]]:
    return query(
        "select external_id, absent, observed_at from raw.absences where account_id = %s order by observed_at, 1",
        account_id,
    )


def _minutes(rows: Iterable[tuple[str, bool, datetime]]) -> list[tuple[str, bool, int]]:
    return [(post, absent, (at - START) // timedelta(minutes=1)) for post, absent, at in rows]


async def test_each_whole_listing_without_a_post_is_kept_until_one_has_it_again(
    account: LoadAccount, query: Query
) -> None:
    for minute, posts in enumerate(["abc", "ac", "ac", "abc", "abc", "ac"]):
        assert (await _list(account, _listing(minute, posts))).problem is None
    assert _minutes(_absences(query, account.id)) == [("b", True, 1), ("b", True, 2), ("b", False, 3), ("b", True, 5)]
    history = query("select count(*) from raw.facebook_posts_listed where account_id = %s", account.id)
    assert history == [(3,)]


async def test_a_listing_that_broke_off_or_is_damaged_or_empty_says_nothing(account: LoadAccount, query: Query) -> None:
    await _list(account, _listing(0, "abc"))
    assert (await _list(account, _listing(1, "ac"), Rejected("the cursor has expired"))).status == "failed"
    assert (await _list(account, _listing(2, "a"), page([{"no": "id"}], 2))).quarantined == 1
    assert (await _list(account, _listing(3, "a"), Page(b"no JSON", START, "GET /posts"))).quarantined == 1
    assert (await _list(account, page([], 4))).status == "done"
    assert _absences(query, account.id) == []


async def test_only_posts_within_what_the_listing_reached_are_missed(account: LoadAccount, query: Query) -> None:
    await _list(account, _listing(0, "abcde"))
    # Cut short without a word: what is older than the oldest one listed was not reached.
    await _list(account, _listing(1, "ce"))
    # A window that ends before d, of a network that lists beyond it.
    await _list(account, _listing(2, "abce"), window=Window(SPAN.start, SPAN.start + timedelta(hours=3)))
    assert _minutes(_absences(query, account.id)) == [("d", True, 1)]


async def test_the_order_in_which_listings_come_makes_no_difference(
    workspace: TestWorkspace, database: str, query: Query
) -> None:
    listings = [_listing(minute, posts) for minute, posts in enumerate(["abc", "ac", "abc", "ac", "ac"])]
    found = []
    for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [3, 0, 4, 1, 2]):
        account = account_of(workspace, database)
        for n in order:
            await _list(account, listings[n])
        found.append(_minutes(_absences(query, account.id)))
    assert found[0] == [("b", True, 1), ("b", False, 2), ("b", True, 3), ("b", True, 4)]
    assert found == [found[0]] * 3


def _answer(minute: int, asked: str, found: str) -> Page:
    return page([{"id": post} for post in found], minute).answering(list(asked))


async def _ask(account: LoadAccount, *pages: Page) -> Any:
    asked = replace(source(pages, table="post_metrics_plain"), resource="post_metrics", about="posts")
    return await load(account, SHEET, asked, SPAN, client=None)


async def test_a_post_that_was_asked_for_by_its_id_is_missed_until_an_answer_has_it_again(
    workspace: TestWorkspace, database: str, query: Query
) -> None:
    answers = [_answer(0, "abc", "abc"), _answer(1, "ab", "a"), _answer(2, "b", ""), _answer(3, "abc", "abc")]
    answers += [_answer(4, "bc", "c")]
    for order in ([0, 1, 2, 3, 4], [4, 2, 3, 1, 0], [3, 0, 4, 1, 2]):
        account = account_of(workspace, database)
        for n in order:
            assert (await _ask(account, answers[n])).problem is None
        assert _minutes(_absences(query, account.id)) == [
            ("b", True, 1),
            ("b", True, 2),
            ("b", False, 3),
            ("b", True, 4),
        ]


async def test_answers_that_have_none_of_several_posts_or_are_damaged_say_nothing(
    account: LoadAccount, query: Query
) -> None:
    await _ask(account, _answer(0, "abc", "abc"))
    await _ask(account, _answer(1, "abc", ""))
    assert (await _ask(account, _answer(2, "abc", "a"), page([{"no": "id"}], 2))).quarantined == 1
    assert _absences(query, account.id) == []


async def test_what_a_listing_missed_is_not_taken_back_by_an_answer_that_never_missed_it(
    account: LoadAccount, query: Query
) -> None:
    for minute, posts in enumerate(["abc", "ac"]):
        await _list(account, _listing(minute, posts))
    await _ask(account, _answer(2, "abc", "abc"))
    assert _minutes(_absences(query, account.id)) == [("b", True, 1)]
