"""A call whose process dies at the worst moment has its sound when it is carried anew."""

import asyncio
from uuid import UUID

from stoa.contact.calls.queries import get_call
from stoa.contact.calls.service.sound import CallSound
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import on_the_page
from tests.contact.calls.wires import ANNA, NOBODY, connect, give_tones
from tests.servers.tones import ToneClient


def sound_of(lab: Lab) -> CallSound:
    sound = lab.switchboard.sound
    assert sound is not None
    return sound


async def lose(sound: CallSound, call_id: UUID) -> None:
    """The engine knows nothing of the call any more."""
    sound.forget(call_id)
    await sound.engine.end_call(call_id)


async def test_what_was_due_when_it_was_lost_stops_nothing_later(lab: Lab) -> None:
    give_tones(lab)
    sound = sound_of(lab)
    async with on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        page = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
        await page.hears(NOBODY)
        call_id = UUID(call["id"])
        sound.due(call_id)
        await lose(sound, call_id)
        await page.sound.close()
        again = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
        await again.hears(NOBODY)
        await again.sound.close()


async def test_a_page_that_connects_while_it_is_lost_is_carried_anew(lab: Lab) -> None:
    give_tones(lab)
    sound = sound_of(lab)
    async with on_the_page(lab) as anna:
        started = await anna.start(lab.shop)
        call_id, leg_id = UUID(started["id"]), UUID(started["leg_id"])
        page = await connect(anna.person, call_id=str(call_id), leg_id=str(leg_id), tone=ANNA)
        await page.hears(NOBODY)
        again = ToneClient(ANNA)
        async with lab.database.read() as session:
            call = await get_call(session, call_id=call_id)

        async def answer(offer: str) -> str:
            async with sound._carried[call_id].turn:
                connecting = asyncio.ensure_future(sound.connect(call, leg_id, sdp=offer))
                await asyncio.sleep(0)  # it waits for its turn from here on
                await lose(sound, call_id)
            return await connecting

        await again.connect(answer)
        assert sound.carries(call_id)
        await again.hears(NOBODY, tones=[ANNA, NOBODY])
        await page.sound.close()
        await again.close()
