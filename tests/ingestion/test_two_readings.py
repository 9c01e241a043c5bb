"""The quick and the thorough reading of a page agree; what neither can load is told, nothing is NULL unsaid."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.load import LoadAccount
from ingestion.load.opening import Opener
from platforms.platform import Page
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Query
from tests.ingestion.loading import PLAIN, START, account_of, land, page

# The same contract, said so that only the thorough reading understands it.
ROUNDABOUT = replace(PLAIN, records="list_concat(json_extract(body, '$.data[*]'), [])")
GOOD: dict[str, Any] = {
    "id": "1",
    "counts": {"likes": 3, "shares": 0},
    "rate": 0.25,
    "hidden": False,
    "kind": "reel",
    "time": "2026-11-01T10:00:00.5Z",
    "edited": 1793527200,
    "seen": 1793527200123,
    "day": "2026-11-01",
    "undeclared": {"deep": [1, None, "x"]},
}
ODD: list[Any] = [
    *(None, True, 0, -1, 1.0, 12.7, 1e16, 5e-324, 2**63, -(2**63), 2**64, "", "12", "12.0", " 12", "many", "null"),
    *(
        "NaN",
        "a\x00b",
        'tab\t"quote"\\ back\n☕',
        "\u2028",
        "true",
        "2026-02-30",
        "2026-11-01",
        [],
        {},
        [1],
        {"a": 1},
    ),
    *("2026-11-01T10:00:00", "2026-11-01T10:00:00+0100", "2026-11-01t10:00:00z", "2026-11-01T10:00:00.1234565Z"),
    *("2026-11-01T10:00:00.1234564999+02:00", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59Z", "infinity"),
    *(10**12, 10**18, "1_000", "+5", "0x1A", -0.0, "<b>,\r\n'", "\ud83d\ude00", "]\n["),
]
odd = st.sampled_from(ODD)
changes = st.lists(
    st.tuples(st.sampled_from([*GOOD, "counts.likes", "counts.shares", "-"]), odd | st.text(max_size=5)), max_size=3
)


def _changed(record: dict[str, Any], changed: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(record))
    for name, value in changed:
        holder, _, inner = name.partition(".")
        if name == "-":
            made.pop(str(value), None)
        elif inner and isinstance(made.get(holder), dict):
            made[holder][inner] = value
        else:
            made[holder] = value
    return made


@settings(max_examples=60, deadline=None)
@given(
    records=st.lists(changes, max_size=4), ending=st.sampled_from(["", " ", "x", "\x00"]), said=st.none() | st.text()
)
def test_both_readings_find_the_same(records: list[list[tuple[str, Any]]], ending: str, said: str | None) -> None:
    body = json.dumps({"data": [_changed(GOOD, changed) for changed in records]}) + ending
    told = Page(body.encode(errors="surrogatepass"), START, "GET https://network.example", {"source": said})
    account = uuid4()
    with Opener(PLAIN, account) as quick, Opener(ROUNDABOUT, account) as thorough:
        assert quick.open([told]) == thorough.open([told])
        assert quick.silent == thorough.silent
        assert (quick.records, quick.faulty, quick.unreadable_pages) == (
            *(thorough.records, thorough.faulty, thorough.unreadable_pages),
        )


def test_both_readings_find_the_same_of_every_odd_value_in_every_field() -> None:
    names = [*GOOD, "counts.likes", "counts.shares"]
    pages = [page([_changed(GOOD, [(name, value)])]) for name in names for value in ODD]
    account = uuid4()
    with Opener(PLAIN, account) as quick, Opener(ROUNDABOUT, account) as thorough:
        (lines, broken), (other_lines, other_broken) = quick.open(pages), thorough.open(pages)
    assert sorted(lines.splitlines()) == sorted(other_lines.splitlines())
    assert sorted(map(str, broken)) == sorted(map(str, other_broken))
    assert len(broken) > len(pages) / 4


@pytest.fixture
def account(workspace: TestWorkspace, database: str) -> LoadAccount:
    return account_of(workspace, database)


def _many(**changed: Any) -> list[dict[str, Any]]:
    return [{**GOOD, "id": str(n), **changed} for n in range(3)]


def _reasons(query: Query, account: LoadAccount) -> list[str]:
    rows = query("select reason from raw.quarantine where account_id = %s order by id", account.id)
    return [reason for (reason,) in rows]


@pytest.mark.parametrize(
    ("drifted", "reason"),
    [
        ({"rate": "a lot"}, "rate is not a number: a lot"),
        ({"counts": "3 likes"}, 'counts is not an object: "3 likes"'),
        ({"counts": {"likes": {"total": 3}}}, 'likes is not a whole number: {"total":3}'),
        ({"id": None}, "external_id is missing"),
        ({"hidden": "perhaps"}, "hidden is not true or false: perhaps"),
    ],
)
async def test_one_record_of_another_shape_is_quarantined_and_the_batch_goes_on(
    account: LoadAccount, query: Query, drifted: dict[str, Any], reason: str
) -> None:
    records = [*_many(), {**GOOD, "id": "odd", **drifted}]
    result = await land(account, page(records))
    assert (result.written, result.quarantined) == (3, 1)
    assert _reasons(query, account) == [reason]


async def test_a_new_field_a_new_word_and_a_page_of_ten_times_the_size_load(account: LoadAccount, query: Query) -> None:
    await land(account, page(_many()))
    result = await land(account, page([{**GOOD, "id": str(n), "kind": "hologram", "new": n} for n in range(30)], 1))
    assert (result.written, result.quarantined) == (30, 0)
    kinds = query("select distinct kind from raw.facebook_posts_plain where account_id = %s order by 1", account.id)
    assert kinds == [("hologram",), ("reel",)]


@pytest.mark.parametrize("gone", ["removed", "null", "renamed"])
async def test_a_field_that_is_no_longer_sent_is_told_once(account: LoadAccount, query: Query, gone: str) -> None:
    await land(account, page(_many()))
    cases: dict[str, dict[str, Any]] = {"removed": {}, "null": {"likes": None}, "renamed": {"like_total": 3}}
    drifted = page(_many(counts={"shares": 0, **cases[gone]}), 1)
    result = await land(account, drifted)
    assert (result.records, result.written, result.unchanged, result.quarantined) == (4, 3, 0, 1)
    assert _reasons(query, account) == ["likes is no longer sent"]
    (told,) = query("select record, lake_page, lake_record from raw.quarantine where account_id = %s", account.id)
    assert told == (json.dumps({"field": "likes", "last_sent": START.isoformat()}), 0, 0)

    again = await land(account, replace(drifted, received_at=page([], 2).received_at))
    assert again.quarantined == 0
    back = await land(account, page(_many(), 3))
    assert (back.written, back.quarantined) == (3, 0)


async def test_a_field_that_one_of_a_loads_records_lacks_is_no_drift(account: LoadAccount, query: Query) -> None:
    await land(account, page(_many()))
    result = await land(account, page([*_many()[:2], {**GOOD, "id": "2", "counts": {}}], 1))
    assert (result.written, result.quarantined) == (1, 0)


async def test_what_should_be_the_list_of_records_and_is_none_is_quarantined(
    account: LoadAccount, query: Query
) -> None:
    bodies: tuple[dict[str, Any], ...] = ({"data": {"a": 1}}, {"data": "none"}, {"data": None}, {})
    pages = [replace(page([]), body=json.dumps(body).encode()) for body in bodies]
    result = await land(account, *pages)
    assert (result.records, result.quarantined) == (2, 2)
    assert set(_reasons(query, account)) == {"the page does not have the shape that the contract reads"}


def test_a_year_of_hashes_stays_when_a_field_is_added_at_the_end() -> None:
    shorter = replace(PLAIN, fields=PLAIN.fields[:-1])
    told = page([{key: value for key, value in GOOD.items() if key != "day"}])
    lines = []
    for contract in (shorter, PLAIN):
        with Opener(contract, uuid4()) as opener:
            lines.append(opener.open([told])[0].split(b",")[-4])
    assert lines[0] == lines[1]
