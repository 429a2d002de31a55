"""Two customers become one, by whatever says that they are."""

import asyncio
from uuid import UUID

import pytest

from stoa.people.customers.errors import AlreadyErased, AlreadyMerged, SamePerson
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import get_customer, list_merges, list_points
from stoa.people.customers.service import (
    claim_point,
    dismiss_proposal,
    erase_customer,
    know_visitor,
    verify_point,
)
from stoa.platform.database.session import Database
from stoa.platform.errors import Conflict, DomainError, NotFound
from stoa.platform.ids import new_id
from tests.factories.customers import a_chat, a_sender, an_email, dump, merge, owners, talk, undo
from tests.factories.people import a_visitor, an_agent
from tests.factories.shops import make_shop


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
