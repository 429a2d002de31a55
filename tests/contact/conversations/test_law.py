"""The law of the client: a snapshot and the events after it make a fresh snapshot, for every event.

Random but repeatable walks through everything that can be done to a conversation. After each step a
customer's and a desk's copy, kept by events alone, are compared with what the database says now.
"""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations import service
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import get_row, get_snapshot
from stoa.contact.conversations.schemas import (
    ConversationRow,
    ConversationView,
    MessageView,
    ProposalCard,
    Sent,
)
from stoa.contact.conversations.schemas.desk import TagAct, TagInput, UntagAct
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from stoa.platform.outbox.event import LoggedEvent
from stoa.platform.outbox.log import events_after, topic_position
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

STEPS = 60
Messages = GroupCommit[Draft, Sent]


@dataclass
class Copy:
    """What a client has: its snapshot, brought forward by events."""

    view: ConversationView
    messages: dict[UUID, MessageView]
    seq: int
    row: ConversationRow
    desk_seq: int
    heard: set[str] = field(default_factory=set)

    def take(self, event: LoggedEvent) -> None:
        self.heard.add(event.type)
        data: dict[str, Any] = event.data
        match event.type:
            case "message.added":
                message = MessageView(**data["message"], seq=event.seq)
                self.messages[message.id] = message
            case "message.changed":
                message = MessageView.model_validate(data["message"])
                self.messages[message.id] = message
            case "message.read":
                name = f"{data['reader']}_read_seq"
                self.view = self.view.model_copy(update={name: data["seq"]})
            case "conversation.changed":
                self.view = ConversationView.model_validate(data["conversation"])
            case "conversation.listed":
                if data["conversation"]["id"] == str(self.view.id):
                    row = ConversationRow.model_validate(data["conversation"])
                    assert row.version >= self.row.version, "rows come in the order of versions"
                    self.row = row
            case "tag.changed":
                pass  # the desk's tags, which are not part of this copy
            case unknown:
                raise AssertionError(f"a client would not know {unknown}")


@dataclass
class Walk:
    database: Database
    messages: Messages
    id: UUID
    customer: Sender
    agents: list[Sender]
    rng: random.Random
    proposals: list[UUID] = field(default_factory=list)

    async def snapshot(self) -> Copy:
        async with self.database.read() as session:
            found = await get_snapshot(session, conversation_id=self.id, with_notes=False)
            desk_seq, _ = await topic_position(session, topic="desk")
        messages = {message.id: message for message in found.timeline.messages}
        return Copy(found.view, messages, found.seq, found.row, desk_seq)

    async def catch_up(self, copy: Copy) -> None:
        async with self.database.read() as session:
            topic = f"conversation:{self.id}"
            public = await events_after(session, topic=topic, after=copy.seq)
            listed = await events_after(session, topic="desk", after=copy.desk_seq)
        for event in public:
            copy.take(event)
            copy.seq = event.seq
        for event in listed:
            copy.take(event)
            copy.desk_seq = event.seq

    # ---- what can be done ----

    async def question(self) -> None:
        await self.messages.submit(a_draft(self.id, self.customer, f"q{self.rng.random()}"))

    async def answer(self) -> None:
        sender = self.rng.choice(self.agents)
        await self.messages.submit(a_draft(self.id, sender, f"a{self.rng.random()}"))

    async def note(self) -> None:
        await self.messages.submit(a_draft(self.id, self.agents[0], "note", kind="note"))

    async def read(self) -> None:
        reader = self.rng.choice(["agent", "customer"])
        async with self.database.begin() as session:
            await service.mark_read(
                session,
                conversation_id=self.id,
                reader="agent" if reader == "agent" else "customer",
                seq=self.rng.randrange(200),
                visitor_id=None,
            )

    async def assign(self) -> None:
        to = self.rng.choice([None, *(agent.staff_id for agent in self.agents)])
        async with self.database.begin() as session:
            await service.assign_conversation(
                session, conversation_id=self.id, to=to, by=self.agents[0]
            )

    async def close(self) -> None:
        by = self.rng.choice([self.customer, *self.agents])
        async with self.database.begin() as session:
            await service.close_conversation(session, conversation_id=self.id, by=by)

    async def reopen(self) -> None:
        async with self.database.begin() as session:
            await service.reopen_conversation(session, conversation_id=self.id, by=self.agents[0])

    async def introduce(self) -> None:
        assert self.customer.visitor_id is not None
        async with self.database.begin() as session:
            await service.set_contact(
                session,
                conversation_id=self.id,
                visitor_id=self.customer.visitor_id,
                name=f"Kim {self.rng.randrange(9)}",
                email=self.rng.choice([None, "kim@example.com"]),
            )

    async def propose(self) -> None:
        card = ProposalCard(proposal_id=new_id(), kind="discount", state="open", title="Sorry")
        async with self.database.begin() as session:
            place = await service.lock_conversation(session, conversation_id=self.id)
            message = await service.add_message(
                session,
                place=place,
                kind="proposal",
                sender=self.rng.choice(self.agents),
                client_id=f"client-{new_id()}",
                card=card,
                preview="Sorry",
            )
            await service.publish_change(session, conversation_id=self.id)
        self.proposals.append(message.id)

    async def change_card(self) -> None:
        if not self.proposals:
            return
        card = ProposalCard(proposal_id=new_id(), kind="discount", state="refused", title="Sorry")
        async with self.database.begin() as session:
            await service.change_card(
                session, message_id=self.rng.choice(self.proposals), card=card
            )

    async def snooze(self) -> None:
        async with self.database.begin() as session:
            place = await service.lock_conversation(session, conversation_id=self.id)
            if place.state == "open":
                until = self.rng.choice([None, now() + timedelta(hours=1)])
                await service.snooze_conversation(
                    session, conversation_id=self.id, until=until, by=self.agents[0]
                )

    async def wake(self) -> None:
        async with self.database.begin() as session:
            if self.rng.random() < 0.5:
                await service.wake_due(session, at=now() + timedelta(hours=2))
            else:
                await service.wake_conversation(session, conversation_id=self.id, by=self.agents[0])

    async def tag(self) -> None:
        assert self.agents[0].staff_id is not None
        async with self.database.begin() as session:
            place = await service.lock_conversation(session, conversation_id=self.id)
            tag = await service.ensure_tag(
                session,
                shop_id=place.shop_id,
                staff_id=self.agents[0].staff_id,
                form=TagInput(name=f"tag {self.rng.randrange(4)}"),
            )
            is_added = self.rng.random() < 0.5
            act = TagAct(tag_ids=[tag.id]) if is_added else UntagAct(tag_ids=[tag.id])
            await service.perform_acts(
                session, conversation_id=self.id, acts=[act], by=self.agents[0]
            )

    def actions(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self.question,
            self.answer,
            self.note,
            self.read,
            self.assign,
            self.close,
            self.reopen,
            self.introduce,
            self.propose,
            self.change_card,
            self.snooze,
            self.wake,
            self.tag,
        ]


@pytest.mark.parametrize("seed", range(4))
async def test_every_event_keeps_the_copy_true(
    database: Database, shop: Shop, messages: Messages, seed: int
) -> None:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    agents = [await an_agent(database, name=name) for name in ("Ada", "Bo", "Cy")]
    walk = Walk(database, messages, id_, customer, agents, random.Random(seed))
    await walk.question()
    copy = await walk.snapshot()
    for step in range(STEPS):
        action = walk.rng.choice(walk.actions())
        await action()
        await walk.catch_up(copy)
        fresh = await walk.snapshot()
        where = f"step {step}: {action.__name__}"
        assert copy.view == fresh.view, where
        assert copy.row == fresh.row, where
        newest = {id_: copy.messages[id_] for id_ in fresh.messages}
        assert newest == fresh.messages, where
        assert (copy.seq, copy.desk_seq) == (fresh.seq, fresh.desk_seq)
    assert copy.heard - {"tag.changed"} == {
        "message.added",
        "message.changed",
        "message.read",
        "conversation.changed",
        "conversation.listed",
    }


async def test_counters_agree_with_the_messages(
    database: Database, shop: Shop, messages: Messages
) -> None:
    id_, customer = await a_conversation(database, shop_id=shop.id)
    agents = [await an_agent(database)]
    walk = Walk(database, messages, id_, customer, agents, random.Random(9))
    await walk.question()
    for _ in range(80):
        await walk.rng.choice(walk.actions())()
    async with database.read() as session:
        row = await get_row(session, conversation_id=id_)
        counted = await session.fetch_one(
            "SELECT count(*) FILTER (WHERE kind NOT IN ('note', 'system')) AS messages,"
            " count(*) FILTER (WHERE sender_kind = 'customer' AND seq > $2) AS unread"
            " FROM message WHERE conversation_id = $1",
            id_,
            row.agent_read_seq,
        )
    assert counted is not None
    assert (row.message_count, row.unread_count) == (counted["messages"], counted["unread"])
