"""The two alphabets of an SMS, and how a text falls into parts (3GPP TS 23.038, 23.040).

`web/apps/desk/src/channels/sms-segments.ts` counts the same way for the composer;
`tests/contact/channels/sms/segments.json` holds both to the same cases.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Encoding = Literal["gsm7", "ucs2"]
Own = Literal["gsm", "latin1"]  # what a centre means by data_coding 0

# TS 23.038 section 6.2.1, in order of code; 0x1B is the escape to the extension table.
_BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# TS 23.038 section 6.2.1.1.
_EXTENSION: Final = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
_ESCAPE: Final = 0x1B
_TO_GSM: Final = {
    **{letter: bytes([code]) for code, letter in enumerate(_BASIC) if code != _ESCAPE},
    **{letter: bytes([_ESCAPE, code]) for code, letter in _EXTENSION.items()},
}
# Units (septets, UTF-16 code units) of a text that is alone, and of one part of several: there the
# header that joins them takes six octets (TS 23.040 section 9.2.3.24.1).
ALONE: Final[dict[Encoding, int]] = {"gsm7": 160, "ucs2": 70}
PART: Final[dict[Encoding, int]] = {"gsm7": 153, "ucs2": 67}

# Letters that look like a Latin capital share its code on a handset.
_GREEK_LOOK: Final = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
_PLAIN: Final = {
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "„": '"',
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "‚": "'",
    "‘": "'",
    "’": "'",
    "–": "-",
    "—": "-",
    "…": "...",
    "\u00a0": " ",
    "\u202f": " ",
}


@dataclass(frozen=True, slots=True)
class Segments:
    """`count` messages are paid for; the last of them still takes `characters_left` of `each`."""

    encoding: Encoding
    count: int
    characters_left: int
    each: int


def encoding_of(text: str) -> Encoding:
    """GSM 7 bit if every letter is in its tables, else UCS-2."""
    return "gsm7" if all(letter in _TO_GSM for letter in text) else "ucs2"


def segments_of(text: str) -> Segments:
    """How the text is sent.

    `segments_of("a" * 161)` is two parts in GSM 7 with 2 x 153 - 161 = 145 characters left.
    """
    encoding = encoding_of(text)
    parts = split(text)
    each = ALONE[encoding] if len(parts) == 1 else PART[encoding]
    return Segments(encoding, len(parts), each - _units(parts[-1], encoding), each)


def split(text: str, encoding: Encoding | None = None) -> Sequence[str]:
    """The text in the parts it is sent in; neither an escape nor a surrogate pair is cut in two."""
    encoding = encoding or encoding_of(text)
    if _units(text, encoding) <= ALONE[encoding]:
        return [text]
    return list(_parts(text, encoding))


def _parts(text: str, encoding: Encoding) -> Iterator[str]:
    start = units = 0
    for index, letter in enumerate(text):
        size = _units(letter, encoding)
        if units + size > PART[encoding]:
            yield text[start:index]
            start, units = index, 0
        units += size
    yield text[start:]


def _units(text: str, encoding: Encoding) -> int:
    if encoding == "gsm7":
        return sum(len(_TO_GSM[letter]) for letter in text)
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def encode(text: str, encoding: Encoding) -> bytes:
    """Octets as SMPP carries them: GSM letters one to an octet, UCS-2 in big-endian order."""
    if encoding == "gsm7":
        return b"".join(_TO_GSM[letter] for letter in text)
    # A half of a surrogate pair cannot be sent and must not stop the rest.
    return text.encode("utf-16-be", "replace")


def carried(text: str, *, own: Own) -> Encoding:
    """How a centre with this alphabet of its own is given the text: one that writes Latin 1 turns
    it into GSM 7 bit by itself, and cannot be told the letters that only GSM has (Greek, the euro).
    """
    if own == "latin1" and not _is_latin(text):
        return "ucs2"
    return encoding_of(text)


def _is_latin(text: str) -> bool:
    return all(ord(letter) < 0x100 for letter in text)


def octets_of(text: str, encoding: Encoding, *, own: Own) -> bytes:
    """Octets under data_coding 0 or 8, as a centre with this alphabet of its own reads them."""
    if own == "latin1" and encoding == "gsm7":
        return text.encode("latin-1")
    return encode(text, encoding)


def decode_gsm(octets: bytes) -> str:
    """What a handset shows. An unknown escape is a space and its letter (TS 23.038, 6.2.1.1)."""
    letters: list[str] = []
    escaped = False
    for code in octets:
        if escaped:
            letters.append(_EXTENSION.get(code) or " " + _basic(code))
            escaped = False
        elif code == _ESCAPE:
            escaped = True
        else:
            letters.append(_basic(code))
    return "".join(letters)


def _basic(code: int) -> str:
    return _BASIC[code] if code < len(_BASIC) and code != _ESCAPE else "\ufffd"


def decode(octets: bytes, *, data_coding: int, own: Own = "gsm") -> str | None:
    """The text under an SMPP data_coding (3.4, section 5.2.19); None: it is not text."""
    match own if data_coding == 0 else _alphabet(data_coding):
        case "gsm":
            return decode_gsm(octets)
        case "latin1":
            return octets.decode("latin-1")
        case "ucs2":
            return octets.decode("utf-16-be", "replace")
        case "binary":
            return None


def _alphabet(data_coding: int) -> Literal["gsm", "latin1", "ucs2", "binary"]:
    if data_coding in (1, 3):  # IA5, Latin 1
        return "latin1"
    if data_coding in (2, 4):
        return "binary"
    if data_coding >= 0xF0:  # with a message class (TS 23.038 section 4)
        return "binary" if data_coding & 0x04 else "gsm"
    bits = data_coding & 0x0C
    return "ucs2" if bits == 0x08 else "binary" if bits == 0x04 else "gsm"


def simplified(text: str) -> str:
    """The text without what GSM 7 lacks, if that makes it GSM 7 as a whole; else as it was.

    `simplified("Zażółć gęślą jaźń")` is "Zazolc gesla jazn"; Greek turns into capitals.
    """
    if encoding_of(text) == "gsm7":
        return text
    plain = "".join(_simple(letter) for letter in unicodedata.normalize("NFC", text))
    return plain if encoding_of(plain) == "gsm7" else text


def _simple(letter: str) -> str:
    if letter in _TO_GSM:
        return letter
    if letter in _PLAIN:
        return _PLAIN[letter]
    bare = "".join(
        mark for mark in unicodedata.normalize("NFD", letter) if not unicodedata.combining(mark)
    )
    if "\u0370" <= bare <= "\u03ff":
        bare = bare.upper()
    return _GREEK_LOOK.get(bare, bare)
