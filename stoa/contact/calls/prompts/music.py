"""A program that plays the music on hold and the tone into a wav file, note by note.

    python -m stoa.contact.calls.prompts.music music|tone target.wav

The music is ours, computed and nobody's property: eight slow chords, a soft bell now and then. What
still sounds at the end sounds on at the beginning, so that it may be looped without a seam.
"""

import sys
import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt

RATE = 48_000
CHORD_SECONDS = 5.0
TAIL_SECONDS = 4.0

Samples = npt.NDArray[np.float64]

# Chords as MIDI notes, a slow walk around D major that ends where it began.
CHORDS = (
    (50, 57, 62, 66, 69),  # D
    (47, 54, 62, 66, 71),  # B minor
    (43, 55, 59, 62, 69),  # G with its ninth
    (45, 52, 61, 64, 69),  # A
    (50, 57, 61, 66, 69),  # D with its major seventh
    (42, 54, 57, 61, 69),  # F sharp minor
    (43, 50, 59, 66, 71),  # G with its major seventh
    (45, 52, 62, 64, 69),  # A, suspended
)
# One bell for each chord, and another late in it: MIDI notes.
BELLS = ((78, 81), (74, 78), (71, 78), (73, 76), (74, 81), (73, 78), (74, 71), (76, 74))


def pitch(note: int) -> float:
    """The frequency of a MIDI note: `pitch(69)` is 440.0."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def pad(note: int, seconds: float) -> Samples:
    """A soft, slowly swelling note that dies away after `seconds`."""
    time = np.arange(int((seconds + TAIL_SECONDS) * RATE)) / RATE
    swell = np.minimum(time / 1.8, 1.0)
    fall = np.clip(1 - (time - seconds) / TAIL_SECONDS, 0, 1)
    shape = np.sin(swell * np.pi / 2) ** 2 * np.where(time < seconds, 1.0, fall**2)
    sound = np.zeros_like(time)
    for harmonic, loudness in ((1, 1.0), (2, 0.28), (3, 0.09), (4, 0.03)):
        for detuned in (-0.0012, 0.0012):
            frequency = pitch(note) * harmonic * (1 + detuned)
            sound += loudness * np.sin(2 * np.pi * frequency * time + harmonic)
    return np.asarray(sound * shape)


def bell(note: int) -> Samples:
    """A quiet struck note."""
    time = np.arange(int(TAIL_SECONDS * RATE)) / RATE
    begin = np.minimum(time / 0.012, 1.0)
    end = np.minimum((TAIL_SECONDS - time) / 0.5, 1.0)
    sound = np.sin(2 * np.pi * pitch(note) * time) * np.exp(-time * 1.5)
    sound += 0.25 * np.sin(2 * np.pi * pitch(note) * 2.0 * time) * np.exp(-time * 3.0)
    return np.asarray(sound * begin * end)


def music() -> Samples:
    """40 seconds; the end leads into the beginning."""
    length = int(len(CHORDS) * CHORD_SECONDS * RATE)
    whole = np.zeros(length)

    def add(sound: Samples, at_seconds: float, loudness: float) -> None:
        places = (int(at_seconds * RATE) + np.arange(sound.size)) % length
        whole[places] += sound * loudness

    for number, (chord, bells) in enumerate(zip(CHORDS, BELLS, strict=True)):
        begin = number * CHORD_SECONDS
        for note in chord:
            add(pad(note, CHORD_SECONDS - 1.0), begin, 0.05 if note > 48 else 0.065)
        add(bell(bells[0]), begin + 1.25, 0.10)
        add(bell(bells[1]), begin + 3.75, 0.07)
    return whole


def tone() -> Samples:
    """Means "speak now": 0.4 s at 880 Hz, swelling and falling within 20 ms."""
    time = np.arange(int(0.4 * RATE)) / RATE
    shape = np.minimum(np.minimum(time, 0.4 - time) / 0.02, 1.0)
    return np.asarray(0.3 * shape * np.sin(2 * np.pi * 880 * time))


def write_wav(samples: Samples, target: Path) -> None:
    peak = max(1.0, float(np.abs(samples).max()))
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples / peak * 32000).astype("<i2").tobytes())


if __name__ == "__main__":
    write_wav({"music": music, "tone": tone}[sys.argv[1]](), Path(sys.argv[2]))
