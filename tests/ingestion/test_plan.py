"""What is read next: young posts first, settled ones rarely, never beyond a budget, everything after a downtime."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ingestion.plan import CATCH_UP, LONGEST, SHORTEST, Purse, Reading, affordable, caught_up, plan
from platforms.platform import PostRef, Window

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SPANS = st.timedeltas(timedelta(0), timedelta(days=400))
AMOUNTS = st.decimals(0, 10_000, places=3)
PURSES = st.builds(Purse, st.just("calls"), AMOUNTS, AMOUNTS, AMOUNTS, st.decimals("0.001", 50), st.integers(1, 50))


@st.composite
def readings(draw: st.DrawFn) -> Reading:
    published = NOW - draw(SPANS)
    moments = st.none() | st.timedeltas(timedelta(0), NOW - published).map(lambda age: NOW - age)
    read_at = draw(moments)
    changed_at = draw(moments) if read_at else None
    name = str(draw(st.integers(0, 10**9)))
    return Reading(PostRef(name, None, published), read_at, min(filter(None, (changed_at, read_at)), default=None))


def post(age: timedelta, read: timedelta | None = None, changed: timedelta | None = None) -> Reading:
    """Of so long ago, read and changed so long ago."""
    return Reading(
        PostRef(f"{age}", None, NOW - age),
        NOW - read if read is not None else None,
        NOW - changed if changed is not None else None,
    )


def chosen(*of: Reading, purses: tuple[Purse, ...] = ()) -> list[str]:
    return [one.external_id for one in plan(of, NOW, purses).posts]


def test_a_post_is_read_ever_more_rarely() -> None:
    reading, moments = Reading(PostRef("a", None, NOW)), [NOW]
    while moments[-1] < NOW + timedelta(days=28):
        moments.append(moments[-1] + max(timedelta(hours=1), Reading(reading.post, moments[-1]).wait))
    assert 55 <= len(moments) <= 70
    assert len([moment for moment in moments if moment < NOW + timedelta(hours=12)]) == 12


def test_young_posts_are_due_and_settled_ones_wait() -> None:
    hour = timedelta(hours=1)
    young, old = post(5 * hour, read=hour), post(timedelta(days=60), read=hour)
    assert chosen(young, old) == [young.post.external_id]
    assert plan([old], NOW).next_at == old.due_at > NOW + timedelta(days=4)


def test_what_stood_still_is_asked_about_more_rarely() -> None:
    hours = timedelta(hours=1)
    moving, still = post(24 * hours, 3 * hours, changed=4 * hours), post(25 * hours, 3 * hours, changed=24 * hours)
    assert chosen(moving, still) == [moving.post.external_id]


def test_a_post_that_the_network_told_of_comes_first() -> None:
    day = timedelta(days=1)
    late = post(day, read=day / 2)
    told = Reading(PostRef("told", None, NOW - 300 * day), NOW - day, NOW - 200 * day, NOW - day / 2)
    heard = Reading(PostRef("heard", None, NOW - 300 * day), NOW - day, NOW - 200 * day, NOW - 2 * day)
    assert chosen(late, told, heard) == ["told", late.post.external_id]


def test_after_a_downtime_all_is_due_and_the_most_overdue_comes_first() -> None:
    down = timedelta(days=7)
    fresh, young, old = post(timedelta(days=1)), post(down + timedelta(hours=6), down), post(timedelta(days=200), down)
    assert chosen(old, young, fresh) == [one.post.external_id for one in (fresh, young)]
    one_call = Purse("calls", Decimal("2.5"), Decimal(0), Decimal(0), Decimal(1))
    assert chosen(old, young, fresh, purses=(one_call,)) == [one.post.external_id for one in (fresh, young)]
    assert plan(
        [old, young, fresh], NOW, (Purse("calls", Decimal(2), Decimal(0), Decimal(0), Decimal(1)),)
    ).next_at == (young.due_at)


@given(st.lists(readings(), max_size=30), st.lists(PURSES, max_size=3))
def test_no_budget_is_ever_exceeded_and_nothing_is_read_too_early(known: list[Reading], purses: list[Purse]) -> None:
    made = plan(known, NOW, purses)
    by_post = {id(one.post): one for one in known}
    assert all(by_post[id(post)].due_at <= NOW for post in made.posts)
    for purse in purses:
        cost = len(made.posts) * purse.per_post
        if cost:
            assert purse.spent + cost <= purse.amount
            assert purse.spent_by_account + cost <= purse.amount / purse.accounts
    due = sum(one.due_at <= NOW for one in known)
    most = affordable(purses)
    assert len(made.posts) == (due if most is None else min(due, most))
    assert (made.next_at is None) == (len(made.posts) == len(known))


@given(readings())
def test_no_post_waits_forever_or_is_asked_for_all_the_time(reading: Reading) -> None:
    assert reading.read_at is None or SHORTEST <= reading.wait <= LONGEST


@given(back=SPANS, length=st.timedeltas(timedelta(minutes=1), timedelta(days=30)), history=st.none() | SPANS)
def test_a_downtime_is_caught_up_within_what_the_network_remembers(
    back: timedelta, length: timedelta, history: timedelta | None
) -> None:
    window = Window(NOW - length, NOW)
    found = caught_up(window, NOW - back, history)
    assert found.end == window.end
    assert found.start <= window.start
    missed = min(max(back, length), max(length, CATCH_UP if history is None else min(CATCH_UP, history)))
    assert found.start == NOW - missed


def test_an_account_that_was_never_read_is_asked_for_its_window() -> None:
    window = Window(NOW - timedelta(days=3), NOW)
    assert caught_up(window, None, None) == window
