"""What waits comes to whom it belongs, on a real database and with two nodes at once."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Draft, Sender
from stoa.contact.conversations.queries import count_rows, get_row, list_rows, public_messages
from stoa.contact.conversations.schemas import ConversationRow, Sent, SystemFact
from stoa.contact.conversations.schemas.desk import Filters
from stoa.contact.conversations.service import (
    assign_conversation,
    close_conversation,
    mark_read,
)
from stoa.contact.routing.assigning import Busy, Desk, hold_routing, route_waiting
from stoa.contact.routing.queries import foreign_teams, next_waiting
from stoa.contact.routing.service import remove_team, send_to_queue
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database, open_database
from stoa.platform.errors import NotFound
from stoa.platform.ids import new_id
from tests.factories.contact import a_draft
from tests.factories.people import an_agent
from tests.factories.routing import a_speaker, a_team, somebody_waits

Messages = GroupCommit[Draft, Sent]
LONG_AGO = timedelta(hours=1)


def a_desk(*available: UUID, later: int = 0, gone_for: timedelta = LONG_AGO) -> Desk:
    """These are there, everybody else has been gone for so long, at `later` seconds from now."""
    at = now() + timedelta(seconds=later)
    return Desk(at=at, available=frozenset(available), gone_since=lambda _id: at - gone_for)


async def route(database: Database, desk: Desk) -> int:
    """All that can be done is done."""
    total, count = 0, -1
    while count:
        async with database.begin() as session:
            count = await route_waiting(session, desk=desk)
        total += count
    return total


async def rows(database: Database, ids: Iterable[UUID]) -> list[ConversationRow]:
    async with database.read() as session:
        return [await get_row(session, conversation_id=one) for one in ids]


async def row(database: Database, conversation_id: UUID) -> ConversationRow:
    return (await rows(database, [conversation_id]))[0]


async def facts(database: Database, conversation_id: UUID) -> list[tuple[str, str | None]]:
    async with database.read() as session:
        timeline = await public_messages(session, conversation_id=conversation_id)
    return [
        (one.card.fact, one.card.staff_name or one.card.team_name)
        for one in timeline
        if isinstance(one.card, SystemFact)
    ]


async def test_without_teams_everything_stays_unassigned(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    before = await row(database, waiting)
    assert await route(database, a_desk(ada)) == 0
    assert await row(database, waiting) == before
    async with database.read() as session:
        found = await next_waiting(session, staff_id=ada)
    assert found == before


async def test_a_polish_conversation_comes_to_who_speaks_polish(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en", "de")
    ola = await a_speaker(database, "Ola", "pl")
    team, queue = await a_team(database, ada, ola)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id, locale="pl")
    await route(database, a_desk(ada, ola))
    found = await row(database, waiting)
    assert (found.assignee_id, found.team_id, found.queue_id) == (ola, team, queue)
    assert await facts(database, waiting) == [("routed", "Ola")]
    async with database.begin() as session:
        logged = await session.fetch(
            "SELECT data FROM event WHERE topic = 'desk' AND type = 'conversation.listed'"
            " ORDER BY seq DESC LIMIT 1"
        )
    assert ConversationRow.model_validate(logged[0]["data"]["conversation"]) == found


async def test_who_is_not_there_or_has_no_room_gets_nothing(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en", capacity=2)
    away = await a_speaker(database, "Away", "en")
    _, queue = await a_team(database, ada, away)
    waiting = [(await somebody_waits(database, messages, shop_id=shop.id))[0] for _ in range(3)]
    await route(database, a_desk(ada))
    found = await rows(database, waiting)
    assert [one.assignee_id for one in found] == [ada, ada, None], "who waits longest comes first"
    assert found[2].queue_id == queue, "the rest waits in the queue"
    # Whoever closes one has room for the next.
    async with database.begin() as session:
        by = Sender(staff_id=ada, staff_name="Ada")
        await close_conversation(session, conversation_id=waiting[0], by=by)
    await route(database, a_desk(ada))
    assert (await row(database, waiting[2])).assignee_id == ada


async def test_an_answered_letter_makes_room_at_once(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en", capacity=1)
    await a_team(database, ada)
    letters = [(await somebody_waits(database, messages, shop_id=shop.id))[0] for _ in range(5)]
    async with database.begin() as session:
        await session.execute("UPDATE conversation SET is_offline = true")
    await route(database, a_desk(ada))
    assert [one.assignee_id for one in await rows(database, letters)] == [ada] * 4 + [None]
    await messages.submit(a_draft(letters[0], Sender(staff_id=ada, staff_name="Ada"), "Yes"))
    await route(database, a_desk(ada))
    assert (await row(database, letters[4])).assignee_id == ada


async def test_a_team_for_a_language_takes_its_customers_only(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ola = await a_speaker(database, "Ola", "pl", "en")
    team, _ = await a_team(database, ola, name="Polska", languages=["pl"])
    polish, _ = await somebody_waits(database, messages, shop_id=shop.id, locale="pl")
    english, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ola))
    assert (await row(database, polish)).team_id == team
    left = await row(database, english)
    assert (left.team_id, left.assignee_id) == (None, None)


async def test_what_somebody_has_taken_stays_with_them(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    _, queue = await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    async with database.begin() as session:
        by = Sender(staff_id=bob, staff_name="Bob")
        await assign_conversation(session, conversation_id=waiting, to=bob, by=by)
    await route(database, a_desk(ada, bob))
    found = await row(database, waiting)
    assert (found.assignee_id, found.queue_id) == (bob, queue)


async def test_a_manual_queue_is_only_shown(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    stranger = await a_speaker(database, "Stranger", "en")
    team, _ = await a_team(database, ada, rule="manual")
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    found = await row(database, waiting)
    assert (found.assignee_id, found.team_id) == (None, team)
    async with database.read() as session:
        assert await next_waiting(session, staff_id=ada) == found
        assert await next_waiting(session, staff_id=stranger) is None
        for person, expected in ((ada, 1), (stranger, 0)):
            foreign = await foreign_teams(session, staff_id=person)
            counts = await count_rows(session, staff_id=person, foreign_team_ids=foreign)
            assert (counts.waiting, counts.unassigned) == (expected, 1)


async def test_the_next_one_is_of_the_highest_queue(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en", "pl")
    await a_team(database, ada, rule="manual")
    await a_team(database, ada, name="Polish", languages=["pl"], rule="manual", priority=3)
    english, _ = await somebody_waits(database, messages, shop_id=shop.id)
    polish, _ = await somebody_waits(database, messages, shop_id=shop.id, locale="pl")
    await route(database, a_desk(ada))
    async with database.read() as session:
        found = await next_waiting(session, staff_id=ada)
        assert found is not None
        assert found.id == polish
    async with database.begin() as session:
        by = Sender(staff_id=ada, staff_name="Ada")
        await close_conversation(session, conversation_id=polish, by=by)
    async with database.read() as session:
        found = await next_waiting(session, staff_id=ada)
    assert found is not None
    assert found.id == english


async def test_what_waits_with_somebody_who_went_away_goes_to_another(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada, bob, return_seconds=60)
    waiting, customer = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    before = await row(database, waiting)
    assert before.assignee_id == ada
    just_now = a_desk(bob, later=300, gone_for=timedelta(seconds=59))
    assert await route(database, just_now) == 0
    assert await row(database, waiting) == before
    await route(database, a_desk(bob, later=300, gone_for=timedelta(seconds=60)))
    assert (await row(database, waiting)).assignee_id == bob
    assert await facts(database, waiting) == [
        ("routed", "Ada"),
        ("returned", "Ada"),
        ("routed", "Bob"),
    ]
    # Once answered, it stays with who answered, until the customer waits again.
    await messages.submit(a_draft(waiting, Sender(staff_id=bob, staff_name="Bob"), "Yes"))
    assert await route(database, a_desk(ada, later=3600)) == 0
    await messages.submit(a_draft(waiting, customer, "And?"))
    await route(database, a_desk(ada, later=3600))
    assert (await row(database, waiting)).assignee_id == ada


async def test_with_nobody_there_it_waits_in_the_queue_for_all_to_see(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    team, _ = await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    await route(database, a_desk(later=120))
    found = await row(database, waiting)
    assert (found.assignee_id, found.team_id) == (None, team)


async def test_what_nobody_took_goes_on_to_the_other_team(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    helper = await a_speaker(database, "Helper", "en")
    other, target = await a_team(database, helper, name="Others", takes_counter=False)
    await a_team(database, ada, overflow_queue_id=target, overflow_seconds=30)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(helper))
    assert (await row(database, waiting)).assignee_id is None
    await route(database, a_desk(helper, later=29))
    assert (await row(database, waiting)).team_id != other
    await route(database, a_desk(helper, later=31))
    found = await row(database, waiting)
    assert (found.team_id, found.queue_id, found.assignee_id) == (other, target, helper)
    assert await facts(database, waiting) == [("moved", "Others"), ("routed", "Helper")]


async def test_what_was_left_unread_goes_on_and_what_was_read_does_not(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    helper = await a_speaker(database, "Helper", "en")
    other, target = await a_team(database, ada, helper, name="Others", takes_counter=False)
    team, _ = await a_team(database, ada, overflow_queue_id=target, overflow_seconds=30)
    unread, _ = await somebody_waits(database, messages, shop_id=shop.id)
    read, customer = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada, helper))
    async with database.begin() as session:
        await mark_read(session, conversation_id=read, reader="agent", seq=9, visitor_id=None)
    await messages.submit(a_draft(read, customer, "Are you there?"))
    await route(database, a_desk(ada, helper, later=29))
    assert [one.assignee_id for one in await rows(database, [unread, read])] == [ada, ada]
    await route(database, a_desk(ada, helper, later=31))
    moved, kept = await rows(database, [unread, read])
    assert (moved.team_id, moved.assignee_id) == (other, helper), "Ada is in that team as well"
    assert (kept.team_id, kept.assignee_id) == (team, ada)


async def test_what_waited_with_a_team_that_is_no_more_is_routed_anew(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    old, _ = await a_team(database, name="Old")
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    assert (await row(database, waiting)).team_id == old
    new, _ = await a_team(database, ada, name="New")
    by = await an_agent(database)
    assert by.staff_id is not None
    async with database.begin() as session:
        await remove_team(session, by=by.staff_id, team_id=old)
    await route(database, a_desk(ada))
    found = await row(database, waiting)
    assert (found.team_id, found.assignee_id) == (new, ada)


async def test_who_puts_one_back_is_not_given_it_again(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada, bob)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada))
    async with database.begin() as session:
        by = Sender(staff_id=ada, staff_name="Ada")
        await assign_conversation(session, conversation_id=waiting, to=None, by=by)
    assert await route(database, a_desk(ada)) == 0
    await route(database, a_desk(ada, bob))
    assert (await row(database, waiting)).assignee_id == bob
    async with database.begin() as session:
        by = Sender(staff_id=bob, staff_name="Bob")
        await assign_conversation(session, conversation_id=waiting, to=None, by=by)
    await route(database, a_desk(ada, bob))
    assert (await row(database, waiting)).assignee_id == ada, "what Ada did before is forgotten"


async def test_one_is_passed_on_to_another_team(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada)
    team, queue = await a_team(database, ada, bob, name="Returns", takes_counter=False)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk(ada, bob))
    by = Sender(staff_id=ada, staff_name="Ada")
    before = await row(database, waiting)
    with pytest.raises(NotFound):
        async with database.begin() as session:
            await send_to_queue(session, conversation_id=waiting, queue_id=new_id(), by=by)
    assert await row(database, waiting) == before
    async with database.begin() as session:
        await send_to_queue(session, conversation_id=waiting, queue_id=queue, by=by)
    await route(database, a_desk(ada, bob))
    found = await row(database, waiting)
    assert (found.team_id, found.assignee_id) == (team, bob)
    assert (await facts(database, waiting))[1:] == [("moved", "Returns"), ("routed", "Bob")]
    async with database.read() as session:
        for filters, expected in (
            (Filters(team_ids=[team]), [str(waiting)]),
            (Filters(queue_ids=[queue]), [str(waiting)]),
            (Filters(queue_ids=[new_id()]), []),
        ):
            page = await list_rows(session, filters=filters, staff_id=ada, cursor=None, limit=5)
            assert [item["id"] for item in page.items] == expected


async def test_only_one_node_at_a_time(database: Database, messages: Messages, shop: Shop) -> None:
    ada = await a_speaker(database, "Ada", "en")
    await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    async with database.begin() as holder:
        await hold_routing(holder)
        with pytest.raises(Busy):
            async with database.begin() as session:
                await route_waiting(session, desk=a_desk(ada))
    assert (await row(database, waiting)).assignee_id is None


async def test_two_nodes_at_once_give_everything_out_once_and_fairly(
    database: Database, database_url: str, messages: Messages, shop: Shop
) -> None:
    people = [await a_speaker(database, f"P{n}", "en", capacity=6) for n in range(3)]
    await a_team(database, *people, rule="round_robin")
    waiting = [(await somebody_waits(database, messages, shop_id=shop.id))[0] for _ in range(20)]
    other = await open_database(database_url, size=3)

    async def keep_on(node: Database) -> None:
        idle = 0
        while idle < 3:
            try:
                idle = 0 if await route(node, a_desk(*people)) else idle + 1
            except Busy:
                await asyncio.sleep(0.001)

    try:
        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            for node in (database, other, database, other):
                group.create_task(keep_on(node))
    finally:
        await other.close()
    found = await rows(database, waiting)
    got = Counter(one.assignee_id for one in found)
    assert got == Counter(dict.fromkeys(people, 6)) + Counter({None: 2})
    for one in found:
        assert len(await facts(database, one.id)) == (one.assignee_id is not None)


async def test_messages_go_on_while_conversations_are_given_out(
    database: Database, messages: Messages, shop: Shop
) -> None:
    people = [await a_speaker(database, f"P{n}", "en", capacity=50) for n in range(3)]
    await a_team(database, *people, return_seconds=5)
    waiting = [await somebody_waits(database, messages, shop_id=shop.id) for _ in range(12)]
    agent = Sender(staff_id=people[0], staff_name="P0")

    async def talk(round_: int) -> None:
        for number, (conversation_id, customer) in enumerate(waiting):
            sender = agent if (number + round_) % 3 == 0 else customer
            await messages.submit(a_draft(conversation_id, sender, f"{round_}"))

    async def keep_on(*there: UUID) -> None:
        for _ in range(20):
            try:
                await route(database, a_desk(*there, later=60))
            except Busy:
                await asyncio.sleep(0.001)

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for round_ in range(6):
            group.create_task(talk(round_))
        group.create_task(keep_on(*people))
        group.create_task(keep_on(people[1], people[2]))
    found = await rows(database, [conversation_id for conversation_id, _ in waiting])
    assert {one.message_count for one in found} == {7}


async def test_an_agent_who_takes_one_meanwhile_has_it(
    database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(database, "Ada", "en")
    bob = await a_speaker(database, "Bob", "en")
    await a_team(database, ada)
    waiting, _ = await somebody_waits(database, messages, shop_id=shop.id)
    await route(database, a_desk())
    async with database.begin() as taking:
        by = Sender(staff_id=bob, staff_name="Bob")
        await assign_conversation(taking, conversation_id=waiting, to=bob, by=by)
        routing = asyncio.create_task(route(database, a_desk(ada, bob)))
        await _until_blocked(database)
    await routing
    assert (await row(database, waiting)).assignee_id == bob
    assert [fact for fact, _ in await facts(database, waiting)] == ["assigned"]


async def _until_blocked(database: Database) -> None:
    async with asyncio.timeout(10), database.read() as session:
        while not await session.fetch_value(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " OR l.database IS NULL OR l.database = 0"
            " WHERE NOT l.granted AND d.datname = current_database())"
        ):
            await asyncio.sleep(0.01)
