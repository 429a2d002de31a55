"""Notes of the bus that are larger than one notification, in parts and whole again."""

import base64
import binascii
import zlib
from collections.abc import Iterator
from typing import Any

import orjson

MAX_NOTE_BYTES = 1 << 20
_PART_CHARACTERS = 7_000


def in_parts(note: bytes, *, number: int) -> Iterator[bytes]:
    """The note as `["p", number, at, count, text]`, each small enough for one notification.

    `number` is another one for each note: of equal notifications in one transaction PostgreSQL
    sends just one ("NOTIFY"). Session descriptions repeat themselves: 12 kB make one part.
    """
    packed = base64.b64encode(zlib.compress(note, 1)).decode()
    count = -(-len(packed) // _PART_CHARACTERS)
    for at in range(count):
        text = packed[at * _PART_CHARACTERS : (at + 1) * _PART_CHARACTERS]
        yield orjson.dumps(["p", number, at, count, text])


class Joiner:
    """Puts notes together again. The parts of one sender come in order, or not at all."""

    def __init__(self) -> None:
        self._begun: dict[str, tuple[int, list[str]]] = {}

    def join(self, *, sender: str, number: int, at: int, count: int, text: str) -> list[Any] | None:
        """The whole note with its last part, None before; one with a hole in it is dropped."""
        begun, texts = self._begun.pop(sender, (number, []))
        if begun != number:
            texts = []
        if at != len(texts):
            return None
        texts.append(text)
        if len(texts) < count:
            self._begun[sender] = (number, texts)
            return None
        try:
            unpacked = zlib.decompressobj().decompress(
                base64.b64decode("".join(texts)), MAX_NOTE_BYTES
            )
            note: list[Any] = orjson.loads(unpacked)
        except (binascii.Error, zlib.error, orjson.JSONDecodeError):
            return None
        return note

    def forget(self) -> None:
        """What was begun is dropped: its rest went by unheard."""
        self._begun.clear()
