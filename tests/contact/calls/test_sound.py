"""What is heard in a call, by tones over real lines: from the queue to the end."""

import asyncio

import pytest

from tests.contact.calls.lab import Lab
from tests.contact.calls.people import at_the_desk, on_the_page
from tests.contact.calls.wires import (
    ADA,
    ANNA,
    BO,
    MUSIC,
    NOBODY,
    WELCOME,
    connect,
    give_tones,
    talking,
)
from tests.servers.people import Refused


async def test_from_the_queue_over_hold_to_the_end(lab: Lab) -> None:
    give_tones(lab)
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        page = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
        await page.hears(WELCOME)
        await page.hears(MUSIC)
        joined = await ada.accept(*await ada.rings(call["id"]))
        desk = await connect(ada.person, call_id=call["id"], leg_id=joined["leg_id"], tone=ADA)
        await asyncio.gather(page.hears(ADA), desk.hears(ANNA))
        row = await ada.sees(call["id"], state="active")
        while any(leg["state"] != "connected" for leg in row["legs"]):
            row = await ada.sees(call["id"], state="active")
        await ada.person.ask("call.hold", call_id=call["id"], is_held=True)
        await asyncio.gather(page.hears(MUSIC), desk.hears())
        await ada.person.ask("call.hold", call_id=call["id"], is_held=False)
        await asyncio.gather(page.hears(ADA), desk.hears(ANNA))
        await ada.person.ask("call.mute", call_id=call["id"], is_muted=True)
        await asyncio.gather(page.hears(), desk.hears(ANNA))
        await anna.person.ask("call.digit", call_id=call["id"], digit="5")
        await desk.sound.hears_once(770, 1336)
        await anna.person.ask("call.hang_up", call_id=call["id"])
        await ada.sees(call["id"], state="ended")
        await page.sound.close()
        await desk.sound.close()


async def test_a_reload_speaks_on_the_same_leg(lab: Lab) -> None:
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
        talking(lab, anna, ada) as (page, desk),
        on_the_page(lab, visitor=(anna.visitor_id, anna.token)) as reloaded,
    ):
        await desk.hears(ANNA)
        view = await reloaded.person.ask("call.current", shop_id=str(lab.shop.id))
        assert view["call"]["leg_id"] == page.leg_id
        again = await connect(reloaded.person, call_id=page.call_id, leg_id=page.leg_id, tone=BO)
        await asyncio.gather(desk.hears(BO), again.hears(ADA))
        await again.sound.close()


async def test_while_a_colleague_is_asked_the_customer_hears_music(lab: Lab) -> None:
    give_tones(lab)
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
        talking(lab, anna, ada) as (page, desk),
        at_the_desk(lab, "Bo") as bo,
    ):
        call_id = page.call_id
        await ada.person.ask(
            "call.transfer", call_id=call_id, staff_id=str(bo.staff_id), kind="attended"
        )
        await page.hears(MUSIC)
        joined = await bo.accept(*await bo.rings(call_id, kind="attended"))
        other = await connect(bo.person, call_id=call_id, leg_id=joined["leg_id"], tone=BO)
        await asyncio.gather(page.hears(MUSIC), desk.hears(BO), other.hears(ADA))
        await ada.person.ask("call.complete_transfer", call_id=call_id)
        await asyncio.gather(page.hears(BO), other.hears(ANNA))
        await bo.person.ask("call.invite", call_id=call_id, staff_id=str(ada.staff_id))
        back = await ada.accept(*await ada.rings(call_id, kind="conference"))
        third = await connect(ada.person, call_id=call_id, leg_id=back["leg_id"], tone=ADA)
        await asyncio.gather(page.hears(BO, ADA), other.hears(ANNA, ADA), third.hears(ANNA, BO))
        await other.sound.close()
        await third.sound.close()


async def test_a_killed_process_is_told_and_a_callback_offered(lab: Lab) -> None:
    async with (
        at_the_desk(lab, "Ada") as ada,
        on_the_page(lab) as anna,
        talking(lab, anna, ada) as (page, desk),
    ):
        await desk.hears(ANNA)
        lab.kill_media()
        ended = await anna.sees(state="ended")
        assert (ended["end_reason"], ended["is_callback_offered"]) == ("failed", True)
        await ada.sees(page.call_id, state="ended", end_reason="failed")
        wanted = await anna.person.ask("call.ask_callback", call_id=page.call_id, phone="+30 1")
        assert (wanted["state"], wanted["position"]) == ("callback", 1)
        listed = await ada.sees(wanted["id"], state="callback")
        assert listed["callback_phone"] == "+30 1"


async def test_who_waits_when_the_process_dies_keeps_the_place(lab: Lab) -> None:
    give_tones(lab)
    async with on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        page = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
        await page.hears(NOBODY)
        leg: dict[str, str] = {}
        while leg.get("state") != "connected":
            [leg] = (await anna.sees(state="queued", position=1))["legs"]
        lab.kill_media()
        while leg["state"] != "joining":
            [leg] = (await anna.sees(state="queued"))["legs"]
        await page.sound.close()
        again = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
        await again.hears(NOBODY)
        await again.sound.close()


async def test_only_ones_own_leg_is_connected(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna, on_the_page(lab) as eve:
        call = await anna.start(lab.shop)
        for person in (eve.person, ada.person):
            with pytest.raises(Refused, match="not_found"):
                await connect(person, call_id=call["id"], leg_id=call["leg_id"], tone=BO)
        with pytest.raises(Refused, match="sound_unavailable"):
            await anna.person.ask(
                "call.connect", call_id=call["id"], leg_id=call["leg_id"], sdp="not an offer"
            )
