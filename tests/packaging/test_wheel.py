"""The package alone, in an environment of its own, without Node and without this checkout."""

import os
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from stoa.platform.database.embedded.processes import servers_of

ROOT = Path(__file__).resolve().parents[2]
INSTALLING_SECONDS = 300


@pytest.fixture(scope="module")
def folder(short_folder: Path) -> Path:
    made = short_folder / "packaging"
    made.mkdir()
    return made


@pytest.fixture(scope="module")
def wheel(folder: Path) -> Path:
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, cwd=ROOT)
    [built] = folder.glob("stoa-*.whl")
    return built


@pytest.fixture(scope="module")
def environment(folder: Path, wheel: Path) -> Path:
    """A virtual environment with the wheel and the locked packages, and nothing else."""
    made = folder / "venv"
    run(sys.executable, "-m", "venv", made)
    pip = (made / "bin" / "python", "-m", "pip", "install", "--quiet")
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "runtime.txt")
    run(*pip, "--no-deps", wheel)
    return made


def run(*command: str | Path, cwd: Path | None = None) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=INSTALLING_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.fixture
def served(folder: Path, environment: Path) -> Iterator[str]:
    """The address of a Stoa started from the package in an empty folder, as a stranger would."""
    work = folder / "work"
    work.mkdir()
    process = subprocess.Popen(
        [environment / "bin" / "stoa", "up", "--port", "0"],
        cwd=work,
        env={"PATH": str(environment / "bin"), "HOME": str(work), "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=(folder / "output").open("wb"),
        stderr=subprocess.STDOUT,
    )
    try:
        until = time.monotonic() + 60
        while not (work / "data" / "running.json").exists():
            assert process.poll() is None, (folder / "output").read_text()
            assert time.monotonic() < until, (folder / "output").read_text()
            time.sleep(0.02)
        yield str(orjson.loads((work / "data" / "running.json").read_bytes())["url"])
        process.terminate()
        assert process.wait(30) == 0
        assert servers_of((work / "data" / "postgres" / "cluster").resolve()) == []
    finally:
        process.kill()
        process.wait()


def test_carries_all_of_the_code_the_front_end_the_schema_and_the_licence(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "stoa/static/built/manifest.json" in names
    migrations = {path.name for path in (ROOT / "migrations").glob("*.sql")}
    assert {Path(name).name for name in names if name.startswith("stoa/migrations/")} == migrations
    tracked = subprocess.run(
        ["git", "ls-files", "stoa"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert set(tracked.stdout.split()) <= set(names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.startswith(("tests/", "web/", "bench/", "scripts/")) for name in names)


@pytest.mark.timeout(2 * INSTALLING_SECONDS)
def test_serves_without_node_and_without_a_checkout(served: str, environment: Path) -> None:
    with urllib.request.urlopen(f"{served}/readyz", timeout=10) as answer:
        assert answer.read() == b"ok"
    built = next(environment.glob("lib/*/site-packages/stoa/static/built"))
    manifest = orjson.loads((built / "manifest.json").read_bytes())
    with urllib.request.urlopen(f"{served}/assets/{manifest['desk/desk.js']}") as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.read() == (built / manifest["desk/desk.js"]).read_bytes()
    assert not os.path.lexists(environment / "bin" / "node")
