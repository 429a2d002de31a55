"""What every engine must do, proven by tones: who speaks has one, who hears it says how loud."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from stoa.contact.calls.media.engine import (
    LegConnected,
    LegLost,
    MediaEngine,
    MediaError,
    PlaybackEnded,
    RecordingEnded,
    Sound,
)
from tests.contact.calls.media.conftest import PATIENCE_SECONDS, TonesCall, write_sound
from tests.servers.tones import HEARD_DB, TONES, assert_absent, levels, read_sides

CUSTOMER, AGENT, SUPERVISOR, MUSIC = TONES


async def test_two_hear_each_other(call: TonesCall) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await call.events.wait(LegConnected, count=2)
    assert {it.leg_id for it in call.events.of(LegConnected)} == {customer.leg_id, agent.leg_id}
    await customer.client.hears(AGENT, absent=[CUSTOMER])
    await agent.client.hears(CUSTOMER, absent=[AGENT])


async def test_who_is_alone_hears_silence_that_flows(call: TonesCall) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    await customer.client.hears(absent=TONES)
    assert customer.client.frames > 20


async def test_a_plain_call_is_passed_on_without_loss(call: TonesCall, engine: MediaEngine) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await agent.client.hears(CUSTOMER)
    stats = {it.leg_id: it for it in await engine.stats(call.id)}
    assert set(stats) == {customer.leg_id, agent.leg_id}
    for one in stats.values():
        assert one.packets_received > 20
        assert one.packets_sent > 20
        assert one.packets_lost == 0


async def test_hold_plays_music_until_it_is_over(call: TonesCall, tmp_path: Path) -> None:
    engine = call.engine
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await customer.client.hears(AGENT)
    music = Sound(write_sound(tmp_path / "music.ogg", MUSIC, seconds=1.0))
    apart = {
        (customer.leg_id, agent.leg_id): 0.0,
        (agent.leg_id, customer.leg_id): 0.0,
    }
    await engine.set_gains(call.id, apart)
    await engine.play(
        call.id, customer.leg_id, playback_id=uuid4(), sounds=[music], is_looping=True
    )
    await customer.client.hears(MUSIC, absent=[AGENT])
    await agent.client.hears(absent=TONES)
    await customer.client.hears(MUSIC, absent=[AGENT])  # longer than the file
    await engine.stop_playing(call.id, customer.leg_id)
    await engine.set_gains(call.id, {})
    await customer.client.hears(AGENT, absent=[MUSIC])
    await agent.client.hears(CUSTOMER)
    assert call.events.of(PlaybackEnded) == []


async def test_sounds_are_played_one_after_the_other_and_end(
    call: TonesCall, tmp_path: Path
) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    await call.events.wait(LegConnected)
    first = Sound(write_sound(tmp_path / "first.ogg", AGENT, seconds=1.5))
    second = Sound(write_sound(tmp_path / "second.ogg", MUSIC, seconds=1.5))
    playback_id = uuid4()
    await call.engine.play(
        call.id, customer.leg_id, playback_id=playback_id, sounds=[first, second]
    )
    await customer.client.hears(AGENT, absent=[MUSIC])
    await customer.client.hears(MUSIC, absent=[AGENT])
    ended = await call.events.wait(PlaybackEnded)
    assert (ended.leg_id, ended.playback_id) == (customer.leg_id, playback_id)
    await customer.client.hears(absent=TONES)


async def test_who_is_played_to_is_still_heard(call: TonesCall, tmp_path: Path) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    music = Sound(write_sound(tmp_path / "music.ogg", MUSIC, seconds=1.0))
    await call.engine.play(
        call.id, customer.leg_id, playback_id=uuid4(), sounds=[music], is_looping=True
    )
    await customer.client.hears(MUSIC, absent=[AGENT])
    await agent.client.hears(CUSTOMER, absent=[MUSIC])


async def test_listening_and_whispering_are_gains(call: TonesCall) -> None:
    """A supervisor listens, whispers, joins: nobody hears what is not for them."""
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    supervisor = await call.join(SUPERVISOR)
    one, two, three = (it.leg_id for it in (customer, agent, supervisor))
    await call.engine.set_gains(call.id, {(three, one): 0.0, (three, two): 0.0})
    await supervisor.client.hears(CUSTOMER, AGENT)
    await customer.client.hears(AGENT, absent=[SUPERVISOR, CUSTOMER])
    await agent.client.hears(CUSTOMER, absent=[SUPERVISOR, AGENT])
    await call.engine.set_gains(call.id, {(three, one): 0.0})
    await agent.client.hears(CUSTOMER, SUPERVISOR)
    heard = await customer.client.hears(AGENT, absent=[SUPERVISOR])
    assert heard[SUPERVISOR] < heard[AGENT] - 60
    await call.engine.set_gains(call.id, {})
    await customer.client.hears(AGENT, SUPERVISOR, absent=[CUSTOMER])
    await call.engine.remove_leg(call.id, three)
    await customer.client.hears(AGENT, absent=[SUPERVISOR])


async def test_a_gain_makes_quieter(call: TonesCall) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    full = (await customer.client.hears(AGENT))[AGENT]
    await call.engine.set_gains(call.id, {(agent.leg_id, customer.leg_id): 0.25})
    async with asyncio.timeout(PATIENCE_SECONDS):
        low = full
        while low != pytest.approx(full - 12, abs=1):
            low = (await customer.client.hears(AGENT))[AGENT]


async def test_a_fresh_offer_replaces_the_line(call: TonesCall, tmp_path: Path) -> None:
    """A reload: the old page is silent, gains and what is played go on with the new one."""
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await agent.client.hears(CUSTOMER)
    music = Sound(write_sound(tmp_path / "music.ogg", MUSIC, seconds=1.0))
    await call.engine.play(
        call.id, customer.leg_id, playback_id=uuid4(), sounds=[music], is_looping=True
    )
    await customer.client.hears(MUSIC)
    again = await call.join(SUPERVISOR, side="customer", leg_id=customer.leg_id)
    await again.client.hears(MUSIC, absent=[AGENT])
    await agent.client.hears(SUPERVISOR, absent=[CUSTOMER])
    await call.engine.stop_playing(call.id, customer.leg_id)
    await again.client.hears(AGENT, absent=[MUSIC])
    await call.events.wait(LegConnected, lambda it: it.leg_id == customer.leg_id, count=2)
    stats = {it.leg_id: it for it in await call.engine.stats(call.id)}
    assert len(stats) == 2


async def test_a_line_that_breaks_is_told(call: TonesCall) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await agent.client.hears(CUSTOMER)
    await customer.client.close()
    lost = await call.events.wait(LegLost)
    assert lost.leg_id == customer.leg_id
    await agent.client.hears(absent=TONES)


async def test_a_recording_has_each_side_alone(call: TonesCall, tmp_path: Path) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    supervisor = await call.join(SUPERVISOR)
    whisper = {(supervisor.leg_id, customer.leg_id): 0.0}
    await call.engine.set_gains(call.id, whisper)
    await agent.client.hears(CUSTOMER, SUPERVISOR)
    recording_id, path = uuid4(), tmp_path / "call.ogg"
    await call.engine.start_recording(call.id, recording_id=recording_id, path=path, channels=2)
    for _ in range(3):
        await agent.client.hears(CUSTOMER, SUPERVISOR)
    await call.engine.stop_recording(call.id, recording_id)
    ended = await call.events.wait(RecordingEnded)
    assert (ended.recording_id, ended.path, ended.is_complete) == (recording_id, path, True)
    left, right = read_sides(path)
    assert ended.duration_ms == pytest.approx(1000 * left.size / 48_000, abs=50)
    assert ended.duration_ms > 1000
    middle = slice(24_000, left.size - 4_800)
    on_left, on_right = levels(left[middle]), levels(right[middle])
    assert on_left[CUSTOMER] > HEARD_DB
    assert on_right[AGENT] > HEARD_DB
    assert_absent(left[middle], AGENT, SUPERVISOR)
    assert_absent(right[middle], CUSTOMER, SUPERVISOR)
    assert len(ended.waveform) % 2 == 0
    assert max(ended.waveform[0::2]) > 30
    assert max(ended.waveform[1::2]) > 30


async def test_a_voicemail_is_the_customer_alone(call: TonesCall, tmp_path: Path) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    await call.events.wait(LegConnected)
    path = tmp_path / "voicemail.ogg"
    await call.engine.start_recording(call.id, recording_id=uuid4(), path=path, channels=1)
    for _ in range(3):
        await customer.client.hears(absent=TONES)
    await call.engine.end_call(call.id)
    ended = await call.events.wait(RecordingEnded)
    assert ended.is_complete
    [only] = read_sides(path)
    assert levels(only[24_000:])[CUSTOMER] > HEARD_DB


async def test_a_recording_goes_on_when_a_leg_is_replaced(call: TonesCall, tmp_path: Path) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await agent.client.hears(CUSTOMER)
    path = tmp_path / "call.ogg"
    await call.engine.start_recording(call.id, recording_id=uuid4(), path=path, channels=2)
    await agent.client.hears(CUSTOMER)
    again = await call.join(MUSIC, side="customer", leg_id=customer.leg_id)
    await agent.client.hears(MUSIC)
    await again.client.hears(AGENT)
    await call.engine.end_call(call.id)
    ended = await call.events.wait(RecordingEnded)
    left, right = read_sides(path)
    assert levels(left[9_600:19_200])[CUSTOMER] > HEARD_DB
    assert levels(left[-28_800:-4_800])[MUSIC] > HEARD_DB
    assert left.size == right.size
    assert ended.duration_ms == pytest.approx(left.size / 48, abs=50)


async def test_a_key_is_heard_as_its_two_tones(call: TonesCall) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await customer.client.hears(AGENT)
    customer.client.heard.clear()
    await call.engine.send_digit(call.id, customer.leg_id, "5")
    await customer.client.hears_once(770, 1336)
    await customer.client.hears(AGENT)
    assert await call.engine.stats(call.id)
    assert agent.client.frames


async def test_what_is_not_there_is_refused(engine: MediaEngine) -> None:
    nobody, nothing = uuid4(), uuid4()
    with pytest.raises(MediaError):
        await engine.set_gains(nobody, {})
    with pytest.raises(MediaError):
        await engine.add_browser_leg(nobody, nothing, offer="v=0", side="shop")
    # Gone already is no error.
    await engine.end_call(nobody)
    await engine.remove_leg(nobody, nothing)
    await engine.stop_playing(nobody, nothing)
    await engine.stop_recording(nobody, nothing)
    assert await engine.stats(nobody) == []


@pytest.mark.parametrize("offer", ["", "hello", "v=0\r\nm=audio 9 X 111\r\n", "m=\r\n", "m=video"])
async def test_an_offer_that_is_none_changes_nothing(call: TonesCall, offer: str) -> None:
    customer = await call.join(CUSTOMER, side="customer")
    agent = await call.join(AGENT)
    await agent.client.hears(CUSTOMER)
    with pytest.raises(MediaError):
        await call.engine.add_browser_leg(call.id, customer.leg_id, offer=offer, side="customer")
    await agent.client.hears(CUSTOMER)


async def test_calls_do_not_hear_each_other(call: TonesCall) -> None:
    other = TonesCall(call.engine, call.events)
    await call.engine.create_call(other.id)
    await call.engine.create_call(other.id)  # again is no error
    customer = await call.join(CUSTOMER, side="customer")
    stranger = await other.join(AGENT, side="customer")
    await call.join(SUPERVISOR)
    await customer.client.hears(SUPERVISOR, absent=[AGENT])
    await stranger.client.hears(absent=TONES)
    await call.engine.end_call(other.id)
    await stranger.client.close()
