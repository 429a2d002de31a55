"""Sound through a real relay, for pages whose network lets no UDP out."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest
from playwright.async_api import Page

from stoa.contact.calls.media.engine import LegConnected
from stoa.platform.clock import now
from stoa.platform.relay.credentials import make_credentials
from tests.contact.calls.media.conftest import PATIENCE_SECONDS, TonesCall
from tests.contact.calls.media.test_chromium import BROWSER, OTHER, connect, page_hears
from tests.servers.browser import chromium, chromium_path
from tests.servers.coturn import SECRET, Coturn, running_coturn
from tests.servers.namespaces import Network, NoNamespaces, own_network
from tests.servers.tones import HEARING, microphone

pytestmark = pytest.mark.journey

Way = Literal["udp", "tcp", "tls"]
# The relay's certificate is one of the test's own.
TRUSTING = "--ignore-certificate-errors"
# By what way the sound leaves the page: the kind of its own address, and how it reaches a relay.
WAY_OUT = """async () => {
  const report = await window.pc.getStats();
  const transport = [...report.values()].find(({ type }) => type === 'transport');
  const pair = report.get(transport?.selectedCandidatePairId);
  const local = report.get(pair?.localCandidateId);
  return [local?.candidateType ?? null, local?.relayProtocol ?? null];
}"""


def url_of(relay: Coturn, way: Way) -> str:
    return {"udp": relay.udp, "tcp": relay.tcp, "tls": relay.tls}[way]


def configured(relay: Coturn, way: Way, *, is_relay_only: bool) -> str:
    """A script that gives every line of the page this relay, as `call.ice` does."""
    made, _ = make_credentials(SECRET, user="leg", at=now(), lasts=timedelta(minutes=1))
    server = {
        "urls": [url_of(relay, way)],
        "username": made.username,
        "credential": made.password,
    }
    policy = {"iceTransportPolicy": "relay"} if is_relay_only else {}
    given = json.dumps({"iceServers": [server], **policy})
    return (
        "const Real = RTCPeerConnection;"
        f"window.RTCPeerConnection = class extends Real {{ constructor() {{ super({given}) }} }}"
    )


@asynccontextmanager
async def a_page(folder: Path, script: str, *, program: str | None = None) -> AsyncIterator[Page]:
    """A page with a microphone, of a browser started by `program`."""
    flags = [*microphone(folder, BROWSER), TRUSTING]
    async with chromium(more=flags, path=program) as browser:
        context = await browser.new_context()
        await context.add_init_script(HEARING)
        await context.add_init_script(script)
        page = await context.new_page()
        await page.route(
            "http://localhost/**",
            lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"),
        )
        await page.goto("http://localhost/")
        yield page


async def goes_out(page: Page, *wanted: str) -> None:
    """Waits until it is this way: another may be tried first, or not be described yet."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (found := await page.evaluate(WAY_OUT)) != list(wanted):
        assert time.monotonic() < until, found
        await asyncio.sleep(0.05)


async def both_hear(call: TonesCall, page: Page) -> None:
    leg_id = uuid4()
    other = await call.join(OTHER)
    await connect(call, page, leg_id)
    await call.events.wait(LegConnected, lambda it: it.leg_id == leg_id)
    await page_hears(page, [OTHER], absent=[BROWSER])
    await other.client.hears(BROWSER)


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
async def test_tones_arrive_through_the_relay_alone(
    call: TonesCall, tmp_path: Path, way: Way
) -> None:
    with running_coturn(tmp_path / "relay") as relay:
        script = configured(relay, way, is_relay_only=True)
        async with a_page(tmp_path, script) as page:
            await both_hear(call, page)
            await goes_out(page, "relay", way)


@pytest.fixture
def office() -> Iterator[Network]:
    """A network that lets no UDP out."""
    try:
        with own_network(lets_udp_out=False) as network:
            yield network
    except NoNamespaces as reason:
        pytest.fail(f"NOT PROVEN HERE: sound past a network that blocks UDP. {reason}")


@pytest.mark.parametrize("way", ["tcp", "tls"])
async def test_a_network_that_blocks_udp_is_got_past(
    call: TonesCall, tmp_path: Path, office: Network, way: Way
) -> None:
    with running_coturn(tmp_path / "relay", host=office.outside) as relay:
        blocked = office.python(
            "import socket;"
            f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{office.outside}', 9))"
        )
        assert "PermissionError" in blocked.stderr, "no UDP leaves it"
        script = configured(relay, way, is_relay_only=False)
        program = office.program(tmp_path, chromium_path())
        async with a_page(tmp_path, script, program=program) as page:
            await both_hear(call, page)
            await goes_out(page, "relay", way)
