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
