"""Renew requirements.lock and requirements-test.lock from pyproject.toml (needs uv)."""

import shutil
import subprocess

from clientnest.errors import NotReady
from clientnest.settings import ROOT


def command() -> None:
    uv = shutil.which("uv")
    if uv is None:
        raise NotReady("uv is needed to renew the locks: pip install uv.")
    # Hashes, every platform, and no address of an index.
    compile_ = [
        uv,
        "pip",
        "compile",
        "--universal",
        "--generate-hashes",
        "--no-header",
        "--quiet",
        "--no-emit-index-url",
    ]
    subprocess.run([*compile_, "pyproject.toml", "-o", "requirements.lock"], cwd=ROOT, check=True)
    subprocess.run(
        [*compile_, "--group", "dev", "-c", "requirements.lock", "pyproject.toml", "-o", "requirements-test.lock"],
        cwd=ROOT,
        check=True,
    )
    print("requirements.lock and requirements-test.lock are renewed; `./nest test` installs them.")
