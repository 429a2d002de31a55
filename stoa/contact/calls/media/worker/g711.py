"""The telephone's codecs, PCMU and PCMA (ITU-T G.711), between 8 and 48 kHz."""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from stoa.contact.calls.media.ogg import FRAME
from stoa.contact.calls.media.worker.opus import Samples

Law = Literal[0, 8]
PHONE_FRAME = 160  # samples in 20 ms
_FACTOR = 6
_TAPS = 16  # at 8 kHz
_SILENCE: dict[Law, bytes] = {0: b"\xff" * PHONE_FRAME, 8: b"\xd5" * PHONE_FRAME}


def _mu_law() -> Samples:
    code = ~np.arange(256) & 0xFF
    size = (((code & 0x0F) << 3) + 0x84 << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _a_law() -> Samples:
    code = np.arange(256) ^ 0x55
    step, segment = (code & 0x0F) << 4, (code & 0x70) >> 4
    size = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


def _inverse(decoded: Samples) -> NDArray[np.uint8]:
    """For each of the 65,536 samples, from the lowest on, the code that comes nearest."""
    order = np.argsort(decoded, kind="stable")
    levels = decoded[order].astype(np.int32)
    between = (levels[:-1] + levels[1:]) / 2
    return order[np.searchsorted(between, np.arange(-32768, 32768))].astype(np.uint8)


def _low_pass() -> NDArray[np.float32]:
    """What lets through the telephone's band, up to 3.6 kHz."""
    length = _TAPS * _FACTOR
    at = np.arange(length) - (length - 1) / 2
    band = 2 * 3600 / 48_000
    taps = np.sinc(band * at) * np.kaiser(length, 7.0)
    scaled: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return scaled


_DECODE: dict[Law, Samples] = {0: _mu_law(), 8: _a_law()}
_ENCODE = {law: _inverse(decoded) for law, decoded in _DECODE.items()}
_FILTER = _low_pass()
# One row for each of the six samples that stand between two of the telephone's.
_PHASES = np.ascontiguousarray(_FILTER.reshape(_TAPS, _FACTOR)[::-1] * _FACTOR)


def silence(law: Law) -> bytes:
    """20 ms in which nothing is heard."""
    return _SILENCE[law]


def decoder(law: Law) -> Callable[[bytes], Samples | None]:
    """Makes one that takes packets of any length and gives 48 kHz."""
    table = _DECODE[law]
    before = np.zeros(_TAPS - 1, np.float32)

    def decode(packet: bytes) -> Samples | None:
        nonlocal before
        if not packet:
            return None
        samples = table[np.frombuffer(packet, np.uint8)].astype(np.float32)
        whole = np.concatenate((before, samples))
        before = whole[-(_TAPS - 1) :]
        raised = (sliding_window_view(whole, _TAPS) @ _PHASES).ravel()
        decoded: Samples = np.clip(raised, -32768, 32767).astype(np.int16)
        return decoded

    return decode


def encoder(law: Law) -> Callable[[Samples], bytes]:
    """Makes one that takes 20 ms at 48 kHz."""
    table = _ENCODE[law]
    before = np.zeros(_TAPS * _FACTOR - _FACTOR, np.float32)

    def encode(block: Samples) -> bytes:
        nonlocal before
        assert len(block) == FRAME, "a tick is 20 ms"
        whole = np.concatenate((before, block.astype(np.float32)))
        before = whole[FRAME:]
        lowered = sliding_window_view(whole, _TAPS * _FACTOR)[::_FACTOR] @ _FILTER
        at = np.clip(lowered, -32768, 32767).astype(np.int32) + 32768
        codes: NDArray[np.uint8] = table[at]
        return codes.tobytes()

    return encode
