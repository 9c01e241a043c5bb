"""What our processes say of themselves."""

import subprocess
import sys

from clientnest.settings import ROOT

_BREAKS = """
import structlog
import clientnest

def breaks(password):
    raise OSError("no such place")

try:
    breaks("hunter2-and-more")
except OSError:
    structlog.get_logger().exception("it.broke", what="that")
"""


def test_an_exception_is_told_without_the_values_of_variables() -> None:
    words = [sys.executable, "-c", _BREAKS]
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    said = told.stdout + told.stderr
    assert "it.broke" in said
    assert "OSError: no such place" in said
    assert "what=that" in said
    assert "hunter2" not in said
