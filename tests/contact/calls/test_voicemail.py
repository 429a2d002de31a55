"""A message is spoken after the tone, kept, and waits at the desk."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from stoa.contact.conversations.queries import get_row
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import OnPage, at_the_desk, on_the_page
from tests.contact.calls.talking import CUSTOMER, line
from tests.factories.people import a_visitor
from tests.servers.people import Refused
from tests.servers.tones import HEARD_DB, ToneClient, levels, read_sides
from tests.waiting import until


async def messages(lab: Lab, call_id: str, *states: str) -> list[Any]:
    async with lab.database.read() as session:
        return await session.fetch(
            "SELECT r.*, b.key FROM call_recording r LEFT JOIN blob b ON b.id = r.blob_id"
            " WHERE r.call_id = $1 AND r.state = ANY($2::text[])",
            UUID(call_id),
            list(states),
        )


async def waits(lab: Lab, stack: AsyncExitStack, anna: OnPage) -> tuple[str, ToneClient]:
    """(call, line) of a customer who calls a shop where nobody is."""
    call = await anna.start(lab.shop)
    client = await line(stack, anna.person, call["id"], call["leg_id"], CUSTOMER)
    return call["id"], client


async def spoken(lab: Lab, call_id: str) -> list[Any]:
    """The recording that is being made, once the tone was heard."""

    async def look() -> list[Any]:
        return await messages(lab, call_id, "running")

    return await until(look)


async def kept(lab: Lab, call_id: str) -> Any:
    async def look() -> list[Any]:
        return await messages(lab, call_id, "kept")

    [recording] = await until(look)
    return recording


async def test_a_message_is_kept_and_waits_at_the_desk(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(on_the_page(lab))
        call_id, _client = await waits(lab, stack, anna)
        view = await anna.sees(is_voicemail_offered=True)
        assert view["state"] == "queued"
        view = await anna.person.ask("call.leave_voicemail", call_id=call_id)
        assert (view["state"], view["is_voicemail_offered"]) == ("voicemail", False)
        assert await messages(lab, call_id, "running", "kept") == []  # not before the tone
        await spoken(lab, call_id)
        await asyncio.sleep(2)  # Anna speaks
        view = await anna.person.ask("call.finish_voicemail", call_id=call_id)
        assert (view["state"], view["end_reason"]) == ("ended", "voicemail")
        recording = await kept(lab, call_id)
        [side] = read_sides(lab.node.blobs.local_path(recording["key"]))
        assert levels(side, (CUSTOMER,))[CUSTOMER] > HEARD_DB
        assert recording["channels"] == 1
        assert recording["duration_ms"] > 1_500

        async with lab.database.read() as session:
            row = await get_row(session, conversation_id=UUID(view["conversation_id"]))
            card = await session.fetch_value(
                "SELECT card FROM message WHERE conversation_id = $1 AND kind = 'call'", row.id
            )
        assert row.unread_count == 1
        assert row.waiting_since is not None
        assert [(one["kind"], one["state"]) for one in card["recordings"]] == [
            ("voicemail", "kept")
        ]
        assert max(card["recordings"][0]["waveform"]) > 20
        assert "voicemail_begun" in [fact["fact"] for fact in card["facts"]]
        await _hears_own(lab, anna, recording["id"])


async def _hears_own(lab: Lab, anna: OnPage, recording_id: UUID) -> None:
    """The customer hears their own message; nobody else's page does."""
    path = f"/api/counter/recordings/{recording_id}/sound"
    _, strangers_token = await a_visitor(lab.database)
    for token, status in ((anna.token, 200), (strangers_token, 404), (None, 404)):
        cookies = {"stoa_visitor": token} if token else {}
        async with (
            aiohttp.ClientSession(lab.address, cookies=cookies) as browser,
            browser.get(path) as answer,
        ):
            assert answer.status == status
            if status == 200:
                assert answer.content_type == "audio/ogg"
                assert (await answer.read())[:4] == b"OggS"


async def test_who_leaves_before_the_tone_leaves_no_message(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(on_the_page(lab))
        call_id, _client = await waits(lab, stack, anna)
        await anna.sees(is_voicemail_offered=True)
        await anna.person.ask("call.leave_voicemail", call_id=call_id)
        await anna.person.ask("call.hang_up", call_id=call_id)
        view = await anna.sees(state="ended")
        assert view["end_reason"] == "abandoned"
        assert await messages(lab, call_id, "running", "kept", "failed") == []


async def test_a_line_that_breaks_leaves_what_was_said(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(on_the_page(lab))
        call_id, _client = await waits(lab, stack, anna)
        await anna.sees(is_voicemail_offered=True)
        await anna.person.ask("call.leave_voicemail", call_id=call_id)
        await spoken(lab, call_id)
        await asyncio.sleep(2)  # Anna speaks
        await anna.person.ask("call.hang_up", call_id=call_id)
        assert (await anna.sees(state="ended"))["end_reason"] == "voicemail"
        assert (await kept(lab, call_id))["duration_ms"] > 1_500


async def test_a_message_that_is_long_enough_ends_with_thanks(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stoa.contact.calls.service.sound.LONGEST", timedelta(seconds=1))
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(on_the_page(lab))
        call_id, _client = await waits(lab, stack, anna)
        await anna.sees(is_voicemail_offered=True)
        await anna.person.ask("call.leave_voicemail", call_id=call_id)
        recording = await kept(lab, call_id)  # nobody hung up
        async with lab.database.read() as session:
            reason = await session.fetch_value(
                "SELECT end_reason FROM call WHERE id = $1", UUID(call_id)
            )
        assert reason == "voicemail"
        assert recording["duration_ms"] > 1_000


async def test_no_message_while_somebody_is_there_or_where_the_shop_takes_none(lab: Lab) -> None:
    async with AsyncExitStack() as stack:
        ada = await stack.enter_async_context(at_the_desk(lab, "Ada"))
        anna = await stack.enter_async_context(on_the_page(lab))
        call = await anna.start(lab.shop)
        await ada.rings(call["id"])
        with pytest.raises(Refused) as refused:
            await anna.person.ask("call.leave_voicemail", call_id=call["id"])
        assert refused.value.code == "call.not_possible_now"
        await anna.person.ask("call.hang_up", call_id=call["id"])
    await lab.settle_calls(voicemail=False)
    async with on_the_page(lab) as bea:
        call = await bea.start(lab.shop)
        assert call["is_voicemail_offered"] is False
        with pytest.raises(Refused) as refused:
            await bea.person.ask("call.leave_voicemail", call_id=call["id"])
        assert refused.value.code == "call.not_possible_now"
        async with on_the_page(lab) as stranger:
            with pytest.raises(Refused) as refused:
                await stranger.person.ask("call.leave_voicemail", call_id=call["id"])
            assert refused.value.code == "not_found"
