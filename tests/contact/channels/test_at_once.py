"""Everything that happens to people and their conversations, at once: what must hold afterwards.

Real operations on real connections, in an order that nobody chose. Whatever they refuse, they
refuse in words; nothing is lost, nothing is twice, and nobody dies in a deadlock.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import pytest

from stoa.contact.automation.following import follow
from stoa.contact.automation.running import run_next
from stoa.contact.channels.protocol import Report, ReportState
from stoa.contact.channels.receive import take
from stoa.contact.channels.reports import take_report
from stoa.contact.channels.ways import answer, ways_of
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.schemas.desk import TagAct, TagInput, UntagAct
from stoa.contact.conversations.service import (
    assign_conversation,
    claim_conversation,
    close_conversation,
    ensure_tag,
    mark_read,
    merge_tag,
    perform_acts,
    set_contact,
)
from stoa.desk.search.service import index_due
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.service import (
    erase_customer,
    mark_deliverable,
    mark_undeliverable,
    merge_customers,
    unmerge_customers,
    verify_point,
)
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import DomainError
from stoa.platform.ids import new_id
from tests.contact.channels.answering import holding
from tests.contact.channels.conftest import Place
from tests.factories.automation import a_definition, a_rule
from tests.factories.contact import a_conversation, a_draft
from tests.factories.folder_channel import a_mail
from tests.factories.people import an_agent
from tests.waiting import until

# What must never be there afterwards.
BROKEN = {
    "somebody died in a deadlock": """SELECT datname FROM pg_stat_database
        WHERE datname = current_database() AND deadlocks > 0""",
    "a mail that was not read": "SELECT id FROM inbound WHERE state NOT IN ('taken', 'ignored')",
    "a mail that is in no conversation": """SELECT i.id FROM inbound i
        WHERE i.blob_id IS NOT NULL AND NOT EXISTS (SELECT FROM message m
            WHERE m.id = i.message_id AND m.conversation_id = i.conversation_id)""",
    "something of a customer who is no more": """SELECT 'conversation' AS what, c.id
            FROM conversation c JOIN customer k ON k.id = c.customer_id WHERE {gone}
        UNION ALL SELECT 'visitor', v.id
            FROM visitor v JOIN customer k ON k.id = v.customer_id WHERE {gone}
        UNION ALL SELECT 'point', p.id
            FROM contact_point p JOIN customer k ON k.id = p.customer_id WHERE {gone}""".format(
        gone="k.merged_into IS NOT NULL OR k.erased_at IS NOT NULL"
    ),
    "a conversation that counts what is not there": """SELECT c.id FROM conversation c
        WHERE c.message_count <> (SELECT count(*) FROM message m
            WHERE m.conversation_id = c.id AND m.kind NOT IN ('note', 'system'))""",
    "a conversation with other unread messages": """SELECT c.id, c.unread_count FROM conversation c
        WHERE c.unread_count <> (SELECT count(*) FROM message m WHERE m.conversation_id = c.id
            AND m.sender_kind = 'customer' AND m.seq > c.agent_read_seq)""",
    "a conversation that shows other tags than it has": """SELECT c.id FROM conversation c
        WHERE ARRAY(SELECT DISTINCT coalesce(t.merged_into, t.id) FROM tag t
                WHERE t.id = ANY(c.tag_ids) ORDER BY 1)
            <> ARRAY(SELECT x.tag_id FROM conversation_tag x
                WHERE x.conversation_id = c.id ORDER BY 1)""",
    "a line that was torn": "SELECT id, trouble FROM inbox WHERE is_down OR trouble IS NOT NULL",
    "an answer that was tried twice": "SELECT id FROM delivery WHERE attempts > 1",
    "a topic with a hole": """SELECT t.name FROM topic t WHERE t.seq - t.pruned_seq
        <> (SELECT count(*) FROM event e WHERE e.topic = t.name AND e.seq > t.pruned_seq)""",
    "words of somebody erased in what a rule did": """SELECT r.id FROM rule_run r
        JOIN conversation c ON c.id = r.conversation_id WHERE c.message_count = 0""",
}
WAITS_TO_LEAVE = "SELECT EXISTS (SELECT FROM delivery WHERE state IN ('queued', 'sending'))"
MEANT = {
    "no_such_way",
    "already_assigned",
    "customer_already_merged",
    "customer_erased",
    "customer_is_the_same",
    "customer_merge_covered",
    "customer_not_merged",
    "not_found",  # a tag that was merged, or is to be merged into itself
}
EMAILS = [f"person{number}@example.com" for number in range(5)]
ROUNDS = 25
WORKERS = 8


@dataclass
class World:
    place: Place
    messages: GroupCommit[Draft, Sent]
    agents: list[Sender]
    chats: list[tuple[UUID, Sender]]
    tags: list[UUID]
    dice: random.Random
    mails: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.place.node.database

    async def some(self, sql: str) -> UUID | None:
        rows = await self.database.pool.fetch(sql)
        return self.dice.choice([row["id"] for row in rows]) if rows else None

    async def customer(self) -> UUID:
        found = await self.some("SELECT id FROM customer WHERE merged_into IS NULL")
        assert found is not None
        return found

    async def conversation(self) -> UUID:
        found = await self.some("SELECT id FROM conversation")
        assert found is not None
        return found


async def mail(world: World) -> None:
    world.mails += 1
    number = world.mails
    pool = world.database.pool
    names = await pool.fetch("SELECT name FROM external_name ORDER BY name")
    answers = [world.dice.choice(names)["name"]] if names and number % 2 else []
    raw = a_mail(
        f"<{number}>",
        sender=world.dice.choice(EMAILS),
        text=f"mail {number}",
        is_verified=world.dice.random() < 0.5,
        answers=answers,
    )
    await take(world.place.node, inbox_id=world.place.inbox.id, raw=raw)


async def answer_it(world: World) -> None:
    """By the way the customer has; not all have one."""
    id_, agent = await world.conversation(), world.dice.choice(world.agents)
    async with world.database.begin() as session:
        ways = [way for way in (await ways_of(session, conversation_id=id_)).ways if way.inbox_id]
        if not ways or ways[0].inbox_id is None:
            return
        await answer(
            session,
            conversation_id=id_,
            inbox_id=ways[0].inbox_id,
            to=ways[0].to,
            sender=agent,
            client_id=f"answer-{new_id()}",
            body="On its way",
            subject="",
            attachment_ids=[],
        )


async def report(world: World) -> None:
    delivery_id = await world.some("SELECT id FROM delivery")
    state: ReportState = world.dice.choice(["delivered", "failed"])
    if delivery_id is not None:
        said = Report(name=f"<{delivery_id}@folder>", state=state, is_point_dead=state == "failed")
        async with world.database.begin() as session:
            await take_report(session, inbox_id=world.place.inbox.id, report=said)


async def chat(world: World) -> None:
    drafts = [a_draft(id_, sender) for id_, sender in world.chats]
    world.dice.shuffle(drafts)
    await asyncio.gather(*(world.messages.submit(draft) for draft in drafts))


async def say_who(world: World) -> None:
    id_, sender = world.dice.choice(world.chats)
    assert sender.visitor_id
    async with world.database.begin() as session:
        await set_contact(
            session,
            conversation_id=id_,
            visitor_id=sender.visitor_id,
            name="Somebody",
            email=world.dice.choice(EMAILS),
        )


async def merge(world: World) -> None:
    pair = [await world.customer(), await world.customer()]
    async with world.database.begin() as session:
        await merge_customers(
            session, from_id=pair[0], into_id=pair[1], by=world.agents[0].staff_id
        )


async def part(world: World) -> None:
    merge_id = await world.some("SELECT id FROM customer_merge WHERE undone_at IS NULL")
    staff_id = world.agents[0].staff_id
    if merge_id is not None and staff_id is not None:
        async with world.database.begin() as session:
            await unmerge_customers(session, merge_id=merge_id, by=staff_id)


async def prove(world: World) -> None:
    customer_id = await world.customer()
    point = Point(PointKind.EMAIL, world.dice.choice(EMAILS))
    async with world.database.begin() as session:
        await verify_point(session, customer_id=customer_id, point=point, source="test")


async def erase(world: World) -> None:
    if world.dice.random() < 0.7:
        return
    customer_id = await world.customer()
    async with world.database.begin() as session:
        await erase_customer(session, customer_id=customer_id)


async def bounce(world: World) -> None:
    point = Point(PointKind.EMAIL, world.dice.choice(EMAILS))
    async with world.database.begin() as session:
        if world.dice.random() < 0.5:
            await mark_undeliverable(session, point=point, code="5.1.1")
        else:
            await mark_deliverable(session, point=point)


async def handle(world: World) -> None:
    id_, agent = await world.conversation(), world.dice.choice(world.agents)
    act = world.dice.randrange(4)
    async with world.database.begin() as session:
        if act == 0:
            await claim_conversation(session, conversation_id=id_, by=agent)
        elif act == 1:
            await assign_conversation(session, conversation_id=id_, to=agent.staff_id, by=agent)
        elif act == 2:
            await close_conversation(session, conversation_id=id_, by=agent)
        else:
            await mark_read(
                session, conversation_id=id_, reader="agent", seq=1_000, visitor_id=None
            )


async def tag(world: World) -> None:
    id_, agent = await world.conversation(), world.dice.choice(world.agents)
    kind = TagAct if world.dice.random() < 0.6 else UntagAct
    async with world.database.begin() as session:
        acts = [kind(tag_ids=[world.dice.choice(world.tags)])]
        await perform_acts(session, conversation_id=id_, acts=acts, by=agent)


async def join_tags(world: World) -> None:
    staff_id = world.agents[0].staff_id
    assert staff_id
    async with world.database.begin() as session:
        form = TagInput(name=f"tag {world.dice.randrange(4)}")
        made = await ensure_tag(session, shop_id=world.place.shop.id, staff_id=staff_id, form=form)
    world.tags.append(made.id)
    async with world.database.begin() as session:
        into = world.dice.choice(world.tags)
        await merge_tag(session, tag_id=made.id, into=into, staff_id=staff_id)


async def find(world: World) -> None:
    async with world.database.begin() as session:
        await index_due(session)


async def rule(world: World) -> None:
    await follow(world.database)
    rows = await world.database.pool.fetch("SELECT DISTINCT conversation_id AS id FROM rule_task")
    for row in rows:
        while await run_next(world.database, conversation_id=row["id"]):
            pass


# As often as they stand here.
ACTS: list[Callable[[World], Awaitable[None]]] = [
    *([mail] * 4),
    *([answer_it] * 3),
    *([report] * 2),
    *([chat] * 2),
    say_who,
    *([merge] * 2),
    *([part] * 2),
    prove,
    erase,
    bounce,
    *([handle] * 2),
    *([tag] * 2),
    join_tags,
    rule,
    find,
]


async def worker(world: World) -> None:
    for _ in range(ROUNDS):
        act = world.dice.choice(ACTS)
        try:
            await act(world)
        except DomainError as refusal:
            world.refused.append(refusal.code)
        except Exception as error:
            raise AssertionError(f"{act.__name__}: {error!r}") from error


@pytest.fixture
async def world(place: Place) -> World:
    database = place.node.database
    agents = [await an_agent(database, name=name) for name in ("Ada", "Bob")]
    chats = [await a_conversation(database, shop_id=place.shop.id) for _ in range(4)]
    tags = []
    async with database.begin() as session:
        for number in range(3):
            form = TagInput(name=f"tag {number}")
            assert agents[0].staff_id
            made = await ensure_tag(
                session, shop_id=place.shop.id, staff_id=agents[0].staff_id, form=form
            )
            tags.append(made.id)
    action = {"do": "tag", "tag_ids": [str(id_) for id_ in tags]}
    note = {"do": "note", "text": "Look here."}
    await a_rule(
        database,
        shop_id=place.shop.id,
        by=agents[0],
        definition=a_definition(actions=[note, action]),
    )
    messages = GroupCommit[Draft, Sent](database, write_messages)
    made_world = World(place, messages, agents, chats, tags, random.Random(4))
    await mail(made_world)
    return made_world


@pytest.mark.parametrize("seed", range(4))
async def test_everything_at_once_leaves_everything_whole(world: World, seed: int) -> None:
    world.dice = random.Random(seed)
    pool = world.database.pool
    async with holding(world.place.node):
        await asyncio.gather(*(worker(world) for _ in range(WORKERS)))
        await world.messages.close()

        async def is_all_sent() -> bool:
            return not await pool.fetchval(WAITS_TO_LEAVE)

        await until(is_all_sent)

    broken = {name: [dict(row) for row in await pool.fetch(sql)] for name, sql in BROKEN.items()}

    assert broken == {name: [] for name in BROKEN}
    assert await pool.fetchval("SELECT count(*) FROM inbound") == world.mails
    assert set(world.refused) <= MEANT, set(world.refused) - MEANT
