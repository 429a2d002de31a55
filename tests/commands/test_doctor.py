"""The doctor says what is wrong, and that it is."""

import os
import socket
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from stoa.commands.doctor import (
    look_at_address,
    look_at_clock,
    look_at_database,
    look_at_disk,
    look_at_files,
    look_at_front_end,
    look_at_speaker,
)
from stoa.commands.findings import Verdict
from stoa.commands.serving import RunningContent, RunningFile
from stoa.platform.config import Settings


def verdicts_of(settings: Settings) -> dict[str, Verdict]:
    return {finding.about: finding.verdict for finding in look_at_files(settings)}


def test_a_secret_others_can_read_is_wrong(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    assert len(settings.secret_key) == 32
    assert verdicts_of(settings)["secret"] is Verdict.GOOD
    (tmp_path / "secret.key").chmod(0o644)
    assert verdicts_of(settings)["secret"] is Verdict.BAD


def test_a_short_secret_is_wrong(tmp_path: Path) -> None:
    secret = tmp_path / "secret.key"
    secret.touch(mode=0o600)
    assert verdicts_of(Settings(data_dir=tmp_path))["secret"] is Verdict.BAD


@pytest.mark.parametrize(
    ("free_bytes", "verdict"),
    [(10 * 2**20, Verdict.BAD), (2**30, Verdict.WARNING), (50 * 2**30, Verdict.GOOD)],
)
def test_says_when_the_disk_fills(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free_bytes: int, verdict: Verdict
) -> None:
    seen = SimpleNamespace(free=free_bytes)
    monkeypatch.setattr("stoa.commands.doctor.shutil.disk_usage", lambda _path: seen)
    [finding] = look_at_disk(tmp_path)
    assert finding.verdict is verdict


def test_says_that_the_port_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        [finding] = look_at_address(Settings(data_dir=tmp_path, port=port), None)
    assert finding.verdict is Verdict.BAD
    assert f"Port {port} is taken" in finding.text


def test_warns_of_a_public_address_without_encryption(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, port=0, public_url="http://shop.example.org")
    finding = list(look_at_address(settings, None))[-1]
    assert finding.verdict is Verdict.WARNING
    assert "not encrypted" in finding.text


def test_warns_when_it_listens_everywhere_under_no_name(tmp_path: Path) -> None:
    finding = list(look_at_address(Settings(data_dir=tmp_path, port=0, host="0.0.0.0"), None))[-1]
    assert finding.verdict is Verdict.WARNING
    assert "STOA_PUBLIC_URL" in finding.text


def test_says_that_the_front_end_is_not_built(tmp_path: Path) -> None:
    [finding] = look_at_front_end(tmp_path)
    assert finding.verdict is Verdict.BAD
    built = tmp_path / "static" / "built"
    built.mkdir(parents=True)
    (built / "manifest.json").write_text("{}")
    [finding] = look_at_front_end(tmp_path)
    assert finding.verdict is Verdict.GOOD


def test_says_that_the_clock_is_before_the_installation() -> None:
    assert look_at_clock(0.0).verdict is Verdict.BAD


async def test_finds_a_migrated_database_healthy(tmp_path: Path, own_database_url: str) -> None:
    findings = await look_at_database(
        Settings(data_dir=tmp_path, database_url=own_database_url), None
    )
    assert {finding.verdict for finding in findings} == {Verdict.GOOD}


async def test_finds_an_altered_migration(tmp_path: Path, own_database_url: str) -> None:
    await execute(own_database_url, "UPDATE schema_migration SET checksum = '' WHERE number = 2")
    findings = await look_at_database(
        Settings(data_dir=tmp_path, database_url=own_database_url), None
    )
    [bad] = [finding for finding in findings if finding.verdict is Verdict.BAD]
    assert bad.about == "schema"
    assert "altered" in bad.text


async def test_warns_of_jobs_that_failed_for_good(tmp_path: Path, own_database_url: str) -> None:
    await execute(
        own_database_url,
        "INSERT INTO pgqueuer (priority, entrypoint, status) VALUES (0, 'mail', 'failed')",
    )
    findings = await look_at_database(
        Settings(data_dir=tmp_path, database_url=own_database_url), None
    )
    [warning] = [finding for finding in findings if finding.verdict is Verdict.WARNING]
    assert warning.about == "jobs"
    assert warning.text.startswith("1 failed")


async def execute(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


def test_forgets_a_server_that_was_killed(tmp_path: Path) -> None:
    running = RunningFile(tmp_path)
    running.write(url="http://127.0.0.1:8000", database=None)
    assert running.read() == RunningContent(os.getpid(), "http://127.0.0.1:8000", None)
    text = running.path.read_text().replace(str(os.getpid()), "4194303")  # beyond pid_max's default
    running.path.write_text(text)
    assert running.read() is None


@pytest.mark.parametrize(
    ("program", "verdict"), [("/usr/bin/espeak-ng", Verdict.GOOD), (None, Verdict.WARNING)]
)
def test_says_whether_callers_hear_where_they_stand(program: str | None, verdict: Verdict) -> None:
    finding = look_at_speaker(program)
    assert finding.verdict is verdict
    assert "espeak-ng" in finding.text
