"""Messages through group commit: once, in order, with counters, waits and events that agree."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.batch import store_message, write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_snapshot, recent_answers
from stoa.contact.conversations.schemas import MessageView, Sent
from stoa.contact.conversations.service import close_conversation
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.outbox.event import LoggedEvent
from stoa.platform.outbox.log import events_after
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import a_visitor, an_agent

Messages = GroupCommit[Draft, Sent]


async def events(database: Database, topic: str) -> list[LoggedEvent]:
    async with database.read() as session:
        return await events_after(session, topic=topic, after=0)


async def bodies(database: Database, conversation_id: UUID) -> list[str]:
    async with database.read() as session:
        snapshot = await get_snapshot(session, conversation_id=conversation_id, with_notes=True)
    return [message.body for message in snapshot.timeline.messages]


async def send(messages: Messages, drafts: Sequence[Draft]) -> list[Sent]:
    return list(await asyncio.gather(*(messages.submit(draft) for draft in drafts)))


async def test_a_burst_is_stored_once_and_in_order(
    database: Database, shop: Shop, messages: Messages
) -> None:
    places = [await a_conversation(database, shop_id=shop.id) for _ in range(5)]
    drafts = [
        a_draft(conversation_id, customer, f"n{number}")
        for number in range(40)
        for conversation_id, customer in places
    ]
    sent = await send(messages, drafts)
    for conversation_id, _ in places:
        assert await bodies(database, conversation_id) == [f"n{number}" for number in range(40)]
        logged = await events(database, f"conversation:{conversation_id}")
        assert [event.seq for event in logged] == list(range(1, 41))
        acked = [item.seq for item in sent if item.conversation_id == conversation_id]
        assert acked == list(range(1, 41)), "the acknowledged seq is the event's"


async def test_the_same_message_twice_is_one_message(
    database: Database, shop: Shop, messages: Messages
) -> None:
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    first = a_draft(conversation_id, customer, "once", client_id="the-same-id")
    again = a_draft(conversation_id, customer, "once", client_id="the-same-id")
    at_once = await send(messages, [first, again])
    later = await messages.submit(a_draft(conversation_id, customer, "x", client_id="the-same-id"))
    assert at_once[0] == at_once[1] == later
    assert await bodies(database, conversation_id) == ["once"]
    assert len(await events(database, f"conversation:{conversation_id}")) == 1
    async with database.read() as session:
        row = (await get_snapshot(session, conversation_id=conversation_id, with_notes=True)).row
    assert (row.message_count, row.unread_count) == (1, 1)


@pytest.mark.race
async def test_two_nodes_that_store_the_same_message_agree(database: Database, shop: Shop) -> None:
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    nodes = [GroupCommit[Draft, Sent](database, write_messages) for _ in range(4)]
    for number in range(20):
        drafts = [
            a_draft(conversation_id, customer, str(number), client_id=f"same-id-{number}")
            for _ in nodes
        ]
        sent = await asyncio.gather(
            *(store_message(node, draft) for node, draft in zip(nodes, drafts, strict=True))
        )
        assert len({(item.id, item.seq) for item in sent}) == 1
    assert await bodies(database, conversation_id) == [str(number) for number in range(20)]
    for node in nodes:
        await node.close()


async def test_nobody_writes_into_a_strangers_conversation(
    database: Database, shop: Shop, messages: Messages
) -> None:
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    stranger = Sender(visitor_id=(await a_visitor(database))[0])
    results = await asyncio.gather(
        messages.submit(a_draft(conversation_id, stranger, "let me in")),
        messages.submit(a_draft(conversation_id, customer, "mine")),
        return_exceptions=True,
    )
    assert isinstance(results[0], NotFound)
    assert await bodies(database, conversation_id) == ["mine"]


async def test_a_wait_begins_with_the_question_and_ends_with_the_answer(
    database: Database, shop: Shop, messages: Messages
) -> None:
    agent = await an_agent(database)
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    before = now()

    async def waiting_since() -> object:
        async with database.read() as session:
            row = (
                await get_snapshot(session, conversation_id=conversation_id, with_notes=True)
            ).row
        return row.waiting_since

    async def answers() -> int:
        async with database.read() as session:
            count: int = await session.fetch_value(
                "SELECT count(*) FROM answer_time WHERE conversation_id = $1", conversation_id
            )
            return count

    await messages.submit(a_draft(conversation_id, customer, "first question"))
    asked = await waiting_since()
    await messages.submit(a_draft(conversation_id, customer, "are you there?"))
    assert await waiting_since() == asked, "the wait counts from the first question"
    await messages.submit(a_draft(conversation_id, agent, "a note", kind="note"))
    assert await waiting_since() == asked, "a note answers nobody"
    await messages.submit(a_draft(conversation_id, agent, "yes"))
    assert await waiting_since() is None
    await messages.submit(a_draft(conversation_id, agent, "and more"))
    assert await answers() == 1
    await send(
        messages,
        [
            a_draft(conversation_id, customer, "a"),
            a_draft(conversation_id, agent, "b"),
            a_draft(conversation_id, customer, "c"),
        ],
    )
    assert await answers() == 2
    assert await waiting_since() is not None
    async with database.read() as session:
        answers_of_late = await recent_answers(
            session, shop_id=shop.id, channel="chat", since=before
        )
        firsts = await session.fetch(
            "SELECT was_first FROM answer_time WHERE conversation_id = $1 ORDER BY answered_at",
            conversation_id,
        )
    assert len(answers_of_late) == 2
    assert all(asked_at <= answered_at for asked_at, answered_at in answers_of_late)
    assert [row["was_first"] for row in firsts] == [True, False]


async def test_the_first_answer_takes_the_conversation_and_writing_reopens_it(
    database: Database, shop: Shop, messages: Messages
) -> None:
    agent, other = await an_agent(database, name="Bo"), await an_agent(database, name="Cy")
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(conversation_id, customer, "hello"))
    await messages.submit(a_draft(conversation_id, agent, "hi"))
    await messages.submit(a_draft(conversation_id, other, "me too"))
    async with database.begin() as session:
        await close_conversation(session, conversation_id=conversation_id, by=agent)
    await messages.submit(a_draft(conversation_id, customer, "one more thing"))
    async with database.read() as session:
        snapshot = await get_snapshot(session, conversation_id=conversation_id, with_notes=True)
    assert snapshot.row.state == "open"
    assert snapshot.row.assignee_name == "Bo"
    assert snapshot.row.closed_at is None
    views = [
        event.data["conversation"]
        for event in await events(database, f"conversation:{conversation_id}")
        if event.type == "conversation.changed"
    ]
    assert [(view["state"], (view["agent"] or {}).get("name")) for view in views] == [
        ("open", "Bo"),
        ("closed", "Bo"),
        ("open", "Bo"),
    ]


async def test_a_note_is_heard_by_agents_only(
    database: Database, shop: Shop, messages: Messages
) -> None:
    agent = await an_agent(database)
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(conversation_id, customer, "hello"))
    await messages.submit(a_draft(conversation_id, agent, "rude", kind="note"))
    public = await events(database, f"conversation:{conversation_id}")
    assert [event.data["message"]["body"] for event in public] == ["hello"]
    notes = await events(database, f"notes:{conversation_id}")
    assert [event.data["message"]["body"] for event in notes] == ["rude"]
    async with database.read() as session:
        theirs = await get_snapshot(session, conversation_id=conversation_id, with_notes=False)
    assert [message.body for message in theirs.timeline.messages] == ["hello"]


async def test_the_events_are_what_the_snapshot_says(
    database: Database, shop: Shop, messages: Messages
) -> None:
    agent = await an_agent(database)
    conversation_id, customer = await a_conversation(database, shop_id=shop.id)
    await messages.submit(a_draft(conversation_id, customer, "hello"))
    await messages.submit(a_draft(conversation_id, agent, "hi"))
    async with database.read() as session:
        snapshot = await get_snapshot(session, conversation_id=conversation_id, with_notes=True)
    heard = [
        MessageView(**event.data["message"], seq=event.seq)
        for event in await events(database, f"conversation:{conversation_id}")
        if event.type == "message.added"
    ]
    assert heard == snapshot.timeline.messages
    listed = [
        event.data["conversation"]
        for event in await events(database, "desk")
        if event.data["conversation"]["id"] == str(conversation_id)
    ]
    assert type(snapshot.row).model_validate(listed[-1]) == snapshot.row
    assert [row["version"] for row in listed] == sorted(row["version"] for row in listed)
