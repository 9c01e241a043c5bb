"""`python -m tests.conformance FOLDER`: judge what sandboxes recorded with SANDBOX_RECORD=FOLDER."""

import argparse
import sys
from pathlib import Path

from tests.conformance.exchanges import read
from tests.conformance.judging import judge, page

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the recordings are")
    parser.add_argument("--page", type=Path, help="write what was judged there, as Markdown")
    asked = parser.parse_args()
    run = judge(read(asked.folder))
    if asked.page is not None:
        asked.page.write_text(page(run))
    sys.stdout.write(f"{run.told()}\n")
    sys.exit(1 if run.findings else 0)
