"""A week of a brand on four networks, with everything that can be unknown in it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import psycopg
import pytest

from clientnest.database import libpq_url
from clientnest.marts import Moment, Score
from tests.api.conftest import TODAY, World, marts, world
from tests.conftest import TestWorkspace

__all__ = ["filled", "marts", "world"]

# The Sunday of the last whole week.
UNTIL = TODAY - timedelta(days=TODAY.isoweekday())
OBSERVED = datetime.combine(TODAY, time(1, 2), UTC)
HOSTILE = '=HYPERLINK("http://198.51.100.1") #strong[*bold*] $x^2$ @label \\u{1F4A9} "quoted", <b>'


@dataclass(frozen=True)
class Filled:
    """Known truths about the world: sums over the posts of the last whole week."""

    workspace: TestWorkspace
    accounts: dict[str, UUID]
    database: str
    views = 60_000 + 4_000
    engagements = 3_000 + 160 + 90
    hostile = HOSTILE

    def key_of(self, network: str) -> str:
        """The key of the network's newest post that has a score."""
        with psycopg.connect(self.database) as connection:
            found = connection.execute(
                "select post_key from marts.posts join scoring.post_scores using (workspace_id, post_key)"
                " where workspace_id = %s and platform = %s order by published_at desc",
                [self.workspace.id, network.lower()],
            ).fetchone()
        assert found is not None
        return str(found[0])

    def quarantine(self, reason: str, *, line: int) -> None:
        """One record that was kept aside."""
        with psycopg.connect(self.database) as connection:
            connection.execute(
                "insert into raw.quarantine (workspace_id, account_id, source, load_id, lake_path, lake_page,"
                " lake_record, reason, record)"
                " values (%s, %s, 'instagram_posts', gen_random_uuid(), 'x', 1, %s, %s, '{}')",
                [self.workspace.id, self.accounts["instagram"], line, reason],
            )


def fill(world: World) -> Filled:
    """Instagram and Facebook know all, X offers no reach, YouTube skips a day, TikTok is known from a file."""
    accounts = {
        "instagram": world.account("instagram", followers=18_204, observed_at=OBSERVED),
        "facebook": world.account("facebook", followers=22_871, observed_at=OBSERVED),
        "x": world.account("x", followers=1_907, observed_at=OBSERVED),
        "youtube": world.account("youtube", followers=4_115, observed_at=OBSERVED),
        "tiktok": world.account("tiktok", source="file", status="imported", followers=None, followers_observed_at=None),
    }
    _days(world, accounts)
    _posts(world, accounts)
    return Filled(world.workspace, accounts, world.database)


def _days(world: World, accounts: dict[str, UUID]) -> None:
    """Sixty days of three networks; the newest are provisional."""
    rows = []
    for back in range(60):
        for number, platform in enumerate(("instagram", "facebook", "youtube")):
            unseen = platform == "youtube" and back == 3
            views = None if unseen else 9_000 - 700 * number + 400 * (back % 5)
            engagements = None if unseen else 300 + 10 * back
            known = (views, views, engagements, 4_000 - back, back >= 2, OBSERVED)
            rows.append((world.workspace.id, accounts[platform], platform, day(back), *known))
    with psycopg.connect(world.database) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into marts.account_metrics_daily (workspace_id, account_id, platform, as_of_date, views, reach,"
            " engagements, followers, is_settled, observed_at, basis, posts_published)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'daily', 0)",
            rows,
        )


def _posts(world: World, accounts: dict[str, UUID]) -> None:
    rate = {"engagement_rate_by": "reach", "engagement_rate": 0.05}
    world.post(
        accounts["instagram"],
        "instagram",
        UNTIL - timedelta(days=2),
        text="Behind the roast: how we pick beans",
        kind="reel",
        views=60_000,
        reach=50_000,
        likes=2_500,
        comments=300,
        shares=200,
        saves=0,
        engagements=3_000,
        score=96.4,
        score_basis="account+kind",
        score_n=40,
        **rate,
    )
    world.post(
        accounts["facebook"],
        "facebook",
        UNTIL - timedelta(days=4),
        text=HOSTILE,
        kind="link",
        views=4_000,
        reach=3_000,
        reactions=120,
        comments=20,
        shares=10,
        clicks=10,
        engagements=160,
        score=51.0,
        score_basis="account",
        score_n=12,
        **rate,
    )
    world.post(
        accounts["x"],
        "x",
        UNTIL,
        text="Is oat the new whole milk?",
        kind="text",
        impressions=2_300,
        likes=80,
        comments=6,
        shares=4,
        engagements=90,
        score=12.0,
        score_basis="account",
        score_n=9,
        engagement_rate=0.039,
        engagement_rate_by="impressions",
    )
    world.post(accounts["instagram"], "instagram", UNTIL, text="Just posted, not observed yet", kind="image")
    world.post(
        accounts["instagram"],
        "instagram",
        UNTIL - timedelta(days=9),
        text="The week before",
        kind="image",
        views=30_000,
        reach=20_000,
        likes=900,
        comments=50,
        shares=25,
        saves=25,
        engagements=1_000,
        **rate,
    )


def day(back: int) -> date:
    return UNTIL - timedelta(days=back)


def stored_scores(workspace_id: UUID, moment: Moment) -> list[Score]:
    """The scores that a test wrote down, whatever the moment."""
    with psycopg.connect(libpq_url()) as connection:
        rows = connection.execute(
            "select post_key, score, basis, n from scoring.post_scores where workspace_id = %s", [workspace_id]
        ).fetchall()
    return [Score(*row) for row in rows]


@pytest.fixture
def filled(world: World) -> Filled:
    return fill(world)
