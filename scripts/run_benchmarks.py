"""Runs every load program: each package `bench/<name>/` with a `__main__.py`, one after another.

python scripts/run_benchmarks.py [name ...]
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(names: list[str]) -> int:
    found = sorted(path.parent.name for path in (ROOT / "bench").glob("*/__main__.py"))
    unknown = set(names) - set(found)
    if unknown or not found:
        sys.exit(f"There is no {', '.join(unknown) or 'benchmark'}. There are: {', '.join(found)}.")
    failed = []
    for name in names or found:
        print(f"» {name}", flush=True)
        if subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, check=False
        ).returncode:
            failed.append(name)
    if failed:
        print(f"Failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
