"""winmail.dat is opened, and no length in it is believed."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoa.contact.channels.email.reading.winmail import NoWinmail, read_winmail
from tests.contact.channels.email.making.tnef import winmail

FILES = [("Größe.pdf", "application/pdf", b"%PDF"), ("b.txt", "text/plain", b"hello")]
WHOLE = winmail(text="Guten Tag", files=FILES)


def test_reads_text_and_files() -> None:
    found = read_winmail(WHOLE)
    assert found.is_whole
    assert found.text == "Guten Tag"
    assert [(file.file_name, file.media_type, file.content) for file in found.files] == FILES


def test_reads_a_mail_within_the_mail() -> None:
    inner = winmail(text="within", files=[("c.txt", "text/plain", b"deep")])
    value = bytes.fromhex("0703020000000000c000000000000046") + inner
    padded = value + b"\0" * (-len(value) % 4)
    properties = struct.pack("<IHHII", 1, 0x000D, 0x3701, 1, len(value)) + padded
    attribute = struct.pack("<BII", 2, 0x00069005, len(properties)) + properties + b"\0\0"
    begun = struct.pack("<BII", 2, 0x00069002, 14) + b"\0" * 14 + b"\0\0"
    found = read_winmail(WHOLE + begun + attribute)
    assert [file.file_name for file in found.files] == ["Größe.pdf", "b.txt", "c.txt"]
    assert found.text == "Guten Tag\n\nwithin"


def test_keeps_what_came_before_it_breaks_off() -> None:
    found = read_winmail(WHOLE[:-20])
    assert not found.is_whole
    assert found.files[0].content == b"%PDF"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x78\x9f\x3e\x22", WHOLE[:30]])
def test_refuses_what_is_none(content: bytes) -> None:
    with pytest.raises(NoWinmail):
        read_winmail(content)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=8))
def test_survives_any_damage(at: int, damage: bytes) -> None:
    try:
        read_winmail(WHOLE[:at] + damage + WHOLE[at + len(damage) :])
    except NoWinmail:
        return


@given(st.binary(max_size=400))
def test_survives_anything(content: bytes) -> None:
    try:
        read_winmail(b"\x78\x9f\x3e\x22\x01\x00" + content)
    except NoWinmail:
        return
