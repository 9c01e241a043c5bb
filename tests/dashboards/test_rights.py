"""What a role may not do is not offered on the pages of publishing."""

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from identity.permissions import PERMISSIONS
from tests.api.conftest import new_world
from tests.conftest import NEXT_YEAR
from tests.dashboards.conftest import Owner, call, words

Colleague = Callable[[str], Owner]


@pytest.fixture
def account(marts: str, newcomer: Owner) -> str:
    return str(new_world(marts, newcomer.workspace).account("linkedin", name="Nordlys"))


def _buttons(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


@pytest.mark.parametrize("role", ["owner", "editor", "analyst", "client"])
def test_a_profile_tells_the_rights_of_the_role(role: str, colleague: Colleague) -> None:
    (workspace,) = colleague(role).answer["workspaces"]
    assert set(workspace["rights"]) == {action for action, roles in PERMISSIONS.items() if role in roles}


def test_who_only_reads_is_offered_nothing_to_do(
    address: str, newcomer: Owner, colleague: Colleague, account: str
) -> None:
    post = {"text": "Oats", "account_ids": [account]}
    draft = call(address, newcomer, "POST", "/content/create", post)["id"]
    planned = {"post": {**post, "text": "More oats"}, "at": f"{NEXT_YEAR}-03-01T09:00:00Z"}
    publication = call(address, newcomer, "POST", "/social/schedule", planned)["publications"][0]["id"]
    analyst = colleague("analyst")
    listed, one = analyst.opens("content"), analyst.opens("content", post=draft)
    assert _buttons(listed) == {"Sign out"}
    assert "Must approve: nobody" in words(listed)
    assert _buttons(one) == {"Comment only", "Sign out"}
    assert _buttons(analyst.opens("publications", publication=publication)) == {"Sign out"}
    compose = analyst.opens("compose")
    assert "Ask an owner of Nordlys Coffee for the right to write posts" in words(compose)
    assert _buttons(compose) == {"Sign out"}
    assert {"Compose", "Keep this rule"} <= _buttons(newcomer.opens("content"))
    assert {"Submit for review", "Edit", "Schedule"} <= _buttons(newcomer.opens("content", post=draft))
    assert {"Move", "Cancel this publication"} <= _buttons(newcomer.opens("publications", publication=publication))


@pytest.mark.parametrize(
    ("name", "deed"),
    [("accounts", "Facebook"), ("reports", "Make the weekly report"), ("roi", "Work it out"), ("posts", "Compose")],
)
def test_other_pages_offer_a_client_no_deed_either(
    name: str, deed: str, newcomer: Owner, colleague: Colleague, account: str
) -> None:
    assert deed in _buttons(newcomer.opens(name))
    assert deed not in _buttons(colleague("client").opens(name))


def test_who_only_sees_imports_is_asked_for_no_file(newcomer: Owner, colleague: Colleague) -> None:
    assert len(newcomer.opens("imports").file_uploader) == 1
    assert len(colleague("editor").opens("imports").file_uploader) == 0


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("editor", {"Withdraw", "Edit"}),
        ("client", {"Return"}),
        ("manager", {"Withdraw", "Edit", "Approve", "Return"}),
    ],
)
def test_what_is_in_review_is_written_by_some_and_approved_by_others(
    role: str,
    offered: set[str],
    address: str,
    newcomer: Owner,
    colleague: Colleague,
    account: str,
    approved_first: None,
) -> None:
    post: dict[str, Any] = {"text": f"For {role}", "account_ids": [account]}
    draft = call(address, newcomer, "POST", "/content/create", post)["id"]
    call(address, newcomer, "POST", f"/content/{draft}/submit", {})
    assert _buttons(colleague(role).opens("content", post=draft)) == {*offered, "Comment only", "Sign out"}


def test_nobody_but_an_owner_is_offered_to_approve_their_own_words_and_the_client_comes_last(
    address: str, newcomer: Owner, colleague: Colleague, account: str, approved_first: None
) -> None:
    call(address, newcomer, "PUT", "/approval", {"approval": "client"})
    manager, client = colleague("manager"), colleague("client")
    post: dict[str, Any] = {"text": "Between the two", "account_ids": [account]}
    draft = call(address, manager, "POST", "/content/create", post)["id"]
    call(address, manager, "POST", f"/content/{draft}/submit", {})
    assert "Approve" not in _buttons(manager.opens("content", post=draft))
    page = newcomer.opens("content", post=draft)
    assert "Approve" in _buttons(page)
    next(button for button in page.button if button.label == "Approve").click().run()
    page = client.opens("content", post=draft)
    assert "Approve" in _buttons(page)
    assert "**Submitted** by Siv" in words(page)
    assert "Approve" not in _buttons(newcomer.opens("content", post=draft))


def test_where_posts_are_approved_first_nothing_else_is_offered_while_writing(
    colleague: Colleague, account: str, approved_first: None
) -> None:
    assert _buttons(colleague("editor").opens("compose")) == {"Save draft", "Submit for review", "Sign out"}
