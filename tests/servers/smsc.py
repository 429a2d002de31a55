"""A short message centre (npm `smpp`), and Kannel as another client of it."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web

from tests.servers.ports import free_ports

_HERE = Path(__file__).parent
_PACKAGE = _HERE.parents[1] / "web" / "node_modules" / "smpp"
_WAIT_SECONDS = 30.0


class Smsc:
    """The centre: `port` speaks SMPP; everything else is what a test does to it."""

    def __init__(self, port: int, control: int, client: aiohttp.ClientSession) -> None:
        self.port = port
        self._url = f"http://127.0.0.1:{control}"
        self._client = client

    async def _call(self, path: str, **body: Any) -> dict[str, Any]:
        async with self._client.post(f"{self._url}{path}", json=body) as answer:
            found: dict[str, Any] = await answer.json(content_type=None)
            return found

    async def set(self, **switches: Any) -> None:
        await self._call("/set", **switches)

    async def route(self, **numbers: str) -> None:
        """These numbers are had by these clients."""
        await self._call("/route", **numbers)

    async def deliver(self, **fields: Any) -> None:
        """A message for the client `shop`, or another `system_id`; it may be bound later."""
        await self._call("/deliver", **fields)

    async def drop(self) -> None:
        """Every line is broken without a word."""
        await self._call("/drop")

    async def unbind(self) -> None:
        await self._call("/unbind")

    async def write(self, octets: bytes) -> None:
        """Straight into every line."""
        await self._call("/raw", hex=octets.hex())

    async def seen(self) -> dict[str, Any]:
        return await self._call("/seen")

    async def until(self, is_so: Any) -> dict[str, Any]:
        """What was seen, once that is so."""
        until = time.monotonic() + _WAIT_SECONDS
        while not is_so(seen := await self.seen()):
            assert time.monotonic() < until, seen
            await asyncio.sleep(0.01)
        return seen


@asynccontextmanager
async def running_smsc(
    *, certificate: Path | None = None, key: Path | None = None
) -> AsyncIterator[Smsc]:
    """A centre on free ports; with a certificate it speaks TLS."""
    node = shutil.which("node")
    assert node, "node is installed"
    more = [str(key), str(certificate)] if certificate else []
    process = subprocess.Popen(
        [node, str(_HERE / "smsc.mjs"), str(_PACKAGE), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), _WAIT_SECONDS)
        ports = json.loads(line)
        async with aiohttp.ClientSession() as client:
            yield Smsc(ports["port"], ports["control"], client)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


class Kannel:
    """Sends and receives as another client of the centre, by HTTP."""

    def __init__(self, port: int, client: aiohttp.ClientSession) -> None:
        self._url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
        self._client = client
        self.received: list[dict[str, str]] = []

    async def send(self, *, sender: str, to: str, text: str) -> None:
        """Taken by Kannel, which cuts it itself."""
        is_wide = any(ord(letter) > 127 for letter in text)
        query = {
            "username": "test",
            "password": "test",
            "from": sender,
            "to": to,
            "text": text,
            "charset": "UTF-8",
            "coding": "2" if is_wide else "0",
        }
        async with self._client.get(self._url, params=query) as answer:
            assert answer.status == 202, await answer.text()

    async def until_received(self, count: int) -> Sequence[dict[str, str]]:
        until = time.monotonic() + _WAIT_SECONDS
        while len(self.received) < count:
            assert time.monotonic() < until, self.received
            await asyncio.sleep(0.02)
        return self.received


@asynccontextmanager
async def running_kannel(folder: Path, smsc: Smsc) -> AsyncIterator[Kannel]:
    """Kannel's two processes, bound to the centre as `kannel`."""
    admin, box, http = free_ports(3)

    async def take(request: web.Request) -> web.Response:
        # Kannel gives the text in the charset it names.
        found = dict(parse_qsl(request.rel_url.raw_query_string, encoding="latin-1"))
        found["text"] = found["text"].encode("latin-1").decode(found["charset"])
        kannel.received.append(found)
        return web.Response(text="")

    app = web.Application()
    app.router.add_get("/mo", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    address = runner.addresses[0]
    config = folder / "kannel.conf"
    config.write_text(
        _CONFIG.format(
            admin=admin, box=box, http=http, smsc=smsc.port, folder=folder, callback=address[1]
        )
    )
    processes: list[subprocess.Popen[bytes]] = []
    async with aiohttp.ClientSession() as client:
        kannel = Kannel(http, client)
        try:
            processes.append(_started("bearerbox", config))
            await _listening(box)
            processes.append(_started("smsbox", config))
            await _listening(http)
            await smsc.until(lambda seen: "kannel" in seen["bound"])
            yield kannel
        finally:
            for process in reversed(processes):
                _end(process)
            await runner.cleanup()


def _started(name: str, config: Path) -> subprocess.Popen[bytes]:
    program = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    assert program, f"{name} is installed (Debian: apt-get install kannel)"
    return subprocess.Popen(
        [program, str(config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=config.parent,
    )


async def _listening(port: int) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            assert time.monotonic() < until, port
            await asyncio.sleep(0.05)
            continue
        writer.close()
        return


_CONFIG = """group = core
admin-port = {admin}
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-interface = 127.0.0.1
admin-password = test
log-file = "{folder}/bearerbox.log"
log-level = 1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
dlr-storage = internal

group = smsc
smsc = smpp
smsc-id = centre
host = 127.0.0.1
port = {smsc}
transceiver-mode = true
smsc-username = kannel
smsc-password = secret
system-type = ""
source-addr-autodetect = true
source-addr-ton = 1
source-addr-npi = 1
dest-addr-ton = 1
dest-addr-npi = 1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = test
password = test
concatenation = true
max-messages = 6

group = sms-service
keyword = default
catch-all = true
concatenation = true
max-messages = 0
get-url = "http://127.0.0.1:{callback}/mo?from=%p&to=%P&text=%b&coding=%c&charset=%C"
"""
