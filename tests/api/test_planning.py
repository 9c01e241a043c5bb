"""Usual times of an account through the API, and posts that are planned by them."""

from datetime import UTC, datetime, timedelta

from tests.api.conftest import Caller, World, problem
from tests.conftest import NEXT_YEAR, clocks_go_forward

# The Sunday on which Oslo's clocks go forward, and the day after.
GAP = clocks_go_forward()
AFTER = GAP + timedelta(days=1)


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


def _plan(account: object, *texts: str) -> str:
    lines = [f'{account},{NEXT_YEAR}-01-{day:02} 09:00,Europe/Oslo,"{text}"' for day, text in enumerate(texts, 10)]
    return "\n".join(["account,when,zone,text", *lines])


def test_a_plan_is_looked_at_and_brought_in_once(owner: Caller, world: World) -> None:
    file = _plan(world.account("facebook"), "One", "Two")
    looked = owner.http.post("/content/bulk?dry_run=true", content=file, headers={"Content-Type": "text/csv"}).json()
    assert (looked["dry_run"], looked["made"], looked["errors"], looked["delimiter"]) == (True, 0, 0, "comma")
    assert [(line["line"], line["becomes"], line["post_id"]) for line in looked["lines"]] == [
        (2, "scheduled", None),
        (3, "scheduled", None),
    ]
    made, again = (owner.http.post("/content/bulk", files={"file": ("plan.csv", file)}).json() for _ in range(2))
    assert (made["made"], made["made_before"], again["made"], again["made_before"]) == (2, False, 0, True)
    assert [line["post_id"] for line in made["lines"]] == [line["post_id"] for line in again["lines"]]
    assert made["lines"][0]["at"] == f"{NEXT_YEAR}-01-10T08:00:00Z"
    assert len(owner.get("/content/library").json()["items"]) == 2


def test_a_plan_without_times_shows_the_slots_that_it_takes(owner: Caller, world: World) -> None:
    account = world.account("facebook")
    path = f"/social/accounts/{account}/slots"
    wanted = [{"weekday": day, "local_time": "09:00:00", "zone": "Europe/Oslo"} for day in range(7)]
    owner.http.put(path, json={"slots": wanted}).raise_for_status()
    free = [slot["at"] for slot in owner.get(f"{path}/next-free", n=2).json()]
    file = f"account,when,text\n{account},,One\n{account},next,Two\n"
    looked = owner.http.post("/content/bulk?dry_run=true", content=file).json()
    assert [(line["at"], line["zone"]) for line in looked["lines"]] == [(at, "Europe/Oslo") for at in free]
    assert [line["slots"] for line in looked["lines"]] == [{str(account): at} for at in free]
    assert owner.http.post("/content/bulk", content=file).json()["made"] == 2
    listed = owner.get("/social/publications").json()["items"]
    assert sorted(one["scheduled_at"] for one in listed) == free


def test_a_plan_with_a_mistake_is_refused_with_its_line_and_column(owner: Caller, world: World) -> None:
    file = _plan(world.account("facebook"), "One", "") + "\nnobody,soon,,x"
    body = problem(owner.http.post("/content/bulk", content=file), 422)
    assert [one["field"] for one in body["errors"]] == ["lines.3.text", "lines.4.account", "lines.4.when"]
    assert "2 of 3 lines" in body["detail"]
    assert owner.get("/content/library").json()["items"] == []
    problem(owner.http.post("/content/bulk", content=b"x" * 5_000_001), 422)
    problem(owner.http.post("/content/bulk", files={"other": ("plan.csv", file)}), 422)


def test_the_table_to_fill_in_is_understood(owner: Caller) -> None:
    table = owner.http.get("/content/bulk/template.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    looked = owner.http.post("/content/bulk?dry_run=true", content=table.content).json()
    assert {one["column"] for one in looked["lines"][0]["problems"]} == {"account"}


def test_a_stranger_brings_nothing_to_our_accounts(owner: Caller, stranger: Caller, world: World) -> None:
    file = _plan(world.account("facebook"), "One")
    owner.http.post("/content/bulk", content=file).raise_for_status()
    problem(stranger.http.post("/content/bulk", content=file), 422)


def test_a_draft_keeps_its_wish_until_it_is_planned(owner: Caller, world: World) -> None:
    account = world.account("facebook")
    written = {"text": "Hello", "account_ids": [str(account)], "at": f"{GAP}T02:30:00", "zone": "Europe/Oslo"}
    made = owner.post("/content/create", written).json()
    wish = {"at": f"{GAP}T01:30:00Z", "local": f"{GAP}T02:30:00", "zone": "Europe/Oslo"}
    assert (made["wish"], made["warnings"]) == (wish, [])
    path = f"/content/{made['id']}"
    assert owner.get(path).json()["wish"] == owner.get("/content/library").json()["items"][0]["wish"] == wish
    moved = owner.http.put(path, json={**written, "at": f"{AFTER}T09:00:00"}).json()["wish"]
    assert moved["at"] == f"{AFTER}T07:00:00Z"
    done = owner.post("/social/schedule", {"post_id": made["id"]}).json()
    assert done["publications"][0]["scheduled_at"] == moved["at"]
    assert owner.get(path).json()["wish"] is None


def test_without_a_time_or_a_wish_nothing_is_scheduled(owner: Caller, world: World) -> None:
    post = {"text": "Hello", "account_ids": [str(world.account("facebook"))]}
    draft = owner.post("/content/create", post).json()["id"]
    for body in ({"post_id": draft}, {"post": post}):
        assert problem(owner.post("/social/schedule", body), 422)["errors"][0]["field"] == "at"
    for at in (f"{GAP}T02:30:00", "9999-12-31T23:59:00-05:00", "0001-01-01T00:00:00+05:00"):
        assert problem(owner.post("/content/create", {**post, "at": at}), 422)["errors"]


def test_what_says_the_same_or_comes_too_close_is_warned_of_and_goes_all_the_same(owner: Caller, world: World) -> None:
    account = world.account("facebook", name="Acme")
    post = {"text": "Two  for one", "account_ids": [str(account)]}
    assert owner.post("/social/schedule", {"post": post, "at": f"{NEXT_YEAR}-03-01T09:00:00Z"}).json()["warnings"] == []
    again = {"post": {**post, "text": "TWO for one\n"}, "at": f"{NEXT_YEAR}-03-01T09:14:00Z"}
    warnings = owner.post("/social/schedule", again).json()["warnings"]
    assert [(one["field"], one["severity"], one["account_id"]) for one in warnings] == [
        ("text", "warning", str(account)),
        ("at", "warning", str(account)),
    ]
    for at, fields in (
        (f"{NEXT_YEAR}-03-02T09:00:00Z", ["text"]),
        (f"{NEXT_YEAR}-03-31T08:59:00Z", ["text"]),
        (f"{NEXT_YEAR}-04-01T09:00:00Z", []),
        (f"{NEXT_YEAR}-04-28T09:00:00Z", []),
    ):
        told = owner.post("/content/create", {**post, "at": at}).json()["warnings"]
        assert [one["field"] for one in told] == fields, at


def test_who_publishes_at_once_is_warned_as_who_schedules(owner: Caller, world: World) -> None:
    account, other = str(world.account("facebook")), str(world.account("x"))
    post = {"text": "Two for one", "account_ids": [account]}
    assert owner.post("/social/publish", post).json()["warnings"] == []
    done = owner.post("/social/publish", {**post, "text": "two for  ONE", "account_ids": [other, account]}).json()
    assert [publication["status"] for publication in done["publications"]] == ["scheduled", "scheduled"]
    assert [(one["field"], one["severity"], one["account_id"]) for one in done["warnings"]] == [
        ("text", "warning", account),
        ("at", "warning", account),
    ]
    other_words = {"post": {**post, "text": "Otherwise"}, "at": datetime.now(UTC).isoformat()}
    scheduled = owner.post("/social/schedule", other_words).json()["warnings"]
    assert [one["field"] for one in scheduled] == ["at"]
    assert owner.post("/social/publish", {**post, "text": "Once more"}).json()["warnings"][0]["field"] == "at"


def test_a_template_is_kept_filled_changed_and_deleted(owner: Caller, stranger: Caller) -> None:
    offer = {
        "name": "Offer",
        "text": "{product} for {price}",
        "link": "https://example.com/?p={product}",
        "tags": ["o"],
    }
    made = owner.post("/templates", offer).json()
    assert made["variables"] == ["product", "price"]
    path = f"/templates/{made['id']}"
    assert owner.get("/templates").json() == [made] == [owner.get(path).json()]
    filled = owner.post(f"{path}/fill", {"values": {"product": "Tea", "price": "5 €"}}).json()
    assert (filled["text"], filled["link"], filled["tags"]) == ("Tea for 5 €", "https://example.com/?p=Tea", ["o"])
    assert owner.post("/content/create", filled).status_code == 201
    wrong = problem(owner.post(f"{path}/fill", {"values": {"product": "Tea", "prise": "5"}}), 422)["errors"]
    assert [one["field"] for one in wrong] == ["values.price", "values.prise"]
    problem(owner.post("/templates", offer), 409)
    problem(stranger.get(path), 404)
    assert owner.http.put(path, json={**offer, "text": "Now"}).json()["variables"] == ["product"]
    assert owner.http.delete(path).status_code == 204
    problem(owner.get(path), 404)


def test_a_post_recurs_is_paused_changed_and_ended(owner: Caller, stranger: Caller, world: World) -> None:
    account = str(world.account("facebook"))
    first = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT09:30:00")
    body = {
        "rule": "FREQ=DAILY;INTERVAL=2;COUNT=9",
        "starts_at": first,
        "zone": "Asia/Tokyo",
        "post": {"text": "Day {n}", "account_ids": [account]},
    }
    made = owner.post("/recurrences", body).json()
    assert (made["name"], made["status"], made["zone"], made["account_ids"]) == (
        "Day {n}",
        "active",
        "Asia/Tokyo",
        [account],
    )
    assert [one["number"] for one in made["times"]] == list(range(1, 10))
    assert made["times"][0]["local"] == first
    planned = [one for one in made["times"] if one["post_id"]]
    assert len(planned) == 7
    assert owner.get(f"/content/{planned[2]['post_id']}").json()["text"] == "Day 3"
    path = f"/recurrences/{made['id']}"
    assert [one["id"] for one in owner.get("/recurrences").json()] == [made["id"]]
    paused = owner.post(f"{path}/pause").json()
    assert (paused["status"], paused["times"]) == ("paused", [])
    assert len([one for one in owner.post(f"{path}/resume").json()["times"] if one["post_id"]]) == 7
    changed = owner.http.put(path, json={**body, "rule": "FREQ=DAILY;COUNT=2"}).json()
    assert len(changed["times"]) == 2
    wrong = problem(owner.post("/recurrences", {**body, "rule": "FREQ=HOURLY", "starts_at": f"{first}Z"}), 422)
    assert {one["field"] for one in wrong["errors"]} == {"starts_at"}
    problem(owner.post("/recurrences", {**body, "starts_at": "9999-12-31T23:59:00", "zone": "America/Lima"}), 422)
    problem(stranger.post(f"{path}/end"), 404)
    assert owner.post(f"{path}/end").json()["status"] == "ended"
    problem(owner.post(f"{path}/pause"), 409)


def test_the_calendar_has_what_is_planned_on_its_local_day(owner: Caller, stranger: Caller, world: World) -> None:
    account = str(world.account("facebook"))
    post = {"text": "Hello", "account_ids": [account]}
    owner.post("/social/schedule", {"post": post, "at": f"{GAP}T23:30:00Z"}).raise_for_status()
    query = {"from": str(GAP), "to": str(AFTER), "zone": "Europe/Oslo"}
    first, second = owner.get("/calendar", **query).json()["days"]
    assert (first, second["day"]) == ({"day": str(GAP), "items": []}, str(AFTER))
    (entry,) = second["items"]
    assert (entry["kind"], entry["status"], entry["local"]) == ("publication", "scheduled", f"{AFTER}T01:30:00")
    assert owner.get("/calendar", **query, status=["draft", "free"]).json()["days"][1]["items"] == []
    assert [day["items"] for day in stranger.get("/calendar", **query).json()["days"]] == [[], []]
    assert problem(owner.get("/calendar", **{**query, "zone": "Mars"}), 422)["errors"][0]["field"] == "zone"
    problem(owner.get("/calendar", **{**query, "to": f"{NEXT_YEAR}-03-01"}), 422)
