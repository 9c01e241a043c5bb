"""The house's rules that no other machine holds: who imports whom, what is said where, what a lock may name."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from commands.__main__ import cli
from platforms import PLATFORMS
from tests.conftest import ROOT

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
ROOMS: list[str] = PYPROJECT["tool"]["uv"]["build-backend"]["module-name"]
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
COMMANDS = get_command(cli).commands  # type: ignore[attr-defined]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_rooms_import_only_what_they_may() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_every_room_is_found_in_the_repository_whatever_a_package_brings(tmp_path: Path) -> None:
    program = (
        "import importlib, json, sys\n"
        "print(json.dumps({name: importlib.import_module(name).__file__ for name in sys.argv[1:]}))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program, *ROOMS], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {room: Path(path) for room, path in json.loads(done.stdout).items()} == {
        room: ROOT / room / "__init__.py" for room in ROOMS
    }


def test_every_folder_with_python_in_it_is_a_declared_room() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"benchmarks", "tests"} == set(ROOMS)
    assert set(PYPROJECT["tool"]["importlinter"]["root_packages"]) == set(ROOMS)


def _comparisons(tree: ast.AST) -> Iterator[ast.expr]:
    """Every expression that something is compared with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif isinstance(node, ast.MatchValue):
            yield node.value


def test_nobody_asks_for_a_network_by_name() -> None:
    found = [
        f"{_name(path)}:{constant.lineno}: {constant.value!r}"
        for path in MODULES
        if path.relative_to(ROOT).parts[0] not in ("platforms", "sandbox")
        for compared in _comparisons(ast.parse(path.read_text()))
        for constant in ast.walk(compared)
        if isinstance(constant, ast.Constant) and constant.value in PLATFORMS
    ]
    assert found == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        _name(path)
        for path in MODULES
        if not path.name.startswith("_") or path.stem in ("__init__", "__main__")
        if (text := path.read_text()).strip() and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_pins_by_hash_and_names_no_index(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|^-i |^-f | @ ", text, re.MULTILINE)
    requirements = re.split(r"\n(?=[A-Za-z0-9])", text)
    unpinned = [entry.split("\n")[0] for entry in requirements if "==" not in entry or "--hash=sha256:" not in entry]
    assert unpinned == []


def test_the_test_lock_holds_everything_of_the_other() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^[A-Za-z0-9][^\s;\\]*==[^\s;\\]+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock") <= pins("requirements-test.lock")
    assert not (ROOT / "uv.lock").exists()


@pytest.mark.parametrize("shell", ["sh", "dash", "busybox"])
def test_the_launcher_is_plain_posix_shell(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not on this machine")
    argv = [shell, "sh"] if shell == "busybox" else [shell]
    subprocess.run([*argv, "-n", str(ROOT / "nest")], check=True)
    # From anywhere, and through a path that is not its own.
    link = tmp_path / "project with a space"
    link.symlink_to(ROOT)
    done = subprocess.run(
        [*argv, str(link / "nest"), "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Usage: ./nest " in done.stdout
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_and_stands_in_the_readme(name: str) -> None:
    command = COMMANDS[name]
    assert len((command.help or "").split()) >= 5
    unexplained = [parameter.name for parameter in command.params if not getattr(parameter, "help", None)]
    assert unexplained == []
    assert f"./nest {name}" in (ROOT / "README.md").read_text()


def test_every_command_is_a_module_of_its_name() -> None:
    modules = {path.stem.rstrip("_") for path in (ROOT / "commands").glob("*.py") if not path.stem.startswith("__")}
    assert modules == set(COMMANDS)
