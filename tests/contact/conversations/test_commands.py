"""Customers and agents on live sockets: the whole way of a message, and what is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from stoa.commerce.shops.models import Shop
from stoa.contact.conversations.queries import get_row, get_snapshot
from stoa.platform.database.session import Database
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.people import Person, Refused, on_the_line


def client_id() -> str:
    return f"client-{uuid4().hex}"


@asynccontextmanager
async def a_customer(address: str, database: Database) -> AsyncIterator[Person]:
    _, token = await a_visitor(database)
    async with on_the_line(address, surface="counter", token=token) as person:
        yield person


@asynccontextmanager
async def at_the_desk(address: str, database: Database, name: str) -> AsyncIterator[Person]:
    agent = await an_agent(database, name=name)
    assert agent.staff_id is not None
    token = await a_staff_token(database, staff_id=agent.staff_id)
    async with on_the_line(address, surface="desk", cookies={"stoa_staff": token}) as person:
        yield person


async def begin(customer: Person, shop: Shop, body: str = "Hello?") -> dict[str, Any]:
    started = await customer.ask(
        "conversation.start",
        shop_id=str(shop.id),
        client_id=client_id(),
        locale="en",
        body=body,
    )
    conversation = started["conversation"]
    id_ = conversation["conversation"]["id"]
    await customer.subscribe(f"conversation:{id_}", after=conversation["seq"])
    result: dict[str, Any] = conversation
    return result


async def say(person: Person, conversation_id: str, body: str) -> dict[str, Any]:
    return await person.ask(
        "message.send", conversation_id=conversation_id, client_id=client_id(), body=body
    )


async def test_a_question_reaches_the_desk_and_the_answer_the_customer(
    address: str, database: Database, shop: Shop
) -> None:
    async with (
        at_the_desk(address, database, "Ada") as agent,
        a_customer(address, database) as customer,
    ):
        await agent.subscribe("desk")
        conversation = await begin(customer, shop, "Is this oil from Crete?")
        id_ = conversation["conversation"]["id"]
        listed = (await agent.hear("conversation.listed"))["data"]["conversation"]
        assert listed["id"] == id_
        assert listed["last_message_preview"] == "Is this oil from Crete?"
        assert listed["waiting_since"] is not None
        await agent.subscribe(f"conversation:{id_}", after=0)
        await agent.subscribe(f"notes:{id_}")
        await customer.signal("typing", conversation_id=id_, is_typing=True, draft="or from")
        heard = (await agent.hear("typing"))["data"]
        assert (heard["sender_kind"], heard["draft"]) == ("customer", "or from")
        await agent.signal("typing", conversation_id=id_, is_typing=True, draft="secret")
        heard = (await customer.hear("typing"))["data"]
        assert (heard["staff_name"], heard["draft"]) == ("Ada", "")
        sent = await say(agent, id_, "It is.")
        added = await customer.hear("message.added")
        assert added["data"]["message"]["body"] == "It is."
        assert added["data"]["message"]["staff_name"] == "Ada"
        assert added["seq"] == sent["seq"]
        changed = await customer.hear("conversation.changed")
        assert changed["data"]["conversation"]["agent"]["name"] == "Ada"
        await customer.ask("message.read", conversation_id=id_, seq=sent["seq"])
        read = (await agent.hear("message.read"))["data"]
        assert (read["reader"], read["seq"]) == ("customer", sent["seq"])


async def test_two_agents_see_each_other_type(address: str, database: Database, shop: Shop) -> None:
    async with (
        at_the_desk(address, database, "Ada") as ada,
        at_the_desk(address, database, "Bo") as bo,
        a_customer(address, database) as customer,
    ):
        id_ = (await begin(customer, shop))["conversation"]["id"]
        for agent in (ada, bo):
            await agent.subscribe(f"conversation:{id_}")
            await agent.subscribe(f"notes:{id_}")
        await ada.signal("typing", conversation_id=id_, is_typing=True)
        heard = (await bo.hear("typing"))["data"]
        assert heard["staff_name"] == "Ada"


@pytest.mark.race
async def test_of_two_who_claim_at_once_exactly_one_wins(
    address: str, database: Database, shop: Shop
) -> None:
    async with AsyncExitStack() as stack:
        agents = [
            await stack.enter_async_context(at_the_desk(address, database, f"Agent {number}"))
            for number in range(4)
        ]
        customer = await stack.enter_async_context(a_customer(address, database))
        for _ in range(5):
            id_ = (await begin(customer, shop))["conversation"]["id"]
            outcomes = await asyncio.gather(
                *(agent.ask("conversation.claim", conversation_id=id_) for agent in agents),
                return_exceptions=True,
            )
            refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
            assert len(refused) == 3
            assert {error.code for error in refused} == {"already_assigned"}
            await customer.ask("conversation.close", conversation_id=id_)
            async with database.read() as session:
                snapshot = await get_snapshot(session, conversation_id=id_, with_notes=True)
            facts = [m.card.fact for m in snapshot.timeline.messages if m.kind == "system"]  # type: ignore[union-attr]  # system messages carry facts
            assert facts == ["assigned", "closed"]


@pytest.mark.race
async def test_two_tabs_that_begin_at_once_share_one_conversation(
    address: str, database: Database, shop: Shop
) -> None:
    _, token = await a_visitor(database)
    async with (
        on_the_line(address, surface="counter", token=token) as left,
        on_the_line(address, surface="counter", token=token) as right,
    ):
        both = await asyncio.gather(begin(left, shop, "left"), begin(right, shop, "right"))
        ids = {item["conversation"]["id"] for item in both}
        assert len(ids) == 1
        resumed = await left.ask("conversation.resume", shop_id=str(shop.id))
        bodies = {m["body"] for m in resumed["conversation"]["timeline"]["messages"]}
        assert bodies == {"left", "right"}


async def test_the_next_day_the_customer_finds_the_conversation_and_writing_reopens_it(
    address: str, database: Database, shop: Shop
) -> None:
    _, token = await a_visitor(database)
    async with on_the_line(address, surface="counter", token=token) as customer:
        id_ = (await begin(customer, shop))["conversation"]["id"]
        await customer.ask("conversation.close", conversation_id=id_)
    async with on_the_line(address, surface="counter", token=token) as customer:
        resumed = await customer.ask("conversation.resume", shop_id=str(shop.id))
        assert resumed["conversation"]["conversation"]["state"] == "closed"
        await customer.subscribe(f"conversation:{id_}", after=resumed["conversation"]["seq"])
        await say(customer, id_, "One more thing")
        view = (await customer.hear("conversation.changed"))["data"]["conversation"]
        assert view["state"] == "open"


async def test_a_message_left_at_night_has_a_reply_address_and_its_consent(
    address: str, database: Database, shop: Shop
) -> None:
    async with a_customer(address, database) as customer:
        left = await customer.ask(
            "conversation.leave",
            shop_id=str(shop.id),
            client_id=client_id(),
            locale="pl",
            name="Zofia",
            email="zofia@example.com",
            body="Proszę o kontakt",
            consent=True,
        )
        id_ = left["conversation"]["conversation"]["id"]
        async with database.read() as session:
            row = await get_row(session, conversation_id=id_)
            consent = await session.fetch_value(
                "SELECT consent FROM conversation WHERE id = $1", row.id
            )
        assert (row.is_offline, row.contact_name, row.contact_email, row.message_count) == (
            True,
            "Zofia",
            "zofia@example.com",
            1,
        )
        assert consent["locale"] == "pl"
        assert consent["text"]
        with pytest.raises(Refused, match="invalid_input"):
            await customer.ask(
                "conversation.leave",
                shop_id=str(shop.id),
                client_id=client_id(),
                locale="pl",
                email="zofia@example.com",
                body="without consent",
                consent=False,
            )


async def test_a_stranger_hears_and_changes_nothing(
    address: str, database: Database, shop: Shop
) -> None:
    async with (
        a_customer(address, database) as customer,
        a_customer(address, database) as stranger,
    ):
        id_ = (await begin(customer, shop))["conversation"]["id"]
        for topic in (f"conversation:{id_}", f"notes:{id_}", "desk", "presence"):
            with pytest.raises(Refused, match="not_found"):
                await stranger.subscribe(topic)
        with pytest.raises(Refused, match="not_found"):
            await customer.subscribe(f"notes:{id_}")
        for command, data in (
            ("conversation.open", {}),
            ("conversation.close", {}),
            ("message.read", {"seq": 1}),
            ("message.send", {"client_id": client_id(), "body": "hello"}),
            ("conversation.contact", {"name": "Eve"}),
            ("conversation.transcript", {"email": "eve@example.com"}),
        ):
            with pytest.raises(Refused, match="not_found"):
                await stranger.ask(command, conversation_id=id_, **data)
        staff_only: list[tuple[str, dict[str, Any]]] = [
            ("note.add", {"client_id": client_id(), "body": "x"}),
            ("conversation.claim", {}),
            ("conversation.assign", {"staff_id": None, "client_id": client_id()}),
            ("conversation.reopen", {}),
        ]
        for command, more in staff_only:
            with pytest.raises(Refused, match="forbidden"):
                await customer.ask(command, conversation_id=id_, **more)
        async with database.read() as session:
            row = await get_row(session, conversation_id=id_)
        assert (row.message_count, row.state, row.contact_name) == (1, "open", "")


async def test_handing_over_and_notes(address: str, database: Database, shop: Shop) -> None:
    async with (
        at_the_desk(address, database, "Ada") as ada,
        a_customer(address, database) as customer,
    ):
        bo = await an_agent(database, name="Bo")
        id_ = (await begin(customer, shop))["conversation"]["id"]
        await ada.subscribe(f"notes:{id_}")
        await ada.ask("conversation.claim", conversation_id=id_)
        handover = {
            "conversation_id": id_,
            "staff_id": str(bo.staff_id),
            "client_id": client_id(),
            "note": "waits for a call",
        }
        for _ in range(2):  # a client that lost the answer asks again
            await ada.ask("conversation.assign", **handover)
        note = (await ada.hear("message.added"))["data"]["message"]
        assert (note["kind"], note["body"]) == ("note", "waits for a call")
        view = (
            await customer.hear(
                "conversation.changed",
            )
        )["data"]["conversation"]
        assert view["agent"]["name"] == "Ada"
        view = (await customer.hear("conversation.changed"))["data"]["conversation"]
        assert view["agent"]["name"] == "Bo"
        facts = [
            frame["data"]["message"]["card"]["fact"]
            for frame in customer.heard
            if frame.get("type") == "message.added" and frame["data"]["message"]["card"]
        ]
        assert facts == ["assigned", "handed_over"]
        await ada.ask("note.add", conversation_id=id_, client_id=client_id(), body="a regular")
        note = (await ada.hear("message.added"))["data"]["message"]
        assert (note["kind"], note["body"]) == ("note", "a regular")
        with pytest.raises(Refused, match="not_found"):
            await ada.ask(
                "conversation.assign",
                conversation_id=id_,
                staff_id=str(uuid4()),
                client_id=client_id(),
            )
        async with database.read() as session:
            for_ada = await get_snapshot(session, conversation_id=id_, with_notes=True)
            for_customer = await get_snapshot(session, conversation_id=id_, with_notes=False)
        notes = [item.body for item in for_ada.timeline.messages if item.kind == "note"]
        assert notes == ["waits for a call", "a regular"]
        assert all(item.kind != "note" for item in for_customer.timeline.messages)


async def test_giving_away_what_nobody_had_taken_is_handing_over(
    address: str, database: Database, shop: Shop
) -> None:
    async with (
        at_the_desk(address, database, "Ada") as ada,
        a_customer(address, database) as customer,
    ):
        bo = await an_agent(database, name="Bo")
        id_ = (await begin(customer, shop))["conversation"]["id"]
        await ada.ask(
            "conversation.assign",
            conversation_id=id_,
            staff_id=str(bo.staff_id),
            client_id=client_id(),
        )
        card = (await customer.hear("message.added"))["data"]["message"]["card"]
        assert (card["fact"], card["by_name"], card["staff_name"]) == ("handed_over", "Ada", "Bo")


async def test_empty_messages_and_unknown_files_are_refused(
    address: str, database: Database, shop: Shop
) -> None:
    async with a_customer(address, database) as customer:
        id_ = (await begin(customer, shop))["conversation"]["id"]
        with pytest.raises(Refused, match="empty_message"):
            await say(customer, id_, " \u202e\n ")
        with pytest.raises(Refused, match="attachment_unknown"):
            await customer.ask(
                "message.send",
                conversation_id=id_,
                client_id=client_id(),
                body="see",
                attachments=[str(uuid4())],
            )
        with pytest.raises(Refused, match="invalid_input"):
            await say(customer, id_, "x" * 5001)


async def test_agents_see_who_looks_at_the_same_conversation_and_customers_do_not(
    address: str, database: Database, shop: Shop
) -> None:
    async with (
        at_the_desk(address, database, "Ada") as ada,
        at_the_desk(address, database, "Bo") as bo,
        a_customer(address, database) as customer,
    ):
        id_ = (await begin(customer, shop))["conversation"]["id"]
        for agent in (ada, bo):
            await agent.subscribe(f"conversation:{id_}", after=0)
            await agent.subscribe(f"notes:{id_}")
        await ada.signal("look", conversation_id=id_, state="writing")
        heard = (await bo.hear("look"))["data"]
        assert (heard["staff_name"], heard["state"]) == ("Ada", "writing")
        await customer.signal("look", conversation_id=id_, state="looking")
        await bo.signal("look", conversation_id=id_, state="gone")
        heard = (await ada.hear("look"))["data"]
        assert (heard["staff_name"], heard["state"]) == ("Bo", "gone"), (
            "and nothing of the customer"
        )
        await say(bo, id_, "Hello.")
        assert (await customer.hear("message.added"))["data"]["message"]["body"] == "Hello."


async def test_what_one_desk_tags_and_puts_aside_the_other_sees(
    address: str, database: Database, shop: Shop
) -> None:
    async with (
        at_the_desk(address, database, "Ada") as ada,
        at_the_desk(address, database, "Bo") as bo,
        a_customer(address, database) as customer,
    ):
        id_ = (await begin(customer, shop))["conversation"]["id"]
        await bo.subscribe("desk")
        acts = [{"do": "assign_me"}, {"do": "snooze", "until": None}]
        acted = await ada.ask("conversation.act", conversation_id=id_, acts=acts)
        assert acted["undo"] == [{"do": "wake"}, {"do": "assign", "staff_id": None}]
        rows = [(await bo.hear("conversation.listed"))["data"]["conversation"] for _ in range(2)]
        assert rows[-1]["assignee_name"] == "Ada"
        assert rows[-1]["snoozed_at"] is not None
        await say(customer, id_, "Are you there?")
        back = (await bo.hear("conversation.listed"))["data"]["conversation"]
        assert (back["snoozed_at"], back["woke_by"]) == (None, "customer")
        with pytest.raises(Refused):
            await customer.ask("conversation.act", conversation_id=id_, acts=[{"do": "close"}])
