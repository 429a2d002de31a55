"""CPU time and memory of process trees, from /proc."""

from dataclasses import dataclass
from pathlib import Path

import psutil

NANOSECONDS = 1_000_000_000


def tree(pid: int) -> list[int]:
    """A process and all its descendants that live now."""
    process = psutil.Process(pid)
    return [pid, *(child.pid for child in process.children(recursive=True))]


def cpu_seconds(pids: list[int]) -> float:
    """CPU time spent so far by all threads of these processes (schedstat: nanoseconds)."""
    total = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            total += int(thread.read_text().split()[0])
    return total / NANOSECONDS


def memory_bytes(pids: list[int]) -> int:
    """Memory of these processes, what they share counted once (proportional set size)."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of server and database between two readings."""

    server: float
    database: float

    @property
    def both(self) -> float:
        return self.server + self.database


class Meter:
    """Reads what a Stoa and its embedded PostgreSQL have spent."""

    def __init__(self, *, server_pid: int, postgres_pid: int) -> None:
        self.server_pid = server_pid
        self.postgres_pid = postgres_pid
        self.restart()

    def restart(self) -> None:
        self._server, self._database = self._read()

    def spent(self) -> Spent:
        """Since the meter was made or restarted."""
        server, database = self._read()
        return Spent(server - self._server, database - self._database)

    def memory(self) -> tuple[int, int]:
        """(server, database) in bytes."""
        return memory_bytes([self.server_pid]), memory_bytes(tree(self.postgres_pid))

    def _read(self) -> tuple[float, float]:
        return cpu_seconds([self.server_pid]), cpu_seconds(tree(self.postgres_pid))
