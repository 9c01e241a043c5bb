"""Dagster's own configuration, written for this installation."""

import json

from clientnest.settings import settings
from commands.stack.installation import Installation


def write(installation: Installation) -> None:
    """`dagster.yaml` and `workspace.yaml` (JSON is YAML); the database's address stays in the environment."""
    folder = installation.home / "dagster"
    instance = {
        "storage": {"postgres": {"postgres_url": {"env": "NEST_DAGSTER_DATABASE_URL"}}},
        "compute_logs": {
            "module": "dagster._core.storage.local_compute_log_manager",
            "class": "LocalComputeLogManager",
            "config": {"base_dir": str(folder / "logs")},
        },
        "local_artifact_storage": {
            "module": "dagster._core.storage.root",
            "class": "LocalArtifactStorage",
            "config": {"base_dir": str(folder / "artifacts")},
        },
        "run_coordinator": {
            "module": "dagster._core.run_coordinator",
            "class": "QueuedRunCoordinator",
            "config": {"max_concurrent_runs": 2},
        },
        "run_monitoring": {"enabled": True},
        "telemetry": {"enabled": False},
    }
    code = {"host": "127.0.0.1", "port": settings().dagster_port + 1, "location_name": "clientnest"}
    (folder / "dagster.yaml").write_text(json.dumps(instance, indent=2))
    (folder / "workspace.yaml").write_text(json.dumps({"load_from": [{"grpc_server": code}]}, indent=2))
