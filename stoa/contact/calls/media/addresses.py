"""Where sound comes and goes: this machine's addresses and the ports that were given for it."""

import ipaddress
from collections.abc import Iterator

import ifaddr

LOOPBACK = "127.0.0.1"


class BadPorts(ValueError):
    """The setting is no range of ports."""


def ports_of(setting: str) -> range:
    """The ports of `"40000-40999"` or of `"0"`, which is any and gives an empty range.

    Raises:
        BadPorts: it is neither.
    """
    if setting.strip() == "0":
        return range(0)
    first, _, last = setting.partition("-")
    try:
        ports = range(int(first), int(last or first) + 1)
    except ValueError as error:
        raise BadPorts(f"{setting} is no range of ports; it looks like 40000-40999.") from error
    if not ports or ports[0] < 1 or ports[-1] > 65_535:
        raise BadPorts(f"{setting} is no range of ports between 1 and 65535.")
    return ports


def host_addresses(wanted: str | None = None) -> list[str]:
    """Every address of this machine under which a browser could reach it, IPv4 first.

    `wanted` alone, when it is given. On a machine without a network, its loopback address.
    """
    if wanted is not None:
        return [wanted]
    found = [str(it) for it in _usable()]
    return found or [LOOPBACK]


def _usable() -> Iterator[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    every = [
        ipaddress.ip_address(it.ip if isinstance(it.ip, str) else it.ip[0])
        for adapter in ifaddr.get_adapters()
        for it in adapter.ips
    ]
    for version in (4, 6):
        for address in every:
            is_local = address.is_loopback or address.is_link_local or address.is_unspecified
            if address.version == version and not is_local:
                yield address
