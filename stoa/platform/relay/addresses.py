"""Addresses of relays as browsers write them (RFC 7065)."""

import re
from dataclasses import dataclass
from typing import Literal

Transport = Literal["udp", "tcp", "tls"]

_ADDRESS = re.compile(
    r"(?P<scheme>turns?):(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?P<transport>udp|tcp))?"
)


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """`url` is what browsers are given, the rest what it means."""

    url: str
    host: str
    port: int
    transport: Transport


def parse_addresses(text: str) -> tuple[RelayAddress, ...]:
    """Addresses with commas between them: `turn:relay.example.org:3478?transport=udp, turns:...`.

    Raises:
        ValueError: one is none; the text names it.
    """
    return tuple(_parse(part.strip()) for part in text.split(",") if part.strip())


def _parse(url: str) -> RelayAddress:
    found = _ADDRESS.fullmatch(url)
    if found is None:
        raise ValueError(f"{url} is no relay's address, such as turn:host:3478?transport=udp")
    is_tls = found["scheme"] == "turns"
    port = int(found["port"] or (5349 if is_tls else 3478))
    if not 0 < port < 65_536:
        raise ValueError(f"{url} has a port that there cannot be")
    if is_tls and found["transport"] == "udp":
        raise ValueError(f"{url}: browsers speak turns: over TCP only, so ?transport=tcp")
    transport: Transport = "tls" if is_tls else "tcp" if found["transport"] == "tcp" else "udp"
    return RelayAddress(url=url, host=found["host"].strip("[]"), port=port, transport=transport)
