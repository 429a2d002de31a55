"""What the operating system knows about server processes: whose they are and how to end them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PROC = Path("/proc")


def die_with_parent() -> Callable[[], None] | None:
    """Returns what a child runs before `exec` so that the kernel ends it with its parent.

    Linux only (`prctl(2)`, PR_SET_PDEATHSIG): the signal comes when the *thread* that forked
    ends, so servers are started from the main thread. It is cleared by a change of user, so it is
    set after that. Elsewhere `watch_parent` does the same with one more process.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def before_exec() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT))
        if os.getppid() != parent:  # the parent ended between fork and prctl
            os._exit(1)

    return before_exec


def watch_parent(server_pid: int) -> subprocess.Popen[bytes]:
    """Starts a shell that ends the server once this process is gone.

    It waits on a pipe whose other end only this process holds; when that closes, however this
    process ended, the server gets SIGINT. End the shell first when stopping in good order.
    """
    return subprocess.Popen(
        ["/bin/sh", "-c", 'read -r _; kill -INT "$0"', str(server_pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        process_group=0,
    )


def servers_of(cluster: Path) -> list[int]:
    """Lists living PostgreSQL processes that work in this data folder, and no others.

    A server's working folder is its data folder, which no stranger's process shares by accident;
    the pid in `postmaster.pid` alone proves nothing, for pids are used again.
    """
    if _PROC.joinpath("self", "cwd").exists():
        found = (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())
        return sorted(pid for pid in found if _is_server_in(pid, cluster))
    pid = pid_in_file(cluster)
    return [pid] if pid is not None and str(cluster) in _command_line(pid) else []


def pid_in_file(cluster: Path) -> int | None:
    """Returns the first line of `postmaster.pid`, or None when there is none to read."""
    try:
        return int((cluster / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def clear_misleading_pid_file(cluster: Path) -> None:
    """Leaves no `postmaster.pid` that names a living process which is no server of this folder.

    PostgreSQL would refuse to start because of it. A file naming a dead process stays: the server
    reads from it which shared memory to clean up.
    """
    pid = pid_in_file(cluster)
    if pid is None or pid in servers_of(cluster):
        return
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return
    except PermissionError:
        pass  # a stranger's process: alive, and not ours
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def end_servers(cluster: Path, *, patience_seconds: float = 30.0) -> list[int]:
    """Ends every server process left over in this data folder and returns which there were.

    First the fast shutdown, which rolls back and writes a checkpoint; after `patience_seconds`
    the immediate one, from which the next start recovers through the log.
    """
    left = servers_of(cluster)
    if not left:
        return left
    pid = pid_in_file(cluster)
    _signal([pid] if pid in left and pid is not None else left, signal.SIGINT)
    if not _gone(cluster, patience_seconds):
        _signal(servers_of(cluster), signal.SIGQUIT)
        if not _gone(cluster, 10.0):
            _signal(servers_of(cluster), signal.SIGKILL)
            _gone(cluster, 10.0)
    return left


def _gone(cluster: Path, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while servers_of(cluster):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _is_server_in(pid: int, cluster: Path) -> bool:
    entry = _PROC / str(pid)
    try:
        stat = (entry / "stat").read_text()
        name, state = (
            stat[stat.index("(") + 1 : stat.rindex(")")],
            stat.rsplit(")", 1)[1].split()[0],
        )
        return name == "postgres" and state != "Z" and (entry / "cwd").readlink() == cluster
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return False  # ended meanwhile, or another user's and so not ours


def _command_line(pid: int) -> str:
    shown = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return shown.stdout
