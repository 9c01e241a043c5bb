"""Posts: found, filtered, sorted and paged, with what ClientNest publishes among them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.conftest import NOW, TODAY, Caller, World, problem
from tests.conftest import NEXT_YEAR


def _pages(owner: Caller, **query: Any) -> list[dict[str, Any]]:
    """All posts, read in pages of two; fails where a page repeats or never ends."""
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(20):
        answer = owner.get("/social/posts", limit=2, **query, **cursor)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return items
        cursor = {"cursor": answer.json()["next_cursor"]}
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("sort", ["published_at", "views", "score", "engagement_rate"])
def test_pages_hold_every_post_once_in_order_with_unknown_last(
    owner: Caller, world: World, sort: str, order: str
) -> None:
    account = world.account("instagram")
    for n in (3, 1, 2, 2):
        world.post(account, "instagram", TODAY - timedelta(days=n), views=n, score=n * 1.5, engagement_rate=n / 7)
    for _ in range(3):
        world.post(account, "instagram", None)
    found = _pages(owner, sort=sort, order=order)
    assert len({post["post_key"] for post in found}) == len(found) == 7
    values = [post[sort] for post in found]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=order == "desc")
    assert values[4:] == [None] * 3


def test_unknown_is_null_and_says_why(owner: Caller, world: World) -> None:
    world.post(world.account("youtube"), "youtube", TODAY, views=0)
    (post,) = _pages(owner)
    assert (post["views"], post["likes"], post["reach"]) == (0, None, None)
    assert (post["why_unknown"]["likes"], post["why_unknown"]["reach"]) == ("not_yet", "unsupported")
    assert "views" not in post["why_unknown"]


def test_filters_find_what_they_name(owner: Caller, world: World) -> None:
    instagram, x = world.account("instagram"), world.account("x")
    day = TODAY - timedelta(days=2)
    reel = world.post(instagram, "instagram", day, kind="reel", text="100% of you_all")
    text = world.post(x, "x", TODAY - timedelta(days=9), kind="text", text="100 of youXall", title="Late")
    file = world.post(instagram, "instagram", None, origin="file", source="file")

    def keys(**query: Any) -> set[str]:
        return {post["post_key"] for post in _pages(owner, **query)}

    assert keys() == {reel, text, file}
    assert keys(platform="x") == {text}
    assert keys(platform="x,instagram") == {reel, text, file}
    assert keys(account_id=str(instagram)) == {reel, file}
    assert keys(kind="reel") == {reel}
    assert keys(kind="reel,text") == {reel, text}
    assert keys(origin="file") == {file}
    assert keys(since=str(day)) == {reel}
    assert keys(until=str(day)) == {reel, text}
    assert keys(until=f"{day}T12:00:00Z") == {text}
    assert keys(q="100% of you_all") == {reel}
    assert keys(q="lAtE") == {text}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"kind": "poem"}, "kind.0"),
        ({"sort": "password_hash"}, "sort"),
        ({"limit": 201}, "limit"),
        ({"cursor": "bm9uc2Vuc2U"}, "cursor"),
        ({"since": "2026-11-22T10:00:00"}, "since"),
        ({"account_id": "7"}, "account_id.0"),
    ],
)
def test_a_bad_question_names_the_parameter(owner: Caller, world: World, query: dict[str, Any], field: str) -> None:
    body = problem(owner.get("/social/posts", **query), 422)
    assert body["errors"][0]["field"] == field


def test_a_cursor_belongs_to_its_order(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    for _ in range(3):
        world.post(account, "instagram", TODAY, views=1)
    cursor = owner.get("/social/posts", limit=1).json()["next_cursor"]
    problem(owner.get("/social/posts", limit=1, sort="views", cursor=cursor), 422)


def test_a_post_shows_each_observation_with_its_place_in_the_lake(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    key = world.post(account, "instagram", TODAY, likes=9)
    for n, likes in enumerate((4, 9)):
        world.insert(
            "marts.post_lifetime",
            post_key=key,
            account_id=account,
            platform="instagram",
            external_id=key,
            as_of_date=TODAY,
            observed_at=NOW + timedelta(hours=n),
            likes=likes,
            source="api",
            lake_path="api/instagram/posts/x.parquet",
            lake_page=1,
            lake_record=n,
        )
    body = owner.get(f"/social/posts/{key}").json()
    assert [seen["likes"] for seen in body["observations"]] == [4, 9]
    assert body["observations"][0]["lake_path"] == "api/instagram/posts/x.parquet"
    assert body["observations"][0]["views"] is None


def _publication(world: World, account_id: UUID, **values: Any) -> UUID:
    post_id, publication_id = uuid4(), uuid4()
    world.insert("app.posts", id=post_id, author_id=world.workspace.user_id, text="Out it goes")
    plain = {
        "status": "scheduled",
        "scheduled_at": NOW,
        "due_at": NOW + timedelta(days=9),
        "scheduled_zone": "UTC",
        "attempt": 0,
    }
    world.insert("app.publications", id=publication_id, post_id=post_id, account_id=account_id, **{**plain, **values})
    return publication_id


def test_a_publication_is_listed_until_the_network_shows_it_and_then_once(owner: Caller, world: World) -> None:
    account = world.account("instagram")
    world.post(account, "instagram", TODAY - timedelta(days=5), text="Older")
    waiting = _publication(world, account)
    live = _publication(world, account, status="published", external_id="ig-1", published_at=NOW)
    failed = _publication(world, account, status="failed", problem="Too long")
    found = {post["publication_id"]: post for post in _pages(owner) if post["origin"] == "clientnest"}
    assert {id_: post["status"] for id_, post in found.items()} == {
        str(waiting): "scheduled",
        str(live): "published",
        str(failed): "failed",
    }
    assert found[str(failed)]["problem"] == "Too long"
    assert found[str(waiting)]["likes"] is None
    assert owner.get(f"/social/posts/{waiting}").json()["text"] == "Out it goes"
    world.post(account, "instagram", TODAY, external_id="ig-1", origin="clientnest", publication_id=live, likes=3)
    shown = [post for post in _pages(owner) if post["publication_id"] == str(live)]
    assert [(post["likes"], post["status"]) for post in shown] == [(3, "published")]
    assert len(_pages(owner)) == 4


def test_publishing_stores_one_publication_per_account(owner: Caller, world: World) -> None:
    accounts = [str(world.account("x")), str(world.account("facebook"))]
    answer = owner.post("/social/publish", {"text": "Good morning", "account_ids": [*accounts, accounts[0]]})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    assert [(p["account_id"], p["platform"], p["status"]) for p in body["publications"]] == [
        (accounts[0], "x", "scheduled"),
        (accounts[1], "facebook", "scheduled"),
    ]
    listed = owner.get("/social/publications", limit=1).json()
    rest = owner.get("/social/publications", limit=1, cursor=listed["next_cursor"]).json()
    assert {p["id"] for p in listed["items"] + rest["items"]} == {p["id"] for p in body["publications"]}
    assert rest["next_cursor"] is None
    detail = owner.get(f"/social/publications/{body['publications'][0]['id']}").json()
    assert (detail["text"], detail["post_id"], detail["tries"]) == ("Good morning", body["post_id"], [])


def test_what_is_planned_is_listed_the_next_first(owner: Caller, world: World) -> None:
    account = str(world.account("x"))
    for day in (3, 1, 4, 2):
        body = {"post": {"text": f"On day {day}", "account_ids": [account]}, "at": f"{NEXT_YEAR}-05-0{day}T09:00:00Z"}
        assert owner.post("/social/schedule", body).status_code == 202
    first = owner.get("/social/publications", status="scheduled", limit=3).json()
    rest = owner.get("/social/publications", status="scheduled", limit=3, cursor=first["next_cursor"]).json()
    assert [one["text"] for one in first["items"] + rest["items"]] == [f"On day {day}" for day in (1, 2, 3, 4)]
    assert rest["next_cursor"] is None


def test_a_draft_that_breaks_limits_says_so_for_every_account(owner: Caller, world: World) -> None:
    x, youtube = world.account("x"), world.account("youtube")
    answer = owner.post("/social/publish", {"text": "a" * 5000, "account_ids": [str(x), str(youtube)]})
    fields = {found["field"] for found in problem(answer, 422)["errors"]}
    assert fields == {f"accounts.{x}", f"accounts.{youtube}"}
    assert owner.get("/social/publications").json()["items"] == []


def test_media_in_a_private_network_is_not_fetched(owner: Caller, world: World) -> None:
    body = {"text": "Hi", "account_ids": [str(world.account("facebook"))], "media_url": "http://127.0.0.1:1/a.jpg"}
    assert "public internet" in problem(owner.post("/social/publish", body), 422)["detail"]
