"""python -m bench.mail [--quick]: mails in by IMAP and out by SMTP, through real servers."""

import asyncio
import logging
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
import uvloop

from bench.harness.cpu import cpu_seconds, tree
from bench.harness.figures import Figures
from stoa import wiring
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.lines import Lines
from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.service import queue_delivery
from stoa.people.customers.models import Point, PointKind
from stoa.platform.config import Settings
from stoa.platform.database.embedded import EmbeddedPostgres
from stoa.platform.database.migrate import migrate
from stoa.platform.database.session import open_database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.channels.email.conftest import settings_of
from tests.servers.mail import PASSWORD, MailServers, running_mail

QUICK = "--quick" in sys.argv
MAILS = 400 if QUICK else 2_000
SENT = 200 if QUICK else 2_000
PATIENCE_SECONDS = 120


@dataclass(slots=True)
class Bench:
    node: Node
    shop: Shop
    postgres_pid: int

    async def value(self, sql: str, *args: object) -> Any:
        return await self.node.database.pool.fetchval(sql, *args)

    async def until(self, sql: str, wanted: int, *args: object) -> float:
        """Seconds until the query gives `wanted`; the program ends when it takes too long."""
        began = time.monotonic()
        while (count := await self.value(sql, *args)) < wanted:
            if time.monotonic() - began > PATIENCE_SECONDS:
                sys.exit(f"Only {count} of {wanted} after {PATIENCE_SECONDS} s.")
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def cpu(self) -> float:
        return cpu_seconds([os.getpid()]) + cpu_seconds(tree(self.postgres_pid))


@asynccontextmanager
async def an_installation(folder: Path) -> AsyncIterator[Bench]:
    async with EmbeddedPostgres(folder / "pg") as server:
        url = await server.create_database("bench")
        await migrate(url)
        database = await open_database(url, size=10, reactions=wiring.SUBSCRIBERS)
        try:
            settings = Settings(data_dir=folder / "data", database_url=url, demo=False)
            node = Node(settings, database, LocalBlobStore(folder / "blobs"))
            async with database.begin() as session:
                shop = await create_shop(
                    session, name="Agora", country="PL", currency="PLN", locales=["pl", "en"]
                )
            yield Bench(node, shop, server.pid)
        finally:
            await database.close()


@asynccontextmanager
async def holding(bench: Bench) -> AsyncIterator[None]:
    task = asyncio.create_task(Lines(bench.node).run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def an_inbox(bench: Bench, *, channel: str, settings: dict[str, Any]) -> Inbox:
    async with bench.node.database.begin() as session:
        return await add_inbox(
            session,
            shop_id=bench.shop.id,
            channel=channel,
            name=channel,
            settings=settings,
            staff_id=None,
            key=bench.node.settings.secret_key,
        )


def fill_mailbox(mail: MailServers, count: int) -> None:
    """Ordinary mails from as many people, in text and HTML, each with a quote."""
    for number in range(count):
        message = EmailMessage()
        message["From"] = f"Klient {number} <klient{number}@else.example>"
        message["To"] = "shop@shop.example"
        message["Subject"] = f"Zamówienie {number}"
        message["Message-ID"] = f"<{number}@else.example>"
        text = f"Dzień dobry, gdzie jest paczka numer {number}?\n\nPozdrawiam\n" + "> cytat\n" * 20
        message.set_content(text)
        message.add_alternative(f"<p>{text}</p>", subtype="html")
        mail.deliver(message.as_bytes(), to="shop@shop.example")


async def queue(bench: Bench, *, inbox: Inbox, to: list[Point]) -> None:
    async with bench.node.database.begin() as session:
        for number, point in enumerate(to):
            await queue_delivery(
                session,
                inbox=inbox,
                to=point,
                purpose=Purpose.SERVICE,
                content=Content(
                    text=f"Paczka {number} jest pod drzwiami", locale="pl", subject="x"
                ),
            )


async def sent_out(bench: Bench, *, inbox_id: UUID, count: int) -> float:
    return await bench.until(
        "SELECT count(*) FROM delivery WHERE inbox_id = $1 AND state IN ('sent', 'delivered')",
        count,
        inbox_id,
    )


async def run_mail(bench: Bench, mail: MailServers, figures: Figures) -> None:
    fill_mailbox(mail, MAILS)
    settings = settings_of(mail).model_dump(mode="json")
    settings |= {"imap_password": PASSWORD, "smtp_password": PASSWORD}
    inbox = await an_inbox(bench, channel="email", settings=settings)
    async with holding(bench):
        before, began = bench.cpu(), time.monotonic()
        await bench.until("SELECT count(*) FROM message", MAILS)
        seconds, spent = time.monotonic() - began, bench.cpu() - before
        assert await bench.value("SELECT count(*) FROM conversation") == MAILS
        figures.add(
            "Mails in by IMAP until stored in conversations",
            f"{MAILS / seconds:.0f}/s",
            aim="100/s",
        )
        figures.add("CPU for each, database included", f"{spent / MAILS * 1000:.1f} ms")
        to = [Point(PointKind.EMAIL, "anna@customer.example")] * SENT
        before, began = bench.cpu(), time.monotonic()
        await queue(bench, inbox=inbox, to=to)
        await sent_out(bench, inbox_id=inbox.id, count=SENT)
        seconds, spent = time.monotonic() - began, bench.cpu() - before
        figures.add("Mails out by SMTP until recorded as sent", f"{SENT / seconds:.0f}/s")
        figures.add("CPU for each, database included", f"{spent / SENT * 1000:.1f} ms")


async def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    figures = Figures("mail", "E-mail through postfix and dovecot, one process")
    with tempfile.TemporaryDirectory(prefix="stoa-bench-") as name, running_mail() as mail:
        os.chmod(name, 0o755)  # as root, the database runs as another user
        async with an_installation(Path(name)) as bench:
            await run_mail(bench, mail, figures)
    if not QUICK:
        figures.keep()


if __name__ == "__main__":
    uvloop.run(main())
