"""The chooser tells each customer what is true for who serves their language."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.contact.channels.queries import look_at_chat, situation_of
from stoa.contact.channels.schemas import ChannelView
from stoa.contact.conversations.batch import write_messages
from stoa.contact.conversations.models import Draft
from stoa.contact.conversations.schemas import Sent
from stoa.platform.clock import now
from stoa.platform.database.group_commit import GroupCommit
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.routing import a_speaker, a_team, somebody_waits

Messages = GroupCommit[Draft, Sent]


@pytest.fixture
async def shop(own_database: Database) -> Shop:
    async with own_database.begin() as session:
        return await create_shop(
            session, name="Agora", country="DE", currency="EUR", locales=["en", "pl", "de"]
        )


@pytest.fixture
async def messages(own_database: Database) -> AsyncIterator[Messages]:
    group = Messages(own_database, write_messages)
    yield group
    await group.close()


async def look(database: Database, shop: Shop, *available: UUID) -> ChannelView:
    async with database.read() as session:
        situation = await situation_of(session, shop_id=shop.id, available=available)
        return await look_at_chat(session, situation)


async def test_without_teams_whoever_is_there_serves_everybody(
    own_database: Database, shop: Shop
) -> None:
    ada = await a_speaker(own_database, "Ada", "en")
    chat = await look(own_database, shop, ada)
    assert (chat.is_available, chat.agents_available, chat.by_locale) == (True, 1, {})


async def test_only_who_serves_the_language_counts(
    own_database: Database, messages: Messages, shop: Shop
) -> None:
    ada = await a_speaker(own_database, "Ada", "en", "de")
    ola = await a_speaker(own_database, "Ola", "pl")
    stranger = await a_speaker(own_database, "Stranger", "en", "pl")
    await a_team(own_database, ada, ola)
    conversation_id, _ = await somebody_waits(own_database, messages, shop_id=shop.id)
    async with own_database.begin() as session:
        await session.execute(
            "INSERT INTO answer_time"
            " (id, shop_id, conversation_id, channel, asked_at, answered_at, was_first)"
            " SELECT i, $1, $2, 'chat', $3, $4, true FROM unnest($5::uuid[]) i",
            shop.id,
            conversation_id,
            now() - timedelta(seconds=60),
            now() - timedelta(seconds=40),
            [new_id() for _ in range(4)],
        )
    chat = await look(own_database, shop, ada, stranger)
    told = {
        locale: (one.is_available, one.reason, one.agents_available)
        for locale, one in chat.by_locale.items()
    }
    nobody = (False, "nobody_there", 0)
    assert told == {
        "en": (True, "open", 1),
        "de": (True, "open", 1),
        "pl": nobody,
        "it": nobody,
        "el": nobody,
    }
    english, german = chat.by_locale["en"].wait, chat.by_locale["de"].wait
    assert english is not None
    assert english.high_seconds == 20
    assert german is None, "nobody who speaks German was answered yet"
    chat = await look(own_database, shop, ola)
    assert chat.by_locale["pl"].is_available
    assert not chat.by_locale["en"].is_available


async def test_who_takes_what_a_team_does_not_counts_as_well(
    own_database: Database, shop: Shop
) -> None:
    ada = await a_speaker(own_database, "Ada", "en")
    helper = await a_speaker(own_database, "Helper", "en")
    _, target = await a_team(own_database, helper, name="Others", takes_counter=False)
    await a_team(own_database, ada, languages=["en"], overflow_queue_id=target, overflow_seconds=30)
    chat = await look(own_database, shop, helper)
    assert set(chat.by_locale) == {"en"}, "the team is for English customers only"
    assert chat.by_locale["en"].agents_available == 1
