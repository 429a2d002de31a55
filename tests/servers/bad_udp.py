"""A network of datagrams between a client and a server that loses, delays, mixes up and moves."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


class BadUdp(asyncio.DatagramProtocol):
    """Clients send to `address`; the server sees `behind`, the network's other side."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.lost_share = 0.0
        self.jitter_seconds = 0.0
        self.is_cut = False
        self._server = server
        self._client: Any = None
        self._front: asyncio.DatagramTransport | None = None
        self._behind: asyncio.DatagramTransport | None = None
        self._random = random.Random(7)

    @property
    def address(self) -> tuple[str, int]:
        assert self._front is not None
        host, port = self._front.get_extra_info("sockname")
        return host, port

    def connection_made(self, transport: Any) -> None:
        self._front = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        self._client = address
        if self._behind is not None:
            self._pass(self._behind, data, self._server)

    async def move(self) -> None:
        """The server sees the client at another address from now on, as after a change of NAT."""
        old = self._behind
        loop = asyncio.get_running_loop()
        self._behind, _ = await loop.create_datagram_endpoint(
            lambda: _Behind(self), local_addr=("127.0.0.1", 0)
        )
        if old is not None:
            old.close()

    def back(self, data: bytes) -> None:
        assert self._front is not None
        if self._client is not None:
            self._pass(self._front, data, self._client)

    def close(self) -> None:
        for transport in (self._front, self._behind):
            if transport is not None:
                transport.close()

    def _pass(self, transport: asyncio.DatagramTransport, data: bytes, to: Any) -> None:
        if self.is_cut or self._random.random() < self.lost_share:
            return
        if not self.jitter_seconds:
            transport.sendto(data, to)
            return

        def later() -> None:
            if not transport.is_closing():
                transport.sendto(data, to)

        wait = self._random.random() * self.jitter_seconds
        asyncio.get_running_loop().call_later(wait, later)


class _Behind(asyncio.DatagramProtocol):
    def __init__(self, network: BadUdp) -> None:
        self._network = network

    def datagram_received(self, data: bytes, _address: Any) -> None:
        self._network.back(data)


@asynccontextmanager
async def bad_udp(server: tuple[str, int]) -> AsyncIterator[BadUdp]:
    """A network in front of the server, good until it is told to be bad."""
    loop = asyncio.get_running_loop()
    _, network = await loop.create_datagram_endpoint(
        lambda: BadUdp(server), local_addr=("127.0.0.1", 0)
    )
    try:
        await network.move()
        yield network
    finally:
        network.close()
