"""A draft that cannot go out: everything that is wrong with it at once, and nothing stored."""

from typing import Any
from uuid import uuid4

import pytest

from clientnest.errors import Invalid
from clientnest.settings import settings
from tests.publishing.conftest import Desk, said


async def _problems(desk: Desk, text: str, *accounts: Any, **draft: Any) -> dict[str, list[str]]:
    """What is said of each field; fails where anything was stored."""
    with pytest.raises(Invalid) as refused:
        await desk.publish(text, *accounts, **draft)
    for table in ("posts", "publications", "media", "events"):
        assert desk.sql(f"select 1 from app.{table} where workspace_id = %s", desk.workspace.id) == []
    assert not (settings().media / str(desk.workspace.id)).exists()
    found: dict[str, list[str]] = {}
    for problem in refused.value.problems:
        found.setdefault(problem.field, []).append(problem.message)
    return found


async def test_all_problems_of_all_accounts_are_named_at_once(desk: Desk) -> None:
    unknown = uuid4()
    unplugged = await desk.connect("facebook", status="disconnected")
    x, fine, pictures = await desk.connect("x"), await desk.connect("linkedin"), await desk.connect("instagram")
    found = await _problems(desk, "a" * 281, unknown, unplugged, x, fine, pictures)
    assert set(found) == {f"accounts.{id_}" for id_ in (unknown, unplugged, x, pictures)}
    assert "no such account" in found[f"accounts.{unknown}"][0]
    assert "connect it again" in found[f"accounts.{unplugged}"][0]
    assert "takes 280 weighted characters of text; this has 281" in found[f"accounts.{x}"][0]
    assert "takes image, carousel, video, reel, story through its API, not text" in found[f"accounts.{pictures}"][0]


async def test_an_account_of_another_workspace_is_unknown(desk: Desk) -> None:
    foreign = uuid4()
    desk.sql(
        "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Other brand', 'UTC')",
        foreign,
        desk.workspace.organization_id,
    )
    account = uuid4()
    desk.sql(
        "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status) "
        "values (%s, %s, 'x', 'theirs', 'Theirs', 'api', 'connected')",
        account,
        foreign,
    )
    found = await _problems(desk, "Hello", account)
    assert "no such account" in found[f"accounts.{account}"][0]


async def test_the_link_counts_where_it_becomes_text(desk: Desk) -> None:
    x, facebook = await desk.connect("x"), await desk.connect("facebook")
    link = "https://example.com/a/rather/long/address"
    found = await _problems(desk, "a" * 270, x, facebook, link=link)
    # X counts every address as 23, and two line breaks stand before it.
    assert [key for key in found] == [f"accounts.{x}"]
    assert "this has 295 with the link" in found[f"accounts.{x}"][0]
    await desk.publish("a" * 255, x, facebook, link=link)


async def test_a_post_with_nothing_in_it_says_so_once(desk: Desk) -> None:
    accounts = [await desk.connect("x"), await desk.connect("facebook")]
    assert set(await _problems(desk, "  \n ", *accounts)) == {"text"}
    assert set(await _problems(desk, "Hello")) == {"account_ids"}


@pytest.mark.parametrize(
    "link", ["example.com", "javascript:alert(1)", "ftp://example.com/a", "https://", "http://[", ""]
)
async def test_a_link_that_leads_nowhere_is_named(desk: Desk, link: str) -> None:
    assert set(await _problems(desk, "Read this", await desk.connect("x"), link=link)) == {"link"}


async def test_a_character_that_no_database_takes_is_named(desk: Desk) -> None:
    found = await _problems(desk, "A\x00B", await desk.connect("facebook"), title="C\x00")
    assert set(found) == {"text", "title"}


async def test_titles_are_counted_in_characters_and_descriptions_in_the_networks_own_unit(desk: Desk) -> None:
    youtube, video = await desk.connect("youtube"), f"{desk.stage.control}/sample.mp4"
    found = await _problems(desk, "é" * 2501, youtube, title="é" * 101, media_url=video)
    assert [message.split(" (")[0] for message in found[f"accounts.{youtube}"]] == [
        "YouTube takes 5,000 bytes of text; this has 5,002",
        "YouTube takes 100 characters of title; this has 101",
    ]
    await desk.publish(said("é" * 90), youtube, title="é" * 100, media_url=video)


async def test_a_picture_of_a_shape_that_a_network_refuses_is_named_before_anything_is_scheduled(desk: Desk) -> None:
    instagram, facebook = await desk.connect("instagram"), await desk.connect("facebook")
    tall = f"{desk.stage.control}/sample.jpg?height=2000"
    with pytest.raises(Invalid) as refused:
        await desk.publish(said("Tall"), instagram, facebook, media_url=tall)
    (problem,) = refused.value.problems
    assert (problem.field, "125 % of the width" in problem.message) == (f"accounts.{instagram}", True)
    for table in ("posts", "publications", "media", "events"):
        assert desk.sql(f"select 1 from app.{table} where workspace_id = %s", desk.workspace.id) == []


async def test_hashtags_and_mentions_have_limits_of_their_own(desk: Desk) -> None:
    instagram, picture = await desk.connect("instagram"), f"{desk.stage.control}/sample.jpg"
    text = " ".join([*(f"#tag{n}" for n in range(31)), *(f"@person{n}" for n in range(21)), "a@b.example"])
    found = await _problems(desk, text, instagram, media_url=picture)
    assert [message.split(" (")[0] for message in found[f"accounts.{instagram}"]] == [
        "Instagram takes 30 hashtags; this has 31",
        "Instagram takes 20 mentions; this has 21",
    ]
