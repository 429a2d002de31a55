"""Addresses of relays are read as browsers read them."""

import pytest
from pydantic import ValidationError

from stoa.platform.config import Settings
from stoa.platform.relay.addresses import RelayAddress, parse_addresses


@pytest.mark.parametrize(
    ("text", "host", "port", "transport"),
    [
        ("turn:relay.example.org", "relay.example.org", 3478, "udp"),
        ("turn:relay.example.org:80?transport=tcp", "relay.example.org", 80, "tcp"),
        ("turn:10.0.0.1:3478?transport=udp", "10.0.0.1", 3478, "udp"),
        ("turns:relay.example.org", "relay.example.org", 5349, "tls"),
        ("turns:[2001:db8::1]:443?transport=tcp", "2001:db8::1", 443, "tls"),
    ],
)
def test_reads_an_address(text: str, host: str, port: int, transport: str) -> None:
    [address] = parse_addresses(text)
    assert (address.host, address.port, address.transport) == (host, port, transport)
    assert address.url == text, "browsers are given what was written"


def test_reads_several() -> None:
    assert parse_addresses(" turn:a:1 , ,turns:b:2") == (
        RelayAddress("turn:a:1", "a", 1, "udp"),
        RelayAddress("turns:b:2", "b", 2, "tls"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "stun:relay.example.org",
        "relay.example.org:3478",
        "turn://relay.example.org",
        "turn:relay.example.org:70000",
        "turn:relay.example.org:0",
        "turns:relay.example.org?transport=udp",
        "turn:relay.example.org?transport=sctp",
        "turn:user@relay.example.org",
    ],
)
def test_settings_refuse_what_is_none(text: str) -> None:
    with pytest.raises(ValidationError, match="turn_urls"):
        Settings(turn_urls=f"turn:good.example.org,{text}")
