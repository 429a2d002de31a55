"""The embedded server starts from any state, ends with its owner and harms no stranger."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from stoa.platform.database.embedded import EmbeddedPostgres, EmbeddedPostgresError, home
from stoa.platform.database.embedded.errors import explain
from stoa.platform.database.embedded.processes import servers_of, watch_parent

HERE = Path(__file__).parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about running as root")


@pytest.fixture
def folder(short_folder: Path) -> Iterator[Path]:
    own = Path(tempfile.mkdtemp(dir=short_folder))
    own.chmod(0o755)
    yield own
    shutil.rmtree(own, ignore_errors=True)


def cluster_in(folder: Path) -> Path:
    return folder.resolve() / "postgres" / "cluster"


async def value(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def until_gone(cluster: Path) -> None:
    async with asyncio.timeout(20):
        while servers_of(cluster):
            await asyncio.sleep(0.01)


def start_child(folder: Path) -> tuple["subprocess.Popen[str]", int]:
    """Starts the program that owns a server; returns once ten rows are acknowledged."""
    child = subprocess.Popen(
        [sys.executable, str(HERE / "embedded_child.py"), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    for _ in range(10):
        child.stdout.readline()
    return child, pid


def last_acknowledged(child: "subprocess.Popen[str]") -> int:
    assert child.stdout is not None
    numbers = child.stdout.read().split()
    child.wait()
    return int(numbers[-1]) if numbers else 10


async def assert_all_rows_are_there(folder: Path, acknowledged: int) -> None:
    async with EmbeddedPostgres(folder) as server:
        seen = await value(server.dsn(), "SELECT array_agg(number ORDER BY number) FROM written")
        assert isinstance(seen, list)
        assert seen == list(range(1, len(seen) + 1))
        assert len(seen) >= acknowledged


async def test_leaves_nothing_running_and_keeps_the_data(folder: Path) -> None:
    async with EmbeddedPostgres(folder, durable=False) as server:
        url = await server.create_database("shop")
        await value(url, "CREATE TABLE kept AS SELECT 7 AS number")
    assert servers_of(cluster_in(folder)) == []
    async with EmbeddedPostgres(folder, durable=False) as server:
        url = await server.create_database("shop")
        assert await value(url, "SELECT number FROM kept") == 7


async def test_syncs_every_commit_unless_told_otherwise(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as server:
        assert await value(server.dsn(), "SHOW fsync") == "on"
        assert await value(server.dsn(), "SHOW synchronous_commit") == "on"
        assert await value(server.dsn(), "SHOW listen_addresses") == ""


async def test_keeps_what_customers_wrote_out_of_its_log(folder: Path) -> None:
    async with EmbeddedPostgres(folder, durable=False) as server:
        with pytest.raises(asyncpg.PostgresError):
            await value(server.dsn(), "SELECT 'a private word'::integer")
    log = (folder / "postgres" / "postgres.log").read_text()
    assert "starting PostgreSQL" in log
    assert "private" not in log


async def test_refuses_a_second_start_on_one_folder_in_words(folder: Path) -> None:
    async with EmbeddedPostgres(folder, durable=False) as server:
        with pytest.raises(EmbeddedPostgresError, match=rf"already runs.*process {os.getpid()}"):
            await EmbeddedPostgres(folder, durable=False).start()
        assert await value(server.dsn(), "SELECT 1") == 1


async def test_runs_twice_in_two_folders(folder: Path) -> None:
    async with (
        EmbeddedPostgres(folder / "one", durable=False) as one,
        EmbeddedPostgres(folder / "two", durable=False) as two,
    ):
        await one.create_database("shop")
        assert await value(two.dsn(), "SELECT count(*) FROM pg_database WHERE datname='shop'") == 0


@pytest.mark.fault
async def test_ends_with_its_owner_and_loses_no_row(folder: Path) -> None:
    child, _ = start_child(folder)
    child.kill()
    acknowledged = last_acknowledged(child)
    await until_gone(cluster_in(folder))
    await assert_all_rows_are_there(folder, acknowledged)


@pytest.mark.fault
async def test_starts_after_everything_was_killed(folder: Path) -> None:
    child, pid = start_child(folder)
    child.send_signal(signal.SIGSTOP)  # so that it cannot react to what follows
    for server in [pid, *servers_of(cluster_in(folder))]:
        with contextlib.suppress(ProcessLookupError):  # the rest go with their postmaster
            os.kill(server, signal.SIGKILL)
    child.kill()
    await assert_all_rows_are_there(folder, last_acknowledged(child))


@pytest.mark.fault
async def test_starts_a_dead_server_again(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as server:
        await value(server.dsn(), "CREATE TABLE kept AS SELECT 7 AS number")
        first = server.pid
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(30):
            while server.pid == first:
                await asyncio.sleep(0.01)
            while True:
                try:
                    kept = await value(server.dsn(), "SELECT number FROM kept")
                    break
                except (OSError, asyncpg.CannotConnectNowError):
                    await asyncio.sleep(0.01)
        assert kept == 7


async def test_spares_the_stranger_named_in_a_stale_pid_file(folder: Path) -> None:
    async with EmbeddedPostgres(folder, durable=False):
        pass
    cluster = cluster_in(folder)
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (cluster / "postmaster.pid").write_text(
            f"{stranger.pid}\n{cluster}\n0\n5432\n{cluster}\n\n 0 0\nready\n"
        )
        async with EmbeddedPostgres(folder, durable=False) as server:
            assert await value(server.dsn(), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


async def test_ends_a_server_that_outlived_its_owner(folder: Path) -> None:
    async with EmbeddedPostgres(folder / "other", durable=False) as neighbour:
        async with EmbeddedPostgres(folder, durable=False):
            pass
        found = home.find_home(folder)
        orphan = subprocess.Popen(
            [
                home.find_binaries(found.account) / "postgres",
                *("-D", str(found.cluster), "-c", "listen_addresses="),
                *("-c", f"unix_socket_directories={found.folder}"),
            ],
            stderr=subprocess.DEVNULL,
            user=found.account.uid if found.account else None,
            group=found.account.gid if found.account else None,
        )
        async with asyncio.timeout(20):
            while not (found.folder / ".s.PGSQL.5432").exists():
                await asyncio.sleep(0.01)
        # The owner is gone, so nobody waits for the orphan: it is no zombie in real life.
        reaped = asyncio.create_task(asyncio.to_thread(orphan.wait))
        async with EmbeddedPostgres(folder, durable=False) as server:
            assert await value(server.dsn(), "SELECT 1") == 1
            assert await reaped == 0  # the fast shutdown, not a kill
        assert await value(neighbour.dsn(), "SELECT 1") == 1


@pytest.mark.fault
async def test_the_watching_shell_ends_a_server_where_the_kernel_does_not(folder: Path) -> None:
    # A shell that starts something in the background lets it ignore SIGINT, and tests inherit that.
    victim = subprocess.Popen(
        ["sleep", "60"], preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)
    )
    shell = watch_parent(victim.pid)
    assert shell.stdin is not None
    shell.stdin.close()  # as the kernel does when the owner ends
    assert await asyncio.to_thread(victim.wait, 60) == -signal.SIGINT
    await asyncio.to_thread(shell.wait, 60)


async def test_finds_a_short_place_for_the_socket_of_a_deep_folder(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    async with EmbeddedPostgres(deep, durable=False) as server:
        assert await value(server.dsn(), "SELECT 1") == 1


async def test_says_when_the_data_is_of_another_version(folder: Path) -> None:
    async with EmbeddedPostgres(folder, durable=False):
        pass
    (cluster_in(folder) / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedPostgresError, match="made by PostgreSQL 14"):
        await EmbeddedPostgres(folder, durable=False).start()


async def test_shows_the_server_log_when_it_cannot_start(folder: Path) -> None:
    async with EmbeddedPostgres(folder, durable=False):
        pass
    (cluster_in(folder) / "postgresql.conf").write_text("nonsense = 1\n")
    with pytest.raises(EmbeddedPostgresError, match=r"(?s)ended while starting.*nonsense"):
        await EmbeddedPostgres(folder, durable=False).start()
    assert servers_of(cluster_in(folder)) == []


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ("could not write to file: No space left on device", "disk is full"),
        ("could not open file: Permission denied", "Check who owns them"),
        ("could not map anonymous shared memory: Cannot allocate memory", "out of memory"),
    ],
)
def test_puts_the_reason_into_words(output: str, meaning: str) -> None:
    text = explain("PostgreSQL ended.", output=output, free_bytes=3 * 2**20)
    assert meaning in text
    assert "3 MB free" in text
    assert output in text


@as_root
async def test_runs_as_an_ordinary_user(folder: Path) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(HERE / "embedded_as_user.py"), str(folder), "nobody"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        check=False,
    )
    assert done.stdout.split() == ["shop", "True"], done.stderr


@as_root
async def test_moves_out_of_roots_private_folders(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "_SYSTEM_ROOT", folder / "system")
    private = folder / "private"
    private.mkdir(mode=0o700)
    async with EmbeddedPostgres(private / "data", durable=False) as server:
        await value(server.dsn(), "CREATE TABLE kept AS SELECT 7 AS number")
    recorded = Path((private / "data" / "postgres.location").read_text())
    assert recorded.parent == folder / "system"
    private.rename(folder / "moved")
    async with EmbeddedPostgres(folder / "moved" / "data", durable=False) as server:
        assert await value(server.dsn(), "SELECT number FROM kept") == 7
    shutil.copytree(folder / "moved", folder / "copied")
    (folder / "copied").chmod(0o700)
    with pytest.raises(EmbeddedPostgresError, match="is a copy of"):
        await EmbeddedPostgres(folder / "copied" / "data", durable=False).start()


@as_root
def test_copies_binaries_the_servers_user_cannot_reach(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home, "_SYSTEM_ROOT", folder / "system")
    monkeypatch.setattr(home, "is_reachable", lambda _account, _path: False)
    account = home.find_account()
    assert account is not None
    binaries = home.find_binaries(account)
    assert binaries.is_relative_to(folder / "system")
    shown = subprocess.run(
        [binaries / "initdb", "--version"],
        user=account.uid,
        group=account.gid,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "PostgreSQL" in shown.stdout


@as_root
async def test_root_leaves_a_users_cluster_to_that_user(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    async with EmbeddedPostgres(folder, durable=False):
        pass
    for path in [folder / "postgres", *(folder / "postgres").rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    async with EmbeddedPostgres(folder, durable=False) as server:
        assert await value(server.dsn(), "SELECT 1") == 1
        assert psutil.Process(server.pid).uids().real == nobody.pw_uid
