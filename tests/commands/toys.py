"""`python -m tests.commands.toys SCRIPT`: the supervisor over small processes, described by one JSON list.

Each of them is `{"name", "argv"}` and what else `Process` takes; `ready_file` says that a file must be there.
"""

import json
import sys
from pathlib import Path
from typing import Any

from commands.stack.installation import Installation, find
from commands.stack.processes import Process
from commands.stack.supervisor import supervise


def toys(installation: Installation) -> list[Process]:
    return [_toy(installation.home, told) for told in json.loads(Path(sys.argv[1]).read_text())]


def _toy(home: Path, told: dict[str, Any]) -> Process:
    awaited = told.pop("ready_file", None)
    ready = (home / awaited).exists if awaited else told.pop("ready", None)
    return Process(**{**told, "after": tuple(told.get("after", ()))}, ready=ready)


if __name__ == "__main__":
    installation = find()
    assert installation is not None
    sys.exit(supervise(installation, toys))
