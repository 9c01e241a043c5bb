"""Short links: where they lead, who is counted, and what is not kept of whoever follows them."""

import csv
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row

from api.links.pace import Pace
from publishing.links import bots
from publishing.links.service import new_slug
from tests.api.conftest import Caller, World, problem
from tests.conftest import ROOT

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)
TARGET = "https://shop.example/coffee?size=250&utm_source=x#beans"


class Door:
    """One short link, and what is kept of its clicks."""

    def __init__(self, world: World, http: httpx.Client, target: str) -> None:
        self.slug, self.id, self._world, self._http = new_slug(), uuid4(), world, http
        world.insert("app.links", id=self.id, slug=self.slug, destination=target, target=target, address="a")

    def follow(self, address: str = "203.0.113.7", method: str = "GET", **headers: str) -> httpx.Response:
        told = {"User-Agent": CHROME, "X-Forwarded-For": address, **headers}
        return self._http.request(method, f"/l/{self.slug}", headers=told)

    def clicks(self) -> list[dict[str, Any]]:
        with psycopg.connect(self._world.database, row_factory=dict_row) as connection:
            query = "select * from app.link_clicks where link_id = %s order by clicked_at"
            return connection.execute(query, [self.id]).fetchall()


@pytest.fixture
def door(world: World, nobody: Caller) -> Door:
    return Door(world, nobody.http, TARGET)


def test_a_click_leads_to_the_stored_address_and_is_counted(door: Door, world: World) -> None:
    answer = door.follow(Referer="https://www.facebook.com/some/post?id=1")
    assert answer.status_code == 302
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers
    (click,) = door.clicks()
    assert answer.headers["location"] == (
        f"https://shop.example/coffee?size=250&utm_source=x&cn_click={click['id']}#beans"
    )
    assert (click["bot"], click["referrer_host"]) == (None, "www.facebook.com")
    assert click["workspace_id"] == world.workspace.id
    assert abs(datetime.now(UTC) - click["clicked_at"]) < timedelta(minutes=1)


def test_a_visitor_is_one_for_a_day_and_nobody_can_tell_who(door: Door, world: World) -> None:
    door.follow()
    door.follow()
    door.follow("203.0.113.8")
    door.follow(**{"User-Agent": CHROME.replace("141", "142")})
    same, again, *others = [click["visitor"] for click in door.clicks()]
    assert same == again
    assert len({same, *others}) == 3
    with psycopg.connect(world.database) as connection:
        days = connection.execute("select day from app.click_salts").fetchall()
    assert days == [(datetime.now(UTC).date(),)]
    assert "203.0.113" not in str(door.clicks())


def test_an_earlier_days_salt_is_deleted(world: World) -> None:
    from clientnest.database import run, system_unit_of_work
    from publishing.links import repository

    async def made(day: date) -> bytes:
        async with system_unit_of_work() as session:
            return await repository.salt(session, day, uuid4().bytes)

    # A day of the past, so that the day that others count on stays.
    first, then = date(2020, 1, 1), date(2020, 1, 2)
    salt = run(made(first))
    assert run(made(first)) == salt
    assert run(made(then)) != salt
    with psycopg.connect(world.database) as connection:
        kept = [day for (day,) in connection.execute("select day from app.click_salts").fetchall()]
    assert first not in kept
    assert then in kept
    run(made(datetime.now(UTC).date()))


@pytest.mark.parametrize("wish", [{"DNT": "1"}, {"Sec-GPC": "1"}])
def test_who_asks_not_to_be_tracked_is_somebody_else_each_time(door: Door, wish: dict[str, str]) -> None:
    for _ in range(3):
        assert door.follow(**wish).status_code == 302
    assert len({click["visitor"] for click in door.clicks()}) == 3


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (
            {"User-Agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
            "Facebook link preview",
        ),
        ({"User-Agent": "Twitterbot/1.0"}, "X link preview"),
        (
            {"User-Agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)"},
            "LinkedIn link preview",
        ),
        ({"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"}, "Slack link preview"),
        ({"User-Agent": "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"}, "Crawler"),
        ({"User-Agent": "curl/8.5.0"}, "curl"),
        ({"User-Agent": ""}, "unnamed"),
        ({"Purpose": "prefetch"}, "prefetch"),
        ({"Sec-Purpose": "prefetch;prerender"}, "prefetch"),
        ({"X-Moz": "prefetch"}, "prefetch"),
    ],
)
def test_a_bot_is_led_on_and_written_down_as_one(door: Door, headers: dict[str, str], name: str) -> None:
    answer = door.follow(**headers)
    # Without a click's name: it would come along with whatever the bot shows people.
    assert (answer.status_code, answer.headers["location"]) == (302, TARGET)
    assert [click["bot"] for click in door.clicks()] == [name]


@pytest.mark.parametrize(
    "agent",
    [
        CHROME,
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
        "Instagram 401.0.0.25.77 (iPhone14,5; iOS 18_6; de_DE; de; scale=3.00; 1170x2532; IABMV/1)",
        "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0.0.0 "
        "Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/530.0.0.0;]",
        "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/139.0.0.0 Mobile "
        "Safari/537.36 trill_420100 BytedanceWebview/d8a21c6",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/22F76 [LinkedInApp]/9.31",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [Pinterest/iOS]",
    ],
)
def test_people_in_the_browsers_of_apps_are_people(agent: str) -> None:
    assert bots.bot({"user-agent": agent}) is None


def test_the_list_of_bots_says_where_each_is_from_and_when() -> None:
    with (ROOT / "publishing/links/bots.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(bots.known()) >= 60
    assert len({row["fragment"].lower() for row in rows}) == len(rows)
    assert all(row["source"].startswith("https://") and len(row["fragment"]) >= 4 for row in rows)
    assert all(found.as_of <= datetime.now(UTC).date() for found in bots.known())


def test_asking_for_the_head_is_no_click(door: Door) -> None:
    answer = door.follow(method="HEAD")
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, TARGET, b"")
    assert door.clicks() == []


@pytest.mark.parametrize(
    "path",
    [
        "23456789", "short", "%2e%2e%2f", "https:%2f%2fevil.example", "%2f%2fevil.example", "..%5cevil.example",
        "23456789?to=https://evil.example", "%00", "' or 1=1 --", "ÄÖÜßäöüß",
    ],
)  # fmt: skip
def test_what_is_no_link_of_ours_leads_nowhere(nobody: Caller, path: str) -> None:
    for method in ("GET", "HEAD"):
        answer = nobody.http.request(method, f"/l/{path}", follow_redirects=True)
        assert answer.status_code == 404
        # A slash at the end is left out first; nobody is sent to another host by that.
        assert all(passed.url.host == nobody.http.base_url.host for passed in (answer, *answer.history))
    answer = nobody.http.get("/l/23456789")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_in_the_call_changes_where_it_leads(door: Door) -> None:
    wanted = urlsplit(TARGET)
    for query in (
        "?to=https://evil.example",
        "?cn_click=7",
        "?url=//evil.example",
        "?%0d%0aLocation:https://evil.example",
    ):
        answer = door._http.get(
            f"/l/{door.slug}{query}",
            headers={"User-Agent": CHROME, "Host": "evil.example", "X-Forwarded-Host": "evil.example"},
        )
        found = urlsplit(answer.headers["location"])
        assert found[:3] == wanted[:3]
        assert dict(parse_qsl(found.query))["cn_click"] in {str(click["id"]) for click in door.clicks()}


def test_letters_beyond_ascii_stay_what_they_are(world: World, nobody: Caller) -> None:
    answer = Door(world, nobody.http, "https://shop.example/käse?q=%C3%BC&n=ö").follow()
    assert answer.headers["location"].startswith("https://shop.example/k%C3%A4se?q=%C3%BC&n=%C3%B6&cn_click=")


def test_one_address_cannot_ask_without_end(door: Door) -> None:
    answers = [door.follow("198.51.100.9") for _ in range(300)]
    # The pace lets ten more through in each second that this takes.
    while all(answer.status_code == 302 for answer in answers) and len(answers) < 2000:
        with ThreadPoolExecutor(8) as pool:
            answers += pool.map(lambda _: door.follow("198.51.100.9"), range(50))
    statuses = [answer.status_code for answer in answers]
    assert statuses[:300] == [302] * 300
    assert 429 in statuses
    refused = answers[statuses.index(429)]
    assert int(refused.headers["retry-after"]) >= 1
    assert len(door.clicks()) == statuses.count(302)
    assert door.follow("198.51.100.10").status_code == 302


def test_a_bucket_fills_up_as_time_passes() -> None:
    seconds = [0.0]
    pace = Pace(burst=2, per_second=0.5, clock=lambda: seconds[0])
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 2]
    assert pace.wait("b") == 0
    seconds[0] = 1.0
    assert pace.wait("a") == 1
    seconds[0] = 2.0
    assert [pace.wait("a"), pace.wait("a")] == [0, 2]
    seconds[0] = 1000.0
    assert [pace.wait("a") for _ in range(3)] == [0, 0, 2]


def test_a_post_of_the_api_has_a_tracked_link_unless_it_says_otherwise(owner: Caller, world: World) -> None:
    campaign = owner.post("/campaigns", {"name": "Spring 26"}).json()["id"]
    draft = {"text": "Look", "link": "https://shop.example/", "account_ids": [str(world.account("facebook"))]}

    def address(**more: Any) -> str:
        made = owner.post("/social/publish", {**draft, **more}).json()["publications"][0]["id"]
        with psycopg.connect(world.database) as connection:
            row = connection.execute("select address from app.links where publication_id = %s", [made]).fetchone()
        assert row is not None
        return str(row[0])

    assert "utm_source=facebook&utm_medium=social&utm_campaign=spring-26&" in address(campaign_id=campaign)
    assert "?utm_source=mine&utm_medium=social&utm_content=" in address(tracking={"utm": {"utm_source": "mine"}})
    assert address(tracking=None) == "https://shop.example/"
    refused = problem(owner.post("/social/publish", {**draft, "tracking": {"short": True}}), 422)
    assert [one["field"] for one in refused["errors"]] == ["tracking.short"]


def test_a_workspace_sees_its_own_links_and_clicks_alone(door: Door, stranger: Caller) -> None:
    from sqlalchemy import text

    from clientnest.database import run, unit_of_work

    door.follow()

    async def seen(workspace_id: UUID | None) -> list[int]:
        async with unit_of_work(workspace_id=workspace_id) as session:
            counts = [
                await session.execute(text(f"select count(*) from app.{table}"))
                for table in (
                    "links",
                    "link_clicks",
                    "campaigns",
                    "costs",
                    "visits",
                    "conversions",
                    "conversion_sources",
                )
            ]
            return [count.scalar_one() for count in counts]

    assert run(seen(door.clicks()[0]["workspace_id"]))[:2] == [1, 1]
    assert run(seen(stranger.workspace_id)) == [0] * 7
    assert run(seen(None)) == [0] * 7
