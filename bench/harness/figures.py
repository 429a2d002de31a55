"""Figures of one run, printed, and kept in docs/reference/performance.md between two markers."""

import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs" / "reference" / "performance.md"


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of all lie; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


@dataclass(slots=True)
class Figures:
    """A table: what was measured, the figure, the aim if there is one."""

    name: str
    title: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, figure: str, *, aim: str = "") -> None:
        self.rows.append((what, figure, aim))
        print(f"  {what}: {figure}" + (f" (aim: {aim})" if aim else ""), flush=True)

    def keep(self) -> None:
        """The table replaces the one of the last run in the report."""
        lines = [
            f"### {self.title}",
            "",
            f"{datetime.now(UTC):%Y-%m-%d}, {_commit()}, {_machine()}. `make bench` or "
            f"`python -m bench.{self.name}`.",
            "",
            "| What | Figure | Aim |",
            "| --- | --- | --- |",
            *(f"| {what} | {figure} | {aim} |" for what, figure, aim in self.rows),
        ]
        begin, end = f"<!-- {self.name}: begin -->", f"<!-- {self.name}: end -->"
        section = "\n".join([begin, *lines, end])
        text = REPORT.read_text() if REPORT.exists() else HEAD
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        if pattern.search(text):
            text = pattern.sub(lambda _match: section, text)
        else:
            text = f"{text.rstrip()}\n\n{section}\n"
        REPORT.parent.mkdir(parents=True, exist_ok=True)
        REPORT.write_text(text)


HEAD = """# Performance

Measured by the programs in `bench/` against the real server over loopback, with the database that
`stoa up` brings along (fsync on). CPU time is that of the server process and of all database
processes together, per unit of work: it stays comparable on a busy machine, where rates do not.
The load program runs on the same machine and takes CPU of its own, so rates are lower bounds.
"""


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"commit {done.stdout.strip() or 'unknown'}"


def _machine() -> str:
    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{psutil.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )
