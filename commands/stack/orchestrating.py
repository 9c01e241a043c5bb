"""Dagster runs in a process of their own, step by step."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date

from clientnest.errors import NestError
from clientnest.settings import ROOT
from commands.stack.installation import Installation

Told = Callable[[str], None]


class RunFailed(NestError):
    """A step did not end well; what the others did stays."""


def orchestrate(
    installation: Installation, told: Told, what: str, *, since: date | None = None, until: date | None = None
) -> None:
    """`python -m orchestration`; `told` hears the name of each step that is done. Raises RunFailed."""
    argv = [sys.executable, "-m", "orchestration", what]
    argv += ["--since", str(since), "--until", str(until)] if since else []
    path = installation.logs / f"{what}.log"
    failed = []
    with path.open("ab") as log:
        process = subprocess.Popen(
            argv, cwd=ROOT, env=installation.environment(), stdout=subprocess.PIPE, stderr=log, text=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith('{"step"'):
                # dbt and Dagster speak on the same stream.
                log.write(line.encode())
                continue
            step = json.loads(line)
            told(step["step"] if step["ok"] else f"{step['step']} FAILED")
            failed += [] if step["ok"] else [step["step"]]
        if process.wait():
            raise RunFailed(f"{', '.join(failed) or what} did not end well: see {path}, or the runs in Dagster.")
