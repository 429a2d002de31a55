"""Fetching a picture from an address a stranger wrote down, without being led into our own
network (server-side request forgery): every address a name leads to is looked at before connecting,
and again at every redirect."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin

import aiohttp
from yarl import URL

from stoa.platform.web.outbound import PrivateAddress, PublicResolver, leads_inside

MAX_REDIRECTS = 5
HEADERS = {
    "User-Agent": "Stoa picture import",
    "Accept": "image/avif,image/webp,image/*;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "identity",
}


class PictureRefused(Exception):
    """Why there is no picture: `code` is a key of the `errors` catalogue."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class FetchLimits:
    max_bytes: int
    timeout_seconds: float
    allows_private: bool = False


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
        if isinstance(error.__cause__, PrivateAddress):
            raise PictureRefused("import.picture_private") from error
        raise PictureRefused("import.picture_unreachable") from error
    raise PictureRefused("import.picture_unreachable")


def _require_public(address: str, limits: FetchLimits) -> None:
    """Addresses written as numbers are never resolved, so they are looked at here."""
    url = URL(address)
    if url.scheme not in ("http", "https") or not url.host:
        raise PictureRefused("import.picture_unreachable")
    if leads_inside(url) and not limits.allows_private:
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
