"""A dry run over the past says what a rule would have done, and does nothing."""

from datetime import timedelta
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.contact.automation.looking_back import dry_run
from stoa.contact.automation.schemas import RuleDefinition, WouldAct
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.service import close_conversation
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from tests.factories.automation import a_definition, say
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent


async def looked_back(
    database: Database, shop_id: UUID, definition: RuleDefinition
) -> list[WouldAct]:
    found: list[WouldAct] = []
    cursor, looked_at, total = None, 0, 0
    while True:
        async with database.read() as session:
            step = await dry_run(
                session, shop_id=shop_id, definition=definition, cursor=cursor, step=2
            )
        found += step.matches
        looked_at += step.looked_at
        total = step.total or total
        cursor = step.next
        if cursor is None:
            assert looked_at == total
            return found


async def test_a_dry_run_says_when_it_would_have_acted_and_does_nothing(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    places = []
    for text in ("refund?", "hello", "REFUND!", "a refund", "old refund"):
        conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
        await say(own_database, a_draft(conversation_id, customer, text))
        places.append(conversation_id)
    async with own_database.begin() as session:
        for table, column in (("message", "created_at"), ("conversation", "last_message_at")):
            key = "conversation_id" if table == "message" else "id"
            await session.execute(
                f"UPDATE {table} SET {column} = $2 WHERE {key} = $1",
                places[-1],
                now() - timedelta(days=8),
            )
        await close_conversation(session, conversation_id=places[0], by=ada)
        before = await session.fetch_value("SELECT count(*) FROM message")
    words = [{"fact": "words", "any_of": ["refund"]}]
    assign = [{"do": "assign", "staff_id": str(ada.staff_id)}]
    definition = a_definition(conditions=words, actions=assign)
    found = await looked_back(own_database, house.id, definition)
    assert [one.conversation_id for one in found] == [places[3], places[2], places[0]]
    closed = await looked_back(own_database, house.id, a_definition("closed", conditions=words))
    assert [one.conversation_id for one in closed] == [places[0]]
    async with own_database.begin() as session:
        await session.execute(
            "UPDATE conversation SET waiting_since = waiting_since - interval '1 hour',"
            " created_at = created_at WHERE id = $1",
            places[1],
        )
        await session.execute(
            "UPDATE message SET created_at = created_at - interval '1 hour'"
            " WHERE conversation_id = $1",
            places[1],
        )
    waits = await looked_back(own_database, house.id, a_definition("waits", minutes=30))
    assert [one.conversation_id for one in waits] == [places[1]]
    async with own_database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM message") == before
        assert await session.fetch_value("SELECT count(*) FROM rule_run") == 0
        assert (await get_row(session, conversation_id=places[3])).assignee_id is None
