"""Bytes to letters, whatever their mail says of them."""

import codecs
import re

from charset_normalizer import from_bytes

# What programs write and Python knows by another name, or means otherwise than they do: what calls
# itself Latin 1 or 2 and holds 0x80 to 0x9f was written by Windows (the WHATWG Encoding standard
# reads them so, too).
_ALIASES = {
    "ansi_x3.110-1983": "iso-8859-1",
    "x-unknown": "us-ascii",
    "x-user-defined": "us-ascii",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "windows-874": "cp874",
    "x-mac-ce": "mac_latin2",
    "x-mac-greek": "mac_greek",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "ks_c_5601-1987": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}
_WINDOWS = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254"}
_C1 = re.compile(r"[\x80-\x9f]")
# Python reads these too, and they are not alphabets: "rot13", "zlib", "idna", "unicode_escape".
_NO_ALPHABETS = frozenset(
    {"idna", "punycode", "undefined", "raw-unicode-escape", "unicode-escape", "unicode_escape"}
)
_GUESSED_BYTES = 4_096
_LIKELY = ["utf_8", "cp1250", "iso8859_2", "cp1252", "cp1253", "iso8859_7", "cp1251", "utf_16"]


def to_text(data: bytes, declared: str | None) -> tuple[str, bool]:
    """The letters, and whether their alphabet had to be guessed. Never fails; NUL is left out."""
    text, is_guessed = _to_text(data, declared)
    return text.replace("\x00", "").replace("\ufeff", ""), is_guessed


def _to_text(data: bytes, declared: str | None) -> tuple[str, bool]:
    name = _known(declared)
    if name == "utf-7":
        return _from_utf_7(data)
    if name is not None and name not in ("ascii", "utf-8"):
        if (text := _strictly(data, name)) is not None:
            return _without_c1(text, data, name)
        return _guess(data, instead_of=name)
    # UTF-8 proves itself; and who names nothing, or ASCII, most often writes it.
    if (text := _strictly(data, "utf-8")) is not None:
        return text, False
    return _guess(data, instead_of=name)


def _known(declared: str | None) -> str | None:
    """Python's name for an alphabet that it has, else None."""
    label = (declared or "").strip().strip("\"'").lower()
    if not label or len(label) > 40 or not label.isascii():
        return None
    label = _ALIASES.get(label, label)
    try:
        found = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    is_alphabet = getattr(found, "_is_text_encoding", True)
    return found.name if is_alphabet and found.name not in _NO_ALPHABETS else None


def _strictly(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError, LookupError):
        return None


def _without_c1(text: str, data: bytes, name: str) -> tuple[str, bool]:
    if name in _WINDOWS and _C1.search(text):
        return data.decode(_WINDOWS[name], "replace"), False
    if name.startswith("iso8859") and _C1.search(text):
        # Windows has the letters of Latin 2 and Greek in other places: what is meant is open.
        return _guess(data, instead_of=name)
    return text, False


def _from_utf_7(data: bytes) -> tuple[str, bool]:
    """Only where the mail says so itself. `<` may hide in it: what cleans HTML comes after this."""
    text = _strictly(data, "utf-7")
    if text is None:
        return _guess(data, instead_of=None)
    return text.encode("utf-8", "replace").decode(), False  # it can hold halves of letters


def _guess(data: bytes, *, instead_of: str | None) -> tuple[str, bool]:
    """Never fails: in the end, what is unreadable becomes a question mark."""
    if (text := _strictly(data, "utf-8")) is not None:
        return text, True
    if instead_of not in (None, "ascii", "utf-8"):
        # A few odd bytes in a text which else is what it says.
        text = data.decode(instead_of, "replace")
        if text.count("\ufffd") * 50 <= len(text):
            return text, True
    elif data.isascii() is False and instead_of == "utf-8":
        text = data.decode("utf-8", "replace")
        if text.count("\ufffd") * 50 <= len(text):
            return text, True
    return data.decode(likeliest(data), "replace"), True


def likeliest(data: bytes) -> str:
    """The alphabet that makes the most of the bytes."""
    try:
        best = from_bytes(
            data[:_GUESSED_BYTES], cp_isolation=_LIKELY, steps=3, chunk_size=512
        ).best()
    except Exception:  # it is the last resort, and must not be the one to fail
        best = None
    return best.encoding if best is not None else "cp1252"
