"""What waits comes to whom it belongs, on a real database."""

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.models import Sender
from stoa.contact.conversations.queries import count_rows
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.conversations.service import assign_conversation, close_conversation
from stoa.contact.routing.queries import foreign_teams, next_waiting
from stoa.platform.database.session import Database
from tests.factories.contact import a_draft
from tests.factories.routing import (
    Messages,
    a_desk,
    a_speaker,
    a_team,
    facts,
    route,
    row,
    rows,
    somebody_waits,
)


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
