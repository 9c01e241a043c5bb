"""The weekly report: what is in the files, and that they are kept and repeatable."""

import csv
import io
import shutil
import subprocess
from pathlib import Path

import pytest

from clientnest.errors import Invalid
from clientnest.models import Report
from clientnest.settings import settings
from reporting.weekly import make_weekly
from tests.api.conftest import TODAY, World
from tests.reporting.conftest import HOSTILE, UNTIL, Filled, day, stored_scores


async def _made(filled: Filled) -> dict[str, Report]:
    return {report.format: report for report in await make_weekly(filled.workspace.id, stored_scores)}


def _content(report: Report) -> bytes:
    return (settings().reports / report.path).read_bytes()


def _rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_content(report).decode("utf-8-sig"))))


def _text(report: Report, folder: Path) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (Debian: poppler-utils)")
    path = folder / "report.pdf"
    path.write_bytes(_content(report))
    told = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return told.stdout.replace("\u00a0", " ")


async def test_it_covers_the_last_whole_week_and_says_what_it_shows(filled: Filled) -> None:
    made = await _made(filled)
    assert set(made) == {"pdf", "csv"}
    for report in made.values():
        assert (report.period_start, report.period_end) == (day(6), UNTIL)
        assert report.observed_at is not None
        assert report.size == len(_content(report))
    assert _content(made["pdf"]).startswith(b"%PDF-")


async def test_the_csv_holds_every_post_and_leaves_unknown_figures_empty(filled: Filled) -> None:
    rows = _rows((await _made(filled))["csv"])
    assert [row["network"] for row in rows[:2]] == ["Facebook", "Instagram"]
    assert len(rows) == 4
    assert sum(int(row["views"]) for row in rows if row["views"]) == filled.views
    assert sum(int(row["engagements"]) for row in rows if row["engagements"]) == filled.engagements
    reel = next(row for row in rows if row["kind"] == "reel")
    assert reel["saves"] == "0"
    unseen = next(row for row in rows if row["text"].startswith("Just posted"))
    assert unseen["views"] == ""
    assert "views not observed yet" in unseen["why_empty"]
    tweet = next(row for row in rows if row["network"] == "X")
    assert tweet["reach"] == ""
    assert "reach not offered" in tweet["why_empty"]


async def test_text_from_outside_never_becomes_a_formula(filled: Filled) -> None:
    row = next(row for row in _rows((await _made(filled))["csv"]) if row["network"] == "Facebook")
    assert row["text"] == f"'{HOSTILE}"


async def test_the_pdf_shows_the_figures_and_user_text_as_it_is(filled: Filled, tmp_path: Path) -> None:
    text = _text((await _made(filled))["pdf"], tmp_path)
    assert "64 K" in text
    assert "3,250 engagements, up from 1,000" in text
    assert "YouTube not observed on" in text
    assert "not offered" in text
    assert '=HYPERLINK("http://198.51.100.1") #strong[*' in text


async def test_a_title_that_the_font_lacks_is_said_to_be_so(filled: Filled, world: World, tmp_path: Path) -> None:
    world.post(filled.accounts["facebook"], "facebook", UNTIL, text="خلف الكواليس: قهوة الصباح", score=99.0)
    text = _text((await _made(filled))["pdf"], tmp_path)
    assert "Text in a script that is not printed yet" in text
    assert "□" not in text


async def test_the_pdf_embeds_our_font_only(filled: Filled, tmp_path: Path) -> None:
    if shutil.which("pdffonts") is None:
        pytest.skip("needs pdffonts (Debian: poppler-utils)")
    path = tmp_path / "report.pdf"
    path.write_bytes(_content((await _made(filled))["pdf"]))
    listed = subprocess.run(["pdffonts", str(path)], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert listed
    assert all("+NestSans-" in line for line in listed)


async def test_the_same_figures_make_the_same_files_once(filled: Filled) -> None:
    first, second = await _made(filled), await _made(filled)
    assert {f: r.id for f, r in first.items()} == {f: r.id for f, r in second.items()}
    assert {f: r.sha256 for f, r in first.items()} == {f: r.sha256 for f, r in second.items()}


async def test_a_week_without_posts_says_so(filled: Filled, tmp_path: Path) -> None:
    reports = {r.format: r for r in await make_weekly(filled.workspace.id, stored_scores, day(40))}
    assert _rows(reports["csv"]) == []
    assert "No posts were published in these days." in _text(reports["pdf"], tmp_path)


async def test_days_to_come_are_refused(filled: Filled) -> None:
    with pytest.raises(Invalid, match="not over"):
        await make_weekly(filled.workspace.id, stored_scores, TODAY.replace(year=TODAY.year + 1))
