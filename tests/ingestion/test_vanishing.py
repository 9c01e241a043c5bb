"""Posts that are taken away at their network, and listings that break, seen at ingestion's door."""

from typing import Any

import pytest

from ingestion.load import ingest_workspaces
from platforms import PLATFORMS
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Connect, Query, World
from tests.ingestion.reading import now_window, read

# How each network's listing of own posts is called, by its way of paging.
LISTINGS = {
    "facebook": "published_posts.read",
    "instagram": "media.read",
    "x": "getUsersPosts",
    "linkedin": "posts.find",
    "tiktok": "video.list",
    "youtube": "playlistItems.list",
    "bluesky": "app.bsky.feed.getAuthorFeed",
}


# So many that a listing is more than one page, but where a page holds them all.
DAYS, ONE_PAGE = 200, "linkedin"


def _told(query: Query, network: str, account: Any) -> list[tuple[Any, ...]]:
    """The posts that `raw` knows, and how many rows it has of each."""
    return query(
        f"select external_id, count(*) from raw.{network}_posts where account_id = %s group by 1 order by 1", account
    )


@pytest.mark.parametrize("network", list(LISTINGS))
def test_a_post_that_was_taken_away_is_missed_by_every_whole_listing_since(
    world: World, connect: Connect, query: Query, network: str
) -> None:
    account = connect(network)
    assert read(account, "posts", days=60)["posts"].status == "done"
    posts = query(
        f"select external_id from raw.{network}_posts where account_id = %s order by published_at desc limit 2", account
    )
    gone = posts[1][0]
    world.plant("post_deleted", network, post=gone)
    for _ in range(2):
        world.control.post("/clock", json={"advance": "PT1M"}).raise_for_status()
        assert read(account, "posts", days=60)["posts"].status == "done"
    missed = query("select external_id, absent from raw.absences where account_id = %s", account)
    assert missed == [(gone, True)] * 2
    assert (gone, 1) in _told(query, network, account)


@pytest.mark.parametrize("network", [name for name in LISTINGS if name != ONE_PAGE])
def test_a_listing_that_breaks_off_is_read_anew_and_loses_and_doubles_nothing(
    world: World, connect: Connect, query: Query, network: str
) -> None:
    account = connect(network)
    world.fault(network, "http_500", LISTINGS[network], after=1)
    before = len(world.asked(network))
    first = read(account, "posts", days=DAYS)["posts"]
    assert (first.status, first.quarantined) == ("done", 0), first.problem
    listed = [call["fault"] for call in world.asked(network)[before:] if call["operation"] == LISTINGS[network]]
    assert listed[:2] == [None, "http_500"]
    again = read(account, "posts", days=DAYS)["posts"]
    assert (again.records, again.written) == (first.records, 0)
    told = _told(query, network, account)
    assert {rows for _, rows in told} == {1}
    assert query("select count(*) from raw.absences where account_id = %s", account) == [(0,)]


@pytest.mark.parametrize("network", ["facebook", "instagram", "x", "youtube"])
def test_a_cursor_that_expires_lands_nothing_and_the_next_reading_has_everything(
    world: World, connect: Connect, query: Query, network: str
) -> None:
    account = connect(network)
    world.fault(network, "cursor_expired", LISTINGS[network], after=1)
    broken = read(account, "posts", days=DAYS)["posts"]
    assert broken.status == "failed"
    assert not broken.reconnect_needed
    assert _told(query, network, account) == []
    whole = read(account, "posts", days=DAYS)["posts"]
    assert (whole.status, whole.quarantined) == ("done", 0), whole.problem
    assert {rows for _, rows in _told(query, network, account)} == {1}
    assert read(account, "posts", days=DAYS)["posts"].written == 0


@pytest.mark.parametrize("network", list(PLATFORMS))
def test_a_connection_that_ended_is_not_asked_again_and_its_history_stays(
    world: World, connect: Connect, workspace: TestWorkspace, query: Query, network: str
) -> None:
    account = connect(network, 1)
    assert read(account, "posts", days=30)["posts"].status == "done"
    history = _told(query, network, account)
    world.plant("token_revoked", network, account=world.networks[network]["accounts"][1]["external_id"])
    before = len(world.asked(network))
    both = ["accounts", "posts"]
    ended = ingest_workspaces(network, both, now_window(), workspace_ids=[workspace.id])
    assert any(result.reconnect_needed for result in ended)
    asked = len(world.asked(network)[before:])
    # LinkedIn says of fresh tokens that they were revoked, so it is asked up to four times.
    assert asked <= 4 * len(both)
    assert ingest_workspaces(network, both, now_window(), workspace_ids=[workspace.id]) == []
    assert len(world.asked(network)[before:]) == asked
    assert _told(query, network, account) == history
    assert query("select count(*) from raw.absences where account_id = %s", account) == [(0,)]
    told = query(
        "select count(*) from app.events where workspace_id = %s and type = 'account.reconnect_needed'", workspace.id
    )
    assert told == [(1,)]


# Networks that answer about single posts by their ids, and the tables of these answers.
BY_ID = {
    "facebook": "post_metrics_insights",
    "instagram": "post_metrics",
    "x": "post_metrics",
    "tiktok": "post_metrics",
    "youtube": "post_metrics",
    "bluesky": "post_metrics",
}


@pytest.mark.parametrize(("network", "figures"), BY_ID.items(), ids=list(BY_ID))
def test_a_post_that_no_listing_reaches_is_missed_where_it_is_asked_for_and_asked_once_more_at_once(
    world: World, connect: Connect, query: Query, network: str, figures: str
) -> None:
    account = connect(network)
    whole = read(account, "posts", figures, days=27)
    assert {result.status for result in whole.values()} == {"done"}
    # Older posts, which some listings have too, are heard of once.
    read(account, figures, planned=True, days=1)
    gone = query(
        f"select external_id from raw.{network}_posts"
        " where account_id = %s and published_at > now() - interval '27 days' order by published_at limit 1",
        account,
    )[0][0]
    world.plant("post_deleted", network, post=gone)
    of_post = f"select count(*) from raw.{network}_{figures} where account_id = %s and external_id = %s"
    history = query(of_post, account, gone)
    assert read(account, figures, days=1)[figures].status == "done"
    missed = "select external_id, absent, resource from raw.absences where account_id = %s order by observed_at"
    assert query(missed, account) == [(gone, True, figures)]
    # Doubt is settled by the next refresh, and then it is at rest.
    assert read(account, figures, planned=True, days=1)[figures].posts == 1
    assert query(missed, account) == [(gone, True, figures)] * 2
    assert read(account, figures, planned=True, days=1)[figures].posts == 0
    assert query(of_post, account, gone) == history
