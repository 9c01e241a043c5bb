"""A token that was ended is told from one that never was, where the network tells them apart; also after a restart."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.stage import Stage, running

VERSION = "v26.0"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A world that was killed and came back after tokens of the rivals had been ended."""
    state: Path = tmp_path_factory.mktemp("ended")
    with running(seed=5, state=state) as before:
        for network in ("facebook", "instagram", "linkedin"):
            ended = {"kind": "token_revoked", "network": network, "account": before.account(network, 1)}
            httpx.post(f"{before.control}/world", json=ended).raise_for_status()
            with before.bare(network) as http:
                http.get("/")
    with running(seed=5, state=state) as found:
        yield found


def problem(stage: Stage, network: str, token: str, path: str) -> dict[str, Any]:
    with stage.bare(network, authorization=f"Bearer {token}") as http:
        answer = http.get(path)
    assert answer.status_code >= 400
    found: dict[str, Any] = answer.json()
    return dict(found.get("error", found))


def ended(stage: Stage, network: str) -> str:
    return str(stage.networks[network]["accounts"][1]["access_token"])


@pytest.mark.parametrize("network", ["facebook", "instagram"])
def test_meta_says_458_of_a_token_that_was_ended(stage: Stage, network: str) -> None:
    known = problem(stage, network, ended(stage, network), f"/{VERSION}/me")
    unknown = problem(stage, network, "nobody", f"/{VERSION}/me")
    assert (known["code"], known["error_subcode"]) == (190, 458)
    assert unknown["code"] == 190
    assert "error_subcode" not in unknown


def test_meta_s_debugger_says_the_same(stage: Stage) -> None:
    app = stage.networks["facebook"]
    with stage.bare("facebook") as http:

        def about(token: str) -> dict[str, Any]:
            asked = {"input_token": token, "access_token": f"{app['client_id']}|{app['client_secret']}"}
            return dict(http.get(f"/{VERSION}/debug_token", params=asked).json()["data"])

        assert about(ended(stage, "facebook"))["error"]["subcode"] == 458
        assert "subcode" not in about("nobody")["error"]
        assert about(app["accounts"][0]["access_token"])["is_valid"]


def test_linkedin_says_revoked_or_invalid(stage: Stage) -> None:
    told = [problem(stage, "linkedin", token, "/v2/userinfo") for token in (ended(stage, "linkedin"), "nobody")]
    assert [one["serviceErrorCode"] for one in told] == [65601, 65600]
    app = stage.networks["linkedin"]
    form = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    with stage.bare("linkedin") as http:
        found = [
            http.post("/oauth/v2/introspectToken", data={**form, "token": token}).json()
            for token in (ended(stage, "linkedin"), "nobody")
        ]
    assert found == [{"active": False, "status": "revoked"}, {"active": False}]
