"""What a content score promises, whatever the figures are."""

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.content import ENOUGH, scores

KINDS = ("image", "video", "text")
history = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 100_000)), min_size=ENOUGH, max_size=40)


def posts(account: str, engagements: list[tuple[str, int]], platform: str = "x") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "post_key": [f"{account} {number}" for number in range(len(engagements))],
            "account_id": [account] * len(engagements),
            "platform": [platform] * len(engagements),
            "kind": [kind for kind, _ in engagements],
            "engagements": [value for _, value in engagements],
        },
        schema={
            "post_key": pl.String,
            "account_id": pl.String,
            "platform": pl.String,
            "kind": pl.String,
            "engagements": pl.Int64,
        },
    )


def by_key(frame: pl.DataFrame) -> dict[str, float]:
    return dict(frame.select("post_key", "score").iter_rows())


@given(history, history, st.integers(2, 1000))
def test_the_size_of_an_account_changes_no_score(
    ours: list[tuple[str, int]], theirs: list[tuple[str, int]], factor: int
) -> None:
    before = by_key(scores(pl.concat([posts("ours", ours), posts("theirs", theirs)])))
    larger = [(kind, value * factor) for kind, value in ours]
    # An account on which nobody ever did anything has no size.
    assume(any(value for _, value in ours))
    after = by_key(scores(pl.concat([posts("ours", larger), posts("theirs", theirs)])))
    assert after == pytest.approx(before, abs=1e-6)


@given(history)
def test_more_engagements_never_score_lower_within_account_and_kind(engagements: list[tuple[str, int]]) -> None:
    frame = posts("ours", engagements)
    joined = frame.join(scores(frame), on="post_key").sort("kind", "engagements", "score")
    for _, group in joined.group_by("kind"):
        assert group.sort("engagements", "score")["score"].is_sorted()


@given(history)
def test_scores_lie_between_0_and_100(engagements: list[tuple[str, int]]) -> None:
    scored = scores(posts("ours", engagements))
    assert scored.height == len(engagements)
    assert scored["score"].is_between(0, 100).all()


@given(st.integers(1_000, 10**9))
def test_one_extreme_post_moves_the_others_by_little(extreme: int) -> None:
    usual = [("image", value) for value in range(50, 150, 4)]
    before = by_key(scores(posts("ours", [*usual, ("image", 100)])))
    after = by_key(scores(posts("ours", [*usual, ("image", extreme)])))
    outlier = f"ours {len(usual)}"
    assert max(abs(before[key] - after[key]) for key in before if key != outlier) < 6
    assert after[outlier] > 99


def test_a_typical_post_scores_50_and_the_best_one_high() -> None:
    scored = by_key(scores(posts("ours", [("image", value) for value in range(10, 31)])))
    assert scored["ours 10"] == pytest.approx(50, abs=1)
    assert scored["ours 20"] > 80
    assert scored["ours 0"] < 15


def test_the_basis_is_the_narrowest_group_that_is_large_enough() -> None:
    ours = posts("ours", [("image", 10)] * 6 + [("video", 20)] * 2)
    theirs = posts("theirs", [("image", 5)] * 2)
    alone = posts("alone", [("image", 5)] * 2, platform="tiktok")
    scored = scores(pl.concat([ours, theirs, alone]))
    told = {
        key: (basis, n, median) for key, basis, n, median in scored.select("post_key", "basis", "n", "median").rows()
    }
    assert told["ours 0"] == ("account+kind", 6, 10.0)
    assert told["ours 6"] == ("account", 8, 10.0)
    assert told["theirs 0"] == ("platform", 10, 10.0)
    assert "alone 0" not in told


def test_an_account_on_which_nothing_happened_scores_50() -> None:
    assert set(scores(posts("ours", [("image", 0)] * 6))["score"]) == {50.0}


def test_no_posts_give_no_scores() -> None:
    assert scores(posts("ours", [])).is_empty()
