"""A real relay gives lines to good credentials only, over UDP, TCP and TLS."""

import asyncio
import os
import socket
import struct
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from stoa.platform.clock import now
from stoa.platform.relay.addresses import RelayAddress, parse_addresses
from stoa.platform.relay.credentials import Credentials, make_credentials
from stoa.platform.relay.probe import RelayFailed, Trouble, allocate, ask_signed, line_to
from stoa.platform.relay.stun import UDP_PROTOCOL, Attribute, Method, request
from tests.servers.coturn import SECRET, Coturn, running_coturn
from tests.servers.ports import free_ports

Way = Literal["udp", "tcp", "tls"]
WAYS: list[Way] = ["udp", "tcp", "tls"]
MINUTE = timedelta(minutes=1)


def way_to(relay: Coturn, way: Way) -> RelayAddress:
    [address] = parse_addresses({"udp": relay.udp, "tcp": relay.tcp, "tls": relay.tls}[way])
    return address


def good() -> Credentials:
    return make_credentials(SECRET, user="leg", at=now(), lasts=MINUTE)[0]


async def trouble_of(
    address: RelayAddress, credentials: Credentials, *, patience_seconds: float = 5.0
) -> Trouble:
    with pytest.raises(RelayFailed) as caught:
        await allocate(address, credentials, patience_seconds=patience_seconds)
    return caught.value.trouble


@pytest.mark.parametrize("way", WAYS)
async def test_gives_a_line_to_good_credentials(relay: Coturn, way: Way) -> None:
    given = await allocate(way_to(relay, way), good(), tls=relay.trust)
    assert given.host == relay.host
    assert given.port > 0


@pytest.mark.parametrize("way", ["udp", "tcp"])
async def test_refuses_credentials_that_have_run_out(relay: Coturn, way: Way) -> None:
    past, _ = make_credentials(SECRET, user="leg", at=now() - 2 * MINUTE, lasts=MINUTE)
    assert await trouble_of(way_to(relay, way), past) is Trouble.UNAUTHORISED


async def test_refuses_another_secret(relay: Coturn) -> None:
    wrong, _ = make_credentials("guessed", user="leg", at=now(), lasts=MINUTE)
    assert await trouble_of(way_to(relay, "udp"), wrong) is Trouble.UNAUTHORISED


async def test_refuses_credentials_whose_time_was_changed(relay: Coturn) -> None:
    past, _ = make_credentials(SECRET, user="leg", at=now() - 2 * MINUTE, lasts=MINUTE)
    later = f"{int((now() + MINUTE).timestamp())}:leg"
    forged = Credentials(later, past.password)
    assert await trouble_of(way_to(relay, "udp"), forged) is Trouble.UNAUTHORISED


async def test_refuses_a_certificate_that_nobody_vouches_for(relay: Coturn) -> None:
    assert await trouble_of(way_to(relay, "tls"), good()) is Trouble.CERTIFICATE


async def test_says_that_a_relay_is_open_to_anybody(tmp_path: Path) -> None:
    with running_coturn(tmp_path, is_open=True) as relay:
        assert await trouble_of(way_to(relay, "tcp"), good()) is Trouble.OPEN


async def test_a_line_is_given_back(tmp_path: Path) -> None:
    """A relay that allows one line at a time gives one after the other."""
    with running_coturn(tmp_path, more=["--user-quota=1", "--total-quota=1"]) as relay:
        for _ in range(3):
            await allocate(way_to(relay, "tcp"), good())


@pytest.mark.parametrize("transport", ["tcp", "tls"])
async def test_says_that_nothing_listens(transport: Literal["tcp", "tls"]) -> None:
    [port] = free_ports(1)
    address = RelayAddress("turn:gone", "127.0.0.1", port, transport)
    assert await trouble_of(address, good()) is Trouble.UNREACHABLE


async def test_says_that_nothing_answers() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        address = RelayAddress("turn:silent", "127.0.0.1", silent.getsockname()[1], "udp")
        assert await trouble_of(address, good(), patience_seconds=1.0) is Trouble.UNREACHABLE


async def test_says_that_there_is_no_such_name() -> None:
    address = RelayAddress("turn:nowhere.invalid", "nowhere.invalid", 3478, "tcp")
    assert await trouble_of(address, good()) is Trouble.NAME_UNKNOWN


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", bytes(range(64)), b""])
async def test_says_that_something_else_listens(answer: bytes) -> None:
    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        address = RelayAddress("turn:other", "127.0.0.1", port, "tcp")
        assert await trouble_of(address, good()) is Trouble.NO_RELAY


async def test_a_line_outlives_the_credentials_it_began_with(relay: Coturn) -> None:
    """So a long call goes on, however short its credentials are good."""
    wanted = [(Attribute.REQUESTED_TRANSPORT, struct.pack("!I", UDP_PROTOCOL << 24))]
    longer = [(Attribute.LIFETIME, struct.pack("!I", 600))]
    address = way_to(relay, "tcp")
    async with line_to(address, None) as line:
        transaction = os.urandom(12)
        plain = request(Method.ALLOCATE, transaction=transaction, attributes=wanted)
        challenge = await line.ask(plain, transaction)
        brief, until = make_credentials(SECRET, user="leg", at=now(), lasts=timedelta(seconds=4))
        assert (await ask_signed(line, challenge, brief, Method.ALLOCATE, wanted)).error == 0
        while now() < until + timedelta(seconds=1):
            await asyncio.sleep(0.1)
        assert await trouble_of(address, brief) is Trouble.UNAUTHORISED, "they have run out"
        assert (await ask_signed(line, challenge, brief, Method.REFRESH, longer)).error == 0
