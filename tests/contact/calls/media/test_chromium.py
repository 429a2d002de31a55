"""A real Chromium at the engines: what its microphone hears arrives, and what it hears is whole."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.async_api import Page

from stoa.contact.calls.media.engine import LegConnected, LegLost, Sound
from tests.contact.calls.media.conftest import PATIENCE_SECONDS, Person, TonesCall, write_sound
from tests.servers.browser import chromium
from tests.servers.tones import HEARD_DB, HEARING, TONES, heard_in_page, microphone

pytestmark = pytest.mark.journey

BROWSER, OTHER, THIRD, MUSIC = TONES
# What a browser encodes is less pure than our own tones.
SOON_SECONDS = 3.0
QUIETER_DB = 45

CONNECT = """
async () => {
  window.pc?.close();
  const pc = (window.pc = new RTCPeerConnection());
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
  });
  pc.addTrack(stream.getAudioTracks()[0], stream);
  pc.addEventListener('track', ({ streams, track }) => {
    const sound = new Audio();
    sound.srcObject = streams[0] ?? new MediaStream([track]);
    sound.play();
  });
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  await pc.setRemoteDescription({ type: 'answer', sdp: await window.answer(offer.sdp) });
}
"""
STATS = """
async () => {
  const found = {};
  for (const it of (await window.pc.getStats()).values()) {
    if (it.type === 'inbound-rtp') Object.assign(found, {
      received: it.packetsReceived, lost: it.packetsLost, concealed: it.concealedSamples,
      samples: it.totalSamplesReceived, silent: it.silentConcealedSamples,
    });
    if (it.type === 'remote-inbound-rtp') Object.assign(found, {
      roundTrip: it.roundTripTime, theirLoss: it.packetsLost,
    });
  }
  return { state: window.pc.connectionState, ...found };
}
"""


@asynccontextmanager
async def page_with_microphone(folder: Path) -> AsyncIterator[Page]:
    async with chromium(more=microphone(folder, BROWSER)) as browser:
        context = await browser.new_context()
        await context.add_init_script(HEARING)
        page = await context.new_page()
        await page.route(
            "http://localhost/**",
            lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"),
        )
        await page.goto("http://localhost/")
        yield page


async def connect(call: TonesCall, page: Page, leg_id: UUID) -> None:
    async def answer(offer: str) -> str:
        return await call.engine.add_browser_leg(call.id, leg_id, offer=offer, side="customer")

    if not await page.evaluate("'answer' in window"):
        await page.expose_function("answer", answer)
    await page.evaluate(CONNECT)


async def page_hears(page: Page, present: Sequence[int], absent: Sequence[int] = ()) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = await heard_in_page(page)
        loudest = max(found.values())
        has_present = all(found[it] > HEARD_DB for it in present)
        if has_present and all(found[it] < loudest - QUIETER_DB for it in absent):
            return
        assert time.monotonic() < until, f"wanted {present} without {absent}: {found}"
        await asyncio.sleep(0.1)


async def stats(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(STATS)
    return found


async def eventually(claim: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await claim():
            await asyncio.sleep(0.1)


async def test_a_browser_talks_through_every_mode(call: TonesCall, tmp_path: Path) -> None:
    """Passed on, mixed, music, silence, and back: the browser's jitter buffer notices nothing."""
    async with page_with_microphone(tmp_path) as page:
        leg_id = uuid4()
        other = await call.join(OTHER)
        await connect(call, page, leg_id)
        await call.events.wait(LegConnected, lambda it: it.leg_id == leg_id)
        await page_hears(page, [OTHER], absent=[BROWSER])
        await other.client.hears(BROWSER)
        await asyncio.sleep(1.0)  # the jitter buffer finds its depth
        music = Sound(write_sound(tmp_path / "music.ogg", MUSIC, seconds=2.0))
        # The best of three, for what other programs keep late is lost or made up as well: what a
        # change of mode breaks is so each time.
        made_up: list[float] = []
        while not made_up or min(made_up) >= 0.05:
            assert len(made_up) < 3, made_up
            before = await stats(page)
            await through_every_mode(call, page, leg_id=leg_id, other=other, music=music)
            after = await stats(page)
            samples = after["samples"] - before["samples"]
            assert samples > 48_000
            is_whole = after["lost"] == before["lost"]
            made_up.append((after["concealed"] - before["concealed"]) / samples if is_whole else 1)
        await eventually(lambda: knows_round_trip(page))


async def through_every_mode(
    call: TonesCall, page: Page, *, leg_id: UUID, other: Person, music: Sound
) -> None:
    third = await call.join(THIRD)
    await page_hears(page, [OTHER, THIRD], absent=[BROWSER])
    await call.engine.set_gains(call.id, {(third.leg_id, leg_id): 0.0})
    await page_hears(page, [OTHER], absent=[THIRD])
    await call.engine.play(call.id, leg_id, playback_id=uuid4(), sounds=[music], is_looping=True)
    await page_hears(page, [MUSIC], absent=[OTHER])
    await call.engine.stop_playing(call.id, leg_id)
    apart = {(third.leg_id, leg_id): 0.0, (other.leg_id, leg_id): 0.0}
    await call.engine.set_gains(call.id, apart)
    await eventually(lambda: is_silent(page))
    await call.engine.set_gains(call.id, {})
    await page_hears(page, [OTHER, THIRD])
    await call.engine.remove_leg(call.id, third.leg_id)
    await page_hears(page, [OTHER], absent=[THIRD])


async def test_a_reload_is_heard_again(call: TonesCall, tmp_path: Path) -> None:
    async with page_with_microphone(tmp_path) as page:
        leg_id = uuid4()
        other = await call.join(OTHER)
        await connect(call, page, leg_id)
        await other.client.hears(BROWSER)
        # The best of three, for other programs may be busy on this machine.
        took: list[float] = []
        while not took or min(took) >= SOON_SECONDS:
            assert len(took) < 3, took
            await page.reload()
            # Said by the page itself, not found out.
            lost = await call.events.wait(LegLost, count=len(took) + 1)
            assert lost.leg_id == leg_id
            await other.client.hears(absent=TONES)
            began = time.monotonic()
            await connect(call, page, leg_id)
            await call.events.wait(
                LegConnected, lambda it: it.leg_id == leg_id, count=len(took) + 2
            )
            took.append(time.monotonic() - began)
        await page_hears(page, [OTHER])
        await other.client.hears(BROWSER)


async def is_silent(page: Page) -> bool:
    return max((await heard_in_page(page)).values()) < -80


async def knows_round_trip(page: Page) -> bool:
    found = await stats(page)
    return "roundTrip" in found and 0 <= float(found["roundTrip"]) < 1
