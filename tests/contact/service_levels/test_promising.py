"""Promises on a real database, with the clock in our hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import update_settings
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import BUILT_IN, get_row, list_rows
from stoa.contact.conversations.schemas import Sent
from stoa.contact.conversations.service import close_conversation
from stoa.contact.service_levels.errors import PolicyExists
from stoa.contact.service_levels.promising import keep_time, settle, settle_all
from stoa.contact.service_levels.queries import list_breaches, policies_in_force
from stoa.contact.service_levels.schemas import BreachView, PolicyInput
from stoa.contact.service_levels.service import change_policy, drop_policy, make_policy
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.contact import a_conversation, a_draft
from tests.factories.people import an_agent

Messages = GroupCommit[Draft, Sent]


class Promises:
    """A shop's promises, and what the loop does about them."""

    def __init__(self, database: Database, shop: Shop, agent: Sender) -> None:
        assert agent.staff_id is not None
        self.database, self.shop, self.staff_id = database, shop, agent.staff_id

    async def make(self, **form: Any) -> UUID:
        async with self.database.begin() as session:
            policy = await make_policy(
                session,
                shop_id=self.shop.id,
                staff_id=self.staff_id,
                form=PolicyInput.model_validate({"name": "Ours", **form}),
            )
        return policy.id

    async def settle(self, *ids: UUID) -> None:
        async with self.database.begin() as session:
            policies = await policies_in_force(session)
            await settle(session, conversation_ids=ids, policies=policies, at=datetime.now(UTC))

    async def settle_all(self) -> None:
        async with self.database.read() as session:
            policies = await policies_in_force(session)
        await settle_all(
            self.database, policies=policies, shop_ids=[self.shop.id], at=datetime.now(UTC)
        )

    async def keep_time(self, at: datetime) -> tuple[list[str], datetime | None]:
        """What agents are told, and when to look again."""
        async with self.database.begin() as session:
            before = await self._last_event(session)
            next_at = await keep_time(session, at=at)
        async with self.database.read() as session:
            rows = await session.fetch(
                "SELECT type FROM event WHERE topic = 'desk' AND seq > $1 ORDER BY seq", before
            )
        return [row["type"] for row in rows], next_at

    async def _last_event(self, session: Any) -> int:
        seq: int = await session.fetch_value(
            "SELECT coalesce((SELECT seq FROM topic WHERE name = 'desk'), 0)"
        )
        return seq

    async def due(self, id_: UUID) -> tuple[datetime | None, datetime | None, datetime | None]:
        async with self.database.read() as session:
            row = await get_row(session, conversation_id=id_)
        return row.waiting_since, row.warn_at, row.due_at

    async def breaches(self) -> Sequence[BreachView]:
        async with self.database.read() as session:
            found = await list_breaches(
                session, shop_id=self.shop.id, is_running=False, cursor=None, limit=50
            )
        return found.items


@pytest.fixture
async def agent(database: Database) -> Sender:
    return await an_agent(database)


@pytest.fixture
async def promises(database: Database, shop: Shop, agent: Sender) -> Promises:
    async with database.begin() as session:
        for table in ("sla_policy", "sla_timer", "sla_breach"):
            await session.execute(f"DELETE FROM {table}")
        await session.execute("UPDATE conversation SET waiting_since = NULL")
        await update_settings(session, shop_id=shop.id, settings={"hours": None})
    return Promises(database, shop, agent)


async def ask(promises: Promises, messages: Messages) -> tuple[UUID, Sender]:
    id_, customer = await a_conversation(promises.database, shop_id=promises.shop.id)
    await messages.submit(a_draft(id_, customer))
    return id_, customer


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


async def test_a_wait_is_warned_of_and_broken_once(
    promises: Promises, messages: Messages, agent: Sender
) -> None:
    await promises.make(first_seconds=60, warn_percent=50)
    id_, _ = await ask(promises, messages)
    assert (await promises.due(id_))[2] is None
    await promises.settle(id_)
    since, warn_at, due_at = await promises.due(id_)
    assert since is not None
    assert (warn_at, due_at) == (since + seconds(30), since + seconds(60))
    assert await promises.keep_time(since + seconds(29)) == ([], warn_at)
    assert await promises.keep_time(since + seconds(30)) == (["sla.warned"], due_at)
    assert await promises.keep_time(since + seconds(31)) == ([], due_at)
    assert await promises.keep_time(since + seconds(60)) == (["sla.breached"], None)
    await promises.settle(id_)
    assert await promises.keep_time(since + seconds(90)) == ([], None)
    [breach] = await promises.breaches()
    assert (breach.conversation_id, breach.kind, breach.promised_seconds) == (id_, "first", 60)
    assert breach.ended_at is None
    await messages.submit(a_draft(id_, agent, "Here I am"))
    await promises.settle(id_)
    [breach] = await promises.breaches()
    assert breach.ended_at is not None
    assert breach.ended_at > since


async def test_an_answer_in_time_ends_it(
    promises: Promises, messages: Messages, agent: Sender
) -> None:
    await promises.make(first_seconds=60, next_seconds=600)
    id_, customer = await ask(promises, messages)
    await promises.settle(id_)
    await messages.submit(a_draft(id_, agent, "Yes?"))
    # Not settled yet: what was known of the wait that ended says nothing any more.
    assert await promises.due(id_) == (None, None, None)
    later = datetime.now(UTC) + timedelta(hours=1)
    assert await promises.keep_time(later) == ([], None)
    await messages.submit(a_draft(id_, customer, "One more thing"))
    await promises.settle(id_)
    since, _, due_at = await promises.due(id_)
    assert since is not None
    assert due_at == since + seconds(600)
    async with promises.database.begin() as session:
        await close_conversation(session, conversation_id=id_, by=agent)
    assert await promises.keep_time(later) == ([], None)
    assert await promises.breaches() == []


async def test_another_promise_or_other_hours_count_for_whoever_waits(
    promises: Promises, messages: Messages
) -> None:
    policy_id = await promises.make(first_seconds=60)
    id_, _ = await ask(promises, messages)
    await promises.settle(id_)
    async with promises.database.begin() as session:
        await change_policy(
            session,
            policy_id=policy_id,
            staff_id=promises.staff_id,
            form=PolicyInput(name="Slower", first_seconds=120),
        )
    await promises.settle_all()
    since, _, due_at = await promises.due(id_)
    assert since is not None
    assert due_at == since + seconds(120)
    tomorrow = (since + timedelta(days=1)).date()
    open_then = {
        "from_date": str(tomorrow),
        "to_date": str(tomorrow),
        "spans": [["10:00", "11:00"]],
    }
    closed_now = {"timezone": "UTC", "days": [open_then]}
    async with promises.database.begin() as session:
        await update_settings(session, shop_id=promises.shop.id, settings={"hours": closed_now})
    await promises.settle_all()
    _, _, due_at = await promises.due(id_)
    assert due_at == datetime.combine(tomorrow, datetime.min.time(), UTC) + timedelta(
        hours=10, seconds=120
    )
    async with promises.database.begin() as session:
        await drop_policy(session, policy_id=policy_id, staff_id=promises.staff_id)
    await promises.settle_all()
    assert (await promises.due(id_))[1:] == (None, None)


async def test_warns_once_although_it_comes_due_later(
    promises: Promises, messages: Messages
) -> None:
    policy_id = await promises.make(first_seconds=60, warn_percent=50)
    id_, _ = await ask(promises, messages)
    await promises.settle(id_)
    since, _, _ = await promises.due(id_)
    assert since is not None
    assert (await promises.keep_time(since + seconds(40)))[0] == ["sla.warned"]
    async with promises.database.begin() as session:
        form = PolicyInput(name="Slower", first_seconds=120, warn_percent=50)
        await change_policy(session, policy_id=policy_id, staff_id=promises.staff_id, form=form)
    await promises.settle_all()
    due_at = since + seconds(120)
    assert await promises.keep_time(since + seconds(61)) == ([], due_at)
    assert (await promises.keep_time(due_at))[0] == ["sla.breached"]


async def test_two_nodes_break_a_promise_once(promises: Promises, messages: Messages) -> None:
    await promises.make(first_seconds=60)
    id_, _ = await ask(promises, messages)
    await promises.settle(id_)
    at = datetime.now(UTC) + timedelta(hours=1)
    async with promises.database.begin() as one, promises.database.begin() as two:
        await keep_time(one, at=at)
        await keep_time(two, at=at)
    assert len(await promises.breaches()) == 1


async def test_one_promise_for_the_same(promises: Promises) -> None:
    await promises.make(first_seconds=60, channel="chat")
    with pytest.raises(PolicyExists):
        await promises.make(first_seconds=90, channel="chat")
    with pytest.raises(NotFound):
        await promises.make(first_seconds=90, inbox_id=new_id())
    async with promises.database.read() as session:
        assert [policy.first_seconds for policy in await policies_in_force(session)] == [60]


async def test_what_is_left_for_later_is_waited_for_as_a_message(
    promises: Promises, messages: Messages
) -> None:
    await promises.make(first_seconds=60, channel="message")
    id_, _ = await ask(promises, messages)
    await promises.settle(id_)
    assert (await promises.due(id_))[2] is None
    async with promises.database.begin() as session:
        await session.execute("UPDATE conversation SET is_offline = true WHERE id = $1", id_)
    await promises.settle(id_)
    assert (await promises.due(id_))[2] is not None


async def test_the_list_by_due_pages_through_all_who_wait(
    promises: Promises, messages: Messages
) -> None:
    policy_id = await promises.make(first_seconds=600)
    slow, quick, free = [(await ask(promises, messages))[0] for _ in range(3)]
    await promises.settle(slow)
    async with promises.database.begin() as session:
        form = PolicyInput(name="Quicker", first_seconds=60)
        await change_policy(session, policy_id=policy_id, staff_id=promises.staff_id, form=form)
    await promises.settle(quick)
    found: list[str] = []
    cursor = None
    async with promises.database.read() as session:
        while True:
            page = await list_rows(
                session,
                filters=BUILT_IN["due"],
                staff_id=promises.staff_id,
                cursor=cursor,
                limit=1,
                is_by_due=True,
            )
            found += [row["id"] for row in page.items]
            cursor = page.next
            if cursor is None:
                break
    assert found == [str(quick), str(slow), str(free)]
