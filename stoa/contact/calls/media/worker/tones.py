"""The two tones of a telephone's key (ITU-T Q.23)."""

import numpy as np

from stoa.contact.calls.media.ogg import FRAME, RATE
from stoa.contact.calls.media.worker.opus import Samples

_ROWS = (697, 770, 852, 941)
_COLUMNS = (1209, 1336, 1477)
_KEYS = "123456789*0#"
_TICKS = 8
_LEVEL = 0.12 * 32767


def key_tones(digit: str) -> list[Samples]:
    """160 ms of the key's tones in blocks of 20 ms, swelling and fading so that it does not click.

    Raises:
        ValueError: there is no such key.
    """
    row, column = divmod(_KEYS.index(digit), 3)
    at = np.arange(FRAME * _TICKS) / RATE
    wave = np.sin(2 * np.pi * _ROWS[row] * at) + np.sin(2 * np.pi * _COLUMNS[column] * at)
    edge = np.minimum(1.0, np.minimum(at, at[::-1]) / 0.005)
    samples = (wave * edge * _LEVEL).astype(np.int16)
    return list(samples.reshape(_TICKS, FRAME))
