"""Plans as CSV: every line with everything wrong in it, all lines or none, and none twice."""

import asyncio
import contextlib
import csv
import io
import time
from datetime import UTC, datetime, timedelta
from datetime import time as dt_time
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clientnest.database import unit_of_work
from clientnest.errors import Invalid
from publishing.planning import bulk, lines, sheet, slots
from publishing.planning.bulk import Report
from publishing.planning.lines import Names
from publishing.planning.sheet import Row
from publishing.planning.slots import Slot
from tests.conftest import NEXT_YEAR, clocks_go_forward
from tests.publishing.conftest import Desk, said

_ODD = (
    *(
        "9999-12-31 23:59-05:00",
        "0001-01-01 00:00Z",
        f"{clocks_go_forward()} 02:30",
        f"{NEXT_YEAR}-01-01T09:00 -23:59",
        "Europe/Oslo",
        "../etc",
    ),
    *(";;", "|", "x:", "facebook:", "@", "reel", "a b c", str(UUID(int=7)), "\x00", "https://example.com"),
)
_SOON = (datetime.now(UTC) + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)


def _when(minutes: int = 0) -> str:
    return f"{_SOON + timedelta(minutes=minutes):%Y-%m-%d %H:%M}"


def _csv(*rows: dict[str, str], delimiter: str = ",", columns: tuple[str, ...] = ()) -> str:
    table = io.StringIO()
    names = columns or tuple(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(table, names, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return table.getvalue()


def _row(account: UUID | str, text: str | None = None, minutes: int = 0, **cells: str) -> dict[str, str]:
    told = {
        "account": str(account),
        "when": _when(minutes),
        "zone": "UTC",
        "text": said("Planned") if text is None else text,
    }
    return told | cells


async def _bring(desk: Desk, file: str | bytes, *, dry_run: bool = False) -> Report:
    content = file.encode() if isinstance(file, str) else file
    return await bulk.bring(desk.workspace.id, desk.workspace.user_id, content, dry_run=dry_run)


def _told(report: Report) -> list[tuple[int, str, str]]:
    return [(one.number, told.column, told.severity) for one in report.outcomes if one.line for told in one.line.told]


def _posts(desk: Desk) -> list[dict[str, object]]:
    return desk.sql("select * from app.posts where workspace_id = %s", desk.workspace.id)


async def test_each_line_becomes_a_post_at_its_moment(desk: Desk) -> None:
    first, second = await desk.connect("x", name="Acme"), await desk.connect("facebook", username="acme.official")
    desk.sql(
        "insert into app.campaigns (id, workspace_id, name) values (gen_random_uuid(), %s, 'Spring')", desk.workspace.id
    )
    file = _csv(
        _row("acme; @Acme.Official", zone="Europe/Oslo", link="https://example.com", tags="a; b", campaign="spring"),
        _row(first, minutes=60, first_comment="More below"),
        {"account": str(second), "text": "Some day"},
    )
    report = await _bring(desk, file)
    assert (report.made, report.problems) == (3, ())
    assert [one.becomes for one in report.outcomes] == ["scheduled", "scheduled", "draft"]
    rows = desk.sql(
        "select p.account_id, p.status, p.scheduled_local, p.scheduled_zone, l.target, c.text as comment from "
        "app.publications p left join app.links l on l.publication_id = p.id "
        "left join app.first_comments c on c.publication_id = p.id where p.post_id = any(%s) order by p.status, target",
        [one.post_id for one in report.outcomes],
    )
    assert [row["status"] for row in rows] == ["draft", "scheduled", "scheduled", "scheduled"]
    assert {row["account_id"] for row in rows[1:3]} == {first, second}
    assert rows[1]["scheduled_local"] == _SOON.replace(tzinfo=None)
    assert rows[1]["scheduled_zone"] == "Europe/Oslo"
    assert "utm_campaign=spring" in rows[1]["target"]
    assert rows[3]["comment"] == "More below"
    (told,) = (post for post in _posts(desk) if post["tags"])
    assert told["tags"] == ["a", "b"]


async def test_what_a_line_says_is_live_at_its_moment(desk: Desk) -> None:
    text, now = said("By the table"), datetime.now(UTC)
    row = _row(await desk.connect("x"), text, link="https://example.com", when=f"{now:%Y-%m-%d %H:%M:%S}")
    await _bring(desk, _csv(row))
    (made,) = desk.sql("select id from app.publications where workspace_id = %s", desk.workspace.id)
    await desk.worked_off(made["id"])
    (live,) = desk.live("x", text)
    assert "utm_source=x" in desk.stage.ledger("x")[live]["text"]


async def test_every_problem_of_every_line_is_told_at_once_and_nothing_is_made(desk: Desk) -> None:
    x = await desk.connect("x", name="Same")
    await desk.connect("facebook", name="Same")
    file = _csv(
        _row(x),
        _row("nobody", when="tomorrow", zone="Mars", campaign="none", format="poem"),
        _row("Same", when="2001-01-01 09:00"),
        _row(x, "x" * 400, link="no link", when=f"{NEXT_YEAR}-02-30 09:00"),
        _row(x, "", when=_when(), zone=""),
        _row(x, zone="Mars", alt_text="of nothing"),
    )
    told = await _bring(desk, file, dry_run=True)
    expected = {
        (3, "account"), (3, "when"), (3, "campaign"), (3, "format"), (4, "account"), (4, "when"), (5, "text"),
        (5, "link"), (5, "when"), (6, "text"), (6, "when"), (7, "zone"), (7, "alt_text"),
    }  # fmt: skip
    assert {(line, column) for line, column, severity in _told(told) if severity == "error"} == expected
    with pytest.raises(Invalid) as refused:
        await _bring(desk, file)
    assert {problem.field for problem in refused.value.problems} == {f"lines.{n}.{column}" for n, column in expected}
    assert _posts(desk) == []


async def test_a_dry_run_leaves_nothing_behind(desk: Desk) -> None:
    file = _csv(_row(await desk.connect("x"), link="https://example.com"))
    report = await _bring(desk, file, dry_run=True)
    assert (report.made, report.problems) == (0, ())
    for table in ("posts", "publications", "bulk_lines", "links", "events"):
        assert desk.sql(f"select * from app.{table} where workspace_id = %s", desk.workspace.id) == []


async def test_the_same_file_again_makes_nothing_and_says_so(desk: Desk) -> None:
    file = _csv(_row(await desk.connect("x")))
    first = await _bring(desk, file)
    for again in (await _bring(desk, file), await _bring(desk, file, dry_run=True)):
        assert (again.made, again.made_before) == (0, True)
        assert [one.post_id for one in again.outcomes] == [one.post_id for one in first.outcomes]
    assert len(_posts(desk)) == 1


async def test_of_two_who_send_the_same_file_at_once_one_makes_it(desk: Desk) -> None:
    account = await desk.connect("x")
    file = _csv(*(_row(account, minutes=place * 30) for place in range(3)))
    done = await asyncio.gather(*(_bring(desk, file) for _ in range(4)))
    assert sorted(report.made for report in done) == [0, 0, 0, 3]
    assert len(_posts(desk)) == 3


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
async def test_a_file_is_read_as_programs_save_it(desk: Desk, encoding: str, delimiter: str) -> None:
    text = "Blåbær; «rødt», 5 €"
    file = _csv(_row(await desk.connect("x"), text), delimiter=delimiter).encode(encoding)
    (outcome,) = (await _bring(desk, file, dry_run=True)).outcomes
    assert outcome.line
    assert (outcome.line.draft.content.text, outcome.line.told) == (text, [])


async def test_a_line_is_numbered_as_an_editor_does(desk: Desk) -> None:
    account = await desk.connect("x")
    file = "sep=;\r\n" + _csv(_row(account, "One\nTwo\n\nThree"), _row(account, minutes=60), delimiter=";") + "\r\n\r\n"
    assert [one.number for one in (await _bring(desk, file, dry_run=True)).outcomes] == [3, 7]


@pytest.mark.parametrize(
    ("file", "field"),
    [
        ("", "file"),
        ("account,text\n", "file"),
        ("account,words\nx,y\n", "lines.1"),
        ("account,account\nx,y\n", "lines.1"),
        ("text\ny\n", "lines.1"),
        ('account,text\nx,"never ends\n', "lines.2"),
        ("account,text\n" + "x,y\n" * 2001, "file"),
        (b"account,text\n" + b"x" * 5_000_000, "file"),
        (b"account,text\nx,\x81\xff\n", "file"),
        (b"\xff\xfea", "file"),
    ],
)
async def test_what_is_no_table_is_refused(desk: Desk, file: str | bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await _bring(desk, file, dry_run=True)
    assert refused.value.problems[0].field == field


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"account,text\n{text}".encode("utf-8", "replace"))
)
def test_whatever_is_sent_is_a_table_or_is_refused(content: bytes) -> None:
    with contextlib.suppress(Invalid):
        assert sheet.read(content, lines.COLUMNS, lines.REQUIRED).rows


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(lines.COLUMNS), st.text(max_size=60) | st.sampled_from(_ODD)))
def test_whatever_a_line_says_it_is_understood_or_told_of(cells: dict[str, str]) -> None:
    line = lines.understood(Row(2, cells), Names((), ()), {}, datetime.now(UTC))
    assert line.is_wrong
    assert all(told.column in lines.COLUMNS and told.message for told in line.told)


async def test_of_two_accounts_of_a_name_the_connected_one_is_meant(desk: Desk) -> None:
    await desk.connect("x", name="Acme", status="disconnected")
    account = await desk.connect("x", place=1, name="Acme")
    (outcome,) = (await _bring(desk, _csv(_row("acme")), dry_run=True)).outcomes
    assert outcome.line
    assert (outcome.line.draft.account_ids, outcome.line.told) == ((account,), [])


async def test_what_is_there_twice_is_told(desk: Desk) -> None:
    account, text = await desk.connect("x"), said("Twice")
    other = await desk.connect("facebook")
    await _bring(desk, _csv(_row(account, text, minutes=-600)))
    file = _csv(
        _row(account, text),
        _row(account, text.upper(), minutes=60),
        _row(account, said("Other"), minutes=65),
        _row(account, text),
        _row(other, text),
    )
    report = await _bring(desk, file, dry_run=True)
    assert _told(report) == [
        (2, "text", "warning"),
        (3, "text", "warning"),
        (4, "when", "warning"),
        (5, "account", "error"),
    ]
    assert report.outcomes[3].line
    assert "Line 2" in report.outcomes[3].line.told[0].message


async def test_a_line_that_is_planned_already_is_refused_in_another_file_too(desk: Desk) -> None:
    account = await desk.connect("x")
    row = _row(account)
    await _bring(desk, _csv(row))
    report = await _bring(desk, _csv(row, _row(account, minutes=60)), dry_run=True)
    assert _told(report) == [(2, "account", "error")]


async def test_media_of_an_address_are_fetched_once_and_go_out(desk: Desk) -> None:
    picture, account = f"{desk.stage.control}/sample.jpg", await desk.connect("x")
    file = _csv(
        _row(account, media_url=picture, alt_text="A garden"),
        _row(account, minutes=60, media_url=picture),
        _row(account, minutes=120, media_url=f"{desk.stage.control}/none.jpg"),
    )
    told = await _bring(desk, file, dry_run=True)
    assert _told(told) == [(4, "media_url", "error")]
    assert desk.sql("select id from app.media where workspace_id = %s", desk.workspace.id) == []
    await _bring(
        desk, _csv(_row(account, media_url=picture, alt_text="A garden"), _row(account, minutes=60, media_url=picture))
    )
    (media,) = desk.sql("select id from app.media where workspace_id = %s", desk.workspace.id)
    shown = sorted((post["media"] for post in _posts(desk)), key=str)
    assert shown == [[{"media_id": str(media["id"]), "alt_text": alt}] for alt in ("A garden", None)]


async def test_where_posts_are_approved_lines_become_drafts_with_a_wish(desk: Desk) -> None:
    desk.sql("update app.workspaces set approval = 'client' where id = %s", desk.workspace.id)
    report = await _bring(desk, _csv(_row(await desk.connect("x"), zone="Asia/Tokyo")))
    assert [one.becomes for one in report.outcomes] == ["draft"]
    (wish,) = desk.sql("select * from app.wishes where workspace_id = %s", desk.workspace.id)
    assert (wish["local"], wish["zone"]) == (_SOON.replace(tzinfo=None), "Asia/Tokyo")
    assert [post["stage"] for post in _posts(desk)] == ["draft"]
    assert desk.sql("select status from app.publications where workspace_id = %s", desk.workspace.id) == [
        {"status": "draft"}
    ]


async def _slots(desk: Desk, account: UUID, *at: dt_time) -> list[datetime]:
    """Usual times of every day; the next ones that are free."""
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        wanted = [Slot(day, one, "Asia/Tokyo") for day in range(7) for one in at]
        await slots.choose(session, desk.workspace.id, account, wanted)
        return [moment.at for moment in await slots.next_free(session, account, 6)]


def _next(account: UUID | str, when: str = "next") -> dict[str, str]:
    return _row(account, when=when, zone="")


def _given(report: Report) -> list[list[datetime]]:
    return [[slot.at for slot in one.line.slots.values()] for one in report.outcomes if one.line]


async def test_lines_without_a_time_take_the_next_free_slots_and_each_another_one(desk: Desk) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    of_x, of_facebook = await _slots(desk, x, dt_time(9)), await _slots(desk, facebook, dt_time(12), dt_time(18))
    timed = _row(x, when=f"{of_x[1]:%Y-%m-%dT%H:%M}Z", zone="")
    file = _csv(_next(x), _next(f"{x};{facebook}", ""), timed, _next(facebook, "NEXT"), _next(facebook, "draft"))
    looked = await _bring(desk, file, dry_run=True)
    expected = [[of_x[0]], [of_x[2], of_facebook[0]], [], [of_facebook[1]], []]
    assert _given(looked) == expected
    assert [one.becomes for one in looked.outcomes] == ["scheduled"] * 4 + ["draft"]
    assert looked.problems == ()
    made = await _bring(desk, file)
    assert _given(made) == expected
    rows = desk.sql(
        "select a.platform, p.scheduled_at, p.scheduled_local::time as wall from app.publications p "
        "join app.accounts a on a.id = p.account_id where p.workspace_id = %s and p.status = 'scheduled' "
        "order by a.platform, p.scheduled_at",
        desk.workspace.id,
    )
    assert [row["scheduled_at"] for row in rows] == [*of_facebook[:2], *of_x[:3]]
    assert {row["wall"] for row in rows if row["platform"] == "facebook"} == {dt_time(12), dt_time(18)}
    assert _given(await _bring(desk, _csv(_next(x), _next(facebook, "")), dry_run=True)) == [
        [of_x[3]],
        [of_facebook[2]],
    ]


async def test_of_two_files_at_once_each_line_gets_a_slot_of_its_own(desk: Desk) -> None:
    account = await desk.connect("x")
    free = await _slots(desk, account, dt_time(9))
    done = await asyncio.gather(*(_bring(desk, _csv(_next(account), _next(account, ""))) for _ in range(3)))
    assert sorted(slot for report in done for line in _given(report) for slot in line) == free


async def test_without_slots_next_is_refused_and_an_empty_time_is_a_draft(desk: Desk) -> None:
    with_slots, without = await desk.connect("x"), await desk.connect("facebook", name="Acme")
    await _slots(desk, with_slots, dt_time(9))
    file = _csv(_next(without), _next(f"{with_slots};{without}", ""), _row(with_slots, when=""), _next(with_slots))
    report = await _bring(desk, file, dry_run=True)
    assert _told(report) == [(2, "when", "error"), (4, "when", "error")]
    assert [problem.message for problem in report.problems] == [
        "Acme has no free slot within a year: give it queue slots first.",
        "Give a time with the zone, or leave the zone out.",
    ]
    assert report.outcomes[1].becomes == "draft"


async def test_where_posts_are_approved_a_free_slot_is_a_wish(desk: Desk) -> None:
    desk.sql("update app.workspaces set approval = 'internal' where id = %s", desk.workspace.id)
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    (first, *_), (later, *_) = await _slots(desk, x, dt_time(9)), await _slots(desk, facebook, dt_time(10))
    report = await _bring(desk, _csv(_next(f"{x};{facebook}")))
    assert [one.becomes for one in report.outcomes] == ["draft"]
    (wish,) = desk.sql("select * from app.wishes where workspace_id = %s", desk.workspace.id)
    assert (wish["at"], wish["zone"]) == (min(first, later), "Asia/Tokyo")


async def test_two_thousand_lines_take_a_few_seconds(desk: Desk) -> None:
    accounts = [await desk.connect("x"), await desk.connect("facebook")]
    rows = [
        _row(
            accounts[place % 2],
            minutes=20 * place,
            first_comment="" if place % 2 == 0 else "More",
            link="https://example.com",
        )
        for place in range(2000)
    ]
    begun = time.perf_counter()
    report = await _bring(desk, _csv(*rows))
    assert report.made == 2000
    assert time.perf_counter() - begun < 15
