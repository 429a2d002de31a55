"""How a call sounds is told while it lasts, and kept with it."""

import asyncio

import pytest

from stoa.contact.calls.quality import BOUNDS, verdict_of, worst
from stoa.contact.calls.schemas import CallQuality
from tests.contact.calls.lab import Lab
from tests.contact.calls.people import at_the_desk, on_the_page


@pytest.mark.parametrize("name", list(BOUNDS))
def test_each_figure_alone_can_spoil_a_call(name: str) -> None:
    fair, poor = BOUNDS[name]
    verdicts = [verdict_of(CallQuality(**{name: value})) for value in (0, fair - 0.1, fair, poor)]
    assert verdicts == ["good", "good", "fair", "poor"]


def test_nothing_measured_is_no_verdict() -> None:
    assert verdict_of(CallQuality()) is None
    assert worst([]).verdict is None


def test_the_worst_side_counts() -> None:
    found = worst([CallQuality(round_trip_ms=20, loss_percent=4), CallQuality(round_trip_ms=90)])
    assert (found.round_trip_ms, found.loss_percent, found.verdict) == (90, 4, "fair")


async def test_the_others_see_it_and_the_card_keeps_it(lab: Lab) -> None:
    async with at_the_desk(lab, "Ada") as ada, on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
        topic = f"call:{call['id']}"
        await anna.person.subscribe(topic)
        joined = await ada.accept(*await ada.rings(call["id"]))
        await ada.person.subscribe(topic)
        await ada.person.subscribe(f"conversation:{call['conversation_id']}")
        for loss in (2, 14):
            await ada.person.signal(
                "call.quality", call_id=call["id"], loss_percent=loss, round_trip_ms=40
            )
        heard = (await anna.person.hear("call.quality"))["data"]
        assert (heard["leg_id"], heard["verdict"]) == (joined["leg_id"], "good")
        assert (await anna.person.hear("call.quality"))["data"]["verdict"] == "poor"
        await ada.person.ask("call.hang_up", call_id=call["id"])
        async with asyncio.timeout(20):
            quality = None
            while quality is None:
                changed = await ada.person.hear("message.changed")
                quality = changed["data"]["message"]["card"]["quality"]
        assert quality == "fair"
        async with lab.database.read() as session:
            kept = await session.fetch_value("SELECT quality FROM call")
        assert (kept["loss_percent"], kept["round_trip_ms"]) == (8, 40)


async def test_who_is_not_in_the_call_measures_nothing(lab: Lab) -> None:
    async with on_the_page(lab) as anna, on_the_page(lab) as eve:
        call = await anna.start(lab.shop)
        await eve.person.signal("call.quality", call_id=call["id"], loss_percent=99)
        problem = await eve.person.receive()
        assert (problem["t"], problem["code"]) == ("problem", "not_found")
