"""A program that makes one format of all sound: Ogg Opus, 48 kHz mono in packets of 20 ms.

    python -m stoa.contact.calls.prompts.transcoder < jobs > outcomes

Each line in is a job as JSON, each line out what became of it, in the same order. It runs as a
process of its own and ends with its input: what decodes strangers' files shares no memory with the
server, has little of it and little time, and opens no other file or address.
"""

import os
import resource
import sys
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.error import FFmpegError

from stoa.contact.calls.prompts.transcoding import Job, Kind, Outcome, Problem

RATE = 48_000
PACKET_SAMPLES = 960  # 20 ms
PAUSE_SAMPLES = RATE // 4
FADE_SAMPLES = RATE // 3
MEMORY_BYTES = 1536 * 2**20
CPU_SECONDS = 120
SILENT_PEAK = 0.003  # -50 dBFS
LOUDEST_PEAK = 0.84  # -1.5 dBFS

Samples = npt.NDArray[np.float32]
# How loud it shall be on average, as RMS of what is not silence: speech at -20 dBFS, music below.
LEVELS: dict[Kind, float] = {"voice": 0.1, "music": 0.05}
BIT_RATES: dict[Kind, int] = {"voice": 32_000, "music": 64_000}


class SoundRefused(Exception):
    def __init__(self, problem: Problem):
        super().__init__(problem)
        self.problem = problem


def container_of(head: bytes) -> str:
    """The demuxer for a file that begins so. No list of other files is ever among them.

    Raises:
        SoundRefused: none of the formats that are taken.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"OggS":
        return "ogg"
    if head[:4] == b"fLaC":
        return "flac"
    if head[4:8] == b"ftyp":
        return "mov"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0):
        return "mp3"
    raise SoundRefused("sound_unreadable")


def read_sound(path: Path, *, max_seconds: float) -> Samples:
    """The first sound of the file as mono samples at 48 kHz, -1 to 1.

    Raises:
        SoundRefused: not readable as sound, or longer than `max_seconds`.
    """
    with path.open("rb") as file:
        container = container_of(file.read(16))
    parts: list[npt.NDArray[np.int16]] = []
    count = 0
    try:
        with av.open(f"file:{path}", format=container) as source:
            if not source.streams.audio:
                raise SoundRefused("sound_unreadable")
            mono = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in source.decode(source.streams.audio[0]):
                for piece in mono.resample(frame):
                    parts.append(piece.to_ndarray().reshape(-1).astype(np.int16))
                    count += parts[-1].size
                if count > max_seconds * RATE:
                    raise SoundRefused("sound_too_long")
            parts.extend(
                piece.to_ndarray().reshape(-1).astype(np.int16) for piece in mono.resample(None)
            )
    except (FFmpegError, ValueError, MemoryError) as error:
        raise SoundRefused("sound_unreadable") from error
    if not parts:
        raise SoundRefused("sound_unreadable")
    return np.asarray(np.concatenate(parts) / 32768, np.float32)


def levelled(samples: Samples, *, kind: Kind) -> Samples:
    """As loud as everything else of its kind, and never clipped.

    Raises:
        SoundRefused: there is nothing to be heard in it.
    """
    loud = np.abs(samples)
    if loud.max(initial=0) < SILENT_PEAK:
        raise SoundRefused("sound_silent")
    heard = samples[loud > SILENT_PEAK]
    gain = LEVELS[kind] / float(np.sqrt(np.mean(np.square(heard))))
    # What would stick out above the loudest peak is bent, not cut.
    louder = np.asarray(samples * gain, np.float32)
    over = float(np.abs(louder).max()) / LOUDEST_PEAK
    if over > 1:
        louder = np.asarray(np.tanh(louder / LOUDEST_PEAK) * LOUDEST_PEAK, np.float32)
    return louder


def faded(samples: Samples) -> Samples:
    """It comes softly out of silence and goes back there, so that it may begin again at its end.

    What a decoder remembers of the end would be heard as a click in a loud beginning.
    """
    length = min(FADE_SAMPLES, samples.size // 2)
    shape = np.ones(samples.size, np.float32)
    shape[:length] = np.sin(np.linspace(0, np.pi / 2, length)) ** 2
    shape[samples.size - length :] = shape[:length][::-1]
    return samples * shape


def write_opus(samples: Samples, target: Path, *, kind: Kind) -> int:
    """The file at `target` is whole, or was not touched; returns its length in milliseconds."""
    padding = -samples.size % PACKET_SAMPLES
    whole = np.pad(samples, (0, padding))
    pcm = (np.clip(whole, -1, 1) * 32767).astype(np.int16)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with av.open(str(unfinished), "w", format="ogg") as output:
            stream = output.add_stream(
                "libopus",
                rate=RATE,
                options={
                    "application": "audio" if kind == "music" else "voip",
                    "frame_duration": "20",
                },
            )
            stream.layout = "mono"
            stream.bit_rate = BIT_RATES[kind]
            for begin in range(0, pcm.size, PACKET_SAMPLES):
                frame = av.AudioFrame.from_ndarray(
                    pcm[begin : begin + PACKET_SAMPLES].reshape(1, -1), format="s16", layout="mono"
                )
                frame.sample_rate = RATE
                frame.pts = begin
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
    return pcm.size * 1000 // RATE


def transcode(job: Job) -> Outcome:
    """The sound of `job.source` lies at `job.target`, or the outcome says why not."""
    try:
        samples = levelled(read_sound(job.source, max_seconds=job.max_seconds), kind=job.kind)
        # After speech, a breath before the next sentence.
        is_music = job.kind == "music"
        samples = faded(samples) if is_music else np.pad(samples, (0, PAUSE_SAMPLES))
    except SoundRefused as refused:
        return Outcome(problem=refused.problem)
    return Outcome(duration_ms=write_opus(samples, job.target, kind=job.kind))


def main() -> None:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    for line in sys.stdin:
        sys.stdout.write(transcode(Job.model_validate_json(line)).model_dump_json() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
