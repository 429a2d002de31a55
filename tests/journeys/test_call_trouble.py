"""Calls from the page with something in the way: no microphone, nobody there, a broken engine."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.axe import grave_violations
from tests.journeys.callers import TONE, a_caller, a_refusing_browser
from tests.journeys.people import Staff
from tests.servers.stoa import StoaProcess
from tests.servers.tone_agent import ToneAgent, a_tone_agent, change_call_settings

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


@pytest.fixture
async def agent(stoa: StoaProcess, anna: Staff) -> AsyncIterator[ToneAgent]:
    async with a_tone_agent(stoa.url, anna) as agent:
        yield agent


async def test_a_voice_message_is_left_while_nobody_is_there(
    stoa: StoaProcess, speaking: Browser
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await caller.customer.open_counter()
        instead = caller.customer.counter("channel.call.instead.voicemail")
        await expect(caller.row).to_contain_text(instead, timeout=40_000)
        await caller.row.click()
        await expect(caller.text("voicemail.speak")).to_be_visible(timeout=20_000)
        assert await grave_violations(caller.customer.frame) == []
        # After the prompt and the tone, what the microphone hears is kept.
        await expect(caller.text("voicemail.running")).to_be_visible(timeout=60_000)
        await caller.button("voicemail.finish").click()
        await expect(caller.text("ended.voicemail")).to_be_visible(timeout=20_000)
        await caller.button("ended.chat").click()
        card = caller.customer.log.get_by_text(caller.call("card.voicemail"), exact=True)
        await expect(card).to_be_visible()


async def test_who_waits_on_is_told_when_the_last_agent_leaves_and_when_one_comes(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await caller.begin()
        await expect(caller.text("waiting.next")).to_be_visible(timeout=20_000)
        await agent.person.ask("presence.set", status="away")
        await expect(caller.text("waiting.nobody")).to_be_visible(timeout=20_000)
        await expect(caller.text("waiting.next")).to_be_hidden()
        await expect(caller.button("voicemail.offer")).to_be_visible()
        await expect(caller.button("callback.offer")).to_be_visible()
        assert await grave_violations(caller.customer.frame) == []
        await agent.person.ask("presence.set", status="available")
        await expect(caller.text("waiting.next")).to_be_visible(timeout=20_000)
        await expect(caller.text("waiting.nobody")).to_be_hidden()


async def test_without_a_microphone_one_listens_and_writes(
    stoa: StoaProcess, agent: ToneAgent
) -> None:
    async with a_refusing_browser() as browser, a_caller(browser, stoa.url) as caller:
        await caller.begin()
        await expect(caller.text("trouble.refused")).to_be_visible()
        await expect(caller.text("trouble.refused.chromium")).to_be_visible()
        assert await grave_violations(caller.customer.frame) == []
        # Nobody was rung for somebody who cannot speak.
        await caller.button("ask.listen").click()
        call, offer = await agent.rings()
        assert call["direction"] == "inbound"
        voice = await agent.takes(call, offer)
        await caller.hears()
        await voice.hears(absent=[TONE])
        await expect(caller.text("bar.listening")).to_be_visible()
        await caller.customer.say("I cannot speak, but I hear you.")
        # The next page listens as well, and does not ask for the microphone again.
        await caller.customer.page.reload(wait_until="commit")
        await caller.hears()
        await expect(caller.text("bar.listening")).to_be_visible()


async def test_recording_begins_only_after_a_yes_and_stops_at_a_no(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    await change_call_settings(agent.api, recording="ask")
    for is_agreed in (False, True):
        async with a_caller(speaking, stoa.url) as caller:
            await caller.begin()
            await agent.answers()
            call = await agent.sees(state="active")
            await agent.person.ask("call.record", call_id=call["id"], is_on=True)
            await expect(caller.text("recording.asked", name=agent.name)).to_be_visible()
            assert await grave_violations(caller.customer.frame) == []
            if is_agreed:
                await caller.button("recording.agree").click()
                await agent.sees(id=call["id"], recording="on")
                await expect(caller.text("recording.on")).to_be_visible()
                await caller.button("recording.stop").click()
                await expect(caller.text("recording.on")).to_have_count(0)
            else:
                await caller.button("recording.refuse").click()
                await agent.sees(id=call["id"], recording="refused")
                await expect(caller.text("recording.refused")).to_be_visible()


async def test_a_broken_engine_is_told_in_words_and_a_call_back_offered(
    stoa: StoaProcess, speaking: Browser, agent: ToneAgent
) -> None:
    async with a_caller(speaking, stoa.url) as caller:
        await caller.begin()
        voice = await agent.answers()
        await voice.hears(TONE)
        for pid in media_processes(stoa.pid):
            os.kill(pid, signal.SIGKILL)
        await expect(caller.text("ended.failed")).to_be_visible(timeout=30_000)
        assert await grave_violations(caller.customer.frame) == []
        await caller.button("callback.offer").click()
        await caller.button("callback.submit").click()
        await expect(caller.text("callback.kept")).to_be_visible()
        waiting = await agent.sees(state="callback")
        await caller.button("callback.cancel").click()
        await agent.sees(id=waiting["id"], state="ended")
        # The next call has a process again.
        async with asyncio.timeout(60):
            await caller.button("ended.again").click()
            again = await agent.answers()
            await again.hears(TONE)


def media_processes(parent: int) -> list[int]:
    """The children of Stoa that carry sound."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            stat = (entry / "stat").read_text()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue  # it has just ended
        if int(stat.rpartition(")")[2].split()[1]) == parent and b"media.worker" in command:
            found.append(int(entry.name))
    assert found, "calls are carried by processes of their own"
    return found
