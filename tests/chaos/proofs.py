"""Faults that happen elsewhere than in the middle of a publish: the tests that show them, run by the command."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from clientnest.settings import ROOT
from tests.chaos.trials import Tally

# What shows each: files of tests, and a word that chooses among them.
PROOFS: Mapping[str, tuple[Sequence[str], str]] = {
    # A token that ends on the way, and two workers that renew one at the same time.
    "F8": (("tests/clientnest/test_credentials.py", "tests/publishing/test_outcomes.py"), "token or renew"),
    # Wall clocks that are left out or come twice, and zones whose rules change.
    "F10": (("tests/publishing/test_moments.py", "tests/publishing/test_planned.py"), "time or zone or wall"),
    # The folder of media has no room.
    "F12": (("tests/publishing/test_media_full.py",), ""),
    # Uploads that break off at any byte go on where they ended.
    "F13": (
        (
            "tests/platforms/test_youtube_faults.py",
            "tests/platforms/test_x_publishing.py",
            "tests/platforms/test_linkedin_faults.py",
            "tests/platforms/test_facebook_publishing.py",
        ),
        "upload or piece or part or half or cut",
    ),
    # What networks tell comes again, forged, late or out of order.
    "F14": (("tests/api/test_webhooks.py",), ""),
}


def shown(fault: str) -> Tally:
    """The tests of a fault: each is one that happened, and one that fails counts as lost."""
    files, word = PROOFS[fault]
    words = [sys.executable, "-m", "pytest", "-q", "-n", "2", *files, *(["-k", word] if word else [])]
    # Tests have a database and networks of their own.
    own = {name: value for name, value in os.environ.items() if not name.startswith(("NEST_", "DATABASE_", "DBT_"))}
    done = subprocess.run(words, cwd=ROOT, env=own, capture_output=True, text=True, check=False)
    found = {what: int(many) for many, what in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
    tally = Tally(fault, "tests", ", ".join(file.rpartition("/")[2] for file in files))
    tally.faults = sum(found.values())
    tally.lost = tally.faults - found.get("passed", 0)
    if done.returncode and not tally.lost:
        raise SystemExit(f"The tests of {fault} did not run: {done.stdout[-1000:]}{done.stderr[-1000:]}")
    tally.wrong = re.findall(r"^FAILED (\S+)", done.stdout, re.MULTILINE)
    return tally
