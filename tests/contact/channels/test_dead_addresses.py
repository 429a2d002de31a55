"""An address at which nothing arrived, and what makes it one that can be written to again."""

import json

from stoa.contact.channels.models import DeliveryState
from stoa.contact.channels.outbox import resend
from stoa.contact.channels.protocol import Report
from stoa.contact.channels.receive import take
from stoa.contact.channels.reports import take_report
from stoa.contact.channels.ways import ways_of
from tests.contact.channels.answering import an_answer, holding, state
from tests.contact.channels.conftest import Place
from tests.factories.folder_channel import a_mail
from tests.waiting import until


async def _bounced(place: Place) -> str:
    """An answer has left and come back: nobody has that address."""
    await an_answer(place)

    async def has_left() -> bool:
        return await state(place) == "sent"

    await until(has_left)
    [file] = place.folder.glob("*.json")
    name = f"<{json.loads(file.read_text())['id']}@folder>"
    async with place.node.database.begin() as session:
        report = Report(name=name, state="failed", code="5.1.1", is_point_dead=True)
        await take_report(session, inbox_id=place.inbox.id, report=report)
    assert await state(place) == DeliveryState.FAILED
    assert await _problem(place) == "address_dead"
    return name


async def _problem(place: Place) -> str | None:
    async with place.node.database.read() as session:
        conversation_id = await session.fetch_value("SELECT id FROM conversation")
        [way] = (await ways_of(session, conversation_id=conversation_id)).ways
    return way.problem


async def test_whoever_writes_from_a_dead_address_can_be_answered_there(place: Place) -> None:
    async with holding(place.node):
        await _bounced(place)
        await take(place.node, inbox_id=place.inbox.id, raw=a_mail("<2>", answers=["<1>"]))
        assert await _problem(place) is None


async def test_a_machine_at_a_dead_address_changes_nothing(place: Place) -> None:
    async with holding(place.node):
        await _bounced(place)
        mail = a_mail("<2>", answers=["<1>"], is_automatic=True)
        await take(place.node, inbox_id=place.inbox.id, raw=mail)
        assert await _problem(place) == "address_dead"


async def test_a_person_can_send_to_a_dead_address_once_more(place: Place) -> None:
    async with holding(place.node):
        name = await _bounced(place)
        async with place.node.database.begin() as session:
            await resend(session, delivery_id=await session.fetch_value("SELECT id FROM delivery"))

        async def has_left() -> bool:
            return await state(place) == "sent"

        await until(has_left)
        assert len(list(place.folder.glob("*.json"))) == 2
        # What is still said of the first is not said of the second.
        async with place.node.database.begin() as session:
            report = Report(name=name, state="failed", code="5.1.1", is_point_dead=True)
            await take_report(session, inbox_id=place.inbox.id, report=report)
        assert await state(place) == "sent"
        assert await _problem(place) is None


async def test_a_dead_address_at_which_something_arrived_is_none(place: Place) -> None:
    async with holding(place.node):
        await _bounced(place)
        async with place.node.database.begin() as session:
            await session.execute("UPDATE delivery SET state = 'sent'")
            delivery_id = await session.fetch_value("SELECT id FROM delivery")
            report = Report(name=str(delivery_id), state="delivered")
            await take_report(session, inbox_id=place.inbox.id, report=report)
        assert await _problem(place) is None
