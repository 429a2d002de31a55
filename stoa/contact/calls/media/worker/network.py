"""The worker's sockets: one port for all browsers, each line known by where it knocks from.

We are an ICE-lite agent (RFC 8445, 2.5): our addresses are known, so the browser does the checking
and we answer. A line follows its browser to another address as soon as a check comes from there.
"""

import asyncio
import contextlib
import errno
import ipaddress
import random
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog
from aioice import stun

log = structlog.get_logger()

_AT_ONCE = 64
_LARGEST = 2048
_BUFFER_BYTES = 4 * 2**20


class NoPort(OSError):
    """Every port of the range is taken."""


class Line(Protocol):
    """What the network knows of a line: its ICE password and what it does with datagrams."""

    @property
    def password(self) -> str: ...

    def reach(self, port: "Port", address: Any, *, is_nominated: bool) -> None: ...

    def rtp_received(self, data: bytes) -> None: ...

    def dtls_received(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Where:
    """Where the worker's sound comes and goes."""

    addresses: Sequence[str]
    public_address: str | None
    ports: range  # empty: any the system gives


def bind(where: Where, address: str, *, number: int | None = None) -> socket.socket:
    """A UDP socket on this address: on the given port, or on a free one of the range.

    Raises:
        NoPort: none is free.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    numbers = [number] if number is not None else _in_random_order(where.ports) or [0]
    for wanted in numbers:
        made = socket.socket(family, socket.SOCK_DGRAM)
        made.setblocking(False)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        with contextlib.suppress(OSError):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
            # Expedited forwarding: routers that heed it let voice pass first (RFC 8837).
            if family == socket.AF_INET:
                made.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xB8)
        try:
            made.bind((address, wanted))
        except OSError as error:
            made.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
        else:
            return made
    raise NoPort(errno.EADDRINUSE, f"No UDP port is free on {address}.")


def _in_random_order(ports: range) -> list[int]:
    return random.sample(ports, len(ports))


class Port:
    """One socket of the worker."""

    __slots__ = ("_network", "address", "lines", "number", "socket")

    def __init__(self, network: "Network", made: socket.socket) -> None:
        self.socket = made
        self.address, self.number = made.getsockname()[:2]
        self.lines: dict[Any, Line] = {}
        self._network = network

    def read(self) -> None:
        """Every datagram that is there goes to its line."""
        receive = self.socket.recvfrom
        lines = self.lines
        for _ in range(_AT_ONCE):
            try:
                data, address = receive(_LARGEST)
            except (BlockingIOError, ConnectionError):
                return
            if not data:
                continue
            first = data[0]
            if 128 <= first < 192:
                if (line := lines.get(address)) is not None:
                    line.rtp_received(data)
            elif first < 4:
                self._network.knocked(self, data, address)
            elif 20 <= first < 64 and (line := lines.get(address)) is not None:
                line.dtls_received(data)

    def send(self, data: bytes, address: Any) -> None:
        """The datagram is on its way, or lost, as datagrams may be."""
        with contextlib.suppress(OSError):
            self.socket.sendto(data, address)


class Network:
    """All lines of the worker by their ICE names, and the sockets they come through."""

    def __init__(self, where: Where) -> None:
        """Listens on every address, on one port number if it can be had on all.

        Raises:
            NoPort: nothing of the range is free.
        """
        if not where.addresses:
            raise NoPort(errno.EADDRNOTAVAIL, "This machine has no address.")
        self.where = where
        self.ports: list[Port] = []
        self._loop = asyncio.get_running_loop()
        self._named: dict[str, Line] = {}
        self._number: int | None = None
        self._listen(where.addresses)

    def listen_on(self, addresses: Sequence[str]) -> None:
        """The machine has these addresses now; lines over those it had before are gone.

        Raises:
            OSError: none of them can be listened on.
        """
        for port in [it for it in self.ports if it.address not in addresses]:
            self.ports.remove(port)
            self._close(port)
        known = {port.address for port in self.ports}
        self.where = replace(self.where, addresses=addresses)
        self._listen([it for it in addresses if it not in known])

    def _listen(self, addresses: Sequence[str]) -> None:
        """On one number everywhere, so that a firewall needs to know one."""
        for address in addresses:
            try:
                made = bind(self.where, address, number=self._number)
            except OSError as error:
                if address == addresses[-1] and not self.ports:
                    raise
                log.warning("media.address_left_out", address=address, reason=str(error))
                continue
            port = Port(self, made)
            self._number = port.number
            self.ports.append(port)
            self._loop.add_reader(made, port.read)

    def _close(self, port: Port) -> None:
        self._loop.remove_reader(port.socket)
        port.socket.close()

    @property
    def lines(self) -> int:
        """How many lines are known, and how many addresses they knock from."""
        return len(self._named) + sum(len(port.lines) for port in self.ports)

    def announced(self) -> list[tuple[str, int]]:
        """Where a browser may knock: the public address instead of ours, if there is one."""
        public = self.where.public_address
        if public is None:
            return [(port.address, port.number) for port in self.ports]
        kind = ipaddress.ip_address(public).version
        return [
            (public, port.number)
            for port in self.ports
            if ipaddress.ip_address(port.address).version == kind
        ][:1] or [(public, self.ports[0].number)]

    def add(self, user: str, line: Line) -> None:
        self._named[user] = line

    def remove(self, user: str, line: Line) -> None:
        """Nothing reaches the line any more."""
        self._named.pop(user, None)
        for port in self.ports:
            for address in [it for it, known in port.lines.items() if known is line]:
                del port.lines[address]

    def knocked(self, port: Port, data: bytes, address: Any) -> None:
        """Answers a connectivity check (RFC 8445, 7.3) that knows the line's password."""
        try:
            request = stun.parse_message(data)
        except (ValueError, IndexError, KeyError):
            return
        if request.message_class != stun.Class.REQUEST:
            return
        user = str(request.attributes.get("USERNAME", "")).partition(":")[0]
        line = self._named.get(user)
        if line is None or not request.check_message_integrity(line.password.encode()):
            return
        answer = stun.Message(
            message_method=stun.Method.BINDING,
            message_class=stun.Class.RESPONSE,
            transaction_id=request.transaction_id,
        )
        answer.attributes["XOR-MAPPED-ADDRESS"] = address[:2]
        answer.add_message_integrity(line.password.encode())
        port.send(bytes(answer), address)
        port.lines[address] = line
        line.reach(port, address, is_nominated="USE-CANDIDATE" in request.attributes)

    def close(self) -> None:
        for port in self.ports:
            self._close(port)
