"""Calling addresses that strangers wrote down, without being led into our own network (server-side
request forgery): every address a name leads to is looked at before connecting."""

import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(OSError):
    """The name leads into a network that strangers have no business in."""


def is_public(address: str) -> bool:
    """Whether everybody on the internet can reach the address; also looks into IPv6 addresses that
    carry an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


class PublicResolver(AbstractResolver):
    """Names lead to public addresses or nowhere. What was looked at is what is connected to."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [result for result in found if is_public(result["host"])]
        if not public:
            raise PrivateAddress(host)
        return public

    async def close(self) -> None:
        await self._resolver.close()


def leads_inside(url: URL) -> bool:
    """Whether the address is written as a number and is not public. Those are never resolved, so
    `PublicResolver` does not see them; a name is left to it.
    """
    try:
        return not is_public((url.host or "").strip("[]"))
    except ValueError:
        return False
