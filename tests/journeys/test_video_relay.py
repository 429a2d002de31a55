"""A call whose pages may reach one another and the shop through a relay only."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Frame, Page, expect

from stoa.platform.i18n.messages import translator
from tests.journeys.calling import a_call
from tests.journeys.conftest import make_administrator
from tests.journeys.people import DESK
from tests.servers.browser import MEDIA, chromium
from tests.servers.coturn import SECRET, running_coturn
from tests.servers.pictures import sees_camera, write_camera
from tests.servers.stoa import UNDRAWN, running_stoa

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

VIDEO = translator("en", "video")
# Whatever the pages are told, their lines go through relays only; each line says what it carries.
RELAY_ONLY = """
const Real = RTCPeerConnection;
const only = (given) => ({ ...given, iceTransportPolicy: "relay" });
window.lines = [];
window.RTCPeerConnection = class extends Real {
  constructor(given) {
    super(only(given));
    window.lines.push(this);
  }
  setConfiguration(given) { super.setConfiguration(only(given)); }
};
"""
# Both ends of every line that is up, the shop's own end included.
ENDS = """async () => {
  const ends = [];
  const isUp = ({ connectionState }) => connectionState === "connected";
  for (const line of window.lines.filter(isUp)) {
    const report = await line.getStats();
    const transport = [...report.values()].find(({ type }) => type === "transport");
    const pair = report.get(transport?.selectedCandidatePairId);
    const kinds = [...report.values()].map(({ kind }) => kind);
    ends.push([
      kinds.includes("video") ? "video" : "audio",
      report.get(pair?.localCandidateId)?.candidateType,
      report.get(pair?.remoteCandidateId)?.candidateType,
    ]);
  }
  return ends.sort();
}"""


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    camera = write_camera(tmp_path / "camera.y4m")
    flags = [*MEDIA, f"--use-file-for-fake-video-capture={camera}"]
    async with chromium(more=flags) as started:
        yield started


def go_by_relay(ends: list[list[str]]) -> bool:
    """Sound and pictures; the shop's own end of the sound is its own address."""
    match ends:
        case [["audio", "relay", _], ["video", "relay", "relay"]]:
            return True
    return False


async def goes_by_relay(where: Page | Frame, *, patience_seconds: float = 20.0) -> None:
    """Waits for it: the other's address may be met before its description."""
    until = time.monotonic() + patience_seconds
    while True:
        ends = await where.evaluate(ENDS)
        if go_by_relay(ends):
            return
        assert time.monotonic() < until, ends
        await where.wait_for_timeout(50)


async def test_sound_and_pictures_go_through_the_relay_that_the_shop_gives(
    short_folder: Path, browser: Browser
) -> None:
    with running_coturn(short_folder / "journeys-relay") as relay:
        settings = UNDRAWN | {"TURN_URLS": f"{relay.tcp},{relay.udp}", "TURN_SECRET": SECRET}
        with running_stoa(short_folder / "relayed", settings=settings) as stoa:
            anna = await make_administrator(stoa)
            async with a_call(browser, stoa.url, anna, script=RELAY_ONLY) as call:
                await call.agent.page.get_by_role("button", name=VIDEO("camera.start")).click()
                await sees_camera(call.customer.frame, anna.name)
                bar = call.agent.page.get_by_role("region", name=DESK("callBar.label"))
                await expect(bar.get_by_text(DESK("callBar.talking"))).to_be_visible()
                for where in (call.agent.page, call.customer.frame):
                    await goes_by_relay(where)
