"""The real exports: what lies in `raw` afterwards is what the file says, line by line."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from ingestion.files import ImportResult, import_file
from tests.conftest import TestWorkspace, shared
from tests.ingestion.conftest import Query

SAMPLE = Path(__file__).resolve().parents[2] / "ingestion/files/samples/facebook_metrics.csv"

REAL = {
    "facebook_metrics/train.csv": {
        "Lifetime Post Total Impressions": "impressions",
        "Lifetime Post Total Reach": "reach",
        "Lifetime Post Consumptions": "consumptions",
        "comment": "comments",
        "like": "likes",
        "share": "shares",
    },
    "facebook_pages_2016/train.csv.gz": {
        "num_reactions": "reactions",
        "num_comments": "comments",
        "num_shares": "shares",
        "num_likes": "likes",
        "num_angrys": "angrys",
    },
    "instagram_insights/instagram_insights.csv": {
        "Impressions": "impressions",
        "Saves": "saves",
        "Comments": "comments",
        "Shares": "shares",
        "Likes": "likes",
    },
    "youtube_trending_2017/GBvideos.csv.gz": {"views": "views", "likes": "likes", "comment_total": "comments"},
    "youtube_trending_2017/USvideos.csv.gz": {"views": "views", "likes": "likes", "comment_total": "comments"},
}


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The file as the standard library reads it: line number and cells by header."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    return [(reader.line_num, row) for row in reader]


def _sums_in_raw(
    query: Query, result: ImportResult, workspace: TestWorkspace, names: list[str]
) -> dict[str, int | None]:
    summed = ", ".join(f"sum({name})::bigint" for name in names)
    (row,) = query(f"select {summed} from raw.file_{result.report} where workspace_id = %s", workspace.id)
    return dict(zip(names, row, strict=True))


@pytest.mark.parametrize("name", REAL)
def test_sums_in_raw_are_the_sums_of_the_file_and_importing_again_writes_nothing(
    name: str, workspace: TestWorkspace, query: Query, tmp_path: Path
) -> None:
    path, columns = shared(f"data/{name}"), REAL[name]
    result = import_file(workspace.id, path)

    quarantined = {
        line for (line,) in query("select lake_record from raw.quarantine where workspace_id = %s", workspace.id)
    }
    assert len(quarantined) == result.quarantined
    good = [row for line, row in _rows(path) if line not in quarantined]
    expected = {ours: sum(int(row[theirs]) for row in good if row[theirs]) for theirs, ours in columns.items()}
    assert _sums_in_raw(query, result, workspace, list(columns.values())) == expected
    assert (result.written, result.unchanged) == (len(good), 0)
    assert result.records == len(good) + result.quarantined
    for metric, total in result.sums.items():
        assert expected.get(metric, total) == total

    # The same bytes are known at once; packed otherwise, every line must be recognised by itself.
    again = import_file(workspace.id, path)
    repacked = import_file(workspace.id, _repacked(path, tmp_path), year=2017 if "youtube" in name else None)
    assert (again.written, again.unchanged) == (0, result.written)
    assert (repacked.written, repacked.unchanged) == (0, result.written)
    assert _sums_in_raw(query, result, workspace, list(columns.values())) == expected
    assert query("select count(*) from raw.quarantine where workspace_id = %s", workspace.id) == [(result.quarantined,)]


def _repacked(path: Path, folder: Path) -> Path:
    """The same lines in other bytes."""
    content = path.read_bytes()
    packed = path.suffix == ".gz"
    target = folder / (path.stem if packed else f"{path.name}.gz")
    target.write_bytes(gzip.decompress(content) if packed else gzip.compress(content))
    return target


def test_two_countries_keep_every_observation(workspace: TestWorkspace, query: Query) -> None:
    results = [
        import_file(workspace.id, shared(f"data/youtube_trending_2017/{country}videos.csv.gz"))
        for country in ("GB", "US")
    ]

    written = sum(result.written or 0 for result in results)
    rows = query(
        "select count(*), count(distinct region), min(as_of_date)::text, max(as_of_date)::text, "
        "count(*) filter (where observed_at <> as_of_date::timestamp at time zone 'UTC') "
        "from raw.file_youtube_trending where workspace_id = %s",
        workspace.id,
    )
    assert rows == [(written, 2, "2017-09-13", "2017-10-22", 0)]
    accounts = query(
        "select count(*) from app.accounts where workspace_id = %s and source = 'file' and status = 'imported'",
        workspace.id,
    )
    assert accounts == [(len({name for result in results for name in result.accounts}),)]


def test_text_that_was_encoded_twice_is_repaired_without_loss(workspace: TestWorkspace, query: Query) -> None:
    result = import_file(workspace.id, shared("data/instagram_insights/instagram_insights.csv"))

    texts = query("select text || hashtags from raw.file_instagram_insights where workspace_id = %s", workspace.id)
    assert not any("Â" in text or "â" in text for (text,) in texts)
    assert any("encoded twice" in sentence for sentence in result.understood)


def test_the_shipped_sample_is_a_real_export(workspace: TestWorkspace, query: Query) -> None:
    result = import_file(workspace.id, SAMPLE, account_name="Cosmetics brand")

    assert (result.report, result.written, result.accounts) == ("facebook_insights_posts", 400, ("Cosmetics brand",))
    rows = query(
        "select count(*) filter (where likes is null), count(published_at), count(distinct external_id) "
        "from raw.file_facebook_insights_posts where workspace_id = %s",
        workspace.id,
    )
    assert rows == [(1, 0, 400)]
