"""What the chooser says of calls is true."""

from typing import Any

import aiohttp
import pytest

from tests.contact.calls.lab import Lab
from tests.contact.calls.people import at_the_desk, on_the_page
from tests.servers.people import Refused


async def call_channel(lab: Lab) -> dict[str, Any] | None:
    """Afresh: what the node remembers for a second is dropped."""
    lab.counter.forget_views()
    async with aiohttp.ClientSession(lab.address) as browser:
        answer = await browser.get(f"/api/counter/channels?shop_id={lab.shop.id}")
        found = {one["code"]: one for one in (await answer.json())["channels"]}
    return found.get("call")


async def test_open_while_somebody_is_free_and_busy_while_all_are_talking(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        channel = await call_channel(lab)
        assert channel is not None
        assert (channel["is_available"], channel["reason"]) == (True, "open")
        assert (channel["agents_available"], channel["instead"]) == (1, None)
        await anna.start(lab.shop)
        await ada.accept(*await ada.rings())
        channel = await call_channel(lab)
        assert channel is not None
        assert (channel["is_available"], channel["reason"]) == (True, "all_busy")
        assert channel["agents_available"] == 0


async def test_the_wait_is_what_recent_calls_waited(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        for _ in range(3):
            channel = await call_channel(lab)
            assert channel is not None
            assert channel["wait"] is None
            call = await anna.start(lab.shop)
            await ada.accept(*await ada.rings(call["id"]))
            await anna.person.ask("call.hang_up", call_id=call["id"])
            await ada.sees(call["id"], state="ended")
        channel = await call_channel(lab)
        assert channel is not None
        assert channel["wait"] == {"low_seconds": 5, "high_seconds": 5, "sample": 3}
        await ada.person.ask("presence.set", status="away")
        call = await anna.start(lab.shop)
        assert (call["is_attended"], call["wait"]) == (False, None), "who should answer so soon?"


@pytest.mark.parametrize(
    ("settings", "instead"),
    [
        ({}, "voicemail"),
        ({"voicemail": False}, "callback"),
        ({"voicemail": False, "callback": False}, None),
    ],
)
async def test_with_nobody_there_a_call_leads_to_a_message_or_a_callback(
    lab: Lab, settings: dict[str, bool], instead: str | None
) -> None:
    await lab.settle_calls(**settings)
    channel = await call_channel(lab)
    assert channel is not None
    assert (channel["is_available"], channel["reason"]) == (False, "nobody_there")
    assert channel["instead"] == instead


async def test_a_shop_that_takes_no_calls_does_not_offer_them(lab: Lab) -> None:
    await lab.settle_calls(is_on=False)
    assert await call_channel(lab) is None
    async with on_the_page(lab) as anna:
        with pytest.raises(Refused, match=r"call\.off"):
            await anna.start(lab.shop)
        async with lab.database.read() as session:
            assert await session.fetch_value("SELECT count(*) FROM call") == 0
