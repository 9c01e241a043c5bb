"""The home of an installation: made once, kept, private."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from clientnest.errors import NotReady
from commands.stack.installation import find, find_or_make
from tests.commands.conftest import Nest
from tests.conftest import ROOT


def test_secrets_are_made_once_and_only_their_owner_reads_them(inside: Nest) -> None:
    assert find() is None
    made = find_or_make(7)
    kept = inside.home / "installation.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(base64.b64decode(made.kept.vault_key)) == len(base64.b64decode(made.kept.jwt_secret)) == 32

    before = kept.read_bytes()
    again = find_or_make(7)
    assert again.kept == made.kept
    assert kept.read_bytes() == before
    made.kept.demo_ready = True
    made.save()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [path for path in inside.home.iterdir() if path.is_file()] == [kept]


def test_several_at_once_make_one(nest: Nest) -> None:
    program = "from commands.stack.installation import find_or_make; print(find_or_make(1).kept.vault_key)"
    asked = [
        subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=nest.environment, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    keys = {process.communicate(timeout=60)[0] for process in asked}
    assert keys == {nest.installation().kept.vault_key + "\n"}


@pytest.mark.parametrize(
    ("first", "second", "held"),
    [(7, 8, "the demo world of seed 7"), (0, 1, "the demo world of seed 0"), (None, 1, "no demo world")],
)
def test_another_seed_is_refused(inside: Nest, first: int | None, second: int, held: str) -> None:
    made = find_or_make(first)
    with pytest.raises(NotReady, match=f"holds {held}: set NEST_HOME to another folder for seed {second}"):
        find_or_make(second)
    assert find_or_make(None).kept == made.kept


def test_a_home_that_cannot_be_written_is_named(nest: Nest, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for command in ("up", "doctor"):
        done = nest(command, NEST_HOME=str(tmp_path / "file" / "home"))
        assert done.returncode == 1
        assert "set NEST_HOME to a folder of yours" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr


def test_processes_get_what_was_made_unless_the_person_said_otherwise(
    inside: Nest, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = find_or_make(1)
    port = inside.settings["NEST_POSTGRES_PORT"]
    environment = made.environment()
    assert environment["NEST_VAULT_KEY"] == made.kept.vault_key
    assert environment["DATABASE_URL"] == f"postgresql://nest:{made.kept.postgres_password}@127.0.0.1:{port}/nest"
    assert environment["NEST_PG_PORT"] == port
    assert environment["NEST_HOME"] == str(inside.home)
    assert not any(name.startswith("NEST_PLATFORMS__") for name in environment)

    network = {"base_url": "http://127.0.0.1:9", "client_id": "app", "client_secret": "secret"}
    sales = {"shop": {"base_url": "http://127.0.0.1:6"}, "paypal": {"base_url": "http://127.0.0.1:7"}}
    line = json.dumps({"control": "http://127.0.0.1:8", "networks": {"somewhere": network}, **sales})
    (made.run / "sandbox.out").write_text(line)
    assert made.world() is None, "half a line is no description"
    (made.run / "sandbox.out").write_text(line + "\n")
    monkeypatch.setenv("NEST_PLATFORMS__SOMEWHERE__CLIENT_ID", "my own")
    monkeypatch.setenv("NEST_VAULT_KEY", "my own key")
    environment = made.environment()
    assert environment["NEST_PLATFORMS__SOMEWHERE__BASE_URL"] == "http://127.0.0.1:9"
    assert environment["NEST_PLATFORMS__SOMEWHERE__CLIENT_ID"] == "my own"
    assert environment["NEST_VAULT_KEY"] == "my own key"
    assert environment["NEST_OUTBOUND_ALLOW"] == "127.0.0.1:8,127.0.0.1:7,127.0.0.1:6"
