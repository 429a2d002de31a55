"""Fetching a picture from an address a stranger wrote down, without being led into our own
network (server-side request forgery): every address a name leads to is looked at before connecting,
and again at every redirect."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

MAX_REDIRECTS = 5
HEADERS = {
    "User-Agent": "Stoa picture import",
    "Accept": "image/avif,image/webp,image/*;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity",
}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PictureRefused(Exception):
    """Why there is no picture: `code` is a key of the `errors` catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _PrivateAddress(OSError):
    """The name leads into a network that strangers have no business in."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    max_bytes: int
    timeout_seconds: float
    allows_private: bool = False


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
            raise _PrivateAddress(host)
        return public

    async def close(self) -> None:
        await self._resolver.close()


@asynccontextmanager
async def picture_client(limits: FetchLimits) -> AsyncIterator[aiohttp.ClientSession]:
    """A client for `fetch_picture`; keeps no cookies and uses no proxy."""
    resolver = None if limits.allows_private else PublicResolver()
    connector = aiohttp.TCPConnector(resolver=resolver, limit=8, use_dns_cache=False)
    async with aiohttp.ClientSession(
        connector=connector,
        headers=HEADERS,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=limits.timeout_seconds, sock_connect=5),
    ) as client:
        yield client


async def fetch_picture(
    client: aiohttp.ClientSession, address: str, *, limits: FetchLimits
) -> bytes:
    """The bytes at the address.

    Raises:
        PictureRefused: it leads into a private network, does not answer (in time), or is too large.
    """
    try:
        async with asyncio.timeout(limits.timeout_seconds):
            for _ in range(MAX_REDIRECTS + 1):
                _require_public(address, limits)
                async with client.get(URL(address), allow_redirects=False) as answer:
                    if answer.status in (301, 302, 303, 307, 308):
                        address = urljoin(str(answer.url), answer.headers.get("Location", ""))
                        continue
                    if answer.status != 200:
                        raise PictureRefused("import.picture_unreachable")
                    return await _read(answer, max_bytes=limits.max_bytes)
    except TimeoutError as error:
        raise PictureRefused("import.picture_timeout") from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if isinstance(error.__cause__, _PrivateAddress):
            raise PictureRefused("import.picture_private") from error
        raise PictureRefused("import.picture_unreachable") from error
    raise PictureRefused("import.picture_unreachable")


def _require_public(address: str, limits: FetchLimits) -> None:
    """Addresses written as numbers are never resolved, so they are looked at here."""
    url = URL(address)
    if url.scheme not in ("http", "https") or not url.host:
        raise PictureRefused("import.picture_unreachable")
    try:
        public = is_public(url.host.strip("[]"))
    except ValueError:
        return  # a name: the resolver looks where it leads
    if not public and not limits.allows_private:
        raise PictureRefused("import.picture_private")


async def _read(answer: aiohttp.ClientResponse, *, max_bytes: int) -> bytes:
    if (answer.content_length or 0) > max_bytes:
        raise PictureRefused("import.picture_too_large")
    chunks, size = [], 0
    async for chunk in answer.content.iter_chunked(64 * 1024):
        size += len(chunk)
        if size > max_bytes:
            raise PictureRefused("import.picture_too_large")
        chunks.append(chunk)
    return b"".join(chunks)
