"""Calls out, back, on to colleagues and outside hours, on live sockets."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from stoa.commerce.shops.service import update_settings
from stoa.contact.calls.queries import get_row
from stoa.contact.conversations.queries import get_snapshot
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import (
    OnPage,
    at_the_desk,
    at_the_desk_again,
    client_id,
    on_the_page,
)
from tests.servers.people import Refused


async def a_conversation(lab: Lab, anna: OnPage) -> str:
    started = await anna.person.ask(
        "conversation.start",
        shop_id=str(lab.shop.id),
        client_id=client_id(),
        locale="en",
        body="Is it blue?",
    )
    return str(started["conversation"]["conversation"]["id"])


async def facts_of(lab: Lab, call: dict[str, Any]) -> list[str]:
    async with lab.database.read() as session:
        snapshot = await get_snapshot(
            session, conversation_id=call["conversation_id"], with_notes=False
        )
    cards = [message.card for message in snapshot.timeline.messages if message.kind == "call"]
    [card] = [card for card in cards if str(getattr(card, "call_id", "")) == call["id"]]
    return [fact.fact for fact in getattr(card, "facts", [])]


async def test_an_agent_calls_from_the_chat_and_the_customer_accepts(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        conversation_id = await a_conversation(lab, anna)
        await anna.listen()
        asked = {"conversation_id": conversation_id, "client_id": client_id()}
        row = await ada.person.ask("call.ring", **asked)
        assert (row["state"], row["direction"]) == ("calling", "outbound")
        again = await ada.person.ask("call.ring", **asked)
        assert again["id"] == row["id"]
        rung = await anna.sees(state="calling")
        assert rung["leg_id"] is None
        assert [leg["name"] for leg in rung["legs"]] == ["Ada"]
        with pytest.raises(Refused, match=r"call\.in_another"):
            await ada.person.ask("call.ring", **(asked | {"client_id": client_id()}))
        joined = await anna.person.ask("call.accept", call_id=row["id"])
        twice = await anna.person.ask("call.accept", call_id=row["id"])
        assert twice == joined
        active = await anna.sees(state="active")
        assert active["leg_id"] == joined["leg_id"]
        await anna.person.ask("call.hang_up", call_id=row["id"])
        await ada.sees(row["id"], state="ended", end_reason="completed")
        assert await facts_of(lab, row) == ["called", "answered", "ended"]


async def test_a_customer_who_does_not_want_the_call_declines_it(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        conversation_id = await a_conversation(lab, anna)
        row = await ada.person.ask(
            "call.ring", conversation_id=conversation_id, client_id=client_id()
        )
        await anna.person.ask("call.decline", call_id=row["id"])
        await ada.sees(row["id"], state="ended", end_reason="declined")
        with pytest.raises(Refused, match="call_taken"):
            await anna.person.ask("call.accept", call_id=row["id"])


async def test_whoever_wants_to_be_called_back_is_a_customer_who_claims_the_number(
    lab: Lab,
) -> None:
    async with on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        await anna.person.ask("call.ask_callback", call_id=call["id"], phone="030 901820")
        async with lab.database.read() as session:
            held = await session.fetch(
                "SELECT p.kind, p.key, p.state, p.source FROM call k"
                " JOIN conversation c ON c.id = k.conversation_id"
                " JOIN contact_point p ON p.customer_id = c.customer_id WHERE k.id = $1",
                UUID(call["id"]),
            )
    assert [tuple(row) for row in held] == [("phone", "+4930901820", "claimed", "call")]


async def test_being_called_back_keeps_the_place_until_somebody_answers(lab: Lab) -> None:
    async with on_the_page(lab) as anna, on_the_page(lab) as bea:
        call = await anna.start(lab.shop)
        assert call["is_callback_offered"]
        wanted = await anna.person.ask(
            "call.ask_callback", call_id=call["id"], phone=" +49 30 123 "
        )
        assert (wanted["state"], wanted["position"]) == ("callback", 1)
        assert (await bea.start(lab.shop))["position"] == 1, "who is on the line does not wait"
        async with at_the_desk(lab, "Ada") as ada:
            await ada.accept(*await ada.rings())
            await bea.person.ask("call.hang_up", call_id=(await bea.sees(state="active"))["id"])
            asked = {"conversation_id": call["conversation_id"], "callback_of": call["id"]}
            row = await ada.person.ask("call.ring", client_id=client_id(), **asked)
            assert row["callback_phone"] == "+49 30 123"
            await ada.sees(call["id"], state="ended", end_reason="called_back")
            # Nobody answers: the agent gives up, and the wish stands where it stood.
            await ada.person.ask("call.hang_up", call_id=row["id"])
            waits_on = await ada.sees(row["id"], state="callback")
            assert waits_on["queued_at"] is not None
            row = await ada.person.ask(
                "call.ring", client_id=client_id(), **(asked | {"callback_of": row["id"]})
            )
            await anna.person.ask("call.accept", call_id=row["id"])
            await ada.sees(row["id"], state="active")
            await ada.person.ask("call.hang_up", call_id=row["id"])
            await ada.sees(row["id"], state="ended", end_reason="completed")


async def test_a_callback_done_by_phone_is_closed(lab: Lab) -> None:
    async with on_the_page(lab) as anna, at_the_desk(lab, "Ada") as ada:
        await ada.person.ask("presence.set", status="away")
        call = await anna.start(lab.shop)
        await anna.person.ask("call.ask_callback", call_id=call["id"], phone="+49 30 123")
        for _ in range(2):
            await ada.person.ask("call.close_callback", call_id=call["id"])
        ended = await anna.sees(state="ended")
        assert ended["end_reason"] == "called_back"
        assert await facts_of(lab, call) == ["called", "queued", "callback_wanted", "ended"]


async def test_a_blind_transfer_rings_the_colleague_alone(lab: Lab) -> None:
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
    ):
        call = await anna.start(lab.shop)
        await ada.accept(*await ada.rings(call["id"]))
        async with at_the_desk(lab, "Bo") as bo, at_the_desk(lab, "Cy") as cy:
            row = await ada.person.ask(
                "call.transfer", call_id=call["id"], staff_id=str(bo.staff_id), kind="blind"
            )
            assert row["state"] == "ringing"
            assert [offer["staff_id"] for offer in row["offers"]] == [str(bo.staff_id)]
            await bo.accept(*await bo.rings(call["id"], kind="transfer"))
            active = await anna.sees(state="active")
            while [leg["name"] for leg in active["legs"] if leg["role"] == "agent"] != ["Bo"]:
                active = await anna.sees(state="active")
            with pytest.raises(Refused, match="colleague_busy"):
                await bo.person.ask("call.invite", call_id=call["id"], staff_id=call["id"])
            with pytest.raises(Refused, match="not_found"):
                await cy.person.ask("call.hang_up", call_id=call["id"])
            await bo.person.ask("call.hang_up", call_id=call["id"])
            await anna.sees(state="ended")
            async with lab.database.read() as session:
                snapshot = await get_snapshot(
                    session, conversation_id=call["conversation_id"], with_notes=False
                )
            assert snapshot.row.assignee_name == "Bo", "who speaks with the customer has them"


async def test_who_takes_back_an_attended_transfer_talks_with_the_customer_again(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        await ada.accept(*await ada.rings(call["id"]))
        async with at_the_desk(lab, "Bo") as bo:
            asked = {"call_id": call["id"], "staff_id": str(bo.staff_id), "kind": "attended"}

            async def alone_with_the_customer() -> None:
                async with lab.database.read() as session:
                    row = await get_row(session, call_id=UUID(call["id"]))
                assert (row.state, row.offers) == ("active", [])
                assert sorted(leg.role for leg in row.legs) == ["agent", "customer"]
                assert not any(leg.is_held for leg in row.legs)

            # The colleague still rings.
            row = await ada.person.ask("call.transfer", **asked)
            assert [leg["role"] for leg in row["legs"] if leg["is_held"]] == ["customer"]
            await bo.rings(call["id"], kind="attended")
            await ada.person.ask("call.cancel_transfer", call_id=call["id"])
            await alone_with_the_customer()
            # The colleague has answered, and is out again.
            await ada.person.ask("call.transfer", **asked)
            await bo.accept(*await bo.rings(call["id"], kind="attended"))
            await ada.person.ask("call.cancel_transfer", call_id=call["id"])
            await alone_with_the_customer()
            # The colleague does not want to.
            await ada.person.ask("call.transfer", **asked)
            call_id, offer_id = await bo.rings(call["id"], kind="attended")
            await bo.person.ask("call.decline", call_id=call_id, offer_id=offer_id)
            await alone_with_the_customer()
            facts = await facts_of(lab, call)
            assert "transferred" not in facts
            assert facts[-1] in ("resumed", "declined")


async def test_the_customers_language_rings_first(lab: Lab) -> None:
    await lab.settle_calls(ring_at_once=1)
    async with (
        at_the_desk(lab, "Ada", languages=["en"]) as ada,
        at_the_desk(lab, "Ola", languages=["pl", "en"]) as ola,
        on_the_page(lab) as zofia,
        on_the_page(lab) as anna,
    ):
        polish = await zofia.start(lab.shop, locale="pl")
        assert (await ola.rings())[0] == polish["id"]
        german = await anna.start(lab.shop, locale="de")
        assert (await ada.rings(german["id"]))[0] == german["id"], "better anybody than nobody"


async def test_the_page_says_which_skill_is_wanted(lab: Lab) -> None:
    await lab.settle_calls(
        ring_at_once=1, skills_by_page=[{"path": "/checkout", "skill": "payments"}]
    )
    async with (
        at_the_desk(lab, "Ada"),
        at_the_desk(lab, "Pat", skills=["payments"]) as pat,
        on_the_page(lab) as anna,
    ):
        page = "https://shop.example/de/checkout/payment?x=1"
        call = await anna.start(lab.shop, page_url=page)
        assert (await pat.sees(call["id"]))["skill"] == "payments"
        async with lab.database.read() as session:
            rung = await session.fetch("SELECT staff_id FROM call_offer")
        assert [row["staff_id"] for row in rung] == [pat.staff_id]


async def test_outside_hours_nobody_is_rung_and_a_message_may_be_left(lab: Lab) -> None:
    async with lab.database.begin() as session:
        hours = {"timezone": "Europe/Berlin", "weekly": {}}
        await update_settings(session, shop_id=lab.shop.id, settings={"hours": hours})
    async with at_the_desk(lab, "Ada"), on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        assert (call["state"], call["is_voicemail_offered"]) == ("queued", True)
        assert not call["is_attended"]


async def test_an_agent_in_a_call_is_not_rung_by_the_next(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna, on_the_page(lab) as bea:
        first = await anna.start(lab.shop)
        await ada.accept(*await ada.rings(first["id"]))
        second = await bea.start(lab.shop)
        assert (second["state"], second["position"]) == ("queued", 1)
        assert not second["is_voicemail_offered"], "somebody is there, and talking"
        assert second["is_attended"]
        await anna.person.ask("call.hang_up", call_id=first["id"])
        assert (await ada.rings(second["id"]))[0] == second["id"]


@pytest.mark.race
async def test_an_agent_rung_for_two_calls_who_answers_both_at_once_has_one(lab: Lab) -> None:
    await lab.settle_calls(ring_at_once=1)
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
        on_the_page(lab) as bea,
    ):
        first = await anna.start(lab.shop)
        await ada.accept(*await ada.rings(first["id"]))
        second = await bea.start(lab.shop)
        async with (
            at_the_desk(lab, "Bo") as bo,
            at_the_desk_again(lab, bo.staff_id, "Bo", bo.token) as tab,
        ):
            waiting = await bo.rings(second["id"])
            await ada.person.ask(
                "call.transfer", call_id=first["id"], staff_id=str(bo.staff_id), kind="blind"
            )
            handed = await tab.rings(first["id"], kind="transfer")
            outcomes = await asyncio.gather(
                bo.accept(*waiting), tab.accept(*handed), return_exceptions=True
            )
            refused = [one for one in outcomes if isinstance(one, Refused)]
            assert len(refused) == 1
            assert refused[0].code in ("call_taken", "call.in_another")
            async with lab.database.read() as session:
                count = await session.fetch_value(
                    "SELECT count(*) FROM call_leg WHERE staff_id = $1 AND state <> 'left'",
                    bo.staff_id,
                )
            assert count == 1
