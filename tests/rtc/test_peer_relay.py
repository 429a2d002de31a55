"""Video through a real relay: only where its credentials are good, over UDP, TCP and TLS."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser

from stoa.platform.clock import now
from stoa.platform.relay.credentials import make_credentials
from tests.rtc.conftest import PeerProgram
from tests.rtc.peers import RELAY_ONLY, Pair, Side, pair
from tests.servers.browser import MEDIA, chromium
from tests.servers.coturn import SECRET, running_coturn
from tests.servers.pictures import write_camera

pytestmark = pytest.mark.journey

MINUTE = timedelta(minutes=1)
# The relay's certificate is one of the test's own.
TRUSTING = "--ignore-certificate-errors"
# The ends of the pair of addresses that is in use, and how the relay itself is reached.
ENDS = """async () => {
  const connection = window.connections.at(-1);
  const report = await connection.getStats();
  const transport = [...report.values()].find(({ type }) => type === "transport");
  const pair = report.get(transport?.selectedCandidatePairId);
  if (!pair) return null;
  const local = report.get(pair.localCandidateId);
  const remote = report.get(pair.remoteCandidateId);
  return [local.candidateType, remote.candidateType, local.relayProtocol];
}"""


@pytest.fixture(scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    camera = write_camera(tmp_path_factory.mktemp("camera") / "camera.y4m")
    flags = [*MEDIA, TRUSTING, f"--use-file-for-fake-video-capture={camera}"]
    async with chromium(more=flags) as started:
        yield started


def ice(url: str, *, secret: str = SECRET, lasts: timedelta = MINUTE) -> list[dict[str, object]]:
    made, _ = make_credentials(secret, user="leg", at=now(), lasts=lasts)
    return [{"urls": [url], "username": made.username, "credential": made.password}]


async def has_ends(side: Side, *wanted: str, patience_seconds: float = 20.0) -> None:
    """Waits until the pair in use is this; an address may be met before it is described."""
    until = time.monotonic() + patience_seconds
    while True:
        found = await side.run(ENDS)
        if found == list(wanted):
            return
        assert time.monotonic() < until, found
        await side.page.wait_for_timeout(50)


async def sees(both: Pair) -> None:
    assert await both.ann.start_camera()
    await both.bob.sees_camera_of(both.ann)


@pytest.mark.parametrize("way", ["udp", "tcp", "tls"])
async def test_a_camera_is_seen_through_the_relay(
    browser: Browser,
    peer_program: PeerProgram,
    tmp_path: Path,
    way: Literal["udp", "tcp", "tls"],
) -> None:
    with running_coturn(tmp_path) as relay:
        url = {"udp": relay.udp, "tcp": relay.tcp, "tls": relay.tls}[way]
        async with pair(browser, peer_program, ice=ice(url), script=RELAY_ONLY) as both:
            await sees(both)
            for side in (both.ann, both.bob):
                await has_ends(side, "relay", "relay", way)
            await both.ann.wait("peer.sight.routeTo('bob') === 'relay'")


@pytest.mark.parametrize(
    ("secret", "lasts"), [("guessed", MINUTE), (SECRET, -MINUTE)], ids=["another", "run out"]
)
async def test_bad_credentials_give_no_line(
    browser: Browser, peer_program: PeerProgram, tmp_path: Path, secret: str, lasts: timedelta
) -> None:
    with running_coturn(tmp_path) as relay:
        servers = ice(relay.udp, secret=secret, lasts=lasts)
        async with pair(browser, peer_program, ice=servers, script=RELAY_ONLY) as both:
            assert await both.ann.start_camera()
            await both.ann.wait("window.codes?.includes(401)")
            assert await both.bob.run("peer.colourAt('ann-camera', 0.5, 0.5)") is None
            assert not [line for line in both.passed if '"typ relay' in line]


async def test_a_lost_relay_is_replaced_by_another(
    browser: Browser, peer_program: PeerProgram, tmp_path: Path
) -> None:
    """The line restarts with fresh credentials, and the same picture goes on."""
    with running_coturn(tmp_path / "first") as first:
        async with pair(browser, peer_program, ice=ice(first.tcp), script=RELAY_ONLY) as both:
            await sees(both)
            first.stop()
            with running_coturn(tmp_path / "second") as second:
                for side in (both.ann, both.bob):
                    await side.run("given => { window.ice = given }", ice(second.tcp))
                await both.ann.wait("peer.lines.includes('broken')")
                await both.ann.wait("peer.sight.line.value === 'live'")
                at = "document.getElementById('ann-camera')?.getVideoPlaybackQuality()"
                before = await both.bob.run(f"{at}?.totalVideoFrames ?? 0")
                await both.bob.wait(f"{at}?.totalVideoFrames > {before} + 10")
                await has_ends(both.ann, "relay", "relay", "tcp")
