"""The system's own PostgreSQL, as a merchant runs one: with a password, on a port, not by us."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stoa.platform.database.embedded.home import find_account
from tests.servers.ports import free_ports

PASSWORD = "s3cret/with:signs"
QUOTED_PASSWORD = "s3cret%2Fwith%3Asigns"
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class OwnPostgres:
    """A running server. The role `stoa` may do nothing but what it is given."""

    binaries: Path
    port: int
    environment: Mapping[str, str]

    def url(self, database: str, *, password: str = QUOTED_PASSWORD) -> str:
        return f"postgresql://stoa:{password}@127.0.0.1:{self.port}/{database}"

    def sql(self, statement: str, *, database: str = "postgres") -> None:
        """Runs a statement as the server's administrator."""
        subprocess.run(
            [self.binaries / "psql", "-qXd", database, "-v", "ON_ERROR_STOP=1", "-c", statement],
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def create_database(self, name: str, *, may_install_extensions: bool) -> str:
        """A new database of `stoa`'s and its address; without the right, only the schema is its."""
        owner = "stoa" if may_install_extensions else "postgres"
        self.sql(f'CREATE DATABASE "{name}" OWNER {owner}')
        if not may_install_extensions:
            self.sql("GRANT ALL ON SCHEMA public TO stoa", database=name)
        return self.url(name)


def binaries() -> Path:
    """The folder of the newest server installed."""
    folders = [path.parent for path in _DEBIAN.glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    assert found, "PostgreSQL 15 or newer is installed (Debian: apt-get install postgresql)"
    return Path(found).resolve().parent


@contextmanager
def running_postgres(folder: Path) -> Iterator[OwnPostgres]:
    """Gives a server on a port of its own below `folder`, and leaves nothing of it running."""
    programs, account = binaries(), find_account()
    folder.mkdir()
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PG")},
        "LC_ALL": "C.UTF-8",
    }
    cluster = folder / "cluster"

    def run(program: str, *arguments: str) -> None:
        with (folder / "output").open("ab") as output:
            done = subprocess.run(
                [programs / program, *arguments],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                user=account.uid if account else None,
                group=account.gid if account else None,
            )
        assert done.returncode == 0, (folder / "output").read_text()

    [port] = free_ports(1)
    run("initdb", "-D", str(cluster), "-U", "postgres", "--no-sync", "-A", "scram-sha-256",
        "--auth-local=trust", "--encoding=UTF8")  # fmt: skip
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    run("pg_ctl", "-D", str(cluster), "-w", "-l", str(folder / "server.log"), "-o", options,
        "start")  # fmt: skip
    try:
        server = OwnPostgres(
            programs,
            port,
            {**environment, "PGHOST": str(folder), "PGPORT": str(port), "PGUSER": "postgres"},
        )
        server.sql(f"CREATE ROLE stoa LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        run("pg_ctl", "-D", str(cluster), "-w", "-m", "immediate", "stop")
