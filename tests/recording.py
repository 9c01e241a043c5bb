"""Every test run records what its sandboxes were asked and answered, and judges it in the end.

Processes that tests start inherit the folder in the environment; so do the workers of a parallel run, of which only
the one that started them judges.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

_FOLDER = "SANDBOX_RECORD"


class Recording:
    """The recording of this run, as a pytest plugin. A folder given from outside is kept."""

    def __init__(self) -> None:
        self._own = Path(tempfile.mkdtemp(prefix="nest-recorded-"))
        self._told = ""
        os.environ[_FOLDER] = str(self._own)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run for anything that no document allows."""
        if any(self._own.iterdir()):
            from tests.conformance.exchanges import read
            from tests.conformance.judging import judge

            run = judge(read(self._own))
            self._told = run.told()
            if run.findings and session.exitstatus == pytest.ExitCode.OK:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED
        del os.environ[_FOLDER]
        shutil.rmtree(self._own)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """What was judged, and what was wrong."""
        if self._told:
            terminalreporter.section("conformance to published documents")
            terminalreporter.write_line(self._told)


def record(config: pytest.Config) -> None:
    """Record, unless this is a worker or a folder was given: `python -m tests.conformance FOLDER` judges that one."""
    if not hasattr(config, "workerinput") and _FOLDER not in os.environ:
        config.pluginmanager.register(Recording())
