"""One installation: its home folder, its secrets, and the environment that its processes run in."""

import base64
import fcntl
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url

from clientnest.errors import NotReady
from clientnest.settings import settings

_FREE_BYTES = 500_000_000


@dataclass(slots=True)
class Secrets:
    """What is made once and kept in `installation.json`, readable by its owner only."""

    postgres_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    vault_key: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    jwt_secret: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())
    demo_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    # None: an installation without the demo world.
    seed: int | None = None
    demo_ready: bool = False


class Installation:
    """The folder and what was decided in it."""

    def __init__(self, home: Path, kept: Secrets) -> None:
        self.home = home
        self.kept = kept

    @property
    def run(self) -> Path:
        return self.home / "run"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    def save(self) -> None:
        write_json(self.home / "installation.json", asdict(self.kept))

    def database_url(self) -> str:
        """libpq URL of the external database, or of the embedded one."""
        outside = settings().database_url
        if outside:
            return outside.get_secret_value()
        password, port = self.kept.postgres_password, settings().postgres_port
        return f"postgresql://nest:{password}@127.0.0.1:{port}/nest"

    def environment(self) -> dict[str, str]:
        """What every process of the installation gets; what the person set themselves wins."""
        database = make_url(self.database_url())
        made = {
            "NEST_VAULT_KEY": self.kept.vault_key,
            "NEST_JWT_SECRET": self.kept.jwt_secret,
            "NEST_API_URL": settings().api_url,
            "NEST_PG_HOST": database.host or "127.0.0.1",
            "NEST_PG_PORT": str(database.port or 5432),
            "NEST_PG_USER": database.username or "",
            "NEST_PG_PASSWORD": database.password or "",
            "NEST_PG_DATABASE": database.database or "",
            "NEST_DAGSTER_DATABASE_URL": database.set(drivername="postgresql+psycopg2")
            .update_query_dict({"options": "-csearch_path=dagster -csynchronous_commit=off"})
            .render_as_string(hide_password=False),
            "DAGSTER_HOME": str(self.home / "dagster"),
            "DBT_TARGET_PATH": str(self.home / "dbt" / "target"),
            "DBT_LOG_PATH": str(self.home / "dbt" / "logs"),
            "DO_NOT_TRACK": "1",
            "PYTHONUNBUFFERED": "1",
        }
        place = {"NEST_HOME": str(self.home), "DATABASE_URL": self.database_url()}
        return {**made, **self._outside_world(), **os.environ, **place}

    def enter(self) -> None:
        """Make this process one of the installation's, so that the rooms can be used in it."""
        os.environ.update(self.environment())
        settings.cache_clear()

    def _outside_world(self) -> dict[str, str]:
        """Where the networks and those who take payments are, when the demo world stands in for them.

        It is on this machine, so it reaches the API where this machine does.
        """
        world = self.world()
        if world is None:
            return {}
        paypal = world["paypal"]["base_url"]
        allowed = (world["control"], paypal, world["shop"]["base_url"])
        found = {
            "NEST_OUTBOUND_ALLOW": ",".join(urlsplit(url).netloc for url in allowed),
            "NEST_PUBLIC_URL": settings().api_url,
            "NEST_PAYPAL_BASE_URL": paypal,
        }
        for name, network in world["networks"].items():
            for setting in ("base_url", "client_id", "client_secret"):
                found[f"NEST_PLATFORMS__{name.upper()}__{setting.upper()}"] = network[setting]
        return found

    def world(self) -> dict[str, Any] | None:
        """What the demo world said when it started; None until then."""
        first = self.run / "sandbox.out"
        if self.kept.seed is None or not first.exists():
            return None
        line = first.read_text().split("\n", 1)
        return dict(json.loads(line[0])) if len(line) == 2 else None


def find(home: Path | None = None) -> Installation | None:
    """The installation of this home, if there is one."""
    home = (home or settings().home).resolve()
    path = home / "installation.json"
    return Installation(home, Secrets(**json.loads(path.read_text()))) if path.exists() else None


def find_or_make(seed: int | None) -> Installation:
    """The installation of this home, made on the first start. Raises NotReady."""
    home = settings().home.resolve()
    try:
        home.mkdir(parents=True, exist_ok=True)
        for folder in ("run", "logs", "lake", "media", "reports", "dagster", "dbt", "sandbox"):
            (home / folder).mkdir(exist_ok=True)
    except OSError as error:
        raise NotReady(f"{home} cannot be written ({error.strerror}): set NEST_HOME to a folder of yours.") from error
    if shutil.disk_usage(home).free < _FREE_BYTES:
        raise NotReady(f"Less than 500 MB are free where {home} lies: make room or set NEST_HOME.")
    with _alone(home / "run" / "making.lock"):
        found = find(home)
        if found is None:
            found = Installation(home, Secrets(seed=seed))
            found.save()
    if seed is not None and found.kept.seed != seed:
        held = "no demo world" if found.kept.seed is None else f"the demo world of seed {found.kept.seed}"
        raise NotReady(f"{home} holds {held}: set NEST_HOME to another folder for seed {seed}.")
    return found


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Whole or not at all, readable by the owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as unfinished:
        json.dump(content, unfinished, indent=2)
        unfinished.flush()
        os.fsync(unfinished.fileno())
    Path(unfinished.name).rename(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def locate(name: str) -> str:
    """The path of a program that came with the packages, such as `dbt`."""
    return str(Path(sys.executable).with_name(name))
