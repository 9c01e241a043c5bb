"""Usual times of an account through the API, and posts that are planned by them."""

from tests.api.conftest import Caller, World, problem


def test_slots_are_chosen_and_a_post_goes_into_the_next_free_one(owner: Caller, world: World) -> None:
    account = world.account("facebook")
    path = f"/social/accounts/{account}/slots"
    wanted = [{"weekday": day, "local_time": "09:00:00", "zone": "Europe/Oslo"} for day in range(7)]
    assert owner.http.put(path, json={"slots": wanted}).json() == {"slots": wanted}
    assert owner.get(path).json() == {"slots": wanted}
    first, second = owner.get(f"{path}/next-free", n=2).json()
    assert first["local"].endswith("T09:00:00")
    answer = owner.post("/social/queue", {"post": {"text": "Hello", "account_ids": [str(account)]}})
    assert answer.status_code == 202, answer.text
    assert answer.json()["publications"][0]["scheduled_at"] == first["at"]
    assert owner.get(f"{path}/next-free").json() == [second]


def test_a_draft_is_queued(owner: Caller, world: World) -> None:
    account = world.account("facebook")
    path = f"/social/accounts/{account}/slots"
    owner.http.put(path, json={"slots": [{"weekday": 1, "local_time": "10:30"}]}).raise_for_status()
    (free,) = owner.get(f"{path}/next-free").json()
    draft = owner.post("/content/create", {"text": "Hello", "account_ids": [str(account)]}).json()["id"]
    done = owner.post("/social/queue", {"post_id": draft}).json()
    assert (done["post_id"], done["publications"][0]["scheduled_at"]) == (draft, free["at"])
    problem(owner.post("/social/queue", {"post_id": draft}), 409)


def test_a_time_with_an_offset_is_no_wall_clock(owner: Caller, world: World) -> None:
    path = f"/social/accounts/{world.account('facebook')}/slots"
    body = {"slots": [{"weekday": 1, "local_time": "10:30Z"}, {"weekday": 7, "local_time": "10:30"}]}
    found = {one["field"] for one in problem(owner.http.put(path, json=body), 422)["errors"]}
    assert found == {"slots.0.local_time", "slots.1.weekday"}


def test_a_stranger_neither_sees_nor_takes_slots(owner: Caller, stranger: Caller, world: World) -> None:
    account = world.account("facebook")
    path = f"/social/accounts/{account}/slots"
    owner.http.put(path, json={"slots": [{"weekday": 1, "local_time": "10:30"}]}).raise_for_status()
    problem(stranger.get(path), 404)
    problem(stranger.http.put(path, json={"slots": []}), 404)
    problem(stranger.post("/social/queue", {"post": {"text": "Hi", "account_ids": [str(account)]}}), 404)
    assert len(owner.get(path).json()["slots"]) == 1
