"""Addresses in alphabets that mail servers were not made for."""

import asyncio
from uuid import UUID

import pytest

from stoa.contact.channels.email.reception import Reception, Recipient, receiving
from stoa.contact.channels.email.sending import MailSender
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import NeverWorks, Raw
from tests.contact.channels.email.conftest import Core, account_of, outgoing_of

BOX = UUID(int=5)


async def _sent(to: str, *, address: str = "shop@shop.example") -> list[Raw]:
    taken: list[Raw] = []

    async def lookup(_: str) -> Recipient:
        return Recipient(BOX, is_on=True)

    async def take(_: UUID, raw: Raw) -> bool:
        taken.append(raw)
        return True

    reception = Reception(lookup=lookup, take=take, hostname="mx.customer.example")
    async with (
        asyncio.timeout(20),
        receiving(reception, protocol="smtp", host="127.0.0.1", port=0) as port,
    ):
        settings = EmailSettings.model_validate(
            {
                "address": address,
                "reception": "forward",
                "smtp_host": "127.0.0.1",
                "smtp_port": port,
                "smtp_tls": "none",
            }
        )
        sender = MailSender(account_of(settings), settings, tell=Core().tell)
        await sender.send(outgoing_of("hello", to=to))
        await sender.aclose()
    return taken


@pytest.mark.parametrize(
    ("to", "recipient"),
    [
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("άννα@βιβλία.example", "άννα@xn--kxaeba8an.example"),
        ("anna@customer.example", "anna@customer.example"),
    ],
)
async def test_sends_to_whom_the_header_names(to: str, recipient: str) -> None:
    [raw] = await _sent(to)
    [named] = raw.envelope.recipients
    assert named == recipient
    assert f"<{named}>".encode() in raw.content.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize(
    "to",
    [
        "Anna @customer.example\r\nBcc: eve@evil.example",
        "anna@customer.example,eve@evil.example",
        "<anna@customer.example> eve@evil.example",
        "anna",
        "",
    ],
)
async def test_sends_nothing_to_what_is_no_address(to: str) -> None:
    with pytest.raises(NeverWorks) as raised:
        await _sent(to)
    assert raised.value.reason == "no_such_mailbox"


async def test_writes_from_an_address_with_letters_of_its_own() -> None:
    [raw] = await _sent("anna@customer.example", address="sklep@żółć.example")
    assert raw.envelope.sender == "sklep@xn--kda4b0koi.example"
