"""A message, and the ways it leaves where a shop has no mailbox: printed, or as a file."""

import asyncio
import os
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

import structlog

from stoa.platform.config import Settings

log = structlog.get_logger()

UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Mail:
    """`key` names the message: the same one made again has the same key and Message-ID."""

    key: str
    sender_name: str
    sender: str
    to: str
    locale: str
    subject: str
    text: str
    html: str
    sent_at: datetime


class MailTransport(Protocol):
    """Sending the same key again is the same message again, never a second one."""

    async def send(self, mail: Mail) -> None: ...


def as_message(mail: Mail) -> EmailMessage:
    """Text and HTML as alternatives (RFC 2046 section 5.1.4); line breaks never enter a header."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(_one_line(mail.sender_name), addr_spec=mail.sender)
    message["To"] = Address(addr_spec=mail.to)
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(mail.sent_at)
    message["Message-ID"] = f"<{_file_name(mail.key)}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.locale  # last: setting the content clears such headers
    return message


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _file_name(key: str) -> str:
    return UNSAFE.sub("-", key).strip("-.")


class ConsoleTransport:
    """Prints what a customer would read, for whoever tries Stoa out. The log only names it."""

    async def send(self, mail: Mail) -> None:
        sys.stdout.write(f"To: {mail.to}\nSubject: {_one_line(mail.subject)}\n\n{mail.text}\n")
        sys.stdout.flush()
        log.info("mail.printed", key=mail.key, locale=mail.locale)


class FileTransport:
    """A folder of `.eml` files that every mail program opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, mail: Mail) -> None:
        await asyncio.to_thread(self._write, mail)
        log.info("mail.written", key=mail.key, locale=mail.locale)

    def _write(self, mail: Mail) -> None:
        """The file is there as a whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{_file_name(mail.key)}.eml"
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        unfinished.write_bytes(as_message(mail).as_bytes())
        unfinished.replace(path)


def transport_of(settings: Settings) -> MailTransport:
    """How this installation sends its mail."""
    if settings.mail_transport == "console":
        return ConsoleTransport()
    return FileTransport(settings.data_dir / "mail")
