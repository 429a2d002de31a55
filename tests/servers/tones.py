"""Proof by tones: who speaks has a tone, and who hears it says how loud.

`ToneClient` is a browser without a browser: it offers, speaks one tone and listens. For a real
Chromium there is a microphone out of a file (`microphone`, one per browser process) and `HEARING`,
a script that lets a page say how loud each tone is in whatever reaches it.
"""

import asyncio
import contextlib
import fractions
import time
import wave
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
from aioice import ice
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError
from playwright.async_api import Frame, Page

RATE = 48_000
FRAME = 960
TONES = (440, 620, 880, 1320)
# A tone that is heard is louder than this, in dB of a full sine; what is not there, quieter.
HEARD_DB = -40.0
SILENT_DB = -75.0
# What the codec makes of loud tones beside them; far below anything that can be heard.
CODEC_DB = 55.0
_FULL = 32_768.0

Samples = npt.NDArray[np.float64]


def levels(samples: Samples, tones: Iterable[int] = TONES) -> dict[int, float]:
    """How loud each tone is in the samples, in dB of a full sine.

    >>> at = np.arange(RATE) / RATE
    >>> {tone: round(level) for tone, level in levels(np.sin(2 * np.pi * 440 * at), [440]).items()}
    {440: 0}
    """
    window = np.blackman(samples.size)
    spectrum = 2 * np.abs(np.fft.rfft(samples * window)) / window.sum()
    per_bin = RATE / samples.size
    found = {}
    for tone in tones:
        middle = round(tone / per_bin)
        near = spectrum[max(0, middle - 3) : middle + 4]
        found[tone] = float(20 * np.log10(max(float(near.max(initial=0.0)), 1e-8)))
    return found


def assert_absent(samples: Samples, *tones: int) -> None:
    """Each tone is nowhere heard, and somewhere 45 dB quieter than any that is.

    On a busy machine there are gaps, and a gap is a click, which has a little of every tone.

    Raises:
        AssertionError: it is there.
    """
    size = RATE // 2
    parts = [samples[at : at + size] for at in range(0, samples.size - size + 1, size // 2)]
    assert parts, "it is long enough"
    found = [levels(part, tones) for part in parts]
    for tone in tones:
        each = [round(it[tone]) for it in found]
        assert min(each) < SILENT_DB + 15, f"{tone} is there: {each}"
        assert max(each) < HEARD_DB, f"{tone} is heard for a while: {each}"


def sine(tone: float, *, seconds: float, amplitude: float = 0.3) -> npt.NDArray[np.int16]:
    at = np.arange(round(RATE * seconds)) / RATE
    return (amplitude * 32_767 * np.sin(2 * np.pi * tone * at)).astype(np.int16)


def read_sides(path: Path) -> Samples:
    """A recording as channels x samples, -1 to 1."""
    with av.open(str(path)) as file:
        frames = [frame.to_ndarray() for frame in file.decode(audio=0)]
    return np.concatenate(frames, axis=1).astype(np.float64)


def write_wav(path: Path, tone: float, *, seconds: float = 10.0) -> Path:
    """A file that plays the tone; whole periods, so that it can begin again without a click."""
    periods = round(seconds * tone)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sine(tone, seconds=periods / tone).tobytes())
    return path


def microphone(folder: Path, tone: float) -> tuple[str, ...]:
    """Flags for a Chromium of its own, whose microphone hears the tone and is always granted."""
    path = write_wav(folder / f"tone-{tone:g}.wav", tone)
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={path}",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
    )


# Listens to every sound that comes over a peer connection of the page. Give it to a context with
# `add_init_script` before the page loads; frames get it as well.
HEARING = """
(() => {
  const heard = [];
  let context;
  const listen = (track) => {
    context ??= new AudioContext();
    const stream = new MediaStream([track]);
    const element = new Audio(); // without one, Chromium gives Web Audio no remote sound
    element.muted = true;
    element.srcObject = stream;
    element.play().catch(() => {});
    const analyser = new AnalyserNode(context, { fftSize: 16384, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(stream).connect(analyser);
    heard.push({ track, element, analyser, bins: new Float32Array(analyser.frequencyBinCount) });
  };
  const Native = window.RTCPeerConnection;
  if (!Native) return;
  window.RTCPeerConnection = class extends Native {
    constructor(...options) {
      super(...options);
      this.addEventListener('track', ({ track }) => track.kind === 'audio' && listen(track));
    }
  };
  window.heardTones = (tones) => {
    context?.resume();
    const loudest = Object.fromEntries(tones.map((tone) => [tone, -200]));
    for (const { track, analyser, bins } of heard) {
      if (track.readyState !== 'live') continue;
      analyser.getFloatFrequencyData(bins);
      const perBin = analyser.context.sampleRate / analyser.fftSize;
      for (const tone of tones) {
        const middle = Math.round(tone / perBin);
        for (let bin = middle - 3; bin <= middle + 3; bin++)
          loudest[tone] = Math.max(loudest[tone], bins[bin]);
      }
    }
    return loudest;
  };
})();
"""


async def heard_in_page(page: Page | Frame, tones: Sequence[int] = TONES) -> dict[int, float]:
    """How loud each tone is in what reaches the page now, in dB of a full sine."""
    found = await page.evaluate("tones => window.heardTones(tones)", list(tones))
    return {int(tone): float(level) for tone, level in found.items()}


_others = ice.get_host_addresses


def _own_addresses(use_ipv4: bool, use_ipv6: bool) -> list[str]:
    return _others(use_ipv4, use_ipv6) or ["127.0.0.1"]


# On a machine without a network aioice would offer nothing, for it leaves the loopback out.
ice.get_host_addresses = _own_addresses


class _Tone(MediaStreamTrack):
    """A track that speaks one tone, or anything else that is given 20 ms at a time."""

    kind = "audio"

    def __init__(self, tone: float) -> None:
        super().__init__()
        self.tone = tone
        self.is_muted = False
        self._at = 0
        self._began: float | None = None

    async def recv(self) -> av.AudioFrame:
        if self._began is None:
            self._began = time.monotonic()
        await asyncio.sleep(max(0.0, self._began + self._at / RATE - time.monotonic()))
        at = np.arange(self._at, self._at + FRAME) / RATE
        loud = 0.0 if self.is_muted else 0.3 * 32_767
        block = (loud * np.sin(2 * np.pi * self.tone * at)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(block[None, :], "s16", "mono")
        frame.sample_rate = RATE
        frame.pts = self._at
        frame.time_base = fractions.Fraction(1, RATE)
        self._at += FRAME
        return frame


class ToneClient:
    """Somebody who speaks a tone and listens, over a peer connection as a browser has it."""

    def __init__(self, tone: float = 440.0, *, keeps_seconds: float = 2.0) -> None:
        """Prepares a client; what was heard longer ago than `keeps_seconds` is forgotten."""
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.speaks = _Tone(tone)
        self.heard: deque[Samples] = deque(maxlen=round(keeps_seconds * 50))
        self.frames = 0
        self._listening: asyncio.Task[None] | None = None
        self.connection.addTrack(self.speaks)
        self.connection.on("track", self._listen)

    async def connect(self, answer: Callable[[str], Awaitable[str]]) -> None:
        """Sends its offer, without candidates as our pages do, and takes the answer."""
        await self.connection.setLocalDescription(await self.connection.createOffer())
        lines = self.connection.localDescription.sdp.splitlines()
        bare = [it for it in lines if not it.startswith(("a=candidate", "a=end-of"))]
        found = await answer("\r\n".join(bare) + "\r\n")
        await self.connection.setRemoteDescription(RTCSessionDescription(found, "answer"))

    async def hears(
        self,
        *present: int,
        absent: Iterable[int] = (),
        tones: Iterable[int] = TONES,
        patience_seconds: float = 20.0,
    ) -> dict[int, float]:
        """Waits until a whole half second has the present tones and none of the absent.

        Raises:
            AssertionError: that did not come to be; the text has the levels.
        """
        unwanted = set(absent)
        until = time.monotonic() + patience_seconds
        while True:
            self.heard.clear()
            while len(self.heard) < 25 and time.monotonic() < until:
                await asyncio.sleep(0.05)
            found = self.levels({*tones, *present, *unwanted})
            is_whole = len(self.heard) >= 25
            has_present = all(found[it] > HEARD_DB for it in present)
            silent = max([SILENT_DB, *(found[it] - CODEC_DB for it in present)])
            if is_whole and has_present and all(found[it] < silent for it in unwanted):
                return found
            shown = {tone: round(level) for tone, level in sorted(found.items())}
            assert time.monotonic() < until, (
                f"wanted {present} without {unwanted}: {shown}, {self.frames} frames"
            )

    async def hears_once(self, *present: int, patience_seconds: float = 20.0) -> None:
        """Waits until a tenth of a second has all these tones, as a pressed key has.

        Each tenth that is remembered or comes from now on is looked at, also when many come at
        once, as they do where other programs are busy.

        Raises:
            AssertionError: that did not come to be.
        """
        until = time.monotonic() + patience_seconds
        looked_at = self.frames - len(self.heard)
        while True:
            new = min(self.frames - looked_at, len(self.heard))
            looked_at = self.frames
            known = [*self.heard][-(new + 4) :]
            for end in range(5, len(known) + 1):
                found = levels(np.concatenate(known[end - 5 : end]), present)
                if min(found.values()) > HEARD_DB:
                    return
            assert time.monotonic() < until, f"{present} were never heard"
            await asyncio.sleep(0.01)

    def levels(self, tones: Iterable[int] = TONES) -> dict[int, float]:
        """How loud each tone was in what is still remembered."""
        if not self.heard:
            return dict.fromkeys(tones, -160.0)
        return levels(np.concatenate(self.heard), tones)

    async def close(self) -> None:
        await self.connection.close()
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening

    def _listen(self, track: Any) -> None:
        self._listening = asyncio.get_running_loop().create_task(self._hear(track))

    async def _hear(self, track: Any) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                stereo = frame.to_ndarray().reshape(-1, 2)
                self.frames += 1
                self.heard.append(stereo[:, 0].astype(np.float64) / _FULL)
