"""A month of two networks with everything that happens to figures; each step may be left off at a moment."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from tests.dbt.conftest import Warehouse

Step = Callable[[Warehouse], None]


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def _listed(platform: str, moment: datetime, external_id: str, **values: object) -> tuple[datetime, Step]:
    return moment, lambda ours: ours.observed(platform, "posts", moment, external_id=external_id, **values)


def _counted(platform: str, moment: datetime, external_id: str, **values: object) -> tuple[datetime, Step]:
    return moment, lambda ours: ours.observed(platform, "post_metrics", moment, external_id=external_id, **values)


def _of_day(moment: datetime, number: int, views: int | None) -> tuple[datetime, Step]:
    as_of = date(2026, 11, number)
    return moment, lambda ours: ours.observed(
        "youtube", "post_metrics_daily", moment, external_id="y1", as_of_date=as_of, views=views
    )


def _read(platform: str, resource: str, moment: datetime, status: str = "done") -> tuple[datetime, Step]:
    return moment, lambda ours: ours.loaded(platform, resource, moment, status)


BIG = 3_000_000_000
END = day(30)

# In the order in which they arrived; the moments are the networks', so a step may be older than the one before it.
STEPS: tuple[tuple[tuple[datetime, Step], ...], ...] = (
    (
        _listed("tiktok", day(1), "t1", published_at=day(1, 8), kind="video", text="#en"),
        _listed("tiktok", day(1), "gone", published_at=day(1, 9), kind="video", text="borte"),
        _counted("tiktok", day(1), "t1", views=100, likes=5, comments=0, shares=0),
        _counted("tiktok", day(1), "gone", views=40, likes=4, comments=0, shares=0),
        _counted("tiktok", day(3), "t1", views=BIG, likes=9, comments=1, shares=0),
        _listed("youtube", day(1), "y1", published_at=day(1, 8), title="Roast", text="", duration="PT5M"),
        _counted("youtube", day(3), "y1", views=70, likes=3, comments=0),
        _of_day(day(3), 1, 30),
        (day(1), lambda ours: ours.observed("tiktok", "accounts", day(1), external_id="a", name="Nord", followers=50)),
        _read("tiktok", "post_metrics", day(3)),
        _read("youtube", "post_metrics_daily", day(3)),
        _read("youtube", "post_metrics", day(3)),
    ),
    (
        # The network took back what it found false, and began to count anew; an empty answer is no zero.
        _counted("tiktok", day(5), "t1", views=BIG - 7, likes=None, comments=1, shares=0),
        _counted("tiktok", day(6), "t1", views=12, likes=9, comments=1, shares=0),
        # A page that was late.
        _counted("tiktok", day(2), "t1", views=150, likes=7, comments=0, shares=0),
        # A day that gained after it was told, one that was corrected when it should have been settled, one to come.
        _of_day(day(4), 1, 33),
        _of_day(day(20), 1, 31),
        _of_day(day(20), 2, 25),
        _counted("youtube", day(20), "y1", views=90, likes=3, comments=0),
        (
            day(4),
            lambda ours: ours.observed("youtube", "account_metrics", day(4), as_of_date=date(2026, 11, 1), views=9),
        ),
        (
            day(20),
            lambda ours: ours.observed("youtube", "account_metrics", day(20), as_of_date=date(2026, 11, 1), views=8),
        ),
        _read("tiktok", "post_metrics", day(6)),
        _read("youtube", "post_metrics_daily", day(20)),
        _read("youtube", "post_metrics", day(20)),
        _read("youtube", "account_metrics", day(20)),
    ),
    (
        (day(21), lambda ours: ours.told("youtube", "video.deleted", "y1", day(21))),
        (day(21), lambda ours: ours.told("tiktok", "video.deleted", "gone", day(21))),
        (day(22), lambda ours: ours.observed("tiktok", "accounts", day(22), external_id="a", name="Sør", followers=60)),
        _read("tiktok", "post_metrics", day(22), "failed"),
    ),
)


def new(ours: Warehouse) -> Warehouse:
    for platform in ("tiktok", "youtube"):
        ours.connect(platform)
    return ours


def happen(ours: Warehouse, step: int, until: datetime = END) -> None:
    """What a step brings, as far as the networks' clocks had got by a moment."""
    for moment, told in STEPS[step]:
        if moment <= until:
            told(ours)
