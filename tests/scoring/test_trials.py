"""What a trial's result promises: the arithmetic, the interval, and words for what cannot be read."""

import csv
import gzip
import io
import math
import random
from pathlib import Path
from uuid import uuid4

import pytest

from clientnest.errors import Invalid
from clientnest.settings import settings
from scoring.trials import Evaluated, evaluate
from scoring.trials.lift import student
from tests.conftest import shared

OUTCOMES = ("visit", "conversion", "spend")


@pytest.fixture
def lake(home: Path) -> Path:
    return settings().lake


def written(folder: Path, text: str) -> Path:
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return path


def tried(folder: Path, text: str, *, control: str = "left alone", outcomes: tuple[str, ...] = ()) -> Evaluated:
    return evaluate(uuid4(), written(folder, text), arm="arm", control=control, outcomes=outcomes)


def test_the_mail_trial_has_the_differences_of_plain_arithmetic(lake: Path) -> None:
    """A published trial: three arms, three outcomes; the arithmetic here knows nothing of the product's."""
    path = shared("data/hillstrom_email/train.csv.gz")
    by_arm: dict[str, dict[str, list[float]]] = {}
    with gzip.open(path, "rt", newline="") as file:
        for row in csv.DictReader(file):
            arm = by_arm.setdefault(row["segment"], {name: [] for name in OUTCOMES})
            for name in OUTCOMES:
                arm[name].append(float(row[name]))
    found = evaluate(uuid4(), path, arm="segment", control="No E-Mail", outcomes=OUTCOMES)
    assert found.people == sum(len(arm["visit"]) for arm in by_arm.values())
    assert {(one["arm"], one["outcome"]) for one in found.result["lifts"]} == {
        (arm, outcome) for arm in ("Mens E-Mail", "Womens E-Mail") for outcome in OUTCOMES
    }
    for one in found.result["lifts"]:
        treated, control = by_arm[one["arm"]][one["outcome"]], by_arm["No E-Mail"][one["outcome"]]
        difference = sum(treated) / len(treated) - sum(control) / len(control)
        assert round(one["difference"], 4) == round(difference, 4)
        assert one["difference"] == pytest.approx(difference, rel=1e-9)
        error = math.sqrt(_variance(treated) / len(treated) + _variance(control) / len(control))
        assert one["standard_error"] == pytest.approx(error, rel=1e-9)
        assert one["high"] - one["difference"] == pytest.approx(1.959964 * error, rel=1e-3)
        assert (one["n"], one["n_control"], one["unknown"]) == (len(treated), len(control), 0)
    assert (lake / found.lake_path).read_bytes() == path.read_bytes()


def _variance(values: list[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def test_a_small_trial_as_worked_out_by_hand(lake: Path, tmp_path: Path) -> None:
    people = [("treated", value) for value in (1, 2, 3, 4, 5)] + [("left alone", value) for value in (2, 4, 6, 8, 10)]
    text = "arm,bought\n" + "\n".join(f"{arm},{value}" for arm, value in people)
    (one,) = tried(tmp_path, text).result["lifts"]
    assert (one["mean"], one["mean_control"], one["difference"], one["relative"]) == (3, 6, -3, -0.5)
    # Variances 2.5 and 10, five people each: 0.5 + 2 is the square of the error.
    assert one["standard_error"] == pytest.approx(math.sqrt(2.5))
    assert one["freedom"] == pytest.approx(2.5**2 / (0.5**2 / 4 + 2**2 / 4))
    # 2.5706 at five degrees of freedom, 2.4469 at six; this has 5.88.
    assert -3 - 2.47 * math.sqrt(2.5) < one["low"] < -3 - 2.45 * math.sqrt(2.5)


@pytest.mark.parametrize(("freedom", "printed"), [(4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (1e9, 1.960)])
def test_the_interval_reaches_as_far_as_printed_tables_say(freedom: float, printed: float) -> None:
    assert student(freedom) == pytest.approx(printed, abs=0.001)


def test_the_interval_covers_the_truth_as_often_as_it_says(lake: Path, tmp_path: Path) -> None:
    """A planted lift of 2 among amounts with a long tail; 95 of 100 times within three standard errors."""
    chance, covered, trials = random.Random(5), 0, 120
    for _ in range(trials):
        rows = [("left alone", chance.expovariate(1 / 10)) for _ in range(60)]
        rows += [("treated", 2 + chance.expovariate(1 / 10)) for _ in range(90)]
        text = "arm,spend\n" + "\n".join(f"{arm},{value}" for arm, value in rows)
        (one,) = tried(tmp_path, text).result["lifts"]
        covered += one["low"] <= 2 <= one["high"]
    assert abs(covered / trials - 0.95) < 3 * math.sqrt(0.95 * 0.05 / trials)


def test_who_is_unknown_is_left_out_and_counted(lake: Path, tmp_path: Path) -> None:
    known = "".join(f"treated,{value}\nleft alone,{value}\n" for value in range(5))
    (one,) = tried(tmp_path, f"arm,spend\n{known}treated,\nleft alone,\n").result["lifts"]
    assert (one["n"], one["n_control"], one["unknown"], one["mean"]) == (5, 5, 2, 2)


def test_without_scatter_there_is_no_interval(lake: Path, tmp_path: Path) -> None:
    (one,) = tried(tmp_path, "arm,spend\n" + "treated,3\nleft alone,0\n" * 5).result["lifts"]
    assert (one["difference"], one["relative"], one["standard_error"], one["low"], one["high"]) == (3, *[None] * 4)


def test_columns_of_numbers_are_the_outcomes_where_none_are_named(lake: Path, tmp_path: Path) -> None:
    rows = "".join(f"{arm},{value},Oslo,{value}\n" for value in range(5) for arm in ("treated", "left alone"))
    assert tried(tmp_path, f"arm,spend,town,visits\n{rows}").outcomes == ["spend", "visits"]


FIVE = "treated,1\nleft alone,2\n" * 5


@pytest.mark.parametrize(
    ("text", "control", "outcomes", "said"),
    [
        ("", "left alone", (), "could not be read"),
        (f"group,spend\n{FIVE}", "left alone", (), "no column 'arm'"),
        (f"arm,spend\n{FIVE}", "nobody", (), "no arm 'nobody'"),
        (f"arm,spend\n{FIVE}", "left alone", ("income",), "no outcome income"),
        (f"arm,spend\n{FIVE},4\n", "left alone", (), "Somebody is in no arm"),
        (f"arm,spend\n{FIVE}treated,much\n", "left alone", ("spend",), "spend is not a number"),
        (f"arm,spend\n{FIVE}treated,inf\n", "left alone", ("spend",), "spend is not a number"),
        ("arm,spend\ntreated,1\nleft alone,2\n", "left alone", (), "needs 5 people"),
    ],
)
def test_what_cannot_be_read_is_said_in_words(
    lake: Path, tmp_path: Path, text: str, control: str, outcomes: tuple[str, ...], said: str
) -> None:
    with pytest.raises(Invalid, match=said):
        tried(tmp_path, text, control=control, outcomes=outcomes)


def test_a_broken_line_is_named(lake: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        tried(tmp_path, f"arm,spend\n{FIVE}treated,much\n", outcomes=("spend",))
    assert caught.value.problems[0].message == "Line 12: 'much'."


def test_a_damaged_archive_is_said_in_words(lake: Path, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(f"arm,spend\n{FIVE}".encode())
    path = tmp_path / "people.csv.gz"
    path.write_bytes(packed.getvalue()[:-12])
    with pytest.raises(Invalid, match="could not be read"):
        evaluate(uuid4(), path, arm="arm", control="left alone")
