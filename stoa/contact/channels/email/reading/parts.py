"""A mail as a tree of parts (RFC 2045 to 2049), bounded in depth and number.

Parts are cut by their boundaries from the outside in, each cut one pass over the bytes: the line by
line way of the standard library takes minutes for what a stranger may nest into 50 MB.
"""

import binascii
import re
from base64 import b64decode
from binascii import a2b_qp, a2b_uu
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from stoa.contact.channels.email.reading.headers import (
    BYTES_MAX,
    Headers,
    decoded,
    parameters,
    split_at,
)
from stoa.contact.channels.protocol import Unreadable

DEPTH_MAX = 30
PARTS_MAX = 1_000
BOUNDARIES_MAX = 100_000  # lines that begin like one

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_HEADER_LIKE = re.compile(rb"[!-9;-~]+[ \t]*:")


@dataclass
class Part:
    """Its body is a stretch of the whole mail's bytes: copied at each depth, 50 MB became 3 GB."""

    headers: Headers
    whole: bytes = field(repr=False)
    begin: int
    end: int
    media_type: str
    parameters: dict[str, str]
    disposition: str = ""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    children: Sequence["Part"] = ()
    is_torn: bool = False  # it says that it has parts, and they could not be found

    @property
    def body(self) -> bytes:
        """As it came, still encoded."""
        return self.whole[self.begin : self.end]

    @property
    def main_type(self) -> str:
        return self.media_type.partition("/")[0]

    @property
    def is_attachment(self) -> bool:
        return self.disposition == "attachment"

    @property
    def file_name(self) -> str:
        name = self.disposition_parameters.get("filename") or self.parameters.get("name") or ""
        # Some programs percent-encode without saying so, or leave RFC 2231's prefix in place.
        return re.sub(r"^utf-8''", "", name, flags=re.IGNORECASE)

    @property
    def content_id(self) -> str | None:
        return decoded(self.headers.get("content-id")).strip("<> ")[:200] or None

    @cached_property
    def content(self) -> bytes:
        """The bytes that were encoded; what is broken in them is left out."""
        encoding = self.headers.get("content-transfer-encoding").lower().strip(" ;\"'")
        if encoding == "base64":
            return _from_base64(self.body)
        if encoding == "quoted-printable":
            return a2b_qp(self.body)
        if encoding in ("x-uuencode", "uuencode", "uue", "x-uue"):
            return _from_uuencode(self.body)
        return self.body

    def walk(self) -> Iterator["Part"]:
        yield self
        for child in self.children:
            yield from child.walk()


def read_parts(content: bytes) -> Part:
    """Raises:
    Unreadable: it is no mail, or one that nobody writes to be read.
    """
    begin = len(content) - len(content.lstrip(b"\r\n\t \x00"))
    # A mail box file (mbox) puts a line of its own before each mail.
    if content.startswith((b"From ", b">From "), begin):
        begin = content.find(b"\n", begin) + 1
    return _Reader(content).part(begin, len(content), depth=0, default="text/plain")


class _Reader:
    def __init__(self, whole: bytes) -> None:
        self.whole = whole
        self.count = 0

    def part(self, begin: int, end: int, *, depth: int, default: str) -> Part:
        self.count += 1
        if self.count > PARTS_MAX:
            raise Unreadable("too_many_parts", limit=PARTS_MAX)
        if depth > DEPTH_MAX:
            raise Unreadable("too_deep", limit=DEPTH_MAX)
        block_end, body = begin, begin
        if not depth or _HEADER_LIKE.match(self.whole, begin, end):
            block_end, body = split_at(self.whole, begin, end)
        elif self.whole.startswith((b"\r\n", b"\n"), begin):
            body = self.whole.find(b"\n", begin) + 1
        headers = Headers.read(self.whole[begin : min(block_end, begin + BYTES_MAX)])
        media_type, named = headers.parameters("content-type")
        disposition, disposition_named = parameters(headers.get("content-disposition"))
        if not _TYPE.fullmatch(media_type):
            media_type = _mended(media_type, default)
        part = Part(
            headers,
            self.whole,
            min(body, end),
            end,
            media_type,
            named,
            disposition,
            disposition_named,
        )
        if part.main_type == "multipart":
            self._open(part, depth=depth)
        return part

    def _open(self, part: Part, *, depth: int) -> None:
        boundary = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
        spans = self._cut(part.begin, part.end, b"--" + boundary) if boundary else None
        if spans is None:
            part.is_torn, part.media_type = True, "text/plain"
            return
        inner = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        part.children = [
            self.part(begin, end, depth=depth + 1, default=inner) for begin, end in spans
        ]

    def _cut(self, begin: int, end: int, line: bytes) -> list[tuple[int, int]] | None:
        """What is between the boundary's lines. Without an end, the last part goes to the body's
        end; None without a beginning."""
        spans: list[tuple[int, int]] = []
        opened: int | None = None
        for at, after, is_end in self._boundaries(begin, end, line):
            if opened is not None:
                spans.append((opened, self._before_break(opened, at)))
                if len(spans) > PARTS_MAX:
                    raise Unreadable("too_many_parts", limit=PARTS_MAX)
            if is_end:
                return spans
            opened = after
        return None if opened is None else [*spans, (opened, end)]

    def _boundaries(self, begin: int, end: int, line: bytes) -> Iterator[tuple[int, int, bool]]:
        """Where a boundary's line begins, where the next one does, and whether it is the last."""
        whole, needle = self.whole, b"\n" + line
        at = begin if whole.startswith(line, begin, end) else whole.find(needle, begin, end) + 1
        for _ in range(BOUNDARIES_MAX):
            if at < begin or not whole.startswith(line, at, end):
                return
            line_end = whole.find(b"\n", at, end)
            line_end = end if line_end < 0 else line_end
            rest = whole[at + len(line) : min(line_end, at + len(line) + 200)].rstrip()
            if rest in (b"", b"--"):
                yield at, min(line_end + 1, end), bool(rest)
            at = whole.find(needle, at, end) + 1
            if at == 0:
                return
        raise Unreadable("too_many_parts", limit=PARTS_MAX)

    def _before_break(self, begin: int, at: int) -> int:
        """The line break before a boundary belongs to the boundary (RFC 2046 section 5.1.1)."""
        if self.whole.endswith(b"\r\n", begin, at):
            return at - 2
        return at - 1 if self.whole.endswith(b"\n", begin, at) else at


def _mended(media_type: str, default: str) -> str:
    """RFC 2045 section 5.2: what is nonsense is plain text; `text` alone is what it seems to be."""
    if media_type in ("text", "plain"):
        return "text/plain"
    return "text/html" if media_type in ("html", "htm") else default


def _from_base64(body: bytes) -> bytes:
    """Also of what was broken under way: strange characters are skipped, a torn end is mended."""
    try:
        return b64decode(body, validate=False) if b"=" not in body[:-4].rstrip() else _pieces(body)
    except (binascii.Error, ValueError):
        return _pieces(body)


def _pieces(body: bytes) -> bytes:
    """A footer may have been glued on after the padding: each padded piece is read by itself, and
    what follows the first is left out where it is no base64."""
    clean = _NOT_BASE64.sub(b"", body.partition(b"=")[0])
    clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
    return b64decode(clean + b"=" * (-len(clean) % 4))


def _from_uuencode(body: bytes) -> bytes:
    lines = body.replace(b"\r\n", b"\n").split(b"\n")
    starts = [at for at, line in enumerate(lines) if line.startswith(b"begin ")]
    if not starts:
        return body
    data = bytearray()
    for line in lines[starts[0] + 1 :]:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            data += a2b_uu(line)
        except binascii.Error:
            # Some programs count wrongly: the length by the line's own first character.
            bounded = line[: 1 + ((((line[0] - 32) & 63) * 4 + 5) // 3)]
            try:
                data += a2b_uu(bounded)
            except binascii.Error:
                break
    return bytes(data)
