"""Two customers become one, and two again exactly as they were."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.service import ensure_conversation, set_contact
from stoa.people.customers.errors import (
    AlreadyErased,
    AlreadyMerged,
    MergeCovered,
    NotMerged,
    SamePerson,
)
from stoa.people.customers.models import KnownCustomer, Point, PointKind
from stoa.people.customers.queries import get_customer, ids_of_person, list_merges, list_points
from stoa.people.customers.service import (
    add_note,
    claim_point,
    customer_of_point,
    dismiss_proposal,
    erase_customer,
    know_visitor,
    merge_customers,
    unmerge_customers,
    verify_point,
)
from stoa.platform.database.session import Database
from stoa.platform.errors import Conflict, DomainError, NotFound
from stoa.platform.ids import new_id
from tests.factories.people import a_visitor, an_agent
from tests.factories.shops import make_shop, with_reactions

# What a merge may touch, without what counts how often a row was changed.
TABLES = {
    "customer": "to_jsonb(t)",
    "visitor": "to_jsonb(t)",
    "conversation": "to_jsonb(t) - 'version'",
    '"order"': "to_jsonb(t) - 'version'",
    "contact_point": "to_jsonb(t)",
    "consent": "to_jsonb(t)",
    "customer_note": "to_jsonb(t)",
    "merge_proposal": "to_jsonb(t)",
}


async def dump(database: Database) -> dict[str, list[Any]]:
    async with database.read() as session:
        return {
            table: [
                row["row"]
                for row in await session.fetch(f"SELECT {row} AS row FROM {table} t ORDER BY id")
            ]
            for table, row in TABLES.items()
        }


def an_email() -> Point:
    return Point(PointKind.EMAIL, f"{new_id().hex}@example.org")


async def a_sender(
    database: Database, point: Point, *, name: str = "", is_verified: bool = True
) -> KnownCustomer:
    async with database.begin() as session:
        return await customer_of_point(
            session, point=point, is_verified=is_verified, name=name, locale="pl", source="email"
        )


async def a_chat(database: Database, shop: Shop, *, email: str, name: str = "Anna") -> UUID:
    """A customer who left their address in a chat of their own; returns which."""
    visitor_id, _ = await a_visitor(database)
    await talk(database, shop, visitor_id=visitor_id, email=email, name=name)
    async with database.read() as session:
        found: UUID = await session.fetch_value(
            "SELECT customer_id FROM visitor WHERE id = $1", visitor_id
        )
    return found


async def talk(
    database: Database,
    shop: Shop,
    *,
    visitor_id: UUID,
    email: str,
    name: str,
    channel: str = "chat",
) -> UUID:
    async with database.begin() as session:
        customer_id = await session.fetch_value(
            "SELECT customer_id FROM visitor WHERE id = $1", visitor_id
        )
        conversation_id = await ensure_conversation(
            session,
            visitor_id=visitor_id,
            customer_id=customer_id,
            shop_id=shop.id,
            locale="en",
            page_url="",
            channel=channel,
        )
    async with database.begin() as session:
        await set_contact(
            session,
            conversation_id=conversation_id,
            visitor_id=visitor_id,
            name=name,
            email=email,
        )
    return conversation_id


async def merge(database: Database, from_id: UUID, into_id: UUID, *, by: UUID) -> UUID:
    async with database.begin() as session:
        return await merge_customers(session, from_id=from_id, into_id=into_id, by=by)


async def undo(database: Database, merge_id: UUID, *, by: UUID) -> None:
    async with database.begin() as session:
        await unmerge_customers(session, merge_id=merge_id, by=by)


async def owners(database: Database, table: str, ids: list[UUID]) -> list[UUID]:
    async with database.read() as session:
        rows = await session.fetch(
            f"SELECT customer_id FROM {table} WHERE id = ANY($1::uuid[]) ORDER BY id", sorted(ids)
        )
    return [row["customer_id"] for row in rows]


@pytest.fixture
async def wired(own_database: Database) -> Database:
    return with_reactions(own_database)


async def test_leaving_an_address_in_a_chat_makes_a_customer(wired: Database) -> None:
    shop = await make_shop(wired)
    visitor_id, _ = await a_visitor(wired)
    silent = await talk(
        wired, shop, visitor_id=visitor_id, email="anna@example.org", name="Anna", channel="call"
    )
    second = await talk(
        wired, shop, visitor_id=visitor_id, email="Anna@Example.org", name="Anna Nowak"
    )
    [first_owner, second_owner] = await owners(wired, "conversation", [silent, second])
    assert first_owner == second_owner
    assert first_owner is not None
    async with wired.read() as session:
        customer = await get_customer(session, customer_id=first_owner)
        points = await list_points(session, customer_id=first_owner)
    assert customer.name == "Anna"
    assert [(p.kind, p.key, p.state) for p in points] == [("email", "anna@example.org", "claimed")]


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


async def test_a_proof_of_what_another_has_proven_merges_the_two(wired: Database) -> None:
    shop = await make_shop(wired)
    shared = an_email()
    older = (await a_sender(wired, shared)).id
    newer = await a_chat(wired, shop, email=shared.value)
    async with wired.begin() as session:
        found = await verify_point(session, customer_id=newer, point=shared, source="email")
    assert found == older
    async with wired.read() as session:
        [record] = await list_merges(session, customer_id=older)
    assert (record.reason, record.staff_name) == ("verified", None)
    async with wired.begin() as session:
        assert await verify_point(session, customer_id=newer, point=shared, source="x") == older


async def test_a_first_proof_merges_nobody(wired: Database) -> None:
    shop = await make_shop(wired)
    shared = an_email()
    one = await a_chat(wired, shop, email=shared.value)
    two = await a_chat(wired, shop, email=shared.value, name="Eve")
    async with wired.begin() as session:
        assert await verify_point(session, customer_id=one, point=shared, source="email") == one
    async with wired.read() as session:
        assert (await get_customer(session, customer_id=two)).id == two


@pytest.mark.parametrize("case", ["self", "unknown", "merged"])
async def test_refuses_what_is_no_pair(wired: Database, case: str) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    one, two = [(await a_sender(wired, an_email())).id for _ in range(2)]
    refusals: dict[str, tuple[UUID, type[DomainError]]] = {
        "self": (one, SamePerson),
        "unknown": (new_id(), NotFound),
        "merged": (two, AlreadyMerged),
    }
    other, error = refusals[case]
    if case == "merged":
        await merge(wired, two, one, by=agent.staff_id)
    before = await dump(wired)
    with pytest.raises(error):
        await merge(wired, one, other, by=agent.staff_id)
    assert await dump(wired) == before


@pytest.mark.parametrize("is_crossed", [False, True])
async def test_of_two_who_merge_at_once_one_does(wired: Database, is_crossed: bool) -> None:
    """A into B twice, and A into B while B into A: with real connections, often."""
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    for _ in range(10):
        one, two = [(await a_sender(wired, an_email())).id for _ in range(2)]
        pairs = [(one, two), (two, one) if is_crossed else (one, two)]
        results = await asyncio.gather(
            *(merge(wired, *pair, by=agent.staff_id) for pair in pairs), return_exceptions=True
        )
        assert sorted(type(result).__name__ for result in results) == ["AlreadyMerged", "UUID"]
        async with wired.read() as session:
            roots = [(await get_customer(session, customer_id=id_)).id for id_ in (one, two)]
        assert roots[0] == roots[1]


async def test_what_arrives_while_two_are_merged_is_never_left_behind(wired: Database) -> None:
    """Mails, chats and a merge at the same time: afterwards everything is with who stays."""
    shop, agent = await make_shop(wired), await an_agent(wired)
    assert agent.staff_id is not None
    for _ in range(6):
        point, email = an_email(), an_email().value
        goes = (await a_sender(wired, point)).id
        stays = (await a_sender(wired, an_email())).id
        visitor_id, _ = await a_visitor(wired)
        async with wired.begin() as session:
            await know_visitor(
                session, visitor_id=visitor_id, points=[], name="", source="chat", locale="en"
            )
            await session.execute(
                "UPDATE visitor SET customer_id = $2 WHERE id = $1", visitor_id, goes
            )
        results = await asyncio.gather(
            merge(wired, goes, stays, by=agent.staff_id),
            a_sender(wired, point),
            talk(wired, shop, visitor_id=visitor_id, email=email, name="Anna"),
            a_sender(wired, point),
        )
        merge_id, conversation_id = results[0], results[2]
        async with wired.read() as session:
            left = await session.fetch_value(
                "SELECT (SELECT count(*) FROM contact_point WHERE customer_id = $1)"
                " + (SELECT count(*) FROM conversation WHERE customer_id = $1)"
                " + (SELECT count(*) FROM visitor WHERE customer_id = $1)",
                goes,
            )
        assert left == 0
        assert await owners(wired, "conversation", [conversation_id]) == [stays]
        await undo(wired, merge_id, by=agent.staff_id)
        assert await owners(wired, "conversation", [conversation_id]) == [goes]


async def test_a_dismissed_proposal_comes_back_with_more_evidence(wired: Database) -> None:
    agent = await an_agent(wired)
    assert agent.staff_id is not None
    shared, phone = an_email(), Point(PointKind.PHONE, "+48221234567")
    owner = (await a_sender(wired, shared)).id
    claimer = (await a_sender(wired, shared, is_verified=False)).id

    async def state() -> tuple[UUID, str]:
        async with wired.read() as session:
            row = await session.fetch_one("SELECT id, state FROM merge_proposal")
        assert row is not None
        return row["id"], row["state"]

    proposal_id, _ = await state()
    async with wired.begin() as session:
        await dismiss_proposal(session, proposal_id=proposal_id, by=agent.staff_id)
    await a_sender(wired, shared, is_verified=False)
    assert await state() == (proposal_id, "dismissed")
    with pytest.raises(Conflict):
        async with wired.begin() as session:
            await dismiss_proposal(session, proposal_id=proposal_id, by=agent.staff_id)
    async with wired.begin() as session:
        for customer_id in (owner, claimer):
            await claim_point(session, customer_id=customer_id, point=phone, source="desk")
    assert await state() == (proposal_id, "open")


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


async def test_refuses_an_address_of_somebody_who_was_erased(wired: Database) -> None:
    point = an_email()
    gone = (await a_sender(wired, point)).id
    async with wired.begin() as session:
        await erase_customer(session, customer_id=gone)
    with pytest.raises(AlreadyErased):
        async with wired.begin() as session:
            await claim_point(session, customer_id=gone, point=point, source="desk")
    with pytest.raises(AlreadyErased):
        await merge(wired, gone, (await a_sender(wired, an_email())).id, by=new_id())
    again = await a_sender(wired, point)
    assert again.is_new
    assert again.id != gone


async def test_a_browser_of_somebody_who_was_erased_begins_anew(wired: Database) -> None:
    shop = await make_shop(wired)
    email = an_email().value
    visitor_id, _ = await a_visitor(wired)
    conversation_id = await talk(wired, shop, visitor_id=visitor_id, email=email, name="Anna")
    [gone] = await owners(wired, "conversation", [conversation_id])
    async with wired.begin() as session:
        await erase_customer(session, customer_id=gone)
    assert await owners(wired, "conversation", [conversation_id]) == [None]
    after = await talk(wired, shop, visitor_id=visitor_id, email=email, name="Anna")
    [again] = await owners(wired, "conversation", [after])
    assert after != conversation_id
    assert again not in (None, gone)
