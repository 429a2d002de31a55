"""Put aside, and back again: by the clock, by the customer, by hand; acts and what undoes them."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations import service
from stoa.contact.conversations.errors import ConversationClosed, SnoozeInPast
from stoa.contact.conversations.listing import BUILT_IN, ListView
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row, list_rows
from stoa.contact.conversations.schemas import ConversationRow, Sent
from stoa.contact.conversations.schemas.desk import (
    Act,
    AssignAct,
    AssignMeAct,
    CloseAct,
    ReopenAct,
    SnoozeAct,
    SnoozeForAct,
    WakeAct,
)
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

Messages = GroupCommit[Draft, Sent]
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def agent(database: Database) -> Sender:
    return await an_agent(database)


async def spoken_in(database: Database, messages: Messages, shop: Shop) -> tuple[UUID, Sender]:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(id_, customer))
    return id_, customer


async def acts(database: Database, id_: UUID, by: Sender, *wanted: Act) -> list[Act]:
    async with database.begin() as session:
        return await service.perform_acts(session, conversation_id=id_, acts=list(wanted), by=by)


async def row_of(database: Database, id_: UUID) -> ConversationRow:
    async with database.read() as session:
        return await get_row(session, conversation_id=id_)


async def ids_in(database: Database, view: ListView, agent: Sender) -> list[UUID]:
    assert agent.staff_id is not None
    async with database.read() as session:
        page = await list_rows(
            session, filters=BUILT_IN[view], staff_id=agent.staff_id, cursor=None, limit=100
        )
    return [UUID(row["id"]) for row in page.items]


async def test_leaves_the_lists_and_comes_back_at_its_moment_at_the_top(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    until = now() + HOUR
    await acts(database, id_, agent, SnoozeAct(until=until))
    assert id_ not in await ids_in(database, "all", agent)
    assert id_ in await ids_in(database, "snoozed", agent)
    newer, _ = await spoken_in(database, messages, shop)
    async with database.begin() as session:
        assert await service.next_waking(session) == until
        await service.wake_due(session, at=until - HOUR / 2)
    assert (await row_of(database, id_)).snoozed_until == until, "not before its moment"
    async with database.begin() as session:
        assert await service.wake_due(session, at=until) == 1
    row = await row_of(database, id_)
    assert (row.snoozed_at, row.woke_by, row.woke_at) == (None, "time", until)
    listed = await ids_in(database, "all", agent)
    assert listed[0] == id_, "above what was said since"
    assert listed[1] == newer


async def test_the_customers_next_message_brings_it_back_and_an_answer_ends_the_mark(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, customer = await spoken_in(database, messages, shop)
    await acts(database, id_, agent, SnoozeAct(until=None))
    await messages.submit(a_draft(id_, agent, "We will look into it."))
    assert (await row_of(database, id_)).snoozed_at is not None, "agents may write meanwhile"
    await messages.submit(a_draft(id_, agent, "not there", kind="note"))
    await messages.submit(a_draft(id_, customer, "Any news?"))
    row = await row_of(database, id_)
    assert (row.snoozed_at, row.woke_by) == (None, "customer")
    await messages.submit(a_draft(id_, agent, "Yes."))
    assert (await row_of(database, id_)).woke_by is None


async def test_two_nodes_wake_each_conversation_once(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    ids = [(await spoken_in(database, messages, shop))[0] for _ in range(6)]
    for id_ in ids:
        await acts(database, id_, agent, SnoozeAct(until=now() + HOUR))

    async def wake() -> int:
        async with database.begin() as session:
            return await service.wake_due(session, at=now() + 2 * HOUR)

    assert sum(await asyncio.gather(wake(), wake(), wake())) == 6
    assert {(await row_of(database, id_)).woke_by for id_ in ids} == {"time"}


async def test_refuses_a_closed_conversation_and_a_moment_that_has_passed(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    with pytest.raises(SnoozeInPast):
        await acts(database, id_, agent, SnoozeAct(until=now() - HOUR))
    await acts(database, id_, agent, CloseAct())
    before = await row_of(database, id_)
    with pytest.raises(ConversationClosed):
        await acts(database, id_, agent, SnoozeAct())
    assert await row_of(database, id_) == before


async def test_several_acts_are_done_together_and_taken_back_together(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    undo = await acts(database, id_, agent, AssignMeAct(), SnoozeForAct(minutes=60))
    row = await row_of(database, id_)
    assert row.assignee_id == agent.staff_id
    assert row.snoozed_until is not None
    assert undo == [WakeAct(), AssignAct(staff_id=None)]
    await acts(database, id_, agent, *undo)
    row = await row_of(database, id_)
    assert (row.assignee_id, row.snoozed_at) == (None, None)


async def test_who_waited_waits_on_when_closing_is_taken_back(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    before = await row_of(database, id_)
    assert before.waiting_since is not None
    undo = await acts(database, id_, agent, CloseAct())
    assert (await row_of(database, id_)).waiting_since is None
    await acts(database, id_, agent, *undo)
    assert (await row_of(database, id_)).waiting_since == before.waiting_since


async def test_nobody_is_late_in_what_is_opened_again_on_another_day(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    await acts(database, id_, agent, CloseAct())
    async with database.begin() as session:
        await session.execute(
            "UPDATE conversation SET closed_at = closed_at - interval '1 day' WHERE id = $1", id_
        )
    await acts(database, id_, agent, ReopenAct())
    row = await row_of(database, id_)
    assert (row.state, row.waiting_since) == ("open", None)


async def test_closing_what_was_aside_is_taken_back_whole(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    until = now() + HOUR
    await acts(database, id_, agent, SnoozeAct(until=until))
    undo = await acts(database, id_, agent, CloseAct())
    assert undo == [ReopenAct(), SnoozeAct(until=until)]
    assert (await row_of(database, id_)).snoozed_at is None
    await acts(database, id_, agent, *undo)
    row = await row_of(database, id_)
    assert (row.state, row.snoozed_until) == ("open", until)


async def test_nothing_is_done_when_one_of_the_acts_is_refused(
    database: Database, shop: Shop, messages: Messages, agent: Sender
) -> None:
    id_, _ = await spoken_in(database, messages, shop)
    before = await row_of(database, id_)
    with pytest.raises(NotFound):
        await acts(database, id_, agent, SnoozeAct(), AssignAct(staff_id=new_id()))
    assert await row_of(database, id_) == before
