"""A program that measures a recording which nobody closed: how long it is, and its waveform.

    python -m stoa.contact.calls.recordings.measuring file.ogg

Prints JSON. A file that breaks off is measured as far as it goes.
"""

import base64
import sys
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from stoa.contact.calls.recordings.measured import MOST_PEAKS, Measured

RATE = 48_000
Samples = npt.NDArray[np.int16]
_FIRST_PEAK_SAMPLES = RATE // 10


def measure(path: Path) -> Measured:
    """The peaks of each channel in turn, 0 to 255, for at most `MOST_PEAKS` moments."""
    peaks: list[list[int]] = []
    samples = 0
    rest: Samples = np.zeros((0, 0), np.int16)
    try:
        with av.open(f"file:{path}", format="ogg") as source:
            planar = av.AudioResampler(format="s16p", rate=RATE)
            for frame in source.decode(audio=0):
                for piece in planar.resample(frame):
                    block = piece.to_ndarray().astype(np.int16)
                    samples += block.shape[1]
                    rest = np.concatenate([rest, block], axis=1) if rest.size else block
                    while rest.shape[1] >= _FIRST_PEAK_SAMPLES:
                        peaks.append(_peak(rest[:, :_FIRST_PEAK_SAMPLES]))
                        rest = rest[:, _FIRST_PEAK_SAMPLES:]
    except (FFmpegError, IndexError, ValueError):
        pass  # what was read until here is what there is
    if rest.size:
        peaks.append(_peak(rest))
    while len(peaks) > MOST_PEAKS:
        pairs = [peaks[at : at + 2] for at in range(0, len(peaks), 2)]
        peaks = [[max(channel) for channel in zip(*pair, strict=True)] for pair in pairs]
    flat = bytes(value for moment in peaks for value in moment)
    return Measured(
        duration_ms=samples * 1000 // RATE, waveform_base64=base64.b64encode(flat).decode()
    )


def _peak(block: Samples) -> list[int]:
    loudest = np.abs(block.astype(np.int32)).max(axis=1)
    return [min(255, int(value) >> 7) for value in loudest]


if __name__ == "__main__":
    sys.stdout.write(measure(Path(sys.argv[1])).model_dump_json() + "\n")
