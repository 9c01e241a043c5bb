"""A permission that a person withdrew and a page that was merged: known after one call, told once, and nothing that
was read is lost.
"""

import hashlib
from uuid import UUID

import httpx
import pytest

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import run, system_unit_of_work
from ingestion.load import ingest_workspaces
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Connect, Query, World
from tests.ingestion.reading import now_window, read
from tests.sandbox.stage import REDIRECT, approve

VERIFIER = "a-verifier-that-is-long-enough-for-everyone-0123456789"


def _consent(world: World, network: str, path: str, scope: str, **asked: str) -> str:
    """The code that a person gives who allows no more than this."""
    app = world.networks[network]
    given = {"redirect_uri": REDIRECT, "response_type": "code", "state": "s", "scope": scope, **asked}
    with httpx.Client(base_url=app["base_url"], trust_env=False) as browser:
        return approve(browser, path, given)["code"]


def _narrow_token(world: World, network: str) -> str:
    """A token without the right to figures (Instagram) or to posts (TikTok)."""
    app = world.networks[network]
    form = {"grant_type": "authorization_code", "redirect_uri": REDIRECT, "client_secret": app["client_secret"]}
    if network == "instagram":
        form["client_id"] = app["client_id"]
        form["code"] = _consent(
            world, network, "/oauth/authorize", "instagram_business_basic", client_id=app["client_id"]
        )
        answer = httpx.post(f"{app['base_url']}/oauth/access_token", data=form, trust_env=False)
    else:
        pkce = {"code_challenge": hashlib.sha256(VERIFIER.encode()).hexdigest(), "code_challenge_method": "S256"}
        form["client_key"], form["code_verifier"] = app["client_id"], VERIFIER
        form["code"] = _consent(
            world, network, "/v2/auth/authorize/", "user.info.basic", client_key=app["client_id"], **pkce
        )
        answer = httpx.post(f"{app['base_url']}/v2/oauth/token/", data=form, trust_env=False)
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def _replace_token(workspace_id: UUID, account_id: UUID, token: str) -> None:
    async def keep() -> None:
        async with system_unit_of_work() as session:
            await credentials.store(session, workspace_id, account_id, Credential(token, None, None, None, ()))

    run(keep())


def _told(query: Query, workspace: TestWorkspace) -> int:
    """How often the workspace heard that an account must be connected again."""
    told = "select count(*) from app.events where workspace_id = %s and type = 'account.reconnect_needed'"
    return int(query(told, workspace.id)[0][0])


@pytest.mark.parametrize("network", ["instagram", "tiktok"])
def test_a_permission_that_was_withdrawn_is_asked_for_once_and_marks_the_account_once(
    world: World, connect: Connect, workspace: TestWorkspace, query: Query, network: str
) -> None:
    account = connect(network)
    assert {result.status for result in read(account, "posts", "post_metrics", days=20).values()} == {"done"}
    of_figures = f"select count(*) from raw.{network}_post_metrics where account_id = %s"
    history = query(of_figures, account)
    _replace_token(workspace.id, account, _narrow_token(world, network))
    before = len(world.asked(network))
    assert read(account, "post_metrics", days=20)["post_metrics"].reconnect_needed
    # Not once for every post.
    asked = len(world.asked(network)[before:])
    assert asked <= 2
    window = now_window(20)
    assert ingest_workspaces(network, None, window, workspace_ids=[workspace.id]) == []
    assert len(world.asked(network)[before:]) == asked
    assert query(of_figures, account) == history
    assert query("select count(*) from raw.absences where account_id = %s", account) == [(0,)]
    assert _told(query, workspace) == 1


def test_a_page_that_became_a_part_of_another_one_says_which_to_connect_and_keeps_its_history(
    world: World, connect: Connect, workspace: TestWorkspace, query: Query
) -> None:
    account = connect("facebook")
    assert {result.status for result in read(account, "posts", "account_metrics", days=20).values()} == {"done"}
    of_posts = "select external_id, count(*) from raw.facebook_posts where account_id = %s group by 1 order by 1"
    history = query(of_posts, account)
    page, other = (one["external_id"] for one in world.networks["facebook"]["accounts"][:2])
    world.plant("page_merged", "facebook", account=page, into=other)
    before = len(world.asked("facebook"))
    ended = read(account, "posts", days=20)["posts"]
    assert ended.reconnect_needed
    assert f"migrated to page ID {other}" in (ended.problem or "")
    assert ingest_workspaces("facebook", None, now_window(20), workspace_ids=[workspace.id]) == []
    assert len(world.asked("facebook")[before:]) == 1
    assert query(of_posts, account) == history
    assert query("select count(*) from raw.absences where account_id = %s", account) == [(0,)]
    assert _told(query, workspace) == 1
