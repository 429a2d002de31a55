"""The real `stoa up` as a process of its own, for journeys, faults and load."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson

from stoa.platform.database.embedded.processes import pid_in_file, servers_of
from tests.servers.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
# The demo shop without its pictures: whoever looks at something else saves two minutes of a core.
UNDRAWN = {"DEMO_PICTURES": "false"}


class StoaProcess:
    """One Stoa on one data folder, started, killed and started again at will.

    It listens on a port of its own, and on the same one after a restart, so that clients find it
    again.
    """

    def __init__(self, data_dir: Path, *, settings: Mapping[str, str] | None = None) -> None:
        """Prepares a server; `settings` are environment variables without their `STOA_`."""
        self.data_dir = data_dir
        self.output = data_dir.with_name(f"{data_dir.name}.log")
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None
        [self._port] = free_ports(1)
        self.url = ""

    @property
    def pid(self) -> int:
        assert self._process is not None, "it was started"
        return self._process.pid

    @property
    def postgres_pid(self) -> int:
        pid = pid_in_file(self._cluster)
        assert pid is not None, "its embedded database runs"
        return pid

    @property
    def database_url(self) -> str:
        """Returns the embedded database's address."""
        return str(self._running()["database"])

    @property
    def setup_link(self) -> str:
        """Returns the one-time link for the first administrator, as long as there is none."""
        printed = self.output.read_text()
        found: list[str] = re.findall(r"https?://\S+/desk/link/\S+", printed)
        assert found, f"it printed a link:\n{printed}"
        return found[-1]  # every start makes a new one, and only the newest works

    def start(self, *, patience_seconds: float = 60.0) -> None:
        """Serves afterwards; raises with all it printed when it ends or takes too long."""
        (self.data_dir / "running.json").unlink(missing_ok=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith("STOA_")}
        env |= {"STOA_PORT": str(self._port), "PYTHONPATH": str(ROOT)}
        env |= {f"STOA_{name}": value for name, value in self._settings.items()}
        env["STOA_DATA_DIR"] = str(self.data_dir)
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "stoa", "up"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=ROOT,
            )
        until = time.monotonic() + patience_seconds
        while not (self.data_dir / "running.json").exists():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"stoa up did not serve:\n{self.output.read_text()}")
            time.sleep(0.01)
        self.url = str(self._running()["url"])

    def stop(self, *, patience_seconds: float = 60.0) -> int:
        """Asks it to end, as an operator does, and returns its exit status."""
        if self._process is None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(patience_seconds)
        finally:
            self.kill()

    def kill(self) -> None:
        """Ends it at once, as a power cut does; its database follows by itself."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process = None

    def wait_until_database_is_gone(self, *, patience_seconds: float = 20.0) -> None:
        """Returns once no server process works in its data folder; raises when one stays."""
        until = time.monotonic() + patience_seconds
        while servers_of(self._cluster):
            assert time.monotonic() < until, "the database outlives its owner"
            time.sleep(0.01)

    @property
    def _cluster(self) -> Path:
        location = self.data_dir / "postgres.location"
        home = Path(location.read_text()) if location.exists() else self.data_dir / "postgres"
        return home.resolve() / "cluster"

    def _running(self) -> Mapping[str, object]:
        content: Mapping[str, object] = orjson.loads((self.data_dir / "running.json").read_bytes())
        return content


@contextmanager
def running_stoa(
    data_dir: Path, *, settings: Mapping[str, str] | None = None, prompts: Path | None = None
) -> Iterator[StoaProcess]:
    """Gives a serving Stoa on this data folder, and leaves nothing of it running. What it says in
    calls is found and kept in `prompts`, where others have rendered it or will find it.
    """
    if prompts is not None:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        (data_dir / "prompts").symlink_to(prompts)
    server = StoaProcess(data_dir, settings=settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        server.wait_until_database_is_gone()
