"""The headers of a mail or of a part of one: never trusted, always readable."""

import binascii
import re
from base64 import b64decode
from binascii import a2b_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Self

from stoa.contact.channels.email.reading.charsets import likeliest, to_text

HEADERS_MAX = 2_000
VALUE_MAX = 20_000  # of what is shown of one
BYTES_MAX = 1_000_000  # of all headers together; a reader of mails is not filled by them

_FIELD = re.compile(rb"^([!-9;-~]{1,200})[ \t]*:[ \t]?(.*)$", re.DOTALL)
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(=\?)")
_MESSAGE_ID = re.compile(r"<[^<>\s,;\"\\]{1,900}>")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Headers:
    """In their order, names in lower case, values unfolded and not yet decoded."""

    fields: Sequence[tuple[str, str]]

    @classmethod
    def read(cls, block: bytes) -> Self:
        return cls(tuple(_fields(block[:BYTES_MAX])))

    def get(self, name: str) -> str:
        return next((value for key, value in self.fields if key == name), "")

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def text(self, name: str) -> str:
        return decoded(self.get(name))

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """A value like `text/plain; charset=utf-8` taken apart (RFC 2045, RFC 2231)."""
        return parameters(self.get(name))


def split_at(content: bytes, begin: int, end: int) -> tuple[int, int]:
    """Where the headers end and where the body begins."""
    ends = [at for blank in (b"\n\n", b"\n\r\n") if (at := content.find(blank, begin, end)) >= 0]
    if not ends:
        return end, end
    first = min(ends)
    return first, content.find(b"\n", first + 1) + 1


def headers_of(content: bytes) -> Headers:
    """Of a whole mail, or of what of one is only its headers."""
    content = content.lstrip(b"\r\n")[:BYTES_MAX]
    return Headers.read(content[: split_at(content, 0, len(content))[0]])


def _fields(block: bytes) -> Iterator[tuple[str, str]]:
    """A line that is no header and continues none is left out."""
    alphabet = None if block.isascii() else _alphabet(block)
    lines: list[bytes] = []
    count = 0
    for line in [*block.replace(b"\r\n", b"\n").split(b"\n"), b""]:
        if line[:1] in (b" ", b"\t") and lines:
            lines.append(line)
            continue
        if lines and (match := _FIELD.match(b"\n".join(lines))):
            text = match[2].decode(alphabet or "ascii", "replace")
            yield match[1].decode("ascii").lower(), _unfolded(text)
            count += 1
            if count == HEADERS_MAX:
                return
        lines = [line] if line else []


def _alphabet(block: bytes) -> str:
    """Of letters that stand in headers as they are: UTF-8 (RFC 6532), or what is likeliest."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return likeliest(b"\n".join(line for line in block.split(b"\n") if not line.isascii()))
    return "utf-8"


def _unfolded(text: str) -> str:
    return _FOLD.sub(" ", text).replace("\x00", "").strip()


def decoded(value: str) -> str:
    """With its encoded words (RFC 2047) as letters, on one line, without what turns or hides it."""
    value = value[:VALUE_MAX]
    if "=?" in value:
        value = _BETWEEN_WORDS.sub(r"\1\2", value)
        value = "".join(_pieces(value))
    return " ".join(_CONTROLS.sub(" ", value).split())


def _pieces(value: str) -> Iterator[str]:
    """Words of one alphabet in a row are joined before they are read: some programs cut a letter
    in two."""
    at = 0
    pending, alphabet = b"", ""
    for word in _WORD.finditer(value):
        name = word[1].partition("*")[0].lower()  # RFC 2231 section 5: a language may follow
        between = value[at : word.start()]
        if pending and (between or name != alphabet):
            yield to_text(pending, alphabet)[0]
            pending = b""
        yield between
        pending, alphabet = pending + _word_bytes(word), name
        at = word.end()
    if pending:
        yield to_text(pending, alphabet)[0]
    yield value[at:]


def _word_bytes(word: re.Match[str]) -> bytes:
    data = word[3].encode("utf-8", "replace")
    if word[2] in "qQ":
        return a2b_qp(data, header=True)
    try:
        return b64decode(data.rstrip(b"=") + b"=" * (-len(data.rstrip(b"=")) % 4))
    except (binascii.Error, ValueError):
        return data


def parameters(value: str) -> tuple[str, dict[str, str]]:
    if not value:
        return "", {}
    carrier = Message()
    carrier["content-type"] = value[:20_000]
    try:
        found = carrier.get_params([])
    except (ValueError, TypeError, LookupError, IndexError):
        # A continuation (RFC 2231) that is none: the plain parameters are read by hand.
        return value.partition(";")[0].strip().lower(), dict(_plain_parameters(value))
    if not found:
        return "", {}
    named: dict[str, str] = {}
    for name, content in found[1:]:
        named.setdefault(name.lower(), _parameter(content))
    return found[0][0].strip().lower(), named


def _parameter(content: str | tuple[str | None, str | None, str]) -> str:
    if isinstance(content, tuple):  # RFC 2231: alphabet, language, percent-encoded bytes as letters
        alphabet, _, letters = content
        return decoded(to_text(letters.encode("latin-1", "replace"), alphabet)[0])
    return decoded(content)


def _plain_parameters(value: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r';\s*([\w-]{1,40})\*?\s*=\s*("[^"]*"|[^;\s]*)', value[:20_000]):
        yield found[1].lower(), decoded(found[2].strip('"'))


def message_ids(value: str) -> list[str]:
    """The names in a Message-ID, In-Reply-To or References, in their order, each once."""
    return list(dict.fromkeys(_MESSAGE_ID.findall(value[:200_000])))


def moment(value: str) -> datetime | None:
    """A Date in UTC; None for one that is none."""
    try:
        found = parsedate_to_datetime(value[:200])
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
