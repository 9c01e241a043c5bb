"""Where dbt is and what it knows: the manifest is made anew when a model is newer than it."""

import os
import subprocess
import sys
from pathlib import Path

from dagster_dbt import DbtCliResource, DbtProject

from clientnest.settings import ROOT, settings

_PROJECT = ROOT / "dbt_project"
_DBT = str(Path(sys.executable).with_name("dbt"))


def project() -> DbtProject:
    """The project, its artefacts kept in the installation's home."""
    target = Path(os.environ.get("DBT_TARGET_PATH", settings().home / "dbt" / "target"))
    return DbtProject(project_dir=_PROJECT, profiles_dir=_PROJECT, target_path=target)


def sources() -> list[Path]:
    """Everything that the models are made of."""
    return [entry for pattern in ("*.sql", "*.yml", "*.csv") for entry in _PROJECT.rglob(pattern)]


def manifest() -> Path:
    """The path of a manifest that describes the models as they are now."""
    path = project().manifest_path
    if not path.exists() or path.stat().st_mtime < max(entry.stat().st_mtime for entry in sources()):
        environment = {**os.environ, "DBT_TARGET_PATH": str(path.parent)}
        subprocess.run(
            [_DBT, "parse", "--project-dir", str(_PROJECT), "--profiles-dir", str(_PROJECT), "--quiet"],
            env=environment,
            stdout=sys.stderr,
            check=True,
        )
    return path


def resource() -> DbtCliResource:
    return DbtCliResource(project_dir=project(), dbt_executable=_DBT)
