"""Campaigns: made, changed, removed; posts and their links belong to them."""

from decimal import Decimal
from uuid import uuid4

import psycopg

from tests.api.conftest import Caller, World, problem


def test_a_campaign_is_made_changed_and_removed(owner: Caller) -> None:
    answer = owner.post("/campaigns", {"name": "Spring", "budget": "1200.50", "currency": "EUR"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["name"], Decimal(made["budget"]), made["ends_on"]) == ("Spring", Decimal("1200.5"), None)
    changed = owner.http.put(f"/campaigns/{made['id']}", json={"name": "Late spring", "ends_on": "2026-06-01"}).json()
    assert (changed["name"], changed["budget"], changed["ends_on"]) == ("Late spring", None, "2026-06-01")
    assert owner.get(f"/campaigns/{made['id']}").json() == changed
    assert owner.get("/campaigns").json()["items"] == [changed]
    assert owner.http.delete(f"/campaigns/{made['id']}").json() == changed
    problem(owner.get(f"/campaigns/{made['id']}"), 404)


def test_two_campaigns_of_a_workspace_have_two_names(owner: Caller, stranger: Caller) -> None:
    first, second = (owner.post("/campaigns", {"name": name}).json() for name in ("Spring", "Autumn"))
    problem(owner.post("/campaigns", {"name": "Spring"}), 409)
    problem(owner.http.put(f"/campaigns/{second['id']}", json={"name": "Spring"}), 409)
    assert owner.http.put(f"/campaigns/{first['id']}", json={"name": "Spring"}).status_code == 200
    assert stranger.post("/campaigns", {"name": "Spring"}).status_code == 201


def test_everything_that_is_wrong_is_named_at_once(owner: Caller) -> None:
    body = {"name": " ", "starts_on": "2026-05-02", "ends_on": "2026-05-01", "budget": 5}
    found = {one["field"] for one in problem(owner.post("/campaigns", body), 422)["errors"]}
    assert found == {"name", "ends_on", "currency"}
    unknown = problem(owner.post("/campaigns", {"name": "A", "budget": 5, "currency": "EURO"}), 422)
    assert [one["field"] for one in unknown["errors"]] == ["currency"]


def test_posts_and_their_links_move_into_a_campaign_together(owner: Caller, world: World) -> None:
    campaign = owner.post("/campaigns", {"name": "Spring"}).json()["id"]
    body = {"text": "Look", "link": "https://shop.example/", "account_ids": [str(world.account("facebook"))]}
    post = owner.post("/social/publish", body).json()["post_id"]
    owner.http.put(f"/campaigns/{campaign}/posts", json={"post_ids": [post]}).raise_for_status()
    with psycopg.connect(world.database) as connection:
        found = connection.execute(
            "select p.campaign_id::text, l.campaign_id::text, l.target from app.posts p "
            "join app.publications o on o.post_id = p.id join app.links l on l.publication_id = o.id where p.id = %s",
            [post],
        ).fetchone()
    assert found is not None
    assert found[:2] == (campaign, campaign)
    # What went out stays as it went out.
    assert "utm_campaign" not in found[2]


def test_a_post_of_another_workspace_is_not_counted(owner: Caller, stranger: Caller, world: World) -> None:
    theirs = stranger.post("/campaigns", {"name": "Theirs"}).json()["id"]
    body = {"text": "Look", "account_ids": [str(world.account("facebook"))]}
    post = owner.post("/social/publish", body).json()["post_id"]
    refused = problem(stranger.http.put(f"/campaigns/{theirs}/posts", json={"post_ids": [post]}), 422)
    assert refused["errors"][0]["field"] == f"post_ids.{post}"
    problem(owner.post("/social/publish", {**body, "campaign_id": theirs}), 422)
    problem(owner.post("/social/publish", {**body, "campaign_id": str(uuid4())}), 422)
