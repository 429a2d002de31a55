"""One customer becomes two again, exactly as they were."""

from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.people.customers.errors import MergeCovered, NotMerged
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import get_customer, ids_of_person, list_merges, list_points
from stoa.people.customers.service import add_note, claim_point
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.customers import a_chat, a_sender, an_email, dump, merge, owners, talk, undo
from tests.factories.people import an_agent
from tests.factories.shops import make_shop


async def test_a_merge_moves_everything_and_undoing_it_moves_all_back(wired: Database) -> None:
    shop, agent = await make_shop(wired), await an_agent(wired)
    assert agent.staff_id is not None
    shared, phone = an_email(), Point(PointKind.PHONE, "+48221234567")
    goes = await a_chat(wired, shop, email=shared.value)
    stays = (await a_sender(wired, shared)).id  # nameless, has proven what the other claims
    other = (await a_sender(wired, an_email(), name="Jan")).id
    async with wired.begin() as session:
        await claim_point(session, customer_id=goes, point=phone, source="desk")
        await claim_point(session, customer_id=other, point=phone, source="desk")
        await add_note(session, customer_id=goes, body="Calls in the evening", by=agent.staff_id)
    before = await dump(wired)
    merge_id = await merge(wired, goes, stays, by=agent.staff_id)
    merged = await dump(wired)
    for table in ("visitor", "conversation", "customer_note", "contact_point"):
        held = {row["customer_id"] for row in merged[table] if row["customer_id"]}
        assert str(goes) not in held, table
        assert str(stays) in held, table
    async with wired.read() as session:
        assert (await get_customer(session, customer_id=goes)).id == stays
        assert (await get_customer(session, customer_id=goes)).name == "Anna"
        assert await ids_of_person(session, customer_id=stays) == sorted([goes, stays])
        points = await list_points(session, customer_id=stays)
        [record] = await list_merges(session, customer_id=stays)
    assert [(p.kind, p.state) for p in points] == [("email", "verified"), ("phone", "claimed")]
    assert (record.id, record.reason, record.staff_name) == (merge_id, "person", agent.staff_name)
    await undo(wired, merge_id, by=agent.staff_id)
    assert await dump(wired) == before
    async with wired.read() as session:
        assert await list_merges(session, customer_id=stays) == []


async def test_an_address_that_one_had_proven_is_proven_of_both_and_parted_again(
    wired: Database,
) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    shared = an_email()
    goes = (await a_sender(wired, shared)).id
    stays = (await a_sender(wired, an_email())).id
    async with wired.begin() as session:
        await claim_point(session, customer_id=stays, point=shared, source="desk")
    before = await dump(wired)
    merge_id = await merge(wired, goes, stays, by=agent.staff_id)
    again = await a_sender(wired, shared)
    assert (again.id, again.is_new) == (stays, False)
    await undo(wired, merge_id, by=agent.staff_id)
    assert await dump(wired) == before
    assert (await a_sender(wired, shared)).id == goes


async def test_what_came_since_goes_back_with_its_browser_or_stays(wired: Database) -> None:
    shop, agent = await make_shop(wired), await an_agent(wired)
    assert agent.staff_id is not None
    email = an_email().value
    goes = await a_chat(wired, shop, email=email)
    stays = await a_chat(wired, shop, email=an_email().value, name="Jan")
    async with wired.read() as session:
        browsers = {
            row["customer_id"]: row["id"]
            for row in await session.fetch("SELECT id, customer_id FROM visitor")
        }
    merge_id = await merge(wired, goes, stays, by=agent.staff_id)
    theirs = await talk(
        wired, shop, visitor_id=browsers[goes], email=email, name="", channel="call"
    )
    mine = await talk(wired, shop, visitor_id=browsers[stays], email=email, name="", channel="call")
    async with wired.begin() as session:
        note = await add_note(session, customer_id=goes, body="Since", by=agent.staff_id)
    assert await owners(wired, "conversation", [theirs, mine]) == [stays, stays]
    await undo(wired, merge_id, by=agent.staff_id)
    assert await owners(wired, "conversation", [theirs]) == [goes]
    assert await owners(wired, "conversation", [mine]) == [stays]
    assert await owners(wired, "customer_note", [note.id]) == [stays]


async def test_what_somebody_changed_since_is_not_changed_back(wired: Database) -> None:
    shop, agent = await make_shop(wired), await an_agent(wired)
    assert agent.staff_id is not None
    goes = await a_chat(wired, shop, email=an_email().value, name="Anna")
    stays = (await a_sender(wired, an_email())).id
    merge_id = await merge(wired, goes, stays, by=agent.staff_id)
    async with wired.begin() as session:
        await session.execute("UPDATE customer SET name = 'Ania' WHERE id = $1", stays)
    await undo(wired, merge_id, by=agent.staff_id)
    async with wired.read() as session:
        assert (await get_customer(session, customer_id=stays)).name == "Ania"
        assert (await get_customer(session, customer_id=goes)).name == "Anna"


async def test_merges_in_a_row_are_undone_from_the_last(wired: Database) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    ids = [(await a_sender(wired, an_email(), name=name)).id for name in ("A", "B", "C")]
    dumps = [await dump(wired)]
    first = await merge(wired, ids[0], ids[1], by=agent.staff_id)
    dumps.append(await dump(wired))
    second = await merge(wired, ids[1], ids[2], by=agent.staff_id)
    async with wired.read() as session:
        assert (await get_customer(session, customer_id=ids[0])).id == ids[2]
    with pytest.raises(MergeCovered):
        await undo(wired, first, by=agent.staff_id)
    await undo(wired, second, by=agent.staff_id)
    assert await dump(wired) == dumps[1]
    await undo(wired, first, by=agent.staff_id)
    assert await dump(wired) == dumps[0]
    with pytest.raises(NotMerged):
        await undo(wired, first, by=agent.staff_id)


async def test_an_address_joined_with_a_third_keeps_the_first_merge_until_then(
    wired: Database,
) -> None:
    """Else the first would leave with what the third has proven."""
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    shared = an_email()
    stays = (await a_sender(wired, an_email())).id
    first = (await a_sender(wired, an_email())).id
    third = (await a_sender(wired, shared)).id
    async with wired.begin() as session:
        await claim_point(session, customer_id=first, point=shared, source="desk")
    before = await dump(wired)
    one = await merge(wired, first, stays, by=agent.staff_id)
    two = await merge(wired, third, stays, by=agent.staff_id)
    with pytest.raises(MergeCovered):
        await undo(wired, one, by=agent.staff_id)
    await undo(wired, two, by=agent.staff_id)
    await undo(wired, one, by=agent.staff_id)
    assert await dump(wired) == before


async def test_what_came_by_mail_since_goes_back_with_its_address(wired: Database) -> None:
    """Of a conversation by a channel, who wrote it is known by the address, not by a browser."""
    shop, agent = await make_shop(wired), await an_agent(wired)
    assert agent.staff_id is not None
    theirs, mine = an_email(), an_email()
    goes, stays = (await a_sender(wired, theirs)).id, (await a_sender(wired, mine)).id
    merge_id = await merge(wired, goes, stays, by=agent.staff_id)
    conversations = []
    for point in (theirs, mine):
        customer = await a_sender(wired, point)
        conversations.append(await a_mail(wired, shop, customer_id=customer.id, point=point))
    assert await owners(wired, "conversation", conversations) == [stays, stays]
    await undo(wired, merge_id, by=agent.staff_id)
    assert await owners(wired, "conversation", conversations[:1]) == [goes]
    assert await owners(wired, "conversation", conversations[1:]) == [stays]


async def a_mail(database: Database, shop: Shop, *, customer_id: UUID, point: Point) -> UUID:
    inbox_id, conversation_id = new_id(), new_id()
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO inbox (id, shop_id, channel, name, address, settings, created_at,"
            " updated_at) VALUES ($1, $2, 'sms', 'SMS', '+48', '{}', now(), now())",
            inbox_id,
            shop.id,
        )
        await session.execute(
            "INSERT INTO conversation (id, shop_id, inbox_id, customer_id, channel, state, locale,"
            " last_message_at, created_at) VALUES ($1, $2, $3, $4, 'sms', 'open', 'pl', now(),"
            " now())",
            conversation_id,
            shop.id,
            inbox_id,
            customer_id,
        )
        await session.execute(
            "INSERT INTO inbound (id, inbox_id, external_id, state, conversation_id, received_at,"
            " from_kind, from_key) VALUES ($1, $2, '1', 'taken', $3, now(), 'email', $4)",
            new_id(),
            inbox_id,
            conversation_id,
            point.value,
        )
    return conversation_id
