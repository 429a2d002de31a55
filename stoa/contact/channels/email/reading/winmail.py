"""winmail.dat: what Outlook packs a mail into for another Outlook (MS-OXTNEF, "TNEF").

A stream of attributes, some of which hold properties (MS-OXCDATA). Read are the files and the text;
every length is checked against what is there before it is believed.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from stoa.contact.channels.email.reading.charsets import to_text

SIGNATURE = 0x223E9F78
FILES_MAX = 100
PROPERTIES_MAX = 2_000
DEPTH_MAX = 4

_MESSAGE, _ATTACHMENT = 1, 2
_ATT_CODEPAGE, _ATT_BODY, _ATT_MAPI = 0x9007, 0x800C, 0x9003
_ATT_RENDERING, _ATT_TITLE, _ATT_DATA, _ATT_ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005

_BODY, _HTML = 0x1000, 0x1013
_FILE_NAME, _LONG_NAME, _DISPLAY_NAME, _MIME, _CONTENT_ID, _DATA = (
    0x3704, 0x3707, 0x3001, 0x370E, 0x3712, 0x3701,
)  # fmt: skip
_STRING8, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_FIXED = {2: 2, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 2, 20: 8, 64: 8, 72: 16}
_VARIABLE = (_STRING8, _UNICODE, _OBJECT, _BINARY)
_MULTIPLE = 0x1000
# IID_IMessage, which a mail within the mail begins with.
_IID_MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


class NoWinmail(ValueError):
    """The bytes are no TNEF stream, or one that breaks off."""


@dataclass
class WinmailFile:
    file_name: str = ""
    media_type: str = ""
    content_id: str | None = None
    content: bytes = b""


@dataclass
class Winmail:
    text: str = ""
    html: str = ""
    files: list[WinmailFile] = field(default_factory=list)
    is_whole: bool = True  # False: it broke off, and what came before is here


def read_winmail(content: bytes, *, depth: int = 0) -> Winmail:
    """Raises:
    NoWinmail: nothing of it can be read.
    """
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        raise NoWinmail("no TNEF signature")
    found = Winmail()
    code_page = "cp1252"
    try:
        for level, attribute, data in _attributes(content):
            if level == _MESSAGE and attribute == _ATT_CODEPAGE and len(data) >= 4:
                code_page = f"cp{struct.unpack_from('<I', data)[0]}"
            elif level == _MESSAGE:
                _take_message(found, attribute, data, code_page)
            elif level == _ATTACHMENT:
                _take_attachment(found, attribute, data, code_page, depth)
    except (struct.error, NoWinmail):
        found.is_whole = False
    found.files = [file for file in found.files if file.content]
    if not (found.is_whole or found.files or found.text or found.html):
        raise NoWinmail("it breaks off before anything can be read")
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Level, id and data, each followed by a sum of the data's bytes, which programs write wrongly
    often enough not to be gone by."""
    at = 6
    while at < len(content):
        if len(content) - at < 9:
            raise NoWinmail("an attribute breaks off")
        level, number, length = struct.unpack_from("<BII", content, at)
        at += 9
        if level not in (_MESSAGE, _ATTACHMENT) or length > len(content) - at:
            raise NoWinmail("an attribute is longer than its stream")
        yield level, number & 0xFFFF, content[at : at + length]
        at += length + 2


def _take_message(found: Winmail, attribute: int, data: bytes, code_page: str) -> None:
    if attribute == _ATT_BODY:
        found.text = found.text or _letters(data, code_page)
    elif attribute == _ATT_MAPI:
        for number, kind, value in _properties(data):
            if number == _BODY:
                found.text = found.text or _string(value, kind, code_page)
            elif number == _HTML:
                found.html = found.html or _string(value, kind, code_page)


def _take_attachment(
    found: Winmail, attribute: int, data: bytes, code_page: str, depth: int
) -> None:
    if attribute == _ATT_RENDERING:  # each attachment begins with it
        if len(found.files) == FILES_MAX:
            raise NoWinmail("more files than anybody sends")
        found.files.append(WinmailFile())
    elif not found.files:
        raise NoWinmail("data of an attachment that has not begun")
    elif attribute == _ATT_TITLE:
        file = found.files[-1]
        file.file_name = file.file_name or _letters(data, code_page)
    elif attribute == _ATT_DATA:
        found.files[-1].content = data
    elif attribute == _ATT_ATTACHMENT:
        _take_properties(found, found.files[-1], data, code_page, depth)


def _take_properties(
    found: Winmail, file: WinmailFile, data: bytes, code_page: str, depth: int
) -> None:
    best_name = ""
    for number, kind, value in _properties(data):
        if number == _LONG_NAME or (number in (_FILE_NAME, _DISPLAY_NAME) and not best_name):
            best_name = _string(value, kind, code_page) or best_name
        elif number == _MIME:
            file.media_type = _string(value, kind, code_page).lower()
        elif number == _CONTENT_ID:
            file.content_id = _string(value, kind, code_page).strip("<>") or None
        elif number == _DATA and kind == _BINARY:
            file.content = file.content or value
        elif number == _DATA and kind == _OBJECT and depth < DEPTH_MAX:
            _take_object(found, value, depth)
    file.file_name = best_name or file.file_name


def _take_object(found: Winmail, value: bytes, depth: int) -> None:
    """A mail within the mail: its files are taken over, its text is put below ours."""
    if not value.startswith(_IID_MESSAGE):
        return
    try:
        inner = read_winmail(value[16:], depth=depth + 1)
    except NoWinmail:
        return
    room = FILES_MAX - len(found.files)
    # Before the file that is being read, which stays the last.
    found.files[-1:-1] = inner.files[: max(room, 0)]
    if inner.text:
        found.text = f"{found.text}\n\n{inner.text}".strip()


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Id, type and first value (MS-OXTNEF section 2.1.3.4)."""
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, PROPERTIES_MAX)):
        kind, number = struct.unpack_from("<HH", data, at)
        at += 4
        if number >= 0x8000:
            at = _after_name(data, at)
        kind, is_multiple = kind & ~_MULTIPLE, bool(kind & _MULTIPLE)
        if kind in _VARIABLE:
            value, at = _variable(data, at)
        elif kind in _FIXED:
            value, at = _fixed(data, at, _FIXED[kind], is_multiple=is_multiple)
        else:
            raise NoWinmail("a property of an unknown type")
        yield number, kind, value


def _after_name(data: bytes, at: int) -> int:
    """Named properties: a GUID, and a number or a name."""
    (kind,) = struct.unpack_from("<I", data, at + 16)
    if kind == 0:
        return at + 24
    (length,) = struct.unpack_from("<I", data, at + 20)
    return _padded(data, at + 24, length)


def _variable(data: bytes, at: int) -> tuple[bytes, int]:
    (count,) = struct.unpack_from("<I", data, at)
    at += 4
    if count > PROPERTIES_MAX:
        raise NoWinmail("more values than anybody writes")
    first = b""
    for index in range(count):
        (length,) = struct.unpack_from("<I", data, at)
        end = _padded(data, at + 4, length)
        if index == 0:
            first = data[at + 4 : at + 4 + length]
        at = end
    return first, at


def _fixed(data: bytes, at: int, size: int, *, is_multiple: bool) -> tuple[bytes, int]:
    count = 1
    if is_multiple:
        (count,) = struct.unpack_from("<I", data, at)
        at += 4
    end = _padded(data, at, size * count)
    return data[at : at + size], end


def _padded(data: bytes, at: int, length: int) -> int:
    """Where what begins at `at` ends, filled up to four bytes."""
    if length > len(data) - at:
        raise NoWinmail("a property is longer than its attribute")
    return at + length + (-length % 4)


def _string(value: bytes, kind: int, code_page: str) -> str:
    if kind == _UNICODE:
        text = value[: len(value) // 2 * 2].decode("utf-16-le", "replace")
        return text.replace("\x00", "")
    return _letters(value, code_page)


def _letters(value: bytes, code_page: str) -> str:
    return to_text(value.rstrip(b"\x00"), code_page)[0]
