"""The mail that asks how it was, by a channel over a folder."""

from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.service import update_settings
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.service import close_conversation
from stoa.contact.ratings.jobs import ask_later
from stoa.platform.database.session import Database
from tests.contact.channels.conftest import Place
from tests.contact.channels.conftest import place as place
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent


async def closed(place: Place, agent: Sender) -> tuple[UUID, dict[str, Any]]:
    """A conversation that was left for later, answered and closed, and the job that follows."""
    database = place.node.database
    id_, customer = await a_conversation(database, shop_id=place.shop.id)
    async with database.begin() as session:
        await session.execute(
            "UPDATE conversation SET is_offline = true, locale = 'de',"
            " contact_email = 'anna@example.com' WHERE id = $1",
            id_,
        )
        await write_messages(session, [a_draft(id_, customer)])
        await write_messages(session, [a_draft(id_, agent)])
        await close_conversation(session, conversation_id=id_, by=agent)
        closed_at = await session.fetch_value(
            "SELECT closed_at FROM conversation WHERE id = $1", id_
        )
    return id_, {"conversation_id": str(id_), "closed_at": closed_at.isoformat()}


async def mails(database: Database, id_: UUID) -> list[dict[str, Any]]:
    async with database.read() as session:
        rows = await session.fetch(
            "SELECT to_value, content FROM delivery WHERE conversation_id = $1", id_
        )
    return [dict(row) for row in rows]


@pytest.fixture
async def asking(place: Place) -> Place:
    async with place.node.database.begin() as session:
        await update_settings(
            session, shop_id=place.shop.id, settings={"ratings": {"by_mail": True}}
        )
    return place


async def test_one_mail_leaves_however_often_the_job_runs(asking: Place) -> None:
    database = asking.node.database
    id_, job = await closed(asking, await an_agent(database))
    await ask_later(asking.node, job)
    await ask_later(asking.node, job)
    [mail] = await mails(database, id_)
    assert mail["to_value"] == "anna@example.com"
    assert mail["content"]["subject"].startswith("Wie waren wir?")
    assert mail["content"]["text"].count("/rate/") == 5
    async with database.read() as session:
        card = await session.fetch_value(
            "SELECT card FROM message WHERE conversation_id = $1 AND card ->> 'type' = 'rating'",
            id_,
        )
    assert (card["way"], card["score"]) == ("email", None)


async def test_no_mail_leaves_when_it_goes_on(asking: Place) -> None:
    database = asking.node.database
    agent = await an_agent(database)
    id_, job = await closed(asking, agent)
    async with database.begin() as session:
        await write_messages(session, [a_draft(id_, agent, "One more thing")])
    await ask_later(asking.node, job)
    assert await mails(database, id_) == []


async def test_no_mail_leaves_where_the_shop_does_not_want_it(place: Place) -> None:
    database = place.node.database
    id_, job = await closed(place, await an_agent(database))
    await ask_later(place.node, job)
    assert await mails(database, id_) == []
