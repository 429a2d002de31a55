"""A winmail.dat as Outlook writes one (MS-OXTNEF), for what has to be read."""

import struct
from collections.abc import Sequence

SIGNATURE = 0x223E9F78


def winmail(*, text: str, files: Sequence[tuple[str, str, bytes]]) -> bytes:
    body = _properties([(0x1000, 0x001F, text.encode("utf-16-le") + b"\0\0")])
    parts = [
        struct.pack("<IH", SIGNATURE, 1),
        _attribute(1, 0x00069007, struct.pack("<II", 1252, 0)),
        _attribute(1, 0x00069003, body),
    ]
    for name, media_type, content in files:
        parts += [
            _attribute(2, 0x00069002, struct.pack("<HIIHI", 1, 0, 0, 0, 0)),
            _attribute(2, 0x00018010, b"SHORT~1.PDF\0"),
            _attribute(2, 0x0006800F, content),
            _attribute(
                2,
                0x00069005,
                _properties(
                    [
                        (0x3707, 0x001F, name.encode("utf-16-le") + b"\0\0"),
                        (0x370E, 0x001E, media_type.encode() + b"\0"),
                    ]
                ),
            ),
        ]
    return b"".join(parts)


def _attribute(level: int, number: int, data: bytes) -> bytes:
    checksum = sum(data) & 0xFFFF
    return struct.pack("<BII", level, number, len(data)) + data + struct.pack("<H", checksum)


def _properties(found: Sequence[tuple[int, int, bytes]]) -> bytes:
    parts = [struct.pack("<I", len(found))]
    for number, kind, value in found:
        parts.append(struct.pack("<HHII", kind, number, 1, len(value)))
        parts.append(value + b"\0" * (-len(value) % 4))
    return b"".join(parts)
