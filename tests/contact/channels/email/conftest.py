"""A mailbox of the shop at real servers, and what stands for the core: it keeps what it gets."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.channels.email.settings import EmailSettings
from stoa.contact.channels.protocol import Account, Line, Outgoing, Raw, Report, SendProblem
from stoa.people.customers.models import Point, PointKind
from stoa.platform.ids import new_id
from tests.servers.mail import PASSWORD, MailServers, running_mail
from tests.servers.ports import HOST

INBOX = UUID(int=77)


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServers]:
    with running_mail() as servers:
        yield servers


@pytest.fixture
def settings(mail: MailServers) -> EmailSettings:
    return settings_of(mail)


def settings_of(
    mail: MailServers, *, address: str = "shop@shop.example", **more: Any
) -> EmailSettings:
    """A mailbox at these servers, by TLS."""
    values = {
        "address": address,
        "sender_name": "Sklep Ceramika",
        "imap_host": HOST,
        "imap_port": mail.imaps_port,
        "imap_tls": "implicit",
        "imap_username": address,
        "imap_password": PASSWORD,
        "smtp_host": HOST,
        "smtp_port": mail.smtps_port,
        "smtp_tls": "implicit",
        "smtp_username": address,
        "smtp_password": PASSWORD,
        "ca_certificate": mail.certificate_text,
    }
    return EmailSettings.model_validate(values | more)


def account_of(settings: EmailSettings) -> Account:
    return Account(
        id=INBOX,
        shop_id=UUID(int=7),
        name="Ceramika",
        address=settings.address,
        settings=settings,
        token_key=b"k" * 32,
        base_url="https://stoa.example",
    )


@dataclass
class Core:
    """Keeps what came in by its name, as the database does, and hears how the line stands."""

    raws: dict[str, Raw] = field(default_factory=dict)
    taken: int = 0  # also what was there already
    told: list[SendProblem | None] = field(default_factory=list)
    fails: Callable[[Raw], bool] = lambda _: False
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, raw: Raw) -> bool:
        if self.fails(raw):
            raise ConnectionError("the database is away")
        self.taken += 1
        is_new = raw.external_id not in self.raws
        self.raws.setdefault(raw.external_id, raw)
        self.changed.set()
        return is_new

    async def take_report(self, report: Report) -> None:
        raise AssertionError(report)

    def tell(self, problem: SendProblem | None) -> None:
        self.told.append(problem)
        self.changed.set()

    def line(self, settings: EmailSettings, data_dir: Path) -> Line:
        return Line(account_of(settings), self.take, self.take_report, self.tell, data_dir)

    async def until(self, condition: Callable[[], object], *, seconds: float = 30) -> None:
        """Returns once it is so."""
        async with asyncio.timeout(seconds):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    def count(self, text: str) -> int:
        return sum(text.encode() in raw.content for raw in self.raws.values())

    def has(self, text: str) -> bool:
        return any(text.encode() in raw.content for raw in self.raws.values())

    def was_told(self, reason: str) -> bool:
        """Whether it was, also when another word has followed since."""
        return any(problem and problem.reason == reason for problem in self.told)

    @property
    def reason(self) -> str | None:
        return self.told[-1].reason if self.told and self.told[-1] else None


@pytest.fixture
def core() -> Core:
    return Core()


def mail_of(
    text: str, *, sender: str = "anna@customer.example", to: str = "shop@shop.example", **more: str
) -> bytes:
    """A mail with this text; `message_id="<...>"` and the like add headers."""
    headers = {"from": sender, "to": to, "subject": "Question", "message_id": f"<{new_id()}@c>"}
    lines = [
        f"{name.replace('_', '-').title()}: {value}" for name, value in (headers | more).items()
    ]
    return "\r\n".join([*lines, "", text, ""]).encode()


def outgoing_of(text: str, *, to: str = "anna@customer.example", **more: Any) -> Outgoing:
    values: dict[str, Any] = {
        "id": new_id(),
        "to": Point(PointKind.EMAIL, to),
        "to_name": "Anna Łąka",
        "locale": "pl",
        "text": text,
        "subject": "Zamówienie 12345",
        "sender_name": "Ewa",
    }
    return Outgoing(**(values | more))


async def arrived(mail: MailServers, person: str, *, containing: str, seconds: float = 60) -> bytes:
    """The mail that lies in the person's mailbox, once it does."""
    async with asyncio.timeout(seconds):
        while True:
            for content in mail.mails_of(person):
                if containing.encode() in content:
                    return content
            await asyncio.sleep(0.05)
