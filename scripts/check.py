"""Runs every check that needs no running server, all of them, and says which failed.

python scripts/check.py [name ...]
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTHON = sys.executable
NPM = [str(BIN / "npm"), "--prefix", "web", "run", "--silent"]

# The slow ones first, for two run at a time.
CHECKS: dict[str, list[str]] = {
    "types": [PYTHON, "-m", "mypy"],
    "front end": [*NPM, "check"],
    "style": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "layers": [str(BIN / "lint-imports"), "--no-logo"],
    "texts": [PYTHON, "scripts/check_catalogues.py"],
    "migrations": [PYTHON, "-m", "scripts.check_migrations"],
    "lengths": [PYTHON, "scripts/check_lengths.py"],
    "locks": [PYTHON, "scripts/check_locks.py"],
    "generated files": [PYTHON, "scripts/generate_protocol.py", "--check"],
    "settings page": [PYTHON, "scripts/generate_settings.py", "--check"],
}


def run(name: str) -> bool:
    """Returns whether the check passed; what it printed is shown only when it did not."""
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    begin = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    line = f"{'ok    ' if passed else 'FAILED'} {name:16} {time.monotonic() - begin:5.1f} s"
    print(line if passed else f"{line}\n{done.stdout}", flush=True)
    return passed


def main(names: list[str]) -> int:
    unknown = set(names) - set(CHECKS)
    if unknown:
        sys.exit(f"There is no check {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
    with ThreadPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(run, names or CHECKS))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
