"""Finds files that have grown past what one reads in one go.

python scripts/check_lengths.py
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("bench", "migrations", "scripts", "stoa", "tests", "web")
SUFFIXES = frozenset({".py", ".ts", ".tsx", ".css", ".mjs", ".html", ".sql"})
# Written by a program, or by somebody else.
NOT_OURS = frozenset({"built", "generated", "node_modules", "__pycache__"})
MAX_LINES = 400
EXCEPTIONS = {
    "migrations/0003_commerce.sql": "released, so it stays what it was; one table after another",
}


def too_long(root: Path) -> Iterator[str]:
    """Each file below `root` that should be split, and each exception that is none any more."""
    longer = {path: count for path, count in lengths(root) if count > MAX_LINES}
    for path, count in longer.items():
        if path not in EXCEPTIONS:
            yield f"{path} has {count} lines: split it along what it says, {MAX_LINES} at most"
    for path in EXCEPTIONS:
        if path not in longer:
            yield f"{path} is no longer than {MAX_LINES} lines: it needs no exception"


def lengths(root: Path) -> Iterator[tuple[str, int]]:
    for place in PLACES:
        for folder, folders, names in os.walk(root / place):
            folders[:] = sorted(name for name in folders if name not in NOT_OURS)
            for path in (Path(folder, name) for name in sorted(names)):
                if path.suffix in SUFFIXES:
                    yield path.relative_to(root).as_posix(), len(path.read_bytes().splitlines())


if __name__ == "__main__":
    found = list(too_long(ROOT))
    sys.exit("\n".join(found) if found else 0)
