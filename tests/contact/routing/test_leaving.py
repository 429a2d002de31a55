"""Nobody waits for somebody who has left the house."""

from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import ConversationRow, Sent
from stoa.contact.conversations.service import assign_conversation, close_conversation
from stoa.contact.routing.leaving import free_from_leavers
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from tests.factories.contact import a_draft
from tests.factories.people import an_agent
from tests.factories.routing import somebody_waits

Messages = GroupCommit[Draft, Sent]


async def leave(database: Database, agent: Sender) -> None:
    async with database.begin() as session:
        await session.execute("UPDATE staff SET is_active = false WHERE id = $1", agent.staff_id)


async def give(database: Database, id_: UUID, agent: Sender) -> None:
    async with database.begin() as session:
        await assign_conversation(session, conversation_id=id_, to=agent.staff_id, by=agent)


async def row_of(database: Database, id_: UUID) -> ConversationRow:
    async with database.read() as session:
        return await get_row(session, conversation_id=id_)


async def test_who_waits_for_somebody_who_left_waits_for_everybody(
    database: Database, shop: Shop, messages: Messages
) -> None:
    leaver, stayer = await an_agent(database, name="Bo"), await an_agent(database, name="Cy")
    theirs, _ = await somebody_waits(database, messages, shop_id=shop.id)
    others, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await give(database, theirs, leaver)
    await give(database, others, stayer)
    assert await free_from_leavers(database) == 0
    since = (await row_of(database, theirs)).waiting_since

    await leave(database, leaver)
    assert await free_from_leavers(database) == 1
    row = await row_of(database, theirs)
    assert (row.assignee_id, row.waiting_since) == (None, since)
    assert (await row_of(database, others)).assignee_id == stayer.staff_id
    assert await free_from_leavers(database) == 0, "once"


async def test_what_somebody_closed_before_they_left_is_everybodys_once_its_customer_writes(
    database: Database, shop: Shop, messages: Messages
) -> None:
    leaver = await an_agent(database, name="Bo")
    id_, customer = await somebody_waits(database, messages, shop_id=shop.id)
    await give(database, id_, leaver)
    async with database.begin() as session:
        await close_conversation(session, conversation_id=id_, by=leaver)
    await leave(database, leaver)
    assert await free_from_leavers(database) == 0
    assert (await row_of(database, id_)).assignee_id == leaver.staff_id

    await messages.submit(a_draft(id_, customer, "Hello again"))
    assert await free_from_leavers(database) == 1
    row = await row_of(database, id_)
    assert (row.state, row.assignee_id) == ("open", None)
