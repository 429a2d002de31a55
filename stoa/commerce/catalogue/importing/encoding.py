"""Which encoding a file is in, told from its bytes."""

import codecs
import re
from pathlib import Path

_SAMPLE_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 20

# Bytes that stand inside words of one encoding only. In Windows-1250: ą ł ż ś ź Ś Ź.
_POLISH = re.compile(rb"[A-Za-z\xf3][\xb9\xb3\xbf\x9c\x9f]|[\xb9\xb3\xbf\x9c\x9f\x8c\x8f][a-z]")
# In Windows-1252: à è ì ò ù ñ å ø.
_WESTERN = re.compile(
    rb"[A-Za-z][\xe0\xe8\xec\xf2\xf9\xf1\xe5\xf8]|[\xe0\xe8\xec\xf2\xf9\xf1\xe5\xf8][a-z]"
)
# Whole words beyond ASCII: Greek.
_GREEK = re.compile(rb"[\xb8-\xfe]{4,}")


def detect_encoding(path: Path) -> str:
    """The codec to read the file with; UTF-8 also when a few of its lines are broken."""
    with path.open("rb") as file:
        start = file.read(4)
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if start.startswith(mark):
            return codec
    if len(start) == 4 and start[1] == 0 and start[3] == 0:
        return "utf-16-le"
    if len(start) == 4 and start[0] == 0 and start[2] == 0:
        return "utf-16-be"
    sequences, broken, sample = _look_through(path)
    # A legacy file breaks UTF-8 nearly everywhere it leaves ASCII, a damaged one here and there.
    return "utf-8" if broken <= sequences else _legacy(sample)


_LEAD = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")


def _look_through(path: Path) -> tuple[int, int, bytes]:
    """(good UTF-8 sequences, bytes that are none, a sample of lines that are none)."""
    sequences = broken = 0
    sample = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            chunk += file.readline(_CHUNK_BYTES)
            if chunk.isascii():
                continue
            sequences += len(_LEAD.findall(chunk))
            rest = _LEAD.sub(b"", chunk)
            if not rest.isascii():
                broken += len(_HIGH.findall(rest))
                if len(sample) < _SAMPLE_BYTES:
                    sample += chunk
    return sequences, broken, sample


def _legacy(sample: bytes) -> str:
    if len(_GREEK.findall(sample)) > len(sample) // 200:
        return "cp1253"
    return "cp1250" if len(_POLISH.findall(sample)) > len(_WESTERN.findall(sample)) else "cp1252"
