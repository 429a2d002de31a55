"""Signals between the customer's pages and the agent: who, when, how much, and in which version."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from stoa.contact.cobrowse.relay import Relay
from stoa.contact.cobrowse.schemas import (
    BYTES_PER_SECOND,
    COBROWSE_VERSION,
    PART_MAX,
    FrameInput,
)
from stoa.people.customers.events import CustomerErased
from stoa.platform.database.session import Database
from stoa.platform.errors import NotFound
from tests.contact.cobrowse.conftest import Agent, Customer, House
from tests.factories.people import a_visitor
from tests.servers.people import Frame, Person, on_the_line


def frame(session: Frame, batch: int = 0, **changed: Any) -> dict[str, Any]:
    return {
        "session_id": session["id"],
        "version": COBROWSE_VERSION,
        "stream": "page1",
        "batch": batch,
        "part": 0,
        "parts": 1,
        "keyframe": batch == 0,
        "data": "AFtd",
    } | changed


def page(session: Frame, **changed: Any) -> dict[str, Any]:
    return {
        "session_id": session["id"],
        "version": COBROWSE_VERSION,
        "stream": "page1",
        "url": "https://shop.example/en/checkout?token=1#pay",
        "title": "Checkout",
        "state": "shown",
        "width": 1280,
        "height": 720,
    } | changed


async def watch(agent: Agent, customer: Customer, session: Frame, **changed: Any) -> None:
    """The agent watches, and the customer's page knows."""
    form = {"session_id": session["id"], "version": COBROWSE_VERSION} | changed
    await agent.line.signal("cobrowse.watch", **form)
    await customer.line.hear("cobrowse.watch")


async def nothing_came(line: Person, type_: str) -> None:
    """Whatever was sent before has been dealt with, and no such signal was among it."""
    await line.ask("presence.set", status="available")
    assert [one for one in line.heard if one.get("type") == type_] == []


async def through(customer: Customer) -> None:
    """Signals are dealt with in order, so an answer says that all before it were."""
    await customer.line.ask("cobrowse.current")


async def test_a_page_reaches_the_agent_who_watches(
    customer: Customer, agent: Agent, active: Frame
) -> None:
    await watch(agent, customer, active, keyframe=True)
    await customer.line.signal("cobrowse.page", **page(active))
    await customer.line.signal("cobrowse.frame", **frame(active))
    told = await agent.line.hear("cobrowse.page")
    assert told["data"]["url"] == "https://shop.example/en/checkout"
    came = await agent.line.hear("cobrowse.frame")
    assert came["topic"] == f"cobrowse:{active['id']}"
    assert came["data"] == frame(active)


async def test_nothing_passes_while_nobody_watches(
    customer: Customer, agent: Agent, active: Frame
) -> None:
    await customer.line.signal("cobrowse.page", **page(active))
    await customer.line.signal("cobrowse.frame", **frame(active))
    await through(customer)
    await nothing_came(agent.line, "cobrowse.frame")
    await nothing_came(agent.line, "cobrowse.page")


async def test_nothing_passes_after_it_was_stopped(
    customer: Customer, agent: Agent, active: Frame
) -> None:
    await watch(agent, customer, active)
    await customer.line.ask("cobrowse.stop", session_id=active["id"])
    await customer.line.signal("cobrowse.frame", **frame(active))
    await through(customer)
    await nothing_came(agent.line, "cobrowse.frame")


async def test_nothing_passes_before_the_customer_agreed(customer: Customer, agent: Agent) -> None:
    asked = await agent.line.ask("cobrowse.ask", conversation_id=customer.conversation_id)
    await agent.line.subscribe(f"cobrowse:{asked['id']}")
    await agent.line.signal("cobrowse.watch", session_id=asked["id"], version=COBROWSE_VERSION)
    await customer.line.signal("cobrowse.frame", **frame(asked))
    await through(customer)
    await nothing_came(agent.line, "cobrowse.frame")


async def test_another_visitor_cannot_put_a_page_before_the_agent(
    house: House, database: Database, customer: Customer, agent: Agent, active: Frame
) -> None:
    await watch(agent, customer, active)
    _, token = await a_visitor(database)
    async with on_the_line(house.address, surface="counter", token=token) as stranger:
        await stranger.signal("cobrowse.frame", **frame(active))
        await stranger.ask("cobrowse.current")
        assert [one["code"] for one in stranger.heard if one["t"] == "problem"] == ["not_found"]
    await nothing_came(agent.line, "cobrowse.frame")


async def test_another_agent_can_neither_watch_nor_point(
    customer: Customer, colleague: Agent, active: Frame
) -> None:
    await colleague.line.signal("cobrowse.watch", session_id=active["id"], version=COBROWSE_VERSION)
    await colleague.line.signal("cobrowse.point", session_id=active["id"], kind="pointer", x=1, y=2)
    await colleague.line.ask("presence.set", status="available")
    codes = [one["code"] for one in colleague.line.heard if one["t"] == "problem"]
    assert codes == ["not_found", "not_found"]
    await through(customer)
    assert not [one for one in customer.line.heard if one.get("type") == "cobrowse.watch"]


async def test_the_customer_sees_where_the_agent_points(
    customer: Customer, agent: Agent, active: Frame
) -> None:
    await agent.line.signal(
        "cobrowse.point", session_id=active["id"], kind="stroke", points=[[1, 2], [3, 4]]
    )
    told = await customer.line.hear("cobrowse.point")
    assert told["data"]["staff_name"] == "Anna"
    assert told["data"]["points"] == [[1, 2], [3, 4]]


@pytest.mark.parametrize("by", ["page", "replica"])
async def test_another_version_is_refused_and_both_sides_are_told(
    customer: Customer, agent: Agent, active: Frame, by: str
) -> None:
    await watch(agent, customer, active)
    if by == "page":
        await customer.line.signal("cobrowse.frame", **frame(active, version=99))
    else:
        await agent.line.signal("cobrowse.watch", session_id=active["id"], version=99)
    for line in (agent.line, customer.line):
        told = await line.hear("cobrowse.refused")
        assert told["data"] == {"session_id": active["id"], "reason": "version", "by": by}
    await nothing_came(agent.line, "cobrowse.frame")


async def test_over_the_ceiling_the_page_is_told_once_to_be_silent(
    house: House, customer: Customer, agent: Agent, active: Frame
) -> None:
    await watch(agent, customer, active)
    # Straight into the relay: one connection's pace would not let so much through.
    relay = house.node.part(Relay)
    key = f"visitor:{customer.visitor_id}"
    part = FrameInput.model_validate(frame(active, 1) | {"data": "A" * PART_MAX})
    for _ in range(BYTES_PER_SECOND * 10 // PART_MAX + 20):
        await relay.take_frame(part, visitor_key=key)
    slow = await customer.line.hear("cobrowse.slow")
    assert slow["data"]["seconds"] > 1
    await through(customer)
    await agent.line.ask("presence.set", status="available")
    came = [one for one in agent.line.heard if one.get("type") == "cobrowse.frame"]
    assert sum(len(one["data"]["data"]) for one in came) <= BYTES_PER_SECOND * 10 + PART_MAX
    assert [one.get("type") for one in customer.line.heard].count("cobrowse.slow") == 1


async def test_the_relay_forgets_a_session_that_is_over(
    house: House, customer: Customer, agent: Agent, active: Frame
) -> None:
    await watch(agent, customer, active)
    relay = house.node.part(Relay)
    await customer.line.signal("cobrowse.page", **page(active))
    await agent.line.hear("cobrowse.page")
    assert relay.page_of(UUID(active["id"])) == "https://shop.example/en/checkout"
    await agent.line.ask("cobrowse.stop", session_id=active["id"])
    await relay.sweep()
    assert relay.page_of(UUID(active["id"])) == ""


async def test_who_listens_is_told_by_an_ear_that_hears(
    house: House, customer: Customer, agent: Agent, active: Frame
) -> None:
    """Two pages ask at once while the ear is still joining, and the agent says that they watch."""
    relay = house.node.part(Relay)
    session_id = UUID(active["id"])
    relay.forget(session_id)
    pool = house.node.database.pool
    busy = [await pool.acquire() for _ in range(pool.get_size())]
    listening = [asyncio.ensure_future(relay.listen(session_id)) for _ in range(2)]
    try:
        await asyncio.sleep(0)
        assert not any(one.done() for one in listening), "an ear that hears nothing yet"
    finally:
        for connection in busy:
            await pool.release(connection)
    first, second = await asyncio.gather(*listening)
    assert first is second
    assert not first.is_watched
    await watch(agent, customer, active)
    assert first.is_watched


async def test_an_ear_that_could_not_join_is_tried_again(
    house: House, customer: Customer, agent: Agent, active: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = house.node.part(Relay)
    session_id = UUID(active["id"])
    relay.forget(session_id)

    async def away(*_args: object, **_named: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(house.node.hub, "subscribe", away)
        with pytest.raises(ConnectionError):
            await relay.listen(session_id)
    ear = await relay.listen(session_id)
    await watch(agent, customer, active)
    assert ear.is_watched


async def test_the_sweep_goes_on_after_a_person_was_erased(
    house: House, customer: Customer, agent: Agent, active: Frame
) -> None:
    await watch(agent, customer, active)
    relay = house.node.part(Relay)
    await customer.line.signal("cobrowse.page", **page(active))
    await agent.line.hear("cobrowse.page")
    erased = CustomerErased(customer_ids=[], visitor_ids=[customer.visitor_id], points=[])
    async with house.node.database.begin() as session:
        session.publish(erased, topics=[])
    # As after the half minute for which a node believes what it read.
    house.node.database.forget({"cobrowse.changed"})
    with pytest.raises(NotFound):
        await relay.session(UUID(active["id"]))
    await relay.sweep()
    assert relay.page_of(UUID(active["id"])) == ""


async def test_page_and_agent_may_be_connected_to_different_nodes(
    other_node: House, customer: Customer, agent: Agent, active: Frame
) -> None:
    cookies = {"stoa_staff": agent.token}
    async with on_the_line(other_node.address, surface="desk", cookies=cookies) as line:
        await line.subscribe(f"cobrowse:{active['id']}")
        elsewhere = Agent(line, agent.staff_id, agent.token)
        await watch(elsewhere, customer, active)
        await customer.line.signal("cobrowse.page", **page(active))
        await customer.line.signal("cobrowse.frame", **frame(active, data="A" * PART_MAX))
        came = await line.hear("cobrowse.frame")
        assert len(came["data"]["data"]) == PART_MAX
        # Stopped there, nothing passes here.
        await line.ask("cobrowse.stop", session_id=active["id"])
        await customer.line.hear("cobrowse.changed")
        await customer.line.signal("cobrowse.frame", **frame(active, 1))
        await through(customer)
        assert [one["type"] for one in line.heard].count("cobrowse.frame") == 1


async def test_an_action_is_not_reported_twice(
    database: Database, customer: Customer, agent: Agent, active: Frame
) -> None:
    id_ = active["id"]
    await agent.line.ask("cobrowse.ask_control", session_id=id_)
    await customer.line.ask(
        "cobrowse.answer_control", session_id=id_, is_agreed=True, wording="Anna may."
    )
    action = {"kind": "click", "node": 3}
    sent = await agent.line.ask("cobrowse.act", session_id=id_, stream="s", action=action)
    for outcome, reason in (("refused", "payment"), ("done", "")):
        await customer.line.signal(
            "cobrowse.acted",
            session_id=id_,
            action_id=sent["action_id"],
            outcome=outcome,
            reason=reason,
        )
    await through(customer)
    async with database.read() as reading:
        row = await reading.fetch_one(
            "SELECT outcome, reason FROM cobrowse_action WHERE id = $1", UUID(sent["action_id"])
        )
    assert row is not None
    assert tuple(row) == ("refused", "payment")
