"""Resolves all dependencies anew and writes the lock files: with hashes, without addresses.

python scripts/lock.py [--upgrade]
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMON = [
    *("--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"),
    *("--python-version", "3.11", "--universal", "--quiet"),
]
# Later locks agree with the earlier ones, so that all can be installed together.
LOCKS = (
    ("runtime", ["pyproject.toml"]),
    ("dev", ["pyproject.toml", "--group", "dev", "-c", "requirements/runtime.txt"]),
    ("build", ["--group", "build", "-c", "requirements/dev.txt"]),
)


def main(options: list[str]) -> None:
    for name, sources in LOCKS:
        target = f"requirements/{name}.txt"
        command = [
            *(sys.executable, "-m", "uv", "pip", "compile"),
            *(*COMMON, *options, *sources, "-o", target),
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        print(target)


if __name__ == "__main__":
    main(sys.argv[1:])
