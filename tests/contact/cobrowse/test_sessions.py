"""Asked, agreed, stopped; control given and taken back; what is left behind in the books."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.cobrowse.relay import Relay
from stoa.people.consent.queries import list_consents
from stoa.platform.clock import now
from stoa.platform.database.session import Database
from tests.contact.cobrowse.conftest import Agent, Customer, House
from tests.factories.people import a_visitor
from tests.servers.people import Frame, Refused, on_the_line


async def ask(agent: Agent, customer: Customer) -> Frame:
    return await agent.line.ask("cobrowse.ask", conversation_id=customer.conversation_id)


async def answer(customer: Customer, session: Frame, *, is_agreed: bool = True) -> Frame:
    return await customer.line.ask(
        "cobrowse.answer", session_id=session["id"], is_agreed=is_agreed, wording="Anna may look."
    )


async def card_of(database: Database, session: Frame) -> dict[str, Any]:
    async with database.read() as reading:
        card: dict[str, Any] = await reading.fetch_value(
            "SELECT m.card FROM cobrowse_session c JOIN message m ON m.id = c.message_id"
            " WHERE c.id = $1",
            UUID(session["id"]),
        )
    return card


async def consents(database: Database, session: Frame) -> list[tuple[str, str, str]]:
    async with database.read() as reading:
        entries = await list_consents(reading, subject=UUID(session["id"]))
    return [(one.purpose.value, one.state.value, one.wording) for one in entries]


async def test_the_customer_is_asked_agrees_and_both_sides_hear(
    database: Database, customer: Customer, agent: Agent
) -> None:
    asked = await ask(agent, customer)
    assert (asked["state"], asked["staff_name"], asked["control"]) == ("asked", "Anna", "none")
    heard = await customer.line.hear("cobrowse.changed")
    assert heard["data"]["session"]["id"] == asked["id"]
    await agent.line.subscribe(f"visitor:{customer.visitor_id}")

    view = await answer(customer, asked)
    assert view["state"] == "active"
    told = await agent.line.hear("cobrowse.changed")
    assert told["data"]["session"]["state"] == "active"
    assert (await card_of(database, asked))["state"] == "active"
    assert await consents(database, asked) == [("cobrowsing", "given", "Anna may look.")]


async def test_asking_and_agreeing_twice_is_once(
    database: Database, customer: Customer, agent: Agent
) -> None:
    asked = await ask(agent, customer)
    assert await ask(agent, customer) == asked
    view = await answer(customer, asked)
    assert await answer(customer, asked) == view
    assert len(await consents(database, asked)) == 1


async def test_a_refusal_ends_it_and_is_in_the_ledger(
    database: Database, customer: Customer, agent: Agent
) -> None:
    asked = await ask(agent, customer)
    view = await answer(customer, asked, is_agreed=False)
    assert (view["state"], view["end_reason"]) == ("ended", "refused")
    assert await consents(database, asked) == [("cobrowsing", "refused", "Anna may look.")]
    with pytest.raises(Refused, match="cobrowse_over"):
        await answer(customer, asked)


async def test_only_one_agent_asks_at_a_time(
    customer: Customer, agent: Agent, colleague: Agent
) -> None:
    await ask(agent, customer)
    with pytest.raises(Refused, match="cobrowse_busy"):
        await ask(colleague, customer)


async def test_neither_another_visitor_nor_another_agent_may_answer_or_stop(
    house: House, database: Database, active: Frame, colleague: Agent
) -> None:
    _, token = await a_visitor(database)
    async with on_the_line(house.address, surface="counter", token=token) as stranger:
        for command in ("cobrowse.stop", "cobrowse.release_control"):
            with pytest.raises(Refused, match="not_found"):
                await stranger.ask(command, session_id=active["id"])
            with pytest.raises(Refused, match="not_found"):
                await colleague.line.ask(command, session_id=active["id"])
        with pytest.raises(Refused, match="not_found"):
            await stranger.ask(
                "cobrowse.answer", session_id=active["id"], is_agreed=True, wording=""
            )
        for topic in (f"cobrowse:{active['id']}", f"cobrowsed:{active['id']}"):
            with pytest.raises(Refused, match="not_found"):
                await stranger.subscribe(topic)
            with pytest.raises(Refused, match="not_found"):
                await colleague.line.subscribe(topic)
    look = await colleague.line.ask("cobrowse.look", conversation_id=active["conversation_id"])
    assert look["session"]["state"] == "active"


@pytest.mark.parametrize("side", ["customer", "agent"])
async def test_either_side_stops_it(
    database: Database, customer: Customer, agent: Agent, active: Frame, side: str
) -> None:
    line = customer.line if side == "customer" else agent.line
    view = await line.ask("cobrowse.stop", session_id=active["id"])
    assert (view["state"], view["end_reason"]) == ("ended", f"stopped_by_{side}")
    assert await line.ask("cobrowse.stop", session_id=active["id"]) == view
    withdrawn = ("cobrowsing", "withdrawn", "Anna may look.")
    assert (withdrawn in await consents(database, active)) == (side == "customer")
    current = await customer.line.ask("cobrowse.current")
    assert current["session"] is None


async def test_control_is_asked_given_and_taken_back(
    database: Database, customer: Customer, agent: Agent, active: Frame
) -> None:
    id_ = active["id"]
    action = {"kind": "click", "node": 7}
    with pytest.raises(Refused, match="cobrowse_no_control"):
        await agent.line.ask("cobrowse.act", session_id=id_, stream="s", action=action)
    asked = await agent.line.ask("cobrowse.ask_control", session_id=id_)
    assert asked["control"] == "asked"
    with pytest.raises(Refused, match="cobrowse_no_control"):
        await agent.line.ask("cobrowse.act", session_id=id_, stream="s", action=action)
    given = await customer.line.ask(
        "cobrowse.answer_control", session_id=id_, is_agreed=True, wording="Anna may fill."
    )
    assert given["control"] == "given"
    await agent.line.ask("cobrowse.act", session_id=id_, stream="s", action=action)
    taken = await customer.line.ask("cobrowse.release_control", session_id=id_)
    assert taken["control"] == "none"
    with pytest.raises(Refused, match="cobrowse_no_control"):
        await agent.line.ask("cobrowse.act", session_id=id_, stream="s", action=action)
    assert [one[:2] for one in await consents(database, active)] == [
        ("cobrowsing", "given"),
        ("control", "given"),
        ("control", "withdrawn"),
    ]


async def test_what_the_agent_fills_in_reaches_the_page_and_no_table(
    database: Database, customer: Customer, agent: Agent, active: Frame
) -> None:
    id_ = active["id"]
    await agent.line.ask("cobrowse.ask_control", session_id=id_)
    await customer.line.ask(
        "cobrowse.answer_control", session_id=id_, is_agreed=True, wording="Anna may fill."
    )
    secret = "31-042 Zwierzyniec"
    action = {"kind": "fill", "node": 12, "text": secret}
    sent = await agent.line.ask("cobrowse.act", session_id=id_, stream="s1", action=action)
    told = await customer.line.hear("cobrowse.act")
    assert told["data"]["action"]["text"] == secret
    assert told["data"]["staff_name"] == "Anna"
    assert told["data"]["stream"] == "s1"

    await customer.line.signal(
        "cobrowse.acted",
        session_id=id_,
        action_id=sent["action_id"],
        outcome="done",
        target="Postcode",
    )
    done = await agent.line.hear("cobrowse.acted")
    assert done["data"]["target"] == "Postcode"
    async with database.read() as reading:
        row = await reading.fetch_one(
            "SELECT * FROM cobrowse_action WHERE id = $1", UUID(sent["action_id"])
        )
        tables = await reading.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for (table,) in tables:
            found = await reading.fetch_value(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE $1', f"%{secret}%"
            )
            assert found == 0, table
    assert row is not None
    assert (row["kind"], row["target"], row["outcome"]) == ("fill", "Postcode", "done")
    ended = await agent.line.ask("cobrowse.stop", session_id=id_)
    assert (await card_of(database, ended))["action_count"] == 1


async def test_scrolling_is_not_written_down(
    database: Database, customer: Customer, agent: Agent, active: Frame
) -> None:
    id_ = active["id"]
    await agent.line.ask("cobrowse.ask_control", session_id=id_)
    await customer.line.ask(
        "cobrowse.answer_control", session_id=id_, is_agreed=True, wording="Anna may fill."
    )
    action = {"kind": "scroll", "node": None, "x": 0, "y": 300}
    await agent.line.ask("cobrowse.act", session_id=id_, stream="s1", action=action)
    assert (await customer.line.hear("cobrowse.act"))["data"]["action"]["y"] == 300
    async with database.read() as reading:
        assert not await reading.fetch_value(
            "SELECT count(*) FROM cobrowse_action WHERE session_id = $1", UUID(id_)
        )


async def backdate(database: Database, session: Frame, column: str, seconds: int) -> None:
    async with database.begin() as writing:
        await writing.execute(
            f"UPDATE cobrowse_session SET {column} = $2 WHERE id = $1",
            UUID(session["id"]),
            now() - timedelta(seconds=seconds),
        )


async def test_a_question_without_an_answer_expires(
    house: House, database: Database, customer: Customer, agent: Agent
) -> None:
    asked = await ask(agent, customer)
    await backdate(database, asked, "asked_at", 50)
    await house.node.part(Relay).sweep()
    assert (await agent.line.ask("cobrowse.look", conversation_id=customer.conversation_id))[
        "session"
    ]["state"] == "asked"
    await backdate(database, asked, "asked_at", 61)
    await house.node.part(Relay).sweep()
    look = await agent.line.ask("cobrowse.look", conversation_id=customer.conversation_id)
    assert (look["session"]["state"], look["session"]["end_reason"]) == ("ended", "expired")


async def test_nobody_looks_on_once_the_conversation_is_closed(
    house: House, customer: Customer, agent: Agent, active: Frame
) -> None:
    await agent.line.ask("conversation.close", conversation_id=customer.conversation_id)
    await house.node.part(Relay).sweep()
    look = await agent.line.ask("cobrowse.look", conversation_id=customer.conversation_id)
    assert (look["session"]["state"], look["session"]["end_reason"]) == ("ended", "closed")
    async with house.node.database.read() as session:
        state = await session.fetch_value(
            "SELECT state FROM conversation WHERE id = $1", UUID(str(customer.conversation_id))
        )
    assert state == "closed", "the card that says so opens nothing"


async def test_a_customer_who_left_ends_it_and_one_who_is_here_does_not(
    house: House, database: Database, customer: Customer, agent: Agent, active: Frame
) -> None:
    await backdate(database, active, "seen_at", 61)
    await house.node.part(Relay).sweep()
    look = await agent.line.ask("cobrowse.look", conversation_id=customer.conversation_id)
    assert look["session"]["state"] == "active", "the customer's page is connected"

    await customer.line.socket.close()
    await agent.line.subscribe(f"visitor:{customer.visitor_id}")
    while house.node.connections.of(f"visitor:{customer.visitor_id}"):
        await agent.line.ask("cobrowse.look", conversation_id=customer.conversation_id)
    await backdate(database, active, "seen_at", 61)
    await house.node.part(Relay).sweep()
    ended = await agent.line.hear("cobrowse.changed")
    assert ended["data"]["session"]["end_reason"] == "gone"
