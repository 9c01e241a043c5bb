"""`python -m tests.conformance FOLDER`: judge what sandboxes recorded with SANDBOX_RECORD=FOLDER."""

import sys
from pathlib import Path

from tests.conformance.exchanges import read
from tests.conformance.judging import judge

if __name__ == "__main__":
    run = judge(read(Path(sys.argv[1])))
    sys.stdout.write(f"{run.told()}\n")
    sys.exit(1 if run.findings else 0)
