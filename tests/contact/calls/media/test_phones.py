"""A phone as plain RTP beside browsers: tones both ways, keys both ways, recorded like anybody."""

import asyncio
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pytest

from stoa.contact.calls.media.engine import DigitPressed, LegConnected, RecordingEnded, Sound
from tests.contact.calls.media.conftest import PATIENCE_SECONDS, TonesCall, write_sound
from tests.servers.phone import Phone, phone
from tests.servers.tones import HEARD_DB, TONES, assert_absent, levels, read_sides

CUSTOMER, AGENT, _, MUSIC = TONES


async def ring(call: TonesCall, caller: Phone, payload: Literal[0, 8]) -> Phone:
    """The phone is the customer's leg, and speaks."""
    leg_id = uuid4()
    answered = await call.engine.add_rtp_leg(
        call.id, leg_id, remote=caller.address, payload=payload, side="customer"
    )
    caller.speak_to(answered)
    await call.events.wait(LegConnected, lambda it: it.leg_id == leg_id)
    return caller


@pytest.mark.parametrize("payload", [0, 8])
async def test_a_phone_and_a_browser_hear_each_other(
    call: TonesCall, payload: Literal[0, 8]
) -> None:
    agent = await call.join(AGENT)
    async with phone(payload, CUSTOMER) as caller:
        await ring(call, caller, payload)
        await agent.client.hears(CUSTOMER, absent=[AGENT])
        await caller.hears(AGENT, absent=(CUSTOMER,))


async def test_a_phone_hears_prompts_and_is_recorded(call: TonesCall, tmp_path: Path) -> None:
    agent = await call.join(AGENT)
    async with phone(8, CUSTOMER) as caller:
        await ring(call, caller, 8)
        [leg_id] = {it.leg_id for it in call.events.of(LegConnected)} - {agent.leg_id}
        path = tmp_path / "call.ogg"
        await call.engine.start_recording(call.id, recording_id=uuid4(), path=path, channels=2)
        music = Sound(write_sound(tmp_path / "music.ogg", MUSIC, seconds=1.0))
        await call.engine.play(
            call.id, leg_id, playback_id=uuid4(), sounds=[music], is_looping=True
        )
        await caller.hears(MUSIC, absent=(AGENT,))
        await call.engine.stop_playing(call.id, leg_id)
        await caller.hears(AGENT, absent=(MUSIC,))
        for _ in range(3):
            await agent.client.hears(CUSTOMER)
        await call.engine.end_call(call.id)
    await call.events.wait(RecordingEnded)
    left, right = read_sides(path)
    middle = slice(24_000, left.size - 4_800)
    assert levels(left[middle])[CUSTOMER] > HEARD_DB
    assert levels(right[middle])[AGENT] > HEARD_DB
    assert_absent(right[middle], CUSTOMER)


async def test_keys_are_told_once_each(call: TonesCall) -> None:
    async with phone(0, CUSTOMER) as caller:
        await ring(call, caller, 0)
        for count, key in enumerate("4#4", 1):
            caller.press(key)
            await call.events.wait(DigitPressed, count=count)
            await asyncio.sleep(0.2)  # a finger needs its time as well
    assert [it.digit for it in call.events.of(DigitPressed)] == ["4", "#", "4"]


async def test_keys_are_sent_as_events(call: TonesCall) -> None:
    async with phone(0, CUSTOMER) as caller:
        await ring(call, caller, 0)
        [leg_id] = {it.leg_id for it in call.events.of(LegConnected)}
        await call.engine.send_digit(call.id, leg_id, "9")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while sum(is_end for _, is_end, _ in caller.events) < 3:
                await asyncio.sleep(0.02)
        codes = {(code, began) for code, _, began in caller.events}
        assert len(codes) == 1  # all packets of a key carry the time it began
        assert caller.events[0][0] == 9
        assert len(caller.events) == 11
