"""A network of its own for one browser: one that lets no UDP out, as in many an office or hotel, or
one whose lines are narrow.

Making one needs root and iproute2's `ip`. Where that is not to be had the tests that need one fail
and say so; they are never passed over in silence.
"""

import ipaddress
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

# For tests of networks (RFC 2544), so that nobody's own addresses are taken.
_POOL = ipaddress.IPv4Network("198.18.0.0/15")


class NoNamespaces(Exception):
    """This machine does not let us make a network of its own."""


@dataclass(frozen=True)
class Network:
    """`outside` is this machine's address as the network inside sees it."""

    name: str
    outside: str
    inside: str

    def program(self, folder: Path, command: str) -> str:
        """A program that runs `command` in this network."""
        script = folder / f"in-{self.name}"
        script.write_text(f'#!/bin/sh\nexec ip netns exec {self.name} "{command}" "$@"\n')
        script.chmod(0o755)
        return str(script)

    def narrow(self, *, kilobits: int) -> None:
        """Whatever goes from page to page inside has to share this much, and waits its turn."""
        _run("tc", "-n", self.name, "qdisc", "replace", "dev", "lo", "root", *_narrow(kilobits))

    def widen(self) -> None:
        """There is room again."""
        _run("tc", "-n", self.name, "qdisc", "del", "dev", "lo", "root")

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["ip", "netns", "exec", self.name, sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoNamespaces(f"{' '.join(command)}: {done.stderr.strip()}")


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _narrow(kilobits: int) -> tuple[str, ...]:
    return ("tbf", "rate", f"{kilobits}kbit", "burst", "8kb", "latency", "200ms")


@contextmanager
def own_network(*, lets_udp_out: bool) -> Iterator[Network]:
    """Gives a network that reaches this machine, and leaves nothing of it.

    Raises:
        NoNamespaces: this machine does not let us.
    """
    if os.geteuid() != 0 or not shutil.which("ip"):
        raise NoNamespaces("it takes root and the program ip (Debian: apt-get install iproute2)")
    token = secrets.token_hex(3)
    first = _POOL[secrets.randbelow(_POOL.num_addresses // 4) * 4]
    outside, inside = str(first + 1), str(first + 2)
    network = Network(f"stoa-{token}", outside, inside)
    there, here = f"st{token}i", f"st{token}o"
    _ip("netns", "add", network.name)
    try:
        _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", network.name)
        _ip("addr", "add", f"{outside}/30", "dev", here)
        _ip("link", "set", here, "up")
        _ip("-n", network.name, "addr", "add", f"{inside}/30", "dev", there)
        for name in ("lo", there):
            _ip("-n", network.name, "link", "set", name, "up")
        _ip("-n", network.name, "route", "add", "default", "via", outside)
        if not lets_udp_out:
            _ip("-n", network.name, "rule", "add", "ipproto", "udp", "prohibit", "pref", "1")
        yield network
    finally:
        _ip("netns", "del", network.name)  # its end of the pair goes with it, and so does ours
