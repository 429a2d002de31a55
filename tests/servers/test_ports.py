"""A port that was given is nobody else's, in this process and in others."""

import subprocess
import sys
from pathlib import Path

from tests.servers.ports import free_ports, free_run

ROOT = Path(__file__).resolve().parents[2]
_TAKE = "from tests.servers.ports import free_ports\nprint(*free_ports(50))"


def test_a_port_is_given_once() -> None:
    first = free_run(20)
    given = [*free_ports(50), *range(first, first + 20)]
    others = subprocess.run(
        [sys.executable, "-c", _TAKE], cwd=ROOT, check=True, capture_output=True, text=True
    )
    given += map(int, others.stdout.split())
    assert len(set(given)) == len(given) == 120
