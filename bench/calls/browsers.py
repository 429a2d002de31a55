"""The same from click to sound in real browsers: what people wait for, all of it."""

import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page, expect

from bench.harness.figures import Figures, percentile
from tests.journeys.callers import AS_IT_IS, Caller, a_caller
from tests.journeys.conftest import make_administrator
from tests.journeys.people import DESK
from tests.journeys.talkers import PATIENCE_MS, Talker, a_talker
from tests.servers.browser import chromium
from tests.servers.stoa import StoaProcess, running_stoa
from tests.servers.tones import microphone

# Higher than anything in the house's music and prompts.
CUSTOMERS_TONE, AGENTS_TONE = 5_280, 6_240

# When each tone was heard for the first time since `forget`: every 4 ms a look at the last 21.
EARS = """
(() => {
  const Native = window.RTCPeerConnection;
  if (!Native) return;
  const heard = {};
  let context;
  window.forgetTones = () => Object.keys(heard).forEach((tone) => delete heard[tone]);
  window.toneHeardAt = (tone) => heard[tone] ?? null;
  const listen = (track) => {
    context ??= new AudioContext();
    const stream = new MediaStream([track]);
    const element = new Audio(); // without one, Chromium gives Web Audio no remote sound
    element.muted = true;
    element.srcObject = stream;
    element.play().catch(() => {});
    const ear = new AnalyserNode(context, { fftSize: 1024, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(stream).connect(ear);
    const bins = new Float32Array(ear.frequencyBinCount);
    const look = setInterval(() => {
      if (track.readyState !== "live") return clearInterval(look);
      ear.getFloatFrequencyData(bins);
      for (const tone of TONES)
        if (bins[Math.round(tone * ear.fftSize / context.sampleRate)] > -50)
          heard[tone] ??= Date.now();
    }, 4);
  };
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      this.addEventListener("track", ({ track }) => track.kind === "audio" && listen(track));
    }
  };
})();
""".replace("TONES", f"[{CUSTOMERS_TONE}, {AGENTS_TONE}]")
# The moment of the next click in a document, and of a ring at the desk.
NEXT_CLICK = """() => new Promise((resolve) => {
  addEventListener("click", () => resolve(Date.now()), { capture: true, once: true });
})"""
NEXT_RING = """(label) => new Promise((resolve) => {
  const look = () =>
    document.querySelector(`[aria-label="${label}"] article`)
      ? resolve(Date.now())
      : requestAnimationFrame(look);
  look();
})"""
# A promise that was begun is kept in the page, so that both sides can be acted on meanwhile.
BEGIN = "([name, source, value]) => { window[name] = eval(source)(value); }"


async def _watch(place: Page | Frame, name: str, source: str, value: Any = None) -> None:
    await place.evaluate(BEGIN, [name, source, value])


async def _seen(place: Page | Frame, name: str) -> float:
    return float(await place.evaluate("(name) => window[name]", name))


async def _heard(place: Page | Frame, tone: int) -> float:
    await place.wait_for_function(
        "(tone) => window.toneHeardAt(tone) !== null", arg=tone, timeout=PATIENCE_MS
    )
    return float(await place.evaluate("(tone) => window.toneHeardAt(tone)", tone))


async def _one_call(talker: Talker, caller: Caller, *, is_first: bool) -> tuple[float, float]:
    """(click to ring, answer to sound at the later end), in milliseconds."""
    await _watch(talker.page, "rang", NEXT_RING, DESK("ring.label"))
    if is_first:
        await caller.customer.open_counter()
        row = caller.customer.chat.get_by_role(
            "button", name=caller.customer.counter("channel.call.title")
        )
        await expect(row).to_be_enabled(timeout=PATIENCE_MS)
    else:
        row = caller.button("ended.again")
    await _watch(caller.customer.frame, "clicked", NEXT_CLICK)
    await row.click()
    rang = await _seen(talker.page, "rang") - await _seen(caller.customer.frame, "clicked")
    assert rang > 0, "something else rang"
    # The customer hears the queue by now; the agent's own line begins with the answer.
    meter = caller.customer.chat.locator(".call-level")
    await expect(meter).to_be_visible(timeout=PATIENCE_MS)
    for place in (talker.page, caller.customer.frame):
        await place.evaluate("window.forgetTones()")
    await _watch(talker.page, "answered", NEXT_CLICK)
    await talker.ring.get_by_role("button", name=DESK("ring.accept")).click()
    answered = await _seen(talker.page, "answered")
    await talker.is_talking()
    both = [
        await _heard(talker.page, CUSTOMERS_TONE),
        await _heard(caller.customer.frame, AGENTS_TONE),
    ]
    assert min(both) > answered, "somebody was heard before the call was answered"
    await talker.hangs_up()
    return rang, max(both) - answered


async def _measure(out: Figures, stoa: StoaProcess, folder: Path, *, calls: int) -> None:
    staff = await make_administrator(stoa)
    async with AsyncExitStack() as stack:
        desks = await stack.enter_async_context(chromium(more=microphone(folder, AGENTS_TONE)))
        homes = await stack.enter_async_context(chromium(more=microphone(folder, CUSTOMERS_TONE)))
        talker = await stack.enter_async_context(a_talker(desks, stoa.url, staff))
        caller = await stack.enter_async_context(a_caller(homes, stoa.url))
        for page in (talker.page, caller.customer.page):
            await page.context.add_init_script(AS_IT_IS + EARS)
            await page.reload()
        await expect(talker.page.get_by_role("heading", name=DESK("nav.inbox"))).to_be_visible()
        taken = [
            await _one_call(talker, caller, is_first=number == 0) for number in range(calls + 1)
        ][1:]  # the first one fetches the scripts
    for what, values, aim in (
        ("In browsers: click to ringing", [rang for rang, _ in taken], "under 200 ms"),
        (
            "In browsers: accept to first sound at both ends",
            [sound for _, sound in taken],
            "under 500 ms",
        ),
    ):
        figure = f"p50 {percentile(values, 0.5):.0f}, p95 {percentile(values, 0.95):.0f} ms"
        out.add(what, figure, aim=aim)


async def in_browsers(out: Figures, *, calls: int) -> None:
    """One customer calls `calls` times; both sides have a Chromium of their own."""
    with (
        tempfile.TemporaryDirectory(prefix="stoa-") as folder,
        running_stoa(Path(folder) / "shop") as stoa,
    ):
        await _measure(out, stoa, Path(folder), calls=calls)
