"""What every contender's process does: get ready, say how long its work took, and nothing else."""

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def tell(work: Callable[[], Any]) -> None:
    """Run the work and print its seconds, and what it says of itself, as a line of JSON."""
    started = time.perf_counter()
    said = work()
    sys.stdout.write(json.dumps({"seconds": time.perf_counter() - started, "said": said}) + "\n")
