"""What is inside a signed mail that does not show it (S/MIME `signed-data`, RFC 8551 section 3.5).

The content is the innermost octets of a structure in BER (X.690), whose lengths may be left open;
the signature is not checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

DEPTH_MAX = 12
PIECES_MAX = 100_000

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_DATA = bytes.fromhex("2a864886f70d010701")
_SEQUENCE, _OBJECT, _OCTETS, _OCTET_PIECES, _CONTENT = 0x30, 0x06, 0x04, 0x24, 0xA0


class NotSigned(ValueError):
    """The bytes are no signed content, or break off."""


@dataclass(frozen=True, slots=True)
class _Field:
    tag: int
    begin: int  # of its value
    end: int
    after: int  # where the next one begins


def signed_content(data: bytes) -> bytes:
    """Raises:
    NotSigned: there is none in it.
    """
    outer = _expect(_field(data, 0, len(data), 0), _SEQUENCE)
    parts = _inside(data, outer)
    if _value(data, _expect(next(parts, None), _OBJECT)) != _SIGNED_DATA:
        raise NotSigned("another kind of content")
    wrapped = _expect(next(parts, None), _CONTENT)
    signed = _expect(next(_inside(data, wrapped), None), _SEQUENCE)
    # Version, algorithms, then what was signed.
    fields = _inside(data, signed)
    next(fields, None), next(fields, None)
    inner = _inside(data, _expect(next(fields, None), _SEQUENCE))
    if _value(data, _expect(next(inner, None), _OBJECT)) != _DATA:
        raise NotSigned("it signs something else than data")
    content = next(_inside(data, _expect(next(inner, None), _CONTENT)), None)
    return b"".join(_octets(data, content))


def _octets(data: bytes, field: _Field | None) -> Iterator[bytes]:
    if field is None or field.tag not in (_OCTETS, _OCTET_PIECES):
        raise NotSigned("the content is not there")
    if field.tag == _OCTETS:
        yield _value(data, field)
        return
    for count, piece in enumerate(_inside(data, field)):
        if piece.tag != _OCTETS or count > PIECES_MAX:
            raise NotSigned("pieces of something else")
        yield _value(data, piece)


def _expect(field: _Field | None, tag: int) -> _Field:
    if field is None or field.tag != tag:
        raise NotSigned("not what belongs here")
    return field


def _value(data: bytes, field: _Field) -> bytes:
    return data[field.begin : field.end]


def _inside(data: bytes, field: _Field) -> Iterator[_Field]:
    at = field.begin
    while at < field.end:
        found = _field(data, at, field.end, 0)
        yield found
        at = found.after


def _field(data: bytes, at: int, end: int, depth: int) -> _Field:
    if depth > DEPTH_MAX or end - at < 2:
        raise NotSigned("it breaks off")
    tag, first = data[at], data[at + 1]
    begin = at + 2
    if first == 0x80:
        return _open_field(data, tag, begin, end, depth)
    length = first
    if first > 0x80:
        size = first & 0x7F
        if size > 4 or end - begin < size:
            raise NotSigned("a length that cannot be")
        length = int.from_bytes(data[begin : begin + size], "big")
        begin += size
    if length > end - begin:
        raise NotSigned("longer than what is there")
    return _Field(tag, begin, begin + length, begin + length)


def _open_field(data: bytes, tag: int, begin: int, end: int, depth: int) -> _Field:
    """One without a length ends with two zero bytes, after all that is in it."""
    at = begin
    for _ in range(PIECES_MAX):
        if data[at : at + 2] == b"\0\0":
            return _Field(tag, begin, at, at + 2)
        at = _field(data, at, end, depth + 1).after
    raise NotSigned("more pieces than anybody writes")
