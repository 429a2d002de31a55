"""A recording: each side as it spoke, in a file that is playable at any moment."""

from pathlib import Path

import numpy as np

from stoa.contact.calls.media.ogg import FRAME, RATE, SILENCE, OggWriter, joined
from stoa.contact.calls.media.worker.opus import Encoder, Samples

_BITS_PER_SECOND = 32_000
_MOST_PEAKS = 600
# Silence is not encoded, but what fades out is.
_QUIET_TICKS = 10


class _Side:
    def __init__(self) -> None:
        self.encoder = Encoder(bits_per_second=_BITS_PER_SECOND)
        self.quiet = _QUIET_TICKS
        self.peak = 0

    def packet(self, block: Samples | None) -> bytes:
        if block is None:
            self.quiet += 1
            if self.quiet > _QUIET_TICKS:
                return SILENCE
            block = np.zeros(FRAME, np.int16)
        else:
            self.quiet = 0
            self.peak = max(self.peak, int(block.max()), -int(block.min()))
        # Two streams are joined frame by frame, so each packet must be one frame.
        packet = self.encoder.encode(block)
        return packet if packet is not None and packet[0] & 3 == 0 else SILENCE


class Recorder:
    """Writes one file from its start to `close`."""

    def __init__(self, path: Path, *, channels: int) -> None:
        """Begins the file.

        Raises:
            OSError: it cannot be written.
        """
        self.path = path
        self.is_broken = False
        self._writer = OggWriter(path, channels=channels)
        self._sides = [_Side() for _ in range(channels)]
        self._peaks: list[tuple[int, ...]] = []
        self._per_peak = 5  # ticks, so 100 ms at first
        self._ticks = 0

    def write(self, sides: tuple[Samples | None, Samples | None]) -> None:
        """Adds 20 ms: the customer's and the shop's."""
        if self.is_broken:
            return
        packets = [side.packet(block) for side, block in zip(self._sides, sides, strict=False)]
        try:
            self._writer.add(packets[0] if len(packets) == 1 else joined(*packets))
        except OSError:
            self.is_broken = True
        self._ticks += 1
        if self._ticks % self._per_peak == 0:
            self._take_peaks()

    def close(self) -> None:
        """The file is whole, unless the disk was full."""
        if self._ticks % self._per_peak:
            self._take_peaks()
        try:
            self._writer.close()
        except OSError:
            self.is_broken = True

    @property
    def duration_ms(self) -> int:
        return self._writer.samples * 1000 // RATE

    @property
    def waveform(self) -> bytes:
        """Peaks 0..255, one per channel in turn."""
        return bytes(min(255, peak >> 7) for peaks in self._peaks for peak in peaks)

    def _take_peaks(self) -> None:
        self._peaks.append(tuple(side.peak for side in self._sides))
        for side in self._sides:
            side.peak = 0
        if len(self._peaks) >= 2 * _MOST_PEAKS:
            pairs = zip(self._peaks[::2], self._peaks[1::2], strict=True)
            self._peaks = [tuple(map(max, *pair)) for pair in pairs]
            self._per_peak *= 2
