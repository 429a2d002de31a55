"""However much mail comes at once, it is held in a bounded memory, and none of it is lost."""

import asyncio
import resource
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import pytest

from stoa.contact.channels.email.mail_data import (
    FREE_BYTES,
    HELD_BYTES_MAX,
    MAIL_BYTES_MAX,
    NO_ROOM,
    TOO_LARGE,
    MailRefused,
    Room,
    Share,
    read_mail,
)
from stoa.contact.channels.email.reception import Reception, Recipient, receiving
from stoa.contact.channels.protocol import Raw

INBOX = uuid4()
HEAD = b"From: anna@customer.example\r\nSubject: x\r\n\r\n"


class Desk:
    """Takes mail in when it is let."""

    def __init__(self) -> None:
        self.taken: list[Raw] = []
        self.lets = asyncio.Event()
        self.lets.set()
        self.reception = Reception(lookup=self._lookup, take=self._take, hostname="mx.stoa.example")

    async def _lookup(self, address: str) -> Recipient | None:
        return Recipient(INBOX, is_on=True) if address == "shop@stoa.example" else None

    async def _take(self, inbox_id: UUID, raw: Raw) -> bool:
        assert inbox_id == INBOX
        await self.lets.wait()
        self.taken.append(raw)
        return True


@asynccontextmanager
async def listening(desk: Desk, *, protocol: str = "smtp") -> AsyncIterator[int]:
    async with (
        asyncio.timeout(60),
        receiving(desk.reception, protocol=protocol, host="127.0.0.1", port=0) as port,
    ):
        yield port


def _deliver(port: int, content: bytes, *, says_size: bool = False) -> tuple[int, bytes]:
    with smtplib.SMTP("127.0.0.1", port, timeout=40) as smtp:
        smtp.ehlo()
        options = [f"SIZE={len(content)}"] if says_size else []
        code, answer = smtp.mail("anna@customer.example", options)
        if code != 250:
            return code, answer
        smtp.rcpt("shop@stoa.example")
        return smtp.data(content)


async def deliver(port: int, content: bytes, *, says_size: bool = False) -> tuple[int, bytes]:
    return await asyncio.to_thread(_deliver, port, content, says_size=says_size)


@pytest.mark.parametrize("says_size", [True, False])
async def test_a_large_mail_without_room_is_to_come_again(says_size: bool) -> None:
    desk = Desk()
    large = HEAD + b"y" * 70 + b"\r\n" + b"z" * (2 * FREE_BYTES)
    async with listening(desk) as port:
        room = desk.reception.room
        whole, room.left = room.left, FREE_BYTES // 2
        code, answer = await deliver(port, large, says_size=says_size)
        assert (code, b"come again later" in answer) == (452, True)
        assert desk.taken == []
        assert room.left == FREE_BYTES // 2
        # What is of a usual size has its place beside the large ones.
        assert (await deliver(port, HEAD + b"usual\r\n", says_size=says_size))[0] == 250
        room.left = whole
        assert (await deliver(port, large, says_size=says_size))[0] == 250
        assert room.left == whole
    assert [b"usual" in raw.content for raw in desk.taken] == [True, False]
    assert desk.taken[1].content.endswith(large.rstrip() + b"\r\n")


async def test_each_recipient_of_a_local_delivery_hears_that_there_is_no_room() -> None:
    desk = Desk()
    async with listening(desk, protocol="lmtp") as port:
        desk.reception.room.left = 0
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = b"LHLO a.example\r\nMAIL FROM:<a@a.example>\r\n"
        said += b"RCPT TO:<shop+1@stoa.example>\r\nRCPT TO:<shop+2@stoa.example>\r\nDATA\r\n"
        writer.write(said + HEAD + b"z" * (2 * FREE_BYTES) + b"\r\n.\r\nNOOP\r\n")
        lines: list[bytes] = []
        while not lines or b"250 OK" not in lines[-1]:
            lines.append(await reader.readline())
        writer.close()
    assert [line[:3] for line in lines[-3:]] == [b"452", b"452", b"250"]


async def test_a_mail_holds_its_room_until_it_is_stored_or_its_sender_has_gone() -> None:
    desk = Desk()
    desk.lets.clear()
    size = 4 * FREE_BYTES
    async with listening(desk) as port:
        room = desk.reception.room
        whole = room.left
        stored = asyncio.create_task(deliver(port, HEAD + b"z" * size))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        said = (
            b"EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<shop@stoa.example>\r\nDATA\r\n"
        )
        writer.write(said + HEAD + b"z" * size)
        while room.left > whole - 2 * (size - FREE_BYTES) + 100_000:
            await asyncio.sleep(0.01)
        writer.close()
        desk.lets.set()
        assert (await stored)[0] == 250
        while room.left != whole:
            await asyncio.sleep(0.01)
        del reader
    assert len(desk.taken) == 1


async def _say(port: int, content: bytes) -> bytes:
    """As smtplib does, without its copies: the last answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    said = b"EHLO a.example\r\nMAIL FROM:<a@a.example>\r\n"
    writer.write(said + b"RCPT TO:<shop@stoa.example>\r\nDATA\r\n")
    await reader.readuntil(b"354 ")
    await reader.readline()
    for at in range(0, len(content), 65_536):
        writer.write(content[at : at + 65_536])
        await writer.drain()
    writer.write(b".\r\n")
    answer = await reader.readline()
    writer.close()
    return answer


async def test_many_large_mails_at_once_are_taken_or_put_off_within_the_memory() -> None:
    desk = Desk()
    desk.lets.clear()
    # Empty lines, which a program that keeps each as an object holds thirty times over.
    content = HEAD + b"\r\n" * (1024 * 1024) + b"end\r\n"
    async with listening(desk) as port:
        desk.reception.room.left = 3 * len(content)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        senders = [asyncio.create_task(_say(port, content)) for _ in range(8)]
        while sum(sender.done() for sender in senders) < 5:
            await asyncio.sleep(0.01)
        desk.lets.set()
        answers = [(await sender)[:3] for sender in senders]
    grown_bytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    assert set(answers) == {b"250", b"452"}
    assert answers.count(b"250") == len(desk.taken) == 3
    # Three are held, each once more while it is looked at; the rest is what lies in sockets.
    assert grown_bytes < 16 * len(content)


def test_the_largest_mail_has_room() -> None:
    assert Room().has(MAIL_BYTES_MAX)
    assert HELD_BYTES_MAX > MAIL_BYTES_MAX


async def _heard(*pieces: bytes, room: Room | None = None) -> bytes:
    reader = asyncio.StreamReader(limit=1024)

    async def feed() -> None:
        for piece in pieces:
            reader.feed_data(piece)
            await asyncio.sleep(0)

    async def hear() -> bytes:
        with Share(room or Room()) as share:
            content = await read_mail(reader, share)
        assert await reader.readline() == b"NEXT\r\n"
        return content

    content, _ = await asyncio.gather(hear(), feed())
    return content


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (b"", b""),
        (b"a\r\n..\r\n..b\r\n", b"a\r\n.\r\n.b\r\n"),
        (b"x" * 5_000 + b"\r\n", b"x" * 5_000 + b"\r\n"),
        # A dot within a long line, where one piece of it ends, ends nothing.
        (b"x" * 1023 + b"." + b"\r\n", b"x" * 1023 + b".\r\n"),
        (b"x" * 1024 + b"." + b"\r\n", b"x" * 1024 + b".\r\n"),
        (b"x" * 1025 + b".\r\r\n", b"x" * 1025 + b".\r\r\n"),
        (b"a\n.\nb\r\n", b"a\n.\nb\r\n"),
    ],
)
async def test_a_mail_is_heard_as_it_was_written(said: bytes, meant: bytes) -> None:
    said += b".\r\nNEXT\r\n"
    assert await _heard(said) == meant
    # However it comes apart on its way.
    for size in (1, 2, 3, 4, 5, 1000):
        assert await _heard(*(said[at : at + size] for at in range(0, len(said), size))) == meant


async def test_a_line_without_an_end_is_heard_to_its_end_and_not_kept() -> None:
    room = Room(left=0)
    with pytest.raises(MailRefused, match=NO_ROOM[:9]):
        await _heard(b"x" * (2 * FREE_BYTES), b"\r\n.\r\nNEXT\r\n", room=room)
    assert room.left == 0
    with pytest.raises(MailRefused, match=TOO_LARGE[:9]):
        await _heard(b"x" * (MAIL_BYTES_MAX + 1), b"\r\n.\r\nNEXT\r\n")
