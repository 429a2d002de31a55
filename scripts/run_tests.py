"""Runs everything: the checks, the front end's tests, then pytest in groups safe side by side.

    python scripts/run_tests.py

Most tests wait more than they work, for sound takes its time: there are more of them at once than
cores. Faults run one at a time: they end whole servers, and measure how these come back.
All groups run even when one fails, and the exit status says whether any did.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PYTEST = [sys.executable, "-m", "pytest", "-q"]
NPM = [str(BIN / "npm"), "--prefix", "web", "run", "--silent"]

GROUPS: dict[str, list[str]] = {
    "checks": [sys.executable, "scripts/check.py"],
    "front end": [*NPM, "test"],
    "side by side": [*PYTEST, "-n", "4", "--dist", "loadfile", "-m", "not (fault or journey)"],
    "faults": [*PYTEST, "-m", "fault and not journey"],
    "journeys": [*PYTEST, "-n", "2", "--dist", "loadfile", "-m", "journey"],
}


def main() -> int:
    env = {**os.environ, "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]])}
    results = []
    for name, command in GROUPS.items():
        print(f"» {name}", flush=True)
        begin = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, env=env, check=False).returncode
        results.append((name, status, time.monotonic() - begin))
    print()
    for name, status, seconds in results:
        print(f"{'ok    ' if status == 0 else 'FAILED'} {name:16} {seconds:6.1f} s")
    return 0 if all(status == 0 for _, status, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
