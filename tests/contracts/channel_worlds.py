"""For every installed channel: settings that are valid, and its real server to send through.

A new channel adds a row to `ACCOUNTS`, and to `WORLDS` once there is a server of it to test with.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stoa.contact.channels.email.channel import CHANNEL as EMAIL
from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import Account, Outgoing, Sender
from tests.contact.channels.email import conftest as mailbox
from tests.contact.channels.sms import lines as sms
from tests.servers.mail import running_mail
from tests.servers.smsc import running_smsc


def _mail_account() -> Account:
    settings = EmailSettings.model_validate(
        {
            "address": "shop@shop.example",
            "imap_host": "imap.shop.example",
            "imap_username": "shop",
            "imap_password": "secret",
            "smtp_host": "smtp.shop.example",
            "smtp_username": "shop",
            "smtp_password": "secret",
        }
    )
    return mailbox.account_of(settings)


ACCOUNTS: Mapping[str, Callable[[], Account]] = {
    "email": _mail_account,
    "sms": lambda: sms.account_with(sms.smpp_settings(2775)),
}


@dataclass(frozen=True, slots=True)
class World:
    """A sender at its real server. `got` gives what arrived there, each by its name."""

    sender: Sender
    outgoing: Callable[[str], Outgoing]
    got: Callable[[], Awaitable[list[str]]]


@asynccontextmanager
async def _mail_world(folder: Path) -> AsyncIterator[World]:
    with running_mail() as servers:
        core = mailbox.Core()
        settings = mailbox.settings_of(servers)

        async def got() -> list[str]:
            await mailbox.arrived(servers, "anna@customer.example", containing="The contract")
            mails = servers.mails_of("anna@customer.example")
            return [
                line.split(b": ", 1)[1].decode()
                for content in mails
                for line in content.splitlines()
                if line.lower().startswith(b"message-id: ")
            ]

        async with EMAIL.holding(core.line(settings, folder)) as sender:
            yield World(sender, mailbox.outgoing_of, got)


@asynccontextmanager
async def _sms_world(folder: Path) -> AsyncIterator[World]:
    async with running_smsc() as centre:
        taken = sms.Taken(sms.account_with(sms.smpp_settings(centre.port)))

        async def got() -> list[str]:
            seen: dict[str, Any] = await centre.until(lambda seen: seen["submits"])
            return [submit["id"] for submit in seen["submits"]]

        async with sms.held(taken, folder) as sender:
            yield World(sender, sms.outgoing, got)


WORLDS: Mapping[str, Callable[[Path], AbstractAsyncContextManager[World]]] = {
    "email": _mail_world,
    "sms": _sms_world,
}
