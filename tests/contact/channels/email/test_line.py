"""The whole way: a mail comes in, is answered, and the answer to that joins; by real servers."""

import asyncio
import email
import email.policy
import json
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.models import Inbox
from stoa.contact.channels.ways import answer, ways_of
from stoa.people.customers.models import Point
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.contact.channels.answering import holding
from tests.contact.channels.email.conftest import arrived, mail_of, settings_of
from tests.factories.people import an_agent
from tests.factories.shops import make_shop, with_reactions
from tests.servers.mail import PASSWORD, MailServers
from tests.waiting import until


@dataclass
class Place:
    node: Node
    shop: Shop
    inbox: Inbox

    async def rows(self, sql: str, *args: object) -> list[dict[str, Any]]:
        async with self.node.database.read() as session:
            return [dict(row) for row in await session.fetch(sql, *args)]

    async def bodies(self, conversation_id: UUID) -> list[str]:
        found = await self.rows(
            "SELECT body FROM message WHERE conversation_id = $1 AND kind = 'text'"
            " ORDER BY created_at, id",
            conversation_id,
        )
        return [row["body"] for row in found]


@pytest.fixture
async def place(
    own_database: Database, own_database_url: str, tmp_path: Path, mail: MailServers
) -> Place:
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    node = Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path / "blobs"))
    shop = await make_shop(own_database)
    wanted = settings_of(mail).model_dump(mode="json")
    wanted |= {"imap_password": PASSWORD, "smtp_password": PASSWORD, "imap_days": 0}
    async with own_database.begin() as session:
        inbox = await add_inbox(
            session,
            shop_id=shop.id,
            channel="email",
            name="Post",
            settings=wanted,
            staff_id=None,
            key=settings.secret_key,
        )
    return Place(node, shop, inbox)


async def say(place: Place, conversation_id: UUID, body: str, *, to: Point | None = None) -> None:
    agent = await an_agent(place.node.database)
    async with place.node.database.begin() as session:
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
        await answer(
            session,
            conversation_id=conversation_id,
            inbox_id=place.inbox.id,
            to=to.value if to else way.to,
            sender=agent,
            client_id=f"client-{body[:8]}",
            body=body,
            subject="",
            attachment_ids=[],
        )


async def test_a_mail_is_answered_and_the_answer_to_that_joins(
    place: Place, mail: MailServers
) -> None:
    pool = place.node.database.pool
    async with holding(place.node):

        async def is_up() -> bool:
            return bool(await pool.fetchval("SELECT NOT is_down FROM inbox"))

        await until(is_up)
        first = mail_of("Gdzie jest moja paczka?", subject="Paczka", to="shop@shop.example")
        mail.post(first, to="shop@shop.example", sender="anna@customer.example")

        async def has_come() -> list[dict[str, Any]]:
            return await place.rows(
                "SELECT * FROM conversation WHERE contact_email = 'anna@customer.example'"
            )

        [conversation] = await until(has_come)
        await say(place, conversation["id"], "Jest już w drodze: https://track.example/1")
        received = await arrived(mail, "anna@customer.example", containing="Re: Paczka")
        message = email.message_from_bytes(received, policy=email.policy.default)
        assert message["In-Reply-To"] == email.message_from_bytes(first)["Message-ID"]
        reply_to = message["Reply-To"].addresses[0].addr_spec
        assert reply_to.startswith("shop+")

        # By the address alone, as from a program that drops every other header.
        reply = mail_of("Dziękuję!", subject="inny temat", to=reply_to)
        mail.post(reply, to=reply_to, sender="anna@customer.example")

        async def has_joined() -> bool:
            return "Dziękuję!" in await place.bodies(conversation["id"])

        await until(has_joined)
        assert await pool.fetchval("SELECT count(*) FROM conversation") == 1


async def test_what_cannot_be_delivered_marks_message_and_address(
    place: Place, mail: MailServers
) -> None:
    pool = place.node.database.pool
    async with holding(place.node):
        first = mail_of("Hello", sender="nobody@void.example", subject="Void")
        mail.post(first, to="shop@shop.example", sender="nobody@void.example")

        async def has_come() -> list[dict[str, Any]]:
            return await place.rows(
                "SELECT * FROM conversation WHERE contact_email = 'nobody@void.example'"
            )

        [conversation] = await until(has_come)
        await say(place, conversation["id"], "Are you there?")

        async def has_failed() -> bool:
            return bool(await pool.fetchval("SELECT state = 'failed' FROM delivery"))

        await until(has_failed)
        code = await pool.fetchval(
            "SELECT undeliverable_code FROM contact_point WHERE key = 'nobody@void.example'"
        )
        assert code == "5.1.1"


async def test_loses_and_doubles_nothing_when_it_is_killed_again_and_again(
    place: Place, mail: MailServers, tmp_path: Path
) -> None:
    pool = place.node.database.pool
    await pool.execute("UPDATE inbox SET settings = settings || '{\"imap_days\": 2}'")
    texts = [f"killed-{number:02}-{place.inbox.id}" for number in range(12)]
    for text in texts:
        mail.deliver(mail_of(text, sender="greta@customer.example"), to="shop@shop.example")
    told = {
        "data_dir": str(place.node.settings.data_dir),
        "database_url": place.node.settings.database_url,
        "inbox_id": str(place.inbox.id),
    }

    async def stored() -> int:
        found: int = await pool.fetchval("SELECT count(*) FROM message WHERE body LIKE 'killed-%'")
        return found

    async def run(moment: str, number: int) -> int | None:
        """Its exit code, or None: it stopped because it was asked to, everything being there."""
        file = tmp_path / "told.json"
        file.write_text(json.dumps(told | {"moment": moment, "number": str(number)}))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.contact.channels.email.killed_fetcher", str(file)),
            stdin=asyncio.subprocess.PIPE,
        )
        try:
            async with asyncio.timeout(60):
                while process.returncode is None and await stored() < len(texts):
                    await asyncio.sleep(0.05)
                if moment != "never" and process.returncode is None:
                    return await process.wait()
            assert process.stdin
            process.stdin.close()
            return await asyncio.wait_for(process.wait(), 20)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    for moment, number in (("before", 1), ("after", 3), ("before", 4), ("after", 2)):
        assert await run(moment, number) == -signal.SIGKILL
    assert await run("never", 0) == 0
    bodies = [row["body"] for row in await place.rows("SELECT body FROM message")]
    assert sorted(body for body in bodies if body.startswith("killed-")) == texts
