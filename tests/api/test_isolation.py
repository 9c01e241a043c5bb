"""Who may call what, and whose objects: generated from the OpenAPI document and the permission table."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg.types.json import Jsonb

from api.main import app
from clientnest.models.identity import ROLES
from identity.permissions import ACTIONS, PERMISSIONS
from tests.api.conftest import Caller, World, problem
from tests.conftest import NEXT_YEAR, TestWorkspace

# The only routes that need no right in a workspace.
PUBLIC = {
    ("POST", "/auth/register"),
    ("POST", "/auth/login"),
    ("GET", "/users/profile"),
    ("GET", "/social/accounts/callback"),
    # Networks sign their calls and bring no sign-in.
    ("GET", "/webhooks/{platform}"),
    ("POST", "/webhooks/{platform}"),
    ("GET", "/webhooks/{platform}/{client_id}"),
    ("POST", "/webhooks/{platform}/{client_id}"),
    # Whoever reads a post follows its link; shops and payment services prove themselves each in their way.
    ("GET", "/l/{slug}"),
    # Networks fetch at an address that is signed.
    ("GET", "/m/{signed}"),
    ("POST", "/conversions/{source_id}"),
}
# What an owner gets there is made from files or from figures that this world has not.
OF_FILES = {
    "/reports/{report_id}/download",
    "/reports/{report_id}/again",
    "/reports/{report_id}/changes",
    "/exports/marts/{mart}.parquet",
    "/media/{media_id}/content",
    "/media/{media_id}/thumbnail",
}
# What a route needs in its body to get as far as its object.
BODIES: dict[str, Any] = {
    "/campaigns/{campaign_id}": {"name": "Spring"},
    "/campaigns/{campaign_id}/posts": {"post_ids": [str(UUID(int=7))]},
    "/costs/{cost_id}": {"kind": "tools", "currency": "EUR", "incurred_on": "2026-11-02", "amount": "3"},
    "/conversions/sources/{source_id}": {"is_enabled": True},
    "/social/accounts/{account_id}/slots": {"slots": []},
    "/content/{post_id}/return": {"comment": "Shorter."},
    "/content/{post_id}/comment": {"comment": "Nice."},
    "/social/publications/{publication_id}": {"at": f"{NEXT_YEAR}-01-01T09:00:00Z"},
    "/social/publications/{publication_id}/mark": {"live": True},
    "/templates/{template_id}": {"name": "Offer"},
    "/recurrences/{recurrence_id}": {
        "rule": "FREQ=DAILY",
        "starts_at": f"{NEXT_YEAR}-01-01T09:00:00",
        "post": {"text": "Hello", "account_ids": [str(UUID(int=7))]},
    },
}
# What a list must be asked.
QUERIES = {"/calendar": {"from": "2998-12-31", "to": "2999-01-02"}}


def _routes() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in app.openapi()["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


GUARDED = [
    (method, path, operation["x-permission"]) for method, path, operation in _routes() if "x-permission" in operation
]
# Queues are the same for everybody, whatever waits in them.
WITH_OBJECT = [
    (method, path)
    for method, path, _ in GUARDED
    if "{" in path and "{app}" not in path and not path.startswith("/queues/")
]
# The dictionary of the warehouse is the same for everybody, and a file that modelling makes.
LISTS = [path for method, path, _ in GUARDED if method == "GET" and "{" not in path and path != "/docs/warehouse"]


def test_every_route_has_a_right_or_is_known_to_be_public() -> None:
    open_routes = {(method, path) for method, path, operation in _routes() if "x-permission" not in operation}
    assert open_routes == PUBLIC
    assert {action for _, _, action in GUARDED} <= set(ACTIONS)


def test_every_right_is_used_and_every_role_is_known() -> None:
    assert {action for _, _, action in GUARDED} == set(PERMISSIONS) == set(ACTIONS)
    assert set().union(*PERMISSIONS.values()) <= set(ROLES)


def _call(caller: Caller, method: str, path: str, **ids: object) -> httpx.Response:
    body = BODIES.get(path, {}) if method in ("POST", "PUT", "PATCH") else None
    if "post_ids" in (body or {}) and "post_id" in ids:
        body = {"post_ids": [str(ids["post_id"])]}
    for name, value in ids.items():
        path = path.replace(f"{{{name}}}", str(value))
    return caller.http.request(method, path, json=body)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    role: str, member: Callable[[str], Caller], world: World
) -> None:
    caller = member(role)
    nothing = {"account_id": uuid4(), "post_key": uuid4().hex, "publication_id": uuid4(), "report_id": uuid4()}
    nothing |= {
        name: uuid4()
        for name in (
            *("competitor_id", "campaign_id", "cost_id", "source_id", "trial_id", "media_id"),
            *("template_id", "recurrence_id", "job_id"),
        )
    }
    for method, path, action in GUARDED:
        status = _call(caller, method, path, **nothing).status_code
        assert (status != 403) == (role in PERMISSIONS[action]), (method, path, status)


def test_a_role_that_nobody_knows_may_do_nothing() -> None:
    from identity.permissions import may

    assert not any(may("guest", action) for action in ACTIONS)
    assert not any(may(role, "posts.erase") for role in ROLES)


def test_without_a_sign_in_every_route_is_closed(nobody: Caller) -> None:
    for method, path, _ in GUARDED:
        problem(_call(nobody, method, path), 401)


@pytest.fixture
def objects(world: World) -> dict[str, object]:
    """One of each in the first workspace."""
    account_id = world.account("instagram", name="Secret brand")
    post_id, publication_id, report_id = uuid4(), uuid4(), uuid4()
    world.insert("app.posts", id=post_id, author_id=world.workspace.user_id, text="Secret words")
    world.insert(
        "app.publications",
        id=publication_id,
        post_id=post_id,
        account_id=account_id,
        status="scheduled",
        scheduled_at="2999-01-01T00:00Z",
        due_at="2999-01-01T00:00Z",
        scheduled_zone="UTC",
        attempt=0,
    )
    world.insert(
        "app.reports",
        id=report_id,
        kind="weekly",
        format="pdf",
        period_start="2026-11-09",
        period_end="2026-11-15",
        path="secret.pdf",
        size=1,
        sha256="0" * 64,
    )
    world.insert(
        "raw.quarantine", source="facebook_posts", load_id=uuid4(), lake_path="p", lake_page=1, lake_record=1,
        reason="secret reason", record="secret record", account_id=account_id,
    )  # fmt: skip
    world.insert(
        "app.file_imports",
        id=uuid4(),
        filename="secret.csv",
        sha256=uuid4().hex,
        report="facebook_metrics",
        platform="facebook",
        understood=["secret"],
        lake_path="p",
        records=1,
        written=1,
        unchanged=0,
        quarantined=0,
        imported_at="2026-11-22T00:00Z",
    )
    competitor_id = uuid4()
    world.insert("app.competitors", id=competitor_id, platform="instagram", handle="secret_rival")
    post_key = world.post(account_id, "instagram", None, text="Secret words", score=50.0)
    campaign_id, cost_id, source_id, trial_id = uuid4(), uuid4(), uuid4(), uuid4()
    world.insert("app.campaigns", id=campaign_id, name="Secret spring")
    world.insert(
        "app.costs", id=cost_id, kind="tools", amount=9, currency="EUR", incurred_on="2026-11-02", note="Secret tool"
    )
    world.insert("app.conversion_sources", id=source_id, kind="webhook", name="Secret shop")
    world.insert(
        "app.trials",
        id=trial_id,
        name="Secret trial",
        control="none",
        arms=["mail"],
        outcomes=["visit"],
        people=2,
        lake_path="p",
        result=Jsonb({"lifts": []}),
    )
    job_id = uuid4().int % 2**62
    job = {"queue": "file_processing", "kind": "media.forget", "payload": Jsonb({"media_id": "secret"})}
    world.insert("app.jobs", id=job_id, state="parked", **job)
    media_id = uuid4()
    world.insert("app.media", id=media_id, sha256="0" * 64, content_type="image/png", size=1, name="Secret picture")
    template_id, recurrence_id = uuid4(), uuid4()
    world.insert("app.templates", id=template_id, name="Secret template", text="Secret words")
    world.insert(
        "app.recurrences",
        id=recurrence_id,
        author_id=world.workspace.user_id,
        name="Secret habit",
        starts_at="2999-01-01T00:00",
        zone="UTC",
        rule="FREQ=DAILY",
        draft=Jsonb(
            {
                "content": {"text": "Secret words"},
                "account_ids": [str(account_id)],
                "variants": {},
                "assisted": [],
                "tracking": None,
                "campaign_id": None,
                "tags": [],
            }
        ),
    )
    return {
        "job_id": job_id,
        "template_id": template_id,
        "recurrence_id": recurrence_id,
        "media_id": media_id,
        "post_id": post_id,
        "campaign_id": campaign_id,
        "cost_id": cost_id,
        "source_id": source_id,
        "trial_id": trial_id,
        "competitor_id": competitor_id,
        "account_id": account_id,
        "post_key": post_key,
        "publication_id": publication_id,
        "report_id": report_id,
    }


def test_there_are_routes_with_objects_to_try() -> None:
    assert len(WITH_OBJECT) >= 4
    assert len(LISTS) >= 10


def test_a_stranger_finds_no_object_of_another_workspace(
    owner: Caller, stranger: Caller, objects: dict[str, object]
) -> None:
    for method, path in WITH_OBJECT:
        problem(_call(stranger, method, path, **objects), 404)
    # Its owner finds it, though some of this cannot be done to it as it stands; what deletes it comes last.
    mine = sorted((one for one in WITH_OBJECT if one[1] not in OF_FILES), key=lambda one: one[0] == "DELETE")
    found = {(method, path): _call(owner, method, path, **objects).status_code for method, path in mine}
    assert {route: status for route, status in found.items() if status not in (200, 204, 409, 422)} == {}


def test_a_strangers_lists_hold_nothing_of_another_workspace(
    owner: Caller, stranger: Caller, objects: dict[str, object]
) -> None:
    told = 0
    for path in LISTS:
        answer = stranger.get(path, **QUERIES.get(path, {}))
        assert answer.status_code == 200, answer.text
        assert "ecret" not in answer.text, path
        assert not any(str(value) in answer.text for value in objects.values()), path
        told += "ecret" in owner.get(path, **QUERIES.get(path, {})).text
    assert told >= 6


def test_a_stranger_cannot_enter_by_naming_the_workspace(
    caller: Callable[..., Caller], stranger: Caller, workspace: TestWorkspace, objects: dict[str, object]
) -> None:
    entering = caller(user_id=stranger.user_id, workspace_id=workspace.id)
    for method, path, _ in GUARDED:
        problem(_call(entering, method, path, **objects), 404)


def test_a_stranger_cannot_publish_on_an_account_of_another_workspace(
    stranger: Caller, objects: dict[str, object]
) -> None:
    body = problem(stranger.post("/social/publish", {"text": "Hi", "account_ids": [str(objects["account_id"])]}), 422)
    assert body["errors"][0]["message"] == "This workspace has no such account."


@pytest.mark.parametrize("name", ["workspace_id", "author_id", "id", "role", "status"])
def test_fields_that_are_not_offered_are_refused(owner: Caller, world: World, name: str) -> None:
    body = {"text": "Hi", "account_ids": [str(UUID(int=1))], name: str(UUID(int=2))}
    assert [found["field"] for found in problem(owner.post("/social/publish", body), 422)["errors"]] == [name]


def test_every_mart_table_is_under_forced_security(marts: str) -> None:
    with psycopg.connect(marts) as connection:
        rows = connection.execute(
            """
            select c.oid::regclass::text, c.relkind, c.relrowsecurity and c.relforcerowsecurity,
                (select count(*) from pg_policy p where p.polrelid = c.oid and p.polqual is not null
                    and p.polwithcheck is not null),
                coalesce('security_invoker=true' = any(c.reloptions), false)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and n.nspname in ('app', 'raw', 'marts', 'scoring') and exists (
                select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id')
            """
        ).fetchall()
    assert len(rows) >= 20
    assert [name for name, kind, forced, policies, _ in rows if kind in "rp" and (not forced or policies < 2)] == []
    assert [name for name, kind, _, _, invoker in rows if kind == "m" or (kind == "v" and not invoker)] == []
