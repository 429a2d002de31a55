"""Where sound comes and goes: this machine's addresses and the ports that were given for it."""

import ipaddress
from collections.abc import Iterator

import ifaddr

LOOPBACK = "127.0.0.1"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def ports_of(setting: str) -> range:
    """The ports of the setting `media_ports`; any port that is free is an empty range.

    >>> ports_of("40000-40999"), ports_of("40000"), ports_of("0")
    (range(40000, 41000), range(40000, 40001), range(0, 0))
    """
    first, _, last = setting.partition("-")
    return range(int(first), int(last or first) + 1) if setting != "0" else range(0)


def host_addresses(wanted: Address | None = None) -> list[str]:
    """Every address of this machine under which a browser could reach it, IPv4 first.

    `wanted` alone, when it is given. On a machine without a network, its loopback address.
    """
    if wanted is not None:
        return [str(wanted)]
    found = [str(it) for it in _usable()]
    return found or [LOOPBACK]


def _usable() -> Iterator[Address]:
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
