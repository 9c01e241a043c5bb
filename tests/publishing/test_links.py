"""The link of a publication: tracked, short where that is wanted, fixed before anything is sent."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clientnest.database import unit_of_work
from clientnest.errors import Invalid
from clientnest.settings import settings
from platforms.posting import Outgoing
from publishing import campaigns
from publishing.campaigns import Plan
from publishing.links import Tracking, placed
from publishing.links.addresses import with_click, with_parameters, without_click
from publishing.links.service import SLUG_LENGTH, is_slug, new_slug
from tests.publishing.conftest import Desk, said

SHOP = "https://shop.example/coffee?size=250#beans"


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Iterator[str]:
    """Our address on the internet."""
    monkeypatch.setenv("NEST_PUBLIC_URL", "https://nest.example")
    settings.cache_clear()
    yield "https://nest.example"
    monkeypatch.undo()
    settings.cache_clear()


def _link(desk: Desk, publication: UUID) -> dict[str, Any]:
    rows = desk.sql("select * from app.links where publication_id = %s", publication)
    assert len(rows) == 1
    return rows[0]


def _query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


async def test_each_publication_has_its_own_parameters(desk: Desk) -> None:
    accounts = [await desk.connect("facebook"), await desk.connect("x")]
    async with unit_of_work(workspace_id=desk.workspace.id) as session:
        campaign = await campaigns.add(session, desk.workspace.id, Plan("Frühling & Co."))
    ids = await desk.publish(said("Look"), *accounts, link=SHOP, tracking=Tracking(), campaign_id=campaign.id)
    for id_, platform in zip(ids, ("facebook", "x"), strict=True):
        link = _link(desk, id_)
        assert (link["destination"], link["slug"], link["address"]) == (SHOP, None, link["target"])
        assert link["campaign_id"] == campaign.id
        assert urlsplit(link["target"]).fragment == "beans"
        assert _query(link["target"]) == {
            "size": "250",
            "utm_source": platform,
            "utm_medium": "social",
            "utm_campaign": "frühling-co",
            "utm_content": str(id_),
        }


async def test_the_author_has_the_last_word_on_parameters(desk: Desk) -> None:
    wanted = {"utm_source": "{platform}-{account}", "utm_medium": "", "utm_term": "{post}"}
    written = "https://shop.example/?utm_content=theirs&empty=&a=1%2F2"
    (id_,) = await desk.publish(said("A"), await desk.connect("x"), link=written, tracking=Tracking(wanted))
    target = _link(desk, id_)["target"]
    assert target.startswith(f"{written}&")
    found = _query(target)
    assert (found["utm_content"], target.count("utm_content")) == ("theirs", 1)
    assert "utm_medium" not in found
    assert re.fullmatch(r"x-[\w-]+", found["utm_source"])
    assert found["utm_term"] == str(desk.publication(id_)["post_id"])


@pytest.mark.parametrize(
    ("tracking", "field"),
    [
        (Tracking({"source": "x"}), "tracking.utm.source"),
        (Tracking({"utm_source": "{network}"}), "tracking.utm.utm_source"),
        (Tracking({"utm_source": "a\nb"}), "tracking.utm.utm_source"),
        (Tracking(short=True), "tracking.short"),
    ],
)
async def test_tracking_that_cannot_be_is_named(desk: Desk, tracking: Tracking, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        await desk.publish("A", await desk.connect("facebook"), link=SHOP, tracking=tracking)
    assert {problem.field for problem in refused.value.problems} == {field}


async def test_a_short_link_goes_out_and_leads_to_the_tracked_one(desk: Desk, public: str) -> None:
    ids = await desk.publish(
        said("A"), await desk.connect("x"), await desk.connect("facebook"), link=SHOP, tracking=Tracking(short=True)
    )
    links = [_link(desk, id_) for id_ in ids]
    assert all(is_slug(link["slug"]) and link["address"] == f"{public}/l/{link['slug']}" for link in links)
    assert len({link["slug"] for link in links}) == 2
    assert all("utm_source" in link["target"] for link in links)


async def test_what_is_stored_goes_out_whatever_the_settings_say_later(
    desk: Desk, public: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said("Read this")
    (id_,) = await desk.publish(text, await desk.connect("x"), link=SHOP, tracking=Tracking(short=True))
    monkeypatch.setenv("NEST_PUBLIC_URL", "https://elsewhere.example")
    settings.cache_clear()
    await desk.worked_off(id_)
    (live,) = desk.live("x", text)
    assert _link(desk, id_)["address"] in desk.stage.ledger("x")[live]["text"]
    assert SHOP not in desk.stage.ledger("x")[live]["text"]


async def test_every_attempt_carries_the_same_payload(desk: Desk, public: str) -> None:
    (id_,) = await desk.publish(said("A"), await desk.connect("x"), link=SHOP, tracking=Tracking(short=True))
    await desk.worked_off(id_)
    desk.sql(
        "update app.publications set status = 'scheduled', external_id = null, published_at = null where id = %s", id_
    )
    desk.time_passes(id_)
    await desk.worked_off(id_)
    rows = desk.sql("select payload_sha256 from app.attempts where publication_id = %s", id_)
    assert len(rows) >= 2
    assert len({row["payload_sha256"] for row in rows}) == 1


async def test_the_link_counts_as_it_goes_out(desk: Desk) -> None:
    """On Bluesky a picture's link is text, and counts letter by letter."""
    bluesky, picture = await desk.connect("bluesky"), f"{desk.stage.control}/sample.jpg"
    short = "https://shop.example/"
    text = "a" * (300 - len(short) - 2)
    with pytest.raises(Invalid) as refused:
        await desk.publish(text, bluesky, link=short, media_url=picture, tracking=Tracking())
    assert "with the link" in refused.value.problems[0].message
    await desk.publish(text, bluesky, link=short, media_url=picture)


async def test_a_link_within_the_text_is_tracked_there(desk: Desk) -> None:
    text = f"{said('See')} ({SHOP}), or {SHOP}/more."
    (id_,) = await desk.publish(text, await desk.connect("x"), link=SHOP, tracking=Tracking())
    await desk.worked_off(id_)
    (live,) = desk.live("x", text[:10])
    out = desk.stage.ledger("x")[live]["text"]
    assert out.count(_link(desk, id_)["target"]) == 1
    assert f"{SHOP}/more." in out


async def test_a_link_without_tracking_goes_out_as_it_is_written_and_is_kept(desk: Desk) -> None:
    (id_,) = await desk.publish(said("A"), await desk.connect("facebook"), link="https://shop.example")
    link = _link(desk, id_)
    assert (link["destination"], link["target"], link["address"]) == ("https://shop.example",) * 3
    (plain,) = await desk.publish(said("B"), await desk.connect("facebook", 1))
    assert desk.sql("select 1 from app.links where publication_id = %s", plain) == []


def test_a_slug_that_is_taken_is_drawn_again(desk: Desk) -> None:
    slugs = {new_slug() for _ in range(2000)}
    assert len(slugs) == 2000
    assert {len(slug) for slug in slugs} == {SLUG_LENGTH}
    # Nothing looks like something else, and no vowel makes a word.
    assert not set("".join(slugs)) & set("01ilouae")


async def test_two_workspaces_never_share_a_slug(desk: Desk, public: str, monkeypatch: pytest.MonkeyPatch) -> None:
    account = await desk.connect("facebook")
    (first,) = await desk.publish(said("A"), account, link=SHOP, tracking=Tracking(short=True))
    taken = _link(desk, first)["slug"]
    other = uuid4()
    desk.sql(
        "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Other', 'UTC')",
        other,
        desk.workspace.organization_id,
    )
    desk.sql("update app.links set workspace_id = %s where publication_id = %s", other, first)
    drawn = iter([*taken, *"23456789"])
    monkeypatch.setattr("publishing.links.service.secrets.choice", lambda letters: next(drawn))
    (second,) = await desk.publish(said("B"), account, link=SHOP, tracking=Tracking(short=True))
    assert _link(desk, second)["slug"] == "23456789"


_PIECES = st.text("abc12%&=#?/ü", max_size=12)


@given(_PIECES, _PIECES, _PIECES)
def test_whatever_the_author_wrote_stays(path: str, query: str, fragment: str) -> None:
    written = f"https://shop.example/{path}?{query}#{fragment}"
    parts = urlsplit(written)
    after = urlsplit(with_parameters(written, {"utm_source": "x y"}))
    assert (after.scheme, after.netloc, after.path, after.fragment) == (
        parts.scheme, parts.netloc, parts.path, parts.fragment,
    )  # fmt: skip
    assert after.query.startswith(parts.query)
    assert after.query.endswith("utm_source=x%20y")
    clicked = with_click(written, "7")
    assert _query(clicked)["cn_click"] == "7"
    assert _query(without_click(clicked)) == _query(written)


def test_a_text_changes_nowhere_but_at_the_link() -> None:
    post = Outgoing("see https://a.example/b, (https://a.example) or xhttps://a.example", link="https://a.example")
    tracked = placed(post, "https://nest.example/l/23456789")
    assert tracked.text == "see https://a.example/b, (https://nest.example/l/23456789) or xhttps://a.example"
    assert tracked.link == "https://nest.example/l/23456789"
    assert placed(post, None) == post
