"""The agents' lists show what was asked for, each once, and read no row for what is not there."""

from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations import service
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.listing import condition_of, list_query
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import count_views, list_rows
from stoa.contact.conversations.schemas.desk import (
    Act,
    AssignAct,
    CloseAct,
    Filters,
    SavedViewView,
    SnoozeAct,
    TagAct,
    TagInput,
)
from stoa.platform.database.session import Database, ReadSession
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

TAGS = ("late", "slow", "gone", "nobody's")
STATES: tuple[list[Act], ...] = ([], [SnoozeAct(until=None)], [CloseAct()])


@pytest.fixture(scope="module")
async def agent(database: Database) -> Sender:
    return await an_agent(database)


@pytest.fixture(scope="module")
async def tags(database: Database, shop: Shop, agent: Sender) -> dict[str, UUID]:
    """Twelve conversations with tags, of which one was then merged into another and one removed."""
    staff_id = agent.staff_id
    assert staff_id is not None
    made = {}
    async with database.begin() as session:
        for name in TAGS:
            tag = await service.ensure_tag(
                session, shop_id=shop.id, staff_id=staff_id, form=TagInput(name=name)
            )
            made[name] = tag.id
    for number in range(12):
        id_, customer = await a_conversation(database, shop_id=shop.id)
        acts: list[Act] = [TagAct(tag_ids=[made[TAGS[number % 3]]])] if number % 4 else []
        acts += [AssignAct(staff_id=staff_id if number % 2 else None), *STATES[number // 4]]
        async with database.begin() as session:
            await write_messages(session, [a_draft(id_, customer)])
        async with database.begin() as session:
            await service.perform_acts(session, conversation_id=id_, acts=acts, by=agent)
    async with database.begin() as session:
        await service.merge_tag(session, tag_id=made["slow"], into=made["late"], staff_id=staff_id)
        await service.remove_tag(session, tag_id=made["gone"], staff_id=staff_id)
    return made


async def pages(session: ReadSession, filters: Filters, staff_id: UUID) -> list[UUID]:
    """The whole list, two at a time."""
    found: list[UUID] = []
    cursor: str | None = None
    while True:
        page = await list_rows(session, filters=filters, staff_id=staff_id, cursor=cursor, limit=2)
        found += [UUID(row["id"]) for row in page.items]
        cursor = page.next
        if cursor is None:
            return found


@pytest.mark.parametrize("state", ["open", "snoozed", "closed", "any"])
@pytest.mark.parametrize("tag", [None, *TAGS])
@pytest.mark.parametrize(
    "more", [{}, {"assignee": "me"}, {"is_waiting": True}, {"channels": ["sms"]}]
)
async def test_shows_each_once_and_in_order(
    database: Database,
    agent: Sender,
    tags: dict[str, UUID],
    state: str,
    tag: str | None,
    more: dict[str, Any],
) -> None:
    assert agent.staff_id is not None
    wanted = {"state": state, "tag_ids": [tags[tag]] if tag else [], **more}
    filters = Filters.model_validate(wanted)
    values: list[object] = []
    condition = condition_of(filters, staff_id=agent.staff_id, values=values)
    view = SavedViewView(
        id=new_id(), staff_id=agent.staff_id, name="", filters=filters, is_shared=False
    )
    async with database.read() as session:
        rows = await session.fetch(
            f"SELECT c.id FROM conversation c WHERE {condition}"
            " ORDER BY c.listed_at DESC, c.id DESC",
            *values,
        )
        assert await pages(session, filters, agent.staff_id) == [row["id"] for row in rows]
        [counted] = await count_views(session, views=[view], staff_id=agent.staff_id)
    assert counted.count == len(rows)
    if more in ({}, {"is_waiting": True}) and state == "any":
        assert bool(rows) == (tag not in ("gone", "nobody's"))


@pytest.mark.parametrize("state", ["open", "closed"])
async def test_whatever_is_asked_stands_in_the_index(
    database: Database, agent: Sender, shop: Shop, tags: dict[str, UUID], state: str
) -> None:
    """What finds nothing would otherwise read every conversation there is."""
    assert agent.staff_id is not None
    filters = Filters.model_validate(
        {
            "state": state,
            "shop_id": shop.id,
            "channels": ["sms"],
            "locales": ["el"],
            "tag_ids": [tags["late"]],
            "team_ids": [new_id()],
            "queue_ids": [new_id()],
            "is_waiting": True,
        }
    )
    assert filters.model_fields_set | {"assignee"} == set(Filters.model_fields)
    for assignee in ("nobody", agent.staff_id):
        asked = filters.model_copy(update={"assignee": assignee})
        query, values = list_query(asked, staff_id=agent.staff_id, limit=2)
        async with database.begin() as session:
            for way in ("seqscan", "bitmapscan", "indexscan", "sort"):
                await session.execute(f"SET LOCAL enable_{way} = off")
            plan = await session.fetch(f"EXPLAIN {query}", *values)
        steps = [row["QUERY PLAN"].strip() for row in plan]
        assert [one for one in steps if f"Index Only Scan using conversation_{state}" in one], steps
