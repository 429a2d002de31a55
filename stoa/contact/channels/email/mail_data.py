"""What a sender says after DATA (RFC 5321 section 4.5.2), within what memory there is for it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from typing import Final, Self

MAIL_BYTES_MAX: Final = 50 * 1024 * 1024
# Every connection has that much for itself: large mails, or slow ones, keep no usual one out.
FREE_BYTES = 256 * 1024
# Over all connections of a process beyond that; larger than the largest mail.
HELD_BYTES_MAX = 128 * 1024 * 1024


class MailRefused(Exception):
    """The whole mail has been heard, and nothing of it kept; its text is the answer."""


_LINE_END = b"\r\n"
_DOTTED = b"\r\n."
_END = b"\r\n.\r\n"
_READ_BYTES = 8 * 1024 * 1024

TOO_LARGE: Final = "552 5.3.4 The mail is too large: 50 MB are taken at most"
NO_ROOM: Final = "452 4.3.1 Too much mail comes at once, come again later"


@dataclass(slots=True)
class Room:
    """The memory for all mails that are being received or stored."""

    left: int = HELD_BYTES_MAX

    def has(self, size: int) -> bool:
        """Whether a mail of that size would be taken at this moment."""
        return size - FREE_BYTES <= self.left


class Share:
    """What one mail has of the room, for as long as the block runs."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._taken = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.give_back()

    def grows_to(self, size: int) -> bool:
        """Whether there is room for that; then it is this mail's."""
        more = size - FREE_BYTES - self._taken
        if more > self._room.left:
            return False
        if more > 0:
            self._room.left -= more
            self._taken += more
        return True

    def give_back(self) -> None:
        self._room.left += self._taken
        self._taken = 0


async def read_mail(reader: asyncio.StreamReader, share: Share) -> bytes:
    """The mail as it was before its dots were doubled. A line may be of any length.

    Raises:
        MailRefused: said only after the final dot, where a sender listens for it.
        asyncio.IncompleteReadError
    """
    kept = BytesIO()  # one piece: a mail of empty lines is no larger here than it was sent
    size = 0
    refusal = ""
    async for piece in _pieces(reader):
        if refusal:
            continue
        size += len(piece)
        if size > MAIL_BYTES_MAX:
            refusal = TOO_LARGE
        elif not share.grows_to(size):
            refusal = NO_ROOM
        else:
            kept.write(piece)
            continue
        kept = BytesIO()
        share.give_back()
    if refusal:
        raise MailRefused(refusal)
    return kept.getvalue()


async def _pieces(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    """What is said until the final dot; not by lines, for of those a mail may have millions."""
    heard = _LINE_END  # the mail begins at the beginning of a line
    begin = len(heard)
    while (end := heard.find(_END)) < 0:
        # What may be the beginning of an end waits for the rest of it.
        waiting = heard.find(b"\r", max(0, len(heard) - len(_END) + 1))
        cut = len(heard) if waiting < 0 else waiting
        if cut:
            yield heard[:cut].replace(_DOTTED, _LINE_END)[begin:]
            begin = 0
        more = await reader.read(_READ_BYTES)
        if not more:
            raise asyncio.IncompleteReadError(heard[cut:], None)
        heard = heard[cut:] + more
    if (rest := heard[end + len(_END) :]) and not reader.at_eof():
        # Commands sent ahead. The reader holds nothing: it never has as much as was asked of it.
        reader.feed_data(rest)
    yield heard[: end + len(_LINE_END)].replace(_DOTTED, _LINE_END)[begin:]
