"""What was said comes to the rules once, whoever dies and however many follow."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.automation import acting, running, service
from stoa.contact.automation.following import follow
from stoa.contact.automation.models import Task
from stoa.contact.automation.running import run_next
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.platform.config import Settings
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database, Session
from stoa.platform.node import Node
from stoa.platform.storage.blobs import LocalBlobStore
from tests.factories.automation import REPLY, a_definition, a_rule, cards, say, settle, timeline
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

Messages = GroupCommit[Draft, Sent]


async def test_without_a_rule_nothing_is_followed(own_database: Database, house: Shop) -> None:
    ada = await an_agent(own_database)
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))
    assert await follow(own_database) == 0
    rule = await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition())
    assert await settle(own_database) == 0, "what was said before is no business of the rule"
    await say(own_database, a_draft(conversation_id, customer))
    assert await settle(own_database) == 1
    assert ada.staff_id
    async with own_database.begin() as session:
        await service.switch_rule(session, rule_id=rule.id, staff_id=ada.staff_id, is_on=False)
    await say(own_database, a_draft(conversation_id, customer))
    assert await settle(own_database) == 0
    assert len(await cards(own_database, conversation_id)) == 1


async def test_whoever_dies_while_following_or_acting_loses_and_doubles_nothing(
    own_database: Database, house: Shop
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition(actions=[REPLY]))
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    await say(own_database, a_draft(conversation_id, customer))

    class Killed(BaseException):
        pass

    real = Database.begin

    def dying(self: Database) -> Any:
        from contextlib import asynccontextmanager

        @asynccontextmanager
        async def begin() -> Any:
            async with real(self) as session:
                yield session
                raise Killed  # everything was done but the commit

        return begin()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "begin", dying)
        with pytest.raises(Killed):
            await follow(own_database)
    assert await follow(own_database) > 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "begin", dying)
        with pytest.raises(Killed):
            await run_next(own_database, conversation_id=conversation_id)
    assert await cards(own_database, conversation_id) == []
    # Two jobs at once, as when a worker is taken for dead and is not.
    await asyncio.gather(*(run_next(own_database, conversation_id=conversation_id) for _ in "ab"))
    assert len(await cards(own_database, conversation_id)) == 1
    texts = [one for one in await timeline(own_database, conversation_id) if one.kind == "text"]
    assert len(texts) == 2
    assert await settle(own_database) == 0


async def test_a_fault_of_ours_stops_one_message_and_not_the_next(
    own_database: Database, house: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition())
    conversation_id, customer = await a_conversation(own_database, shop_id=house.id)
    first = await say(own_database, a_draft(conversation_id, customer, "first"))
    await say(own_database, a_draft(conversation_id, customer, "second"))
    while await follow(own_database):
        pass
    act = acting.act

    async def faulty(session: Session, *, task: Task, **more: Any) -> None:
        if task.id == first.id:
            raise RuntimeError("a defect")
        await act(session, task=task, **more)

    monkeypatch.setattr(running, "act", faulty)
    node = Node(Settings(data_dir=tmp_path), own_database, LocalBlobStore(tmp_path / "blobs"))
    payload = {"conversation_id": str(conversation_id)}
    for _ in range(running.FAILURES_MAX):
        with pytest.raises(RuntimeError):
            await running.run_rules(node, payload)
        assert await cards(own_database, conversation_id) == []
    await running.run_rules(node, payload)
    assert len(await cards(own_database, conversation_id)) == 1


async def test_two_nodes_that_follow_at_once_find_everything_once(
    own_database: Database, house: Shop, own_database_url: str
) -> None:
    ada = await an_agent(own_database)
    await a_rule(own_database, shop_id=house.id, by=ada, definition=a_definition())
    places = [await a_conversation(own_database, shop_id=house.id) for _ in range(10)]
    group = Messages(own_database, write_messages)
    following = [asyncio.create_task(settle(own_database)) for _ in range(3)]
    drafts = [a_draft(place, customer) for place, customer in places for _ in range(5)]
    await asyncio.gather(*(group.submit(draft) for draft in drafts))
    await group.close()
    await asyncio.gather(*following)
    await settle(own_database)
    for conversation_id, _ in places:
        assert len(await cards(own_database, conversation_id)) == 5
