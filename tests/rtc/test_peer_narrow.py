"""A picture on a line that becomes narrow, and wide again."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.rtc.conftest import PeerProgram
from tests.rtc.peers import KEEPS_LINES, pair
from tests.servers.browser import MEDIA, chromium, chromium_path
from tests.servers.namespaces import Network, NoNamespaces, own_network
from tests.servers.pictures import write_noise

pytestmark = pytest.mark.journey

FRAMES = "document.getElementById('ann-camera')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"


@pytest.fixture
def network() -> Iterator[Network]:
    try:
        with own_network(lets_udp_out=True) as made:
            yield made
    except NoNamespaces as reason:
        pytest.fail(f"NOT PROVEN HERE: a picture on a narrow line. {reason}")


@pytest.fixture
async def browser(network: Network, tmp_path: Path) -> AsyncIterator[Browser]:
    camera = write_noise(tmp_path / "noise.y4m")
    flags = [*MEDIA, f"--use-file-for-fake-video-capture={camera}"]
    program = network.program(tmp_path, chromium_path())
    async with chromium(more=flags, path=program) as started:
        yield started


async def test_a_narrow_line_gets_a_smaller_picture_which_grows_again(
    browser: Browser, peer_program: PeerProgram, network: Network
) -> None:
    async with pair(browser, peer_program, script=KEEPS_LINES) as both:
        ann, bob = both.ann, both.bob
        assert await ann.start_camera()
        await bob.wait(f"{FRAMES} > 5")
        await ann.wait("peer.ceiling() >= 800_000")
        network.narrow(kilobits=300)
        await ann.wait("peer.ceiling() < 450_000")
        # It does not stand still meanwhile.
        before = await bob.run(FRAMES)
        await bob.wait(f"{FRAMES} > {before} + 5")
        network.widen()
        await ann.wait("peer.ceiling() >= 800_000")
