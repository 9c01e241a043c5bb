"""Files that are not as they should be: what is good is loaded, what is not is named."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clientnest.errors import Invalid, NotFound
from ingestion.files import REPORTS, import_file, preview, recognise
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Query

HEADER = (
    "Impressions,From Home,From Hashtags,From Explore,From Other,Saves,Comments,Shares,Likes,"
    "Profile Visits,Follows,Caption,Hashtags"
)
YOUTUBE = "video_id,title,channel_title,category_id,tags,views,likes,dislikes,comment_total,date"
TABLE = (
    "page,type,published,message,link_name,num_reactions,num_comments,num_shares,num_likes,num_loves,"
    "num_wows,num_hahas,num_sads,num_angrys"
)


def _line(*cells: object) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue().removesuffix("\n")


def _post(impressions: int, caption: str = "A caption", hashtags: str = "#a") -> str:
    return _line(impressions, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, caption, hashtags)


def _file(folder: Path, *lines: str, name: str = "export.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def test_a_damaged_line_is_quarantined_with_its_number_and_the_rest_loads(
    tmp_path: Path, workspace: TestWorkspace, query: Query
) -> None:
    broken = {
        3: ("1,2,3", "3 columns, where the header has 13"),
        5: (_post(1).replace("1,", "many,", 1), "Impressions is not a count: 'many'"),
        6: (_post(1).replace("1,", "-4,", 1), "Impressions is not a count: '-4'"),
        8: ('9,"never closed', "quotes"),
    }
    lines = [HEADER, _post(10)]
    for number in range(3, 10):
        lines.append(broken[number][0] if number in broken else _post(number * 100))
    result = import_file(workspace.id, _file(tmp_path, *lines))

    assert {one.line for one in result.broken} == set(broken)
    assert result.sums["impressions"] == 10 + 400 + 700 + 900
    kept: dict[int, str] = dict(
        query(
            "select lake_record, reason from raw.quarantine where workspace_id = %s and source = %s",
            *(workspace.id, "file_instagram_insights"),
        )
    )
    assert kept.keys() == broken.keys()
    assert all(reason in kept[number] for number, (_, reason) in broken.items())
    (loaded,) = query(
        "select array_agg(line order by line) from raw.file_instagram_insights where workspace_id = %s", workspace.id
    )
    assert loaded == ([2, 4, 7, 9],)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=30)
quoted = st.text('",\n ab1', max_size=12)
captions = st.one_of(texts, quoted).filter(lambda text: bool(text.strip()))
damage = st.one_of(st.text('",;1a ', min_size=1, max_size=20), st.just('1,2,"open'), st.just('"'), st.just('x"'))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(captions, min_size=1, max_size=6), st.lists(st.tuples(st.integers(0, 6), damage), max_size=5))
@example(["a\nb", "c"], [(0, '1,2,"open')])
@example(["one", "two", "three"], [(0, 'x,"'), (2, '",y')])
def test_a_damaged_line_never_loses_a_good_line(
    tmp_path: Path, good: list[str], damaged: list[tuple[int, str]]
) -> None:
    lines = [_post(10 ** (n % 9), text, f"#{n}") for n, text in enumerate(good)]
    for position, text in damaged:
        lines.insert(min(position, len(lines)), text)
    result = preview(_file(tmp_path, HEADER, *lines))

    assert result.records - result.quarantined == len(good)
    assert result.sums["impressions"] == sum(10 ** (n % 9) for n in range(len(good)))


def test_bytes_that_are_not_utf8_damage_one_line_only(tmp_path: Path) -> None:
    lines = [HEADER, _post(1, "Grüße"), _post(2, "schön"), _post(3, "Kaffee ☕")]
    content = "\n".join(lines).encode().replace("schön".encode(), b"sch\xf6n")
    (tmp_path / "export.csv").write_bytes(content)
    result = preview(tmp_path / "export.csv")

    assert [(one.line, one.reason) for one in result.broken] == [(3, "Caption is not UTF-8 text")]
    assert result.sums["impressions"] == 4


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "latin-1", "utf-16"])
def test_other_encodings_are_read_and_told(
    encoding: str, tmp_path: Path, workspace: TestWorkspace, query: Query
) -> None:
    path = _file(tmp_path, HEADER, _post(1, "Grüße aus Nordlysën"), encoding=encoding)
    result = import_file(workspace.id, path)

    assert query("select text from raw.file_instagram_insights where workspace_id = %s", workspace.id) == [
        ("Grüße aus Nordlysën",)
    ]
    assert encoding == "utf-8-sig" or any("text is" in sentence for sentence in result.understood)


def test_semicolons_line_ends_and_the_order_of_columns_do_not_matter(tmp_path: Path) -> None:
    header = ";".join(reversed(HEADER.upper().split(",")))
    path = tmp_path / "export.csv"
    path.write_bytes(f"{header}\r\n#a;text;10;9;8;7;6;5;4;3;2;1;100\r\n\r\n".encode())
    result = preview(path)

    assert (result.records, result.quarantined, result.sums["impressions"]) == (1, 0, 100)
    assert "Columns are separated by semicolons." in result.understood


def test_an_unknown_header_answers_with_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        recognise(_file(tmp_path, "page,type,published,message,likes", "a,b,c,d,1"))

    assert "The closest is Facebook posts of many Pages" in caught.value.message
    assert {problem.field for problem in caught.value.problems} == {report.name for report in REPORTS}
    for report in REPORTS:
        assert all(header in caught.value.message for header in report.headers)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "not text"),
        (b"PK\x03\x04rest", "Excel"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "damaged"),
        (b"just some words\n", "no known report"),
    ],
)
def test_a_file_that_is_no_report_says_what_it_is(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(Invalid, match=told):
        preview(path)


def test_a_folder_and_a_missing_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="is a folder"):
        preview(tmp_path)
    with pytest.raises(NotFound, match="There is no file"):
        preview(tmp_path / "absent.csv")


def test_days_without_a_year_need_one(tmp_path: Path) -> None:
    line = _line("abcdefghijk", "Title", "Channel", 1, "a|b", 10, 2, 0, 1, "13.09")
    path = _file(tmp_path, YOUTUBE, line, name="GBvideos.csv")
    with pytest.raises(Invalid, match="--year"):
        preview(path)
    with pytest.raises(Invalid, match="1890"):
        preview(path, year=1890)

    assert "The days run from 2017-09-13 to 2017-09-13." in preview(path, year=2017).understood
    named = _file(tmp_path, YOUTUBE, line, name="GBvideos-2018.csv")
    assert "The days run from 2018-09-13 to 2018-09-13." in preview(named).understood


def test_a_report_that_names_its_accounts_takes_no_other_name(tmp_path: Path) -> None:
    path = _file(tmp_path, TABLE, "brand,photo,2016-02-24 10:32:54,,,1,1,1,1,0,0,0,0,0")
    with pytest.raises(Invalid, match="names its accounts itself"):
        preview(path, account_name="Other")


def test_an_empty_count_stays_unknown(tmp_path: Path, workspace: TestWorkspace, query: Query) -> None:
    path = _file(tmp_path, TABLE, "brand,photo,2016-02-24 10:32:54,,,,1,1,1,0,0,0,0,0")
    result = import_file(workspace.id, path)

    assert (result.sums["reactions"], result.sums["comments"]) == (None, 1)
    rows = query(
        "select reactions, text, published_at::text from raw.file_facebook_posts_table where workspace_id = %s",
        workspace.id,
    )
    assert rows == [(None, None, "2016-02-24 10:32:54+00")]


def test_equal_lines_both_count_and_an_overlapping_file_brings_only_what_is_new(
    tmp_path: Path, workspace: TestWorkspace, query: Query
) -> None:
    lines = [_post(10), _post(10), _post(20), _post(30, "Another")]
    first = import_file(workspace.id, _file(tmp_path, HEADER, *lines[:3], name="a.csv"))
    overlap = import_file(workspace.id, _file(tmp_path, HEADER, *lines[1:], lines[0], name="b.csv"))
    later = import_file(workspace.id, _file(tmp_path, HEADER, *lines[:3], _post(31, "Another"), name="c.csv"))

    assert [(r.written, r.unchanged) for r in (first, overlap, later)] == [(3, 0), (1, 3), (1, 3)]
    latest = query(
        "select sum(impressions)::int, count(*)::int from (select distinct on (external_id) impressions "
        "from raw.file_instagram_insights where workspace_id = %s order by external_id, observed_at desc) as l",
        workspace.id,
    )
    assert latest == [(10 + 10 + 20 + 31, 4)]


def test_a_dry_run_says_what_it_understood_and_writes_nothing(
    tmp_path: Path, workspace: TestWorkspace, query: Query
) -> None:
    path = _file(tmp_path, HEADER, _post(1))
    result = import_file(workspace.id, path, account_name="Brand", dry_run=True)

    assert (result.report, result.platform, result.accounts) == ("instagram_insights", "instagram", ("Brand",))
    assert (result.records, result.written, result.sums["impressions"]) == (1, None, 1)
    assert query("select count(*) from app.accounts where workspace_id = %s", workspace.id) == [(0,)]
    assert import_file(workspace.id, path, account_name="Brand").written == 1


def test_the_lake_keeps_the_file_as_it_came(tmp_path: Path, workspace: TestWorkspace, query: Query, home: Path) -> None:
    path = tmp_path / "My export.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{_post(1)}\n".encode()))
    import_file(workspace.id, path)

    ((lake_path,),) = query("select lake_path from app.file_imports where workspace_id = %s", workspace.id)
    assert (home / "lake" / lake_path).read_bytes() == path.read_bytes()
    ((lines, number),) = query(
        "select lake_path, lake_record from raw.file_instagram_insights where workspace_id = %s", workspace.id
    )
    import polars as pl

    frame = pl.read_parquet(home / "lake" / lines)
    assert frame.filter(pl.col("line") == number)["text"].to_list() == [_post(1)]


def test_an_unknown_workspace_is_told(tmp_path: Path, workspace: TestWorkspace) -> None:
    with pytest.raises(NotFound, match="no workspace"):
        import_file(workspace.user_id, _file(tmp_path, HEADER, _post(1)))
