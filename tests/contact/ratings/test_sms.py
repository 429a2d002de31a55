"""The question by SMS, and the number that answers it."""

from pathlib import Path
from typing import Any

import pytest

from stoa.commerce.shops.service import update_settings
from stoa.contact.channels import installed
from stoa.contact.channels.inboxes import add_inbox
from stoa.contact.channels.protocol import Account, Capabilities, Inbound, Parsed, Raw
from stoa.contact.channels.receive import take
from stoa.contact.channels.ways import answer, ways_of
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import close_conversation
from stoa.contact.ratings.jobs import ask_later
from stoa.people.consent.models import Purpose as Use
from stoa.people.customers.models import Point, PointKind
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.consent import record_answer
from tests.factories.folder_channel import FolderChannel, a_mail
from tests.factories.people import an_agent
from tests.factories.shops import make_shop, with_reactions

NUMBER = Point(PointKind.PHONE, "+48600100200")


class FolderOfSms(FolderChannel):
    code = "sms"
    capabilities = Capabilities(point=PointKind.PHONE, needs_consent=True)

    def parse(self, account: Account, raw: Raw) -> Parsed:
        parsed = super().parse(account, raw)
        assert isinstance(parsed, Inbound)
        return Inbound(
            name=parsed.name,
            point=NUMBER,
            is_verified=True,
            sender_name="",
            text=parsed.text,
        )


class Phone:
    """A shop that is written to by SMS, and one customer of it."""

    def __init__(self, node: Node, inbox_id: Any, agent: Sender) -> None:
        self.node, self.inbox_id, self.agent = node, inbox_id, agent
        self.count = 0

    async def write(self, text: str) -> None:
        self.count += 1
        await take(self.node, inbox_id=self.inbox_id, raw=a_mail(f"sms-{self.count}", text=text))

    async def row(self) -> dict[str, Any]:
        async with self.node.database.read() as session:
            found = await session.fetch_one("SELECT * FROM conversation")
        assert found is not None
        return dict(found)

    async def answer_and_close(self) -> dict[str, str]:
        """The job that asks."""
        conversation_id = (await self.row())["id"]
        async with self.node.database.begin() as session:
            [way] = (await ways_of(session, conversation_id=conversation_id)).ways
            assert way.inbox_id is not None
            await answer(
                session,
                conversation_id=conversation_id,
                inbox_id=way.inbox_id,
                to=way.to,
                sender=self.agent,
                client_id=f"answer-{new_id()}",
                body="It is on its way.",
                subject="",
                attachment_ids=[],
            )
            await close_conversation(session, conversation_id=conversation_id, by=self.agent)
        closed_at = (await self.row())["closed_at"]
        return {"conversation_id": str(conversation_id), "closed_at": closed_at.isoformat()}

    async def ratings(self) -> list[int | None]:
        async with self.node.database.read() as session:
            rows = await session.fetch("SELECT score FROM rating ORDER BY asked_at, id")
        return [row["score"] for row in rows]

    async def agree(self) -> None:
        async with self.node.database.begin() as session:
            await record_answer(session, point=NUMBER, purpose=Use.SERVICE)


@pytest.fixture
async def phone(
    own_database: Database,
    own_database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Phone:
    monkeypatch.setattr(installed, "CHANNEL_TYPES", [FolderOfSms()])
    settings = Settings(data_dir=tmp_path / "data", database_url=own_database_url, demo=False)
    node = Node(settings, with_reactions(own_database), LocalBlobStore(tmp_path / "blobs"))
    shop = await make_shop(own_database)
    async with own_database.begin() as session:
        await update_settings(session, shop_id=shop.id, settings={"ratings": {"by_sms": True}})
        inbox = await add_inbox(
            session,
            shop_id=shop.id,
            channel="sms",
            name="Our number",
            settings={"folder": str(tmp_path)},
            staff_id=None,
            key=settings.secret_key,
        )
    return Phone(node, inbox.id, await an_agent(own_database))


async def test_a_number_rates_and_leaves_it_closed(phone: Phone) -> None:
    await phone.write("Where is my parcel?")
    await phone.agree()
    job = await phone.answer_and_close()
    await ask_later(phone.node, job)
    await ask_later(phone.node, job)
    assert await phone.ratings() == [None]
    async with phone.node.database.read() as session:
        texts = [
            row["content"]["text"]
            for row in await session.fetch("SELECT content FROM delivery ORDER BY created_at, id")
        ]
    assert len(texts) == 2
    assert texts[1].startswith("Stoa Poikile: ")
    await phone.write(" 4 ")
    assert await phone.ratings() == [4]
    row = await phone.row()
    assert (row["state"], row["waiting_since"]) == ("closed", None)
    await phone.write("5")  # the question is answered: this is somebody who writes
    assert await phone.ratings() == [4]
    assert (await phone.row())["state"] == "open"


async def test_words_go_on_with_the_conversation(phone: Phone) -> None:
    await phone.write("Where is my parcel?")
    await phone.agree()
    await ask_later(phone.node, await phone.answer_and_close())
    await phone.write("4 of them are missing")
    assert await phone.ratings() == [None]
    assert (await phone.row())["state"] == "open"


async def test_asks_nobody_who_has_not_agreed(phone: Phone) -> None:
    await phone.write("Where is my parcel?")
    await ask_later(phone.node, await phone.answer_and_close())
    assert await phone.ratings() == []
