"""Transcripts and unread answers go to the reply address, once, in the customer's language."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.errors import NoReplyAddress
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import (
    add_automatic_text,
    lock_conversation,
    mark_read,
    request_transcript,
    set_contact,
    take_unread_answers,
)
from stoa.notices.conversations import send_answers, send_transcript
from stoa.platform.clock import now
from stoa.platform.config import Settings
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.commerce import make_shop
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent
from tests.factories.shops import with_reactions

LATER = timedelta(minutes=5)


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    async with database.begin() as session:
        return await make_shop(session)


@pytest.fixture
def node(database: Database, tmp_path: Path) -> Node:
    return Node(
        settings=Settings(data_dir=tmp_path, mail_transport="file"),
        database=database,
        blobs=LocalBlobStore(tmp_path / "blobs"),
    )


@pytest.fixture
async def talk(
    database: Database, shop: Shop
) -> AsyncIterator[tuple[UUID, Sender, Sender, GroupCommit[Draft, Sent]]]:
    """A conversation with a question and an answer, and a note that nobody outside may see."""
    messages = GroupCommit[Draft, Sent](database, write_messages)
    agent = await an_agent(database, name="Ada")
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer, "Is <b>this</b> oil?"))
    await messages.submit(a_draft(id_, agent, "looks rude", kind="note"))
    await messages.submit(a_draft(id_, agent, "It is."))
    yield id_, customer, agent, messages
    await messages.close()


def mails(node: Node) -> list[EmailMessage]:
    found = []
    for path in sorted((node.settings.data_dir / "mail").glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


async def jobs(database: Database, name: str, conversation_id: UUID) -> list[dict[str, Any]]:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT convert_from(payload, 'UTF8')::jsonb AS payload FROM pgqueuer"
            " WHERE entrypoint = $1 ORDER BY id",
            name,
        )
    payloads = [row["payload"] for row in rows]
    return [p for p in payloads if p["conversation_id"] == str(conversation_id)]


async def test_a_transcript_holds_what_was_said_and_no_notes(
    database: Database,
    node: Node,
    talk: tuple[UUID, Sender, Sender, GroupCommit[Draft, Sent]],
) -> None:
    id_, customer, _, _ = talk
    async with with_reactions(database).begin() as session:
        await request_transcript(session, conversation_id=id_, by=customer, email="kim@example.com")
    [payload] = await jobs(database, "notice.transcript", id_)
    await send_transcript(node, payload)
    await send_transcript(node, payload)
    [mail] = mails(node)
    assert mail["To"] == "kim@example.com"
    plain = mail.get_body(("plain",))
    html = mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    text = plain.get_content().replace("\r\n", "\n")
    assert "Is <b>this</b> oil?" in text
    assert "Ada:\nIt is." in text
    assert "rude" not in text
    assert "on its way" not in text
    assert "&lt;b&gt;this&lt;/b&gt;" in html.get_content()


async def test_without_any_address_there_is_no_transcript(
    database: Database, talk: tuple[UUID, Sender, Sender, GroupCommit[Draft, Sent]]
) -> None:
    id_, customer, _, _ = talk
    with pytest.raises(NoReplyAddress):
        async with with_reactions(database).begin() as session:
            await request_transcript(session, conversation_id=id_, by=customer, email=None)
    assert await jobs(database, "notice.transcript", id_) == []


async def test_what_the_house_said_by_itself_goes_to_the_reply_address_too(
    database: Database,
    node: Node,
    talk: tuple[UUID, Sender, Sender, GroupCommit[Draft, Sent]],
) -> None:
    id_, customer, _, _ = talk
    assert customer.visitor_id
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=id_,
            visitor_id=customer.visitor_id,
            name="Kim",
            email="kim@example.com",
        )
        place = await lock_conversation(session, conversation_id=id_)
        await add_automatic_text(
            session, place=place, client_id="rule-00000001", body="We have your message."
        )
        [unread] = [
            one
            for one in await take_unread_answers(session, written_before=now() + LATER)
            if one.conversation_id == id_
        ]
    payload = {"conversation_id": str(id_), "after": unread.after, "up_to": unread.up_to}
    await send_answers(node, payload)
    [mail] = mails(node)
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "We have your message." in plain.get_content()


async def test_an_unread_answer_goes_to_the_reply_address_once(
    database: Database,
    node: Node,
    talk: tuple[UUID, Sender, Sender, GroupCommit[Draft, Sent]],
) -> None:
    id_, customer, agent, messages = talk
    assert customer.visitor_id is not None

    async def taken(written_before: timedelta = LATER) -> list[tuple[int, int]]:
        async with database.begin() as session:
            answers = await take_unread_answers(session, written_before=now() + written_before)
        return [(a.after, a.up_to) for a in answers if a.conversation_id == id_]

    assert await taken() == [], "nobody knows where to send it"
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=id_,
            visitor_id=customer.visitor_id,
            name="Kim",
            email="kim@example.com",
        )
    assert await taken(-LATER) == [], "who has just been answered may still be reading"
    [(after, up_to)] = await taken()
    assert await taken() == []
    payload = {"conversation_id": str(id_), "after": after, "up_to": up_to}
    await send_answers(node, payload)
    await send_answers(node, payload)
    [mail] = mails(node)
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert "It is." in plain.get_content()
    assert "oil?" not in plain.get_content(), "the question is the customer's own"
    sent = await messages.submit(a_draft(id_, agent, "Anything else?"))
    async with database.begin() as session:
        await mark_read(
            session,
            conversation_id=id_,
            reader="customer",
            seq=sent.seq,
            visitor_id=customer.visitor_id,
        )
    assert await taken() == [], "the customer has read it in the chat"
