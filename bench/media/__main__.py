"""python -m bench.media [--quick]: what a call costs by mode, and how many fit on one core."""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import uvloop
from aiortc.rtcdtlstransport import RTCCertificate

from bench.harness.cpu import cpu_seconds, memory_bytes
from bench.harness.figures import Figures, percentile
from bench.media.caller import FRAME, PACKET_BYTES, Caller, speaking
from stoa.contact.calls.media.embedded import EmbeddedEngine
from stoa.contact.calls.media.engine import Side
from stoa.contact.calls.media.ogg import SILENCE
from stoa.contact.calls.media.service import engine_for
from stoa.contact.calls.media.worker.opus import Decoder, Encoder
from stoa.platform.config import Settings

QUICK = "--quick" in sys.argv
SECONDS = 3.0 if QUICK else 8.0
CALLS = 5 if QUICK else 10
SIDES: tuple[Side, Side] = ("customer", "shop")
# A packet that took longer than this is of no use to a jitter buffer that is as short as it may be.
LATE_SECONDS = 0.06
MOST_LOST = 0.005
LEAST_PACE = 0.97
MEASURED_EACH = 10
STEPS = {
    "passed on": [10, 20] if QUICK else [40, 80, 120, 160, 200, 240],
    "mixed and recorded": [5, 10] if QUICK else [10, 20, 30, 40, 50],
}
MODES = ("passed on", "passed on and recorded", "mixed", "mixed and recorded")


@dataclass(frozen=True)
class Load:
    """What so many calls of a mode cost, and what became of their packets."""

    cpu_share: float
    lost: float
    late: float
    delays: list[float]
    connects: list[float]
    memory: int
    # 1 when the load program sent 50 packets a second; below, it is the one that is too slow.
    pace: float

    @property
    def is_sound(self) -> bool:
        return self.lost <= MOST_LOST and self.late <= MOST_LOST


@asynccontextmanager
async def one_worker() -> AsyncIterator[EmbeddedEngine]:
    engine = engine_for(Settings(media_address="127.0.0.1", media_ports="0", media_workers=1))
    try:
        yield engine
    finally:
        await engine.stop()


def speech() -> list[bytes]:
    """Two seconds of coloured noise, as hard for the codec as speech."""
    encoder = Encoder(bits_per_second=32_000)
    walk = np.cumsum(np.random.default_rng(1).normal(0, 300, 2 * 48_000))
    noise = (walk - np.convolve(walk, np.ones(200) / 200, "same")).astype(np.int16)
    blocks = noise.reshape(-1, FRAME)
    return [packet for block in blocks if (packet := encoder.encode(block)) is not None]


async def in_call(engine: EmbeddedEngine, call_id: UUID, caller: Caller, side: Side) -> UUID:
    leg_id = uuid4()
    await caller.connect(
        lambda offer: engine.add_browser_leg(call_id, leg_id, offer=offer, side=side)
    )
    return leg_id


async def measure(mode: str, calls: int, *, seconds: float = SECONDS) -> Load:
    """Runs so many calls of two for so long on a process of their own."""
    certificate = RTCCertificate.generateCertificate()
    is_passed = mode == "passed on"
    packets = [os.urandom(PACKET_BYTES) for _ in range(50)] if is_passed else speech()
    callers: list[Caller] = []
    async with one_worker() as engine:
        await engine.prepare()
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(calls):
                call_id = uuid4()
                await engine.create_call(call_id)
                pair = [Caller(certificate, packets, is_stamped=is_passed) for _ in SIDES]
                for caller in pair:
                    caller.is_measured = len(callers) % MEASURED_EACH < 2
                callers += pair
                one, two = [
                    await in_call(engine, call_id, caller, side)
                    for caller, side in zip(pair, SIDES, strict=True)
                ]
                if "mixed" in mode:
                    await engine.set_gains(call_id, {(one, two): 0.9, (two, one): 0.9})
                if "recorded" in mode:
                    path = Path(folder) / f"{call_id}.ogg"
                    await engine.start_recording(
                        call_id, recording_id=uuid4(), path=path, channels=2
                    )
            load = await _loaded(engine, callers, seconds)
        for caller in callers:
            await caller.close()
    return load


async def _loaded(engine: EmbeddedEngine, callers: list[Caller], seconds: float) -> Load:
    worker = engine.workers[0]
    await speaking(callers, 1.5)
    for caller in callers:
        caller.sent = caller.received = 0
        caller.delays.clear()
    ticks, cpu, began = await worker.ask("load"), cpu_seconds([worker.pid]), time.perf_counter()
    await speaking(callers, seconds)
    spent, lasted = cpu_seconds([worker.pid]) - cpu, time.perf_counter() - began
    await asyncio.sleep(0.1)
    after = await worker.ask("load")
    sent, received = (sum(getattr(it, name) for it in callers) for name in ("sent", "received"))
    delays = [delay for caller in callers for delay in caller.delays]
    late_packets = sum(delay > LATE_SECONDS for delay in delays) / max(1, len(delays))
    late_ticks = (after["late_ticks"] - ticks["late_ticks"]) / (after["ticks"] - ticks["ticks"])
    return Load(
        cpu_share=spent / lasted,
        lost=max(0.0, 1 - received / sent),
        late=max(late_packets, late_ticks if not delays else 0.0),
        delays=delays,
        connects=[caller.connected_seconds for caller in callers],
        memory=memory_bytes([worker.pid]),
        pace=seconds / lasted,
    )


async def mixed_delays(bursts: int) -> list[float]:
    """How long a click takes through jitter buffer, mixer and both codecs."""
    certificate = RTCCertificate.generateCertificate()
    encoder, decoder = Encoder(bits_per_second=48_000), Decoder()
    at = np.arange(2 * FRAME) / 48_000
    tone = (12_000 * np.sin(2 * np.pi * 1000 * at)).astype(np.int16)
    encoder.encode(tone[:FRAME])  # the codec's first packet is still swelling
    click = encoder.encode(tone[FRAME:])
    assert click is not None
    heard: list[float] = []

    def hear(payload: bytes, now: float) -> None:
        block = decoder.decode(payload)
        if block is not None and np.abs(block).max() > 2_000:
            heard.append(now)

    async with one_worker() as engine:
        call_id = uuid4()
        await engine.create_call(call_id)
        speaker, listener = (Caller(certificate, [SILENCE], is_stamped=False) for _ in SIDES)
        listener.hear = hear
        one = await in_call(engine, call_id, speaker, "customer")
        two = await in_call(engine, call_id, listener, "shop")
        await engine.set_gains(call_id, {(one, two): 0.9, (two, one): 0.9})
        await speaking([speaker, listener], 1.0)
        delays = []
        for number in range(bursts):
            heard.clear()
            speaker.click = click
            await speaking([speaker, listener], 0.4)
            assert heard, "the click came through"
            delays.append(heard[0] - speaker.clicked_at)
            # The next comes at another place of the mixer's 20 ms.
            await asyncio.sleep(0.003 * (number % 7))
        await speaker.close()
        await listener.close()
    return delays


async def most_calls(mode: str) -> str:
    """The most calls of the steps that were still sound, and why there were no more."""
    best, why = f"fewer than {STEPS[mode][0]}", "more were not tried"
    for calls in STEPS[mode]:
        load = await measure(mode, calls)
        shown = f"{calls}, at {load.cpu_share:.0%} of a core"
        print(f"  ... {shown}, {load.lost:.2%} lost, {load.late:.2%} late", flush=True)
        if load.pace < LEAST_PACE:
            # This says nothing of the process that was to be measured.
            if calls == STEPS[mode][0]:
                best = "not measured"
            why = f"for {calls} the load program was too slow"
            break
        if not load.is_sound:
            why = f"of {calls}, {load.lost:.1%} was lost and {load.late:.1%} late"
            break
        best = shown
    return f"{best} ({why})"


def milliseconds(values: list[float]) -> str:
    return f"{percentile(values, 0.5) * 1000:.1f} / {percentile(values, 0.95) * 1000:.1f} ms"


async def main() -> None:
    figures = Figures("media", "Sound of calls, one media process")
    async with one_worker() as engine:
        began = time.perf_counter()
        await engine.prepare()
        figures.add("Process start to ready", f"{(time.perf_counter() - began) * 1000:.0f} ms")
    for mode in MODES:
        load = await measure(mode, CALLS)
        share = load.cpu_share * 100 / (2 * CALLS)
        aim = "1 % or less" if mode == "passed on" else ""
        busy = "" if load.pace >= LEAST_PACE else ", on a machine too busy for this"
        shown = f"{share:.2f} % of a core{busy}"
        figures.add(f"CPU per leg, {mode} ({CALLS} calls)", shown, aim=aim)
        if mode == "passed on":
            what = "Offer to encrypted sound both ways, p50 / p95"
            figures.add(what, milliseconds(load.connects), aim="under 500 ms")
            figures.add("Delay through the server, passed on, p50 / p95", milliseconds(load.delays))
            figures.add("Memory of the process", f"{load.memory / 2**20:.0f} MiB")
    mixed = await mixed_delays(5 if QUICK else 40)
    figures.add("Delay through the server, mixed, p50 / p95", milliseconds(mixed))
    for mode in STEPS:
        what = f"Calls {mode} without loss or lateness over 0.5 %"
        figures.add(what, await most_calls(mode))
    if not QUICK:
        figures.keep()


if __name__ == "__main__":
    uvloop.run(main())
