"""Whoever says strange things to our reception is refused in words, or their mail is kept."""

import asyncio
import json
from uuid import UUID, uuid4

import pytest

from stoa.contact.channels.email.reception import Reception, Recipient, receiving
from stoa.contact.channels.protocol import Raw

INBOX = uuid4()


async def _lookup(address: str) -> Recipient | None:
    return Recipient(INBOX, is_on=True) if address == "shop@stoa.example" else None


async def _said_to(lines: list[bytes]) -> tuple[list[bytes], list[Raw]]:
    """The last line of each answer, and what was taken."""
    taken: list[Raw] = []

    async def take(inbox_id: UUID, raw: Raw) -> bool:
        assert inbox_id == INBOX
        # What a column of JSON in the database takes.
        assert "\\u0000" not in json.dumps(raw.envelope.model_dump(mode="json"))
        raw.envelope.model_dump_json()
        taken.append(raw)
        return True

    reception = Reception(lookup=_lookup, take=take, hostname="mx.stoa.example")
    answers = []
    async with (
        asyncio.timeout(20),
        receiving(reception, protocol="smtp", host="127.0.0.1", port=0) as port,
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        for line in lines:
            writer.write(line)
            answer = await reader.readline()
            while answer[3:4] == b"-":
                answer = await reader.readline()
            answers.append(answer)
        writer.close()
    return answers, taken


@pytest.mark.parametrize(
    ("sender", "recipient"),
    [
        (b"\xff@b.example", b"shop@stoa.example"),
        (b"a@b.example", b"shop+\xff\xfe@stoa.example"),
        (b"a\0b@b.example", b"shop+\0@stoa.example"),
    ],
)
async def test_an_envelope_that_no_database_holds_keeps_nobodys_mail_out(
    sender: bytes, recipient: bytes
) -> None:
    mail = b"From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n.\r\n"
    answers, [raw] = await _said_to(
        [
            b"EHLO b.example\r\n",
            b"MAIL FROM:<" + sender + b">\r\n",
            b"RCPT TO:<" + recipient + b">\r\n",
            b"DATA\r\n",
            mail,
        ]
    )
    assert answers[-1].startswith(b"250")
    assert raw.content.endswith(b"hello\r\n")


async def test_takes_no_second_mail_for_one_that_is_hidden_in_a_first() -> None:
    hidden = b"From: a@b.example\r\n\r\nx\n.\nMAIL FROM:<eve@evil.example>\nDATA\n.\r\n.\r\n"
    answers, [raw] = await _said_to(
        [
            b"EHLO b.example\r\n",
            b"MAIL FROM:<a@b.example>\r\n",
            b"RCPT TO:<shop@stoa.example>\r\n",
            b"DATA\r\n",
            hidden,
        ]
    )
    assert answers[-1].startswith(b"250")
    assert b"MAIL FROM:<eve@evil.example>" in raw.content
    assert raw.envelope.sender == "a@b.example"
