"""Customers and agents call each other on live sockets: what each of them is told."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from stoa.contact.conversations.queries import get_row, get_snapshot
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import at_the_desk, client_id, on_the_page
from tests.servers.people import Refused


async def test_a_call_rings_is_answered_and_ends(lab: Lab) -> None:
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
    ):
        call = await anna.start(lab.shop, page_url="/en/checkout")
        assert (call["state"], call["position"]) == ("ringing", 1)
        assert call["leg_id"] is not None
        call_id, offer_id = await ada.rings(call["id"])
        joined = await ada.accept(call_id, offer_id)
        answered = await anna.sees(state="active")
        assert [leg["name"] for leg in answered["legs"] if leg["role"] == "agent"] == ["Ada"]
        assert answered["position"] is None
        await ada.person.ask("call.hang_up", call_id=call_id)
        ended = await anna.sees(state="ended")
        assert ended["end_reason"] == "completed"
        assert ended["legs"] == []
        assert joined["leg_id"] != call["leg_id"]
        async with lab.database.read() as session:
            snapshot = await get_snapshot(
                session, conversation_id=call["conversation_id"], with_notes=False
            )
        [message] = snapshot.timeline.messages
        assert message.card is not None
        assert message.card.type == "call"
        assert [fact.fact for fact in message.card.facts] == ["called", "rang", "answered", "ended"]
        assert message.card.agent_names == ["Ada"]
        assert snapshot.row.assignee_name == "Ada"
        assert snapshot.row.message_count == 1


async def test_declining_rings_the_next_and_time_the_one_after(lab: Lab) -> None:
    await lab.settle_calls(ring_at_once=1, ring_seconds=5)
    async with AsyncExitStack() as stack:
        agents = {}
        for name in ("Ada", "Bo", "Cy"):
            desk = await stack.enter_async_context(at_the_desk(lab, name))
            agents[str(desk.staff_id)] = desk
        anna = await stack.enter_async_context(on_the_page(lab))
        call = await anna.start(lab.shop)
        rung = []
        for how in ("declines", "waits", "accepts"):
            watcher = next(iter(agents.values()))
            while True:
                row = (await watcher.person.hear("call.listed"))["data"]["call"]
                new = [o for o in row["offers"] if o["staff_id"] not in rung]
                if new:
                    break
            [offer] = new
            rung.append(offer["staff_id"])
            desk = agents[offer["staff_id"]]
            if how == "declines":
                await desk.person.ask("call.decline", call_id=call["id"], offer_id=offer["id"])
            elif how == "accepts":
                await desk.accept(call["id"], offer["id"])
        assert len(set(rung)) == 3
        await anna.sees(state="active")
        await anna.person.ask("call.hang_up", call_id=call["id"])


@pytest.mark.race
async def test_of_several_who_accept_at_once_exactly_one_wins(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        agents = [
            await stack.enter_async_context(at_the_desk(lab, f"Agent {number}"))
            for number in range(3)
        ]
        anna = await stack.enter_async_context(on_the_page(lab))
        for _ in range(5):
            call = await anna.start(lab.shop)
            offers = [await agent.rings(call["id"]) for agent in agents]
            outcomes = await asyncio.gather(
                *(agent.accept(*offer) for agent, offer in zip(agents, offers, strict=True)),
                return_exceptions=True,
            )
            refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
            assert [error.code for error in refused] == ["call_taken"] * 2
            await anna.person.ask("call.hang_up", call_id=call["id"])


@pytest.mark.race
async def test_two_tabs_that_call_at_once_make_one_call(lab: Lab) -> None:
    async with on_the_page(lab) as left:
        visitor = (left.visitor_id, left.token)
        async with on_the_page(lab, visitor=visitor) as right:
            for _ in range(5):
                one, other = await asyncio.gather(left.start(lab.shop), right.start(lab.shop))
                assert one["id"] == other["id"]
                await left.person.ask("call.hang_up", call_id=one["id"])


@pytest.mark.race
async def test_hanging_up_while_it_is_answered_leaves_nobody_in_the_call(lab: Lab) -> None:
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
    ):
        for _ in range(5):
            call = await anna.start(lab.shop)
            call_id, offer_id = await ada.rings(call["id"])
            await asyncio.gather(
                ada.accept(call_id, offer_id),
                anna.person.ask("call.hang_up", call_id=call_id),
                return_exceptions=True,
            )
            await anna.sees(id=call_id, state="ended")
            async with lab.database.read() as session:
                left = await session.fetch_value(
                    "SELECT count(*) FROM call_leg WHERE state <> 'left'"
                )
            assert left == 0


async def test_the_same_call_again_is_the_same_call(lab: Lab) -> None:
    async with on_the_page(lab) as anna:
        key = client_id()
        first = await anna.start(lab.shop, client_id=key)
        again = await anna.start(lab.shop, client_id=key)
        assert again["id"] == first["id"]
        for _ in range(2):
            await anna.person.ask("call.hang_up", call_id=first["id"])
        ended = await anna.start(lab.shop, client_id=key)
        assert (ended["id"], ended["state"]) == (first["id"], "ended")
        assert ended["end_reason"] == "abandoned"


async def test_who_waits_knows_their_place_as_the_queue_moves(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        customers = [await stack.enter_async_context(on_the_page(lab)) for _ in range(3)]
        calls = [await customer.start(lab.shop) for customer in customers]
        assert [call["position"] for call in calls] == [1, 2, 3]
        assert [call["state"] for call in calls] == ["queued"] * 3
        assert all(call["is_voicemail_offered"] for call in calls)
        await customers[0].person.ask("call.hang_up", call_id=calls[0]["id"])
        await customers[1].sees(position=1)
        await customers[2].sees(position=2)
        ada = await stack.enter_async_context(at_the_desk(lab, "Ada"))
        call_id, offer_id = await ada.rings()
        assert call_id == calls[1]["id"]
        await ada.accept(call_id, offer_id)
        await customers[2].sees(position=1)
        await ada.person.ask("call.hang_up", call_id=call_id)
        assert (await ada.rings())[0] == calls[2]["id"]
        await customers[2].person.ask("call.hang_up", call_id=calls[2]["id"])


async def test_a_stranger_can_do_nothing_with_a_call(lab: Lab) -> None:
    async with (
        on_the_page(lab) as anna,
        on_the_page(lab) as eve,
        at_the_desk(lab, "Ada") as ada,
    ):
        call = await anna.start(lab.shop)
        call_id, offer_id = await ada.rings(call["id"])
        for topic in ("calls", "supervision", f"call:{call_id}", f"visitor:{anna.visitor_id}"):
            with pytest.raises(Refused, match="not_found"):
                await eve.person.subscribe(topic)
        with pytest.raises(Refused, match="not_found"):
            await ada.person.subscribe("supervision")
        for command, more in (
            ("call.hang_up", {}),
            ("call.hold", {"is_held": True}),
            ("call.mute", {"is_muted": True}),
            ("call.digit", {"digit": "1"}),
            ("call.ask_callback", {}),
            ("call.accept", {}),
            ("call.decline", {}),
        ):
            with pytest.raises(Refused, match="not_found"):
                await eve.person.ask(command, call_id=call_id, **more)
        staff_only: list[tuple[str, dict[str, str]]] = [
            ("call.transfer", {"staff_id": str(ada.staff_id), "kind": "blind"}),
            ("call.invite", {"staff_id": str(ada.staff_id)}),
            ("call.close_callback", {}),
            ("call.complete_transfer", {}),
            ("call.cancel_transfer", {}),
        ]
        for command, data in staff_only:
            with pytest.raises(Refused, match="forbidden"):
                await anna.person.ask(command, call_id=call_id, **data)
        async with lab.database.read() as session:
            row = await get_row(session, conversation_id=call["conversation_id"])
        assert row.message_count == 1
        await ada.accept(call_id, offer_id)
        await anna.person.ask("call.hang_up", call_id=call_id)
