"""Alphabets and parts; the cases of `segments.json` hold for the desk's composer too."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiosmpplib.codec import find_codec_info  # type: ignore[import-untyped]  # it has no types
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.sms.encoding import (
    decode,
    decode_gsm,
    encode,
    encoding_of,
    segments_of,
    simplified,
    split,
)

CASES = json.loads((Path(__file__).parent / "segments.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['text'][:8]}x{case.get('repeat')}")
def test_counts_parts_as_the_composer_does(case: dict[str, Any]) -> None:
    text = case["text"] * case.get("repeat", 1)
    segments = segments_of(text)
    assert segments.encoding == case["encoding"]
    assert segments.count == case["count"]
    assert segments.characters_left == case["left"]
    assert segments.each == case["each"]


@given(st.text(max_size=500))
def test_parts_joined_are_the_text_and_each_of_them_fits(text: str) -> None:
    parts = split(text)
    assert "".join(parts) == text
    encoding = encoding_of(text)
    limit = 140 if len(parts) == 1 else 134
    for part in parts:
        octets = len(encode(part, encoding))
        assert (octets if encoding == "ucs2" else (octets * 7 + 7) // 8) <= limit


def test_agrees_with_another_implementation_of_the_alphabet() -> None:
    other = find_codec_info("gsm0338", None)
    letters = "".join(chr(code) for code in range(0x20, 0x2100))
    ours = "".join(letter for letter in letters if encoding_of(letter) == "gsm7")
    assert encode(ours, "gsm7") == other.encode(ours)[0]
    assert decode_gsm(encode(ours, "gsm7")) == ours


@pytest.mark.parametrize(
    ("coding", "octets", "text"),
    [
        (0, b"\x1b\x28\x1b\x65\x1b\x29 \x13\x10", "{€} ΓΔ"),
        (0, b"\x1b\x41", " A"),
        (0, b"\x1b", ""),
        (0, b"\x80", "\ufffd"),
        (1, b"plain", "plain"),
        (3, "é ü".encode("latin-1"), "é ü"),
        (8, "Zażółć Ναι".encode("utf-16-be"), "Zażółć Ναι"),
        (0x18, "Ω".encode("utf-16-be"), "Ω"),
        (0xF1, b"\x00", "@"),
    ],
)
def test_reads_every_text_coding(coding: int, octets: bytes, text: str) -> None:
    assert decode(octets, data_coding=coding) == text


@pytest.mark.parametrize("coding", [2, 4, 0xF5, 0x14])
def test_takes_binary_for_no_text(coding: int) -> None:
    assert decode(b"\x01\x02", data_coding=coding) is None


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Zażółć gęślą jaźń ŁÓDŹ", "Zazolc gesla jazn LODZ"),
        ("Η παραγγελία σας είναι έτοιμη", "H ΠAPAΓΓEΛIA ΣAΣ EINAI ETOIMH"),
        ("„Größe” – 10 €…", '"Größe" - 10 €...'),
        ("Perché è così", "Perché è così"),
        ("Zażółć 😀", "Zażółć 😀"),
    ],
)
def test_simplifies_only_what_then_fits_the_short_alphabet(text: str, plain: str) -> None:
    assert simplified(text) == plain
