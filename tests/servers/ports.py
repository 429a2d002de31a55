"""Ports for servers that must be told one, and for those that come back to theirs.

A port that was free a moment ago is anybody's: the kernel gives it to the next line that goes out.
These lie where the kernel takes none from, and each is claimed for as long as this process lives,
so that no other process of tests is given it.
"""

import os
import socket
from itertools import count
from pathlib import Path

HOST = "127.0.0.1"
_FIRST = 11_000  # above 10080, which browsers open no page at
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")

_claims: list[socket.socket] = []
_turns = count(os.getpid() * 131)  # processes begin at different places


def free_ports(count: int, *, host: str = HOST) -> list[int]:
    """So many ports that nobody else has or is given."""
    return [free_run(1, host=host) for _ in range(count)]


def free_run(length: int, *, host: str = HOST) -> int:
    """The first of so many ports in a row that nobody else has or is given."""
    last = _first_of_the_kernel() - length
    for _ in range(last - _FIRST):
        first = _FIRST + next(_turns) * length % (last - _FIRST)
        wanted = range(first, first + length)
        claims = [claim for port in wanted if (claim := _claim_of(port, host))]
        if len(claims) == length:
            _claims.extend(claims)
            return first
        for claim in claims:
            claim.close()
    raise AssertionError("no port is free")


def _first_of_the_kernel() -> int:
    given = int(_RANGE.read_text().split()[0]) if _RANGE.exists() else 32_768
    return given if given > 2 * _FIRST else 32_768


def _claim_of(port: int, host: str) -> socket.socket | None:
    # A name without a file: one socket has it, until that is closed or its process ends.
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        claim.bind(f"\0stoa-tests-port-{port}")
        socket.create_server((host, port)).close()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            datagrams.bind((host, port))
    except OSError:
        claim.close()
        return None
    return claim
