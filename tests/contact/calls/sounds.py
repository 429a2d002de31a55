"""Looking into files of sound."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

RATE = 48_000
Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SoundFile:
    codec: str
    rate: int
    channels: int
    packet_samples: set[int]  # of all but the last packet, which may be shorter
    samples: Samples  # channels x time, -1 to 1


def read_file(path: Path, *, times: int = 1) -> SoundFile:
    """`times`: its packets are decoded so often in a row by one decoder, as a loop sends them."""
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        packets = [packet for packet in source.demux(stream) if packet.size]
        channels = stream.codec_context.channels
        name, rate = stream.codec_context.name, stream.codec_context.sample_rate
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate = RATE
    decoder.layout = "stereo" if channels == 2 else "mono"
    parts = []
    raw = [bytes(packet) for packet in packets]
    for data in raw * times:
        parts.extend(decoder.decode(av.Packet(data)))
    return SoundFile(
        codec=name,
        rate=rate,
        channels=channels,
        packet_samples={frame.samples for frame in parts},
        samples=np.concatenate([_planar(frame, channels) for frame in parts], axis=1),
    )


def _planar(frame: av.AudioFrame, channels: int) -> Samples:
    data = frame.to_ndarray()
    scale = 32768.0 if data.dtype == np.int16 else 1.0
    if data.shape[0] != channels:
        data = data.reshape(-1, channels).T
    return data.astype(np.float64) / scale


def loudness(samples: Samples) -> float:
    """RMS in dBFS; silence is -120."""
    return float(20 * np.log10(max(np.sqrt(np.mean(np.square(samples))), 1e-6)))


def level_at(samples: Samples, frequency: float) -> float:
    """How loud one tone is in these samples, in dBFS of a full sine."""
    time = np.arange(samples.size) / RATE
    window = np.hanning(samples.size)
    found = np.abs(np.sum(samples * window * np.exp(-2j * np.pi * frequency * time)))
    return float(20 * np.log10(max(2 * found / window.sum(), 1e-6)))
