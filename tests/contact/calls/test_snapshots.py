"""What a customer says to stills is in the ledger, word for word, once for each change."""

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.calls.snapshots import answer_snapshot
from stoa.people.consent.models import ConsentState, Purpose
from stoa.people.consent.queries import list_consents
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from tests.contact.calls.rows import CallRows, a_call, end_call
from tests.factories.people import a_visitor


async def say(database: Database, call: CallRows, *, is_agreed: bool) -> None:
    async with database.begin() as session:
        await answer_snapshot(
            session,
            call_id=call.call_id,
            visitor_id=call.visitor_id,
            customer_id=None,
            is_agreed=is_agreed,
            locale="de",
        )


async def said(database: Database, call: CallRows) -> list[ConsentState]:
    async with database.read() as session:
        entries = await list_consents(session, subject=call.call_id)
    assert all(entry.purpose is Purpose.SNAPSHOT for entry in entries)
    assert all(entry.visitor_id == call.visitor_id for entry in entries)
    return [entry.state for entry in entries]


async def test_keeps_the_words_that_were_read(database: Database, shop: Shop) -> None:
    call = await a_call(database, shop_id=shop.id)
    await say(database, call, is_agreed=True)
    async with database.read() as session:
        [entry] = await list_consents(session, subject=call.call_id)
    assert entry.is_given
    assert entry.wording == "Darf ein Bild von dem, was Sie zeigen, im Chat behalten werden?"
    assert (entry.locale, entry.wording_version) == ("de", "1")


async def test_said_again_it_stands_once(database: Database, shop: Shop) -> None:
    call = await a_call(database, shop_id=shop.id)
    for is_agreed in (True, True, False, False, True):
        await say(database, call, is_agreed=is_agreed)
    given, refused = ConsentState.GIVEN, ConsentState.REFUSED
    assert await said(database, call) == [given, refused, given]


async def test_nobody_answers_for_another(database: Database, shop: Shop) -> None:
    call = await a_call(database, shop_id=shop.id)
    stranger, _ = await a_visitor(database)
    async with database.begin() as session:
        with pytest.raises(NotFound):
            await answer_snapshot(
                session,
                call_id=call.call_id,
                visitor_id=stranger,
                customer_id=None,
                is_agreed=True,
                locale="en",
            )
    assert await said(database, call) == []


async def test_a_call_that_is_over_asks_nothing(database: Database, shop: Shop) -> None:
    call = await a_call(database, shop_id=shop.id)
    await end_call(database, call)
    with pytest.raises(NotFound):
        await say(database, call, is_agreed=True)
    assert await said(database, call) == []
