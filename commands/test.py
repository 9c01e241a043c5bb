"""Everything a contributor needs: format, lint, types, import rules, unit, integration, dbt, browser."""

import os
import subprocess
import sys
from typing import Annotated

import typer

from clientnest.settings import ROOT
from commands.stack.installation import locate

_CHECKS = {
    "format": [locate("ruff"), "format", "--check", "."],
    "lint": [locate("ruff"), "check", "."],
    "types": [locate("mypy"), "."],
    "imports": [locate("lint-imports")],
    "sql": [locate("sqlfluff"), "lint", "--processes", "2", "dbt_project/models", "dbt_project/tests"],
}

# Hundreds of processes import the same modules: what one of them compiled serves all.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def command(
    paths: Annotated[list[str] | None, typer.Argument(help="Only these tests; no checks then.")] = None,
) -> None:
    failed = [] if paths else [name for name, argv in _CHECKS.items() if not _passes(name, argv)]
    workers = str(min(os.cpu_count() or 1, 8))
    # In the order of tests/conftest.py, which xdist would put aside for one by the number of tests.
    spread = ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]
    tests = [sys.executable, "-m", "pytest", "-q", "--durations=25", *spread]
    if not _passes("tests", [*tests, *(paths or [])]):
        failed.append("tests")
    if failed:
        print(f"Failed: {', '.join(failed)}.")
        raise SystemExit(1)
    print("Everything passed.")


def _passes(name: str, argv: list[str]) -> bool:
    print(f"── {name}", flush=True)
    return subprocess.run(argv, cwd=ROOT, env=_ENVIRONMENT, check=False).returncode == 0
