"""Supervisors listen, whisper, join and take over; what must not be heard is not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import aiohttp
import pytest

from tests.contact.calls.lab import Lab
from tests.contact.calls.people import AtDesk, at_the_desk
from tests.contact.calls.talking import AGENT, CUSTOMER, SUPERVISOR, Talk, talking
from tests.servers.people import Refused
from tests.servers.tones import HEARD_DB, SILENT_DB, ToneClient, levels, read_sides
from tests.waiting import until


@asynccontextmanager
async def supervising(
    talk: Talk, *, mode: str, role: str = "supervisor"
) -> AsyncIterator[tuple[AtDesk, ToneClient]]:
    """Cy is in the call so, with a line of their own."""
    async with at_the_desk(talk.lab, "Cy", role=role) as cy:
        joined = await cy.person.ask("call.supervise", call_id=talk.call_id, mode=mode)
        yield cy, await talk.join(cy.person, joined["leg_id"], SUPERVISOR)


async def go(talk: Talk, cy: AtDesk, mode: str) -> None:
    await cy.person.ask("call.supervise", call_id=talk.call_id, mode=mode)


async def audited(lab: Lab, talk: Talk) -> list[str]:
    async with lab.database.read() as session:
        rows = await session.fetch(
            "SELECT action FROM audit_entry WHERE subject = $1 ORDER BY created_at, id",
            f"call:{talk.call_id}",
        )
    return [row["action"] for row in rows]


async def test_a_listener_hears_both_and_is_heard_by_nobody(lab: Lab) -> None:
    async with talking(lab) as talk, supervising(talk, mode="listen") as (_cy, ear):
        await ear.hears(CUSTOMER, AGENT)
        await talk.customer.hears(AGENT, absent=[SUPERVISOR])
        await talk.agent.hears(CUSTOMER, absent=[SUPERVISOR])
        assert await audited(lab, talk) == ["call.listened"]


async def test_a_whisper_reaches_the_agent_and_not_the_recording(lab: Lab) -> None:
    async with (
        talking(lab, recording="ask") as talk,
        supervising(talk, mode="whisper") as (_cy, ear),
    ):
        await talk.agent.hears(CUSTOMER, SUPERVISOR)
        await talk.record()
        await talk.answer(is_agreed=True)
        await until(talk.writes)
        await talk.agent.hears(CUSTOMER, SUPERVISOR)
        await talk.customer.hears(AGENT, absent=[SUPERVISOR])
        await ear.hears(CUSTOMER, AGENT)
        await talk.record(is_on=False)

        async def kept() -> list[object]:
            return await talk.recordings("kept")

        await until(kept)
        [recording] = await talk.recordings("kept")
        sides = read_sides(lab.node.blobs.local_path(recording["key"]))
        left, right = (levels(side, (CUSTOMER, AGENT, SUPERVISOR)) for side in sides)
        assert left[CUSTOMER] > HEARD_DB
        assert right[AGENT] > HEARD_DB
        assert max(left[SUPERVISOR], right[SUPERVISOR]) < SILENT_DB


async def test_joining_taking_over_and_leaving(lab: Lab) -> None:
    async with talking(lab) as talk, supervising(talk, mode="join") as (cy, ear):
        await talk.customer.hears(AGENT, SUPERVISOR)
        await talk.agent.hears(CUSTOMER, SUPERVISOR)
        await go(talk, cy, "listen")
        await talk.customer.hears(AGENT, absent=[SUPERVISOR])
        await go(talk, cy, "take_over")
        await talk.customer.hears(SUPERVISOR, absent=[AGENT])
        await ear.hears(CUSTOMER, absent=[AGENT])
        row = await cy.sees(talk.call_id, state="active")
        while [leg["name"] for leg in row["legs"] if leg["role"] == "agent"] != ["Cy"]:
            row = await cy.sees(talk.call_id, state="active")
        facts = [(fact["fact"], fact["name"]) for fact in row["facts"]]
        assert facts[-3:] == [("joined", "Cy"), ("left", "Cy"), ("took_over", "Cy")]
        with pytest.raises(Refused):  # the agent now
            await go(talk, cy, "listen")
        await cy.person.ask("call.hang_up", call_id=talk.call_id)
        await talk.anna.sees(state="ended", end_reason="completed")
        assert await audited(lab, talk) == ["call.joined", "call.listened", "call.took_over"]


async def test_the_customer_never_sees_who_listens_and_the_agent_as_the_shop_decides(
    lab: Lab,
) -> None:
    for is_shown in (True, False):
        async with talking(lab, agent_sees_supervisor=is_shown) as talk:
            async with supervising(talk, mode="listen") as (cy, _ear):
                row = await cy.sees(talk.call_id, state="active")
                shown = {leg["name"] for leg in row["legs"]} - {""}
                assert shown == ({"Ada", "Cy"} if is_shown else {"Ada"})
                view = await talk.anna.person.ask("call.current", shop_id=str(lab.shop.id))
                assert {leg["name"] for leg in view["call"]["legs"]} == {"", "Ada"}
                assert {fact["fact"] for fact in row["facts"]} & {"joined", "left"} == set()
                await go(talk, cy, "leave")
                with pytest.raises(Refused):
                    await go(talk, cy, "leave")
            await talk.hang_up()
            await talk.anna.sees(state="ended")


async def test_nobody_learns_of_a_listener_by_how_the_call_sounds_there(lab: Lab) -> None:
    async with talking(lab) as talk, supervising(talk, mode="listen") as (cy, _ear):
        for person in (talk.anna.person, talk.ada.person, cy.person):
            await person.subscribe(f"call:{talk.call_id}")
        await cy.person.signal("call.quality", call_id=talk.call_id, loss_percent=90)
        await cy.person.ask("call.ice")  # the signal before it has arrived
        await talk.ada.person.signal("call.quality", call_id=talk.call_id, loss_percent=0)
        heard = (await talk.anna.person.hear("call.quality"))["data"]
        assert heard["verdict"] == "good"


async def test_supervisors_see_who_listens_and_agents_do_not(lab: Lab) -> None:
    async with (
        talking(lab) as talk,
        at_the_desk(lab, "Di", role="supervisor") as di,
    ):
        await di.person.subscribe("supervision")
        with pytest.raises(Refused):
            await talk.ada.person.subscribe("supervision")
        async with supervising(talk, mode="whisper") as (cy, _ear):
            heard = (await di.person.hear("call.supervised"))["data"]["supervision"]
            assert heard["call_id"] == talk.call_id
            assert [(leg["name"], leg["mode"]) for leg in heard["legs"]] == [("Cy", "whisper")]
            for desk, status in ((di, 200), (talk.ada, 403)):
                async with (
                    aiohttp.ClientSession(
                        lab.address, cookies={"stoa_staff": desk.token}
                    ) as browser,
                    browser.get("/api/desk/supervisions") as answer,
                ):
                    assert answer.status == status
                    if status == 200:
                        [listed] = (await answer.json())["supervisions"]
                        assert [leg["name"] for leg in listed["legs"]] == ["Cy"]
            await go(talk, cy, "leave")
        gone = await di.person.hear("call.supervised")
        while gone["data"]["supervision"]["legs"]:
            gone = await di.person.hear("call.supervised")


async def test_agents_do_not_supervise_nor_strangers(lab: Lab) -> None:
    async with talking(lab) as talk, at_the_desk(lab, "Bo") as bo:
        for mode in ("listen", "whisper", "join", "take_over"):
            with pytest.raises(Refused) as refused:
                await go(talk, bo, mode)
            assert refused.value.code == "forbidden"
            with pytest.raises(Refused) as refused:
                await talk.anna.person.ask("call.supervise", call_id=talk.call_id, mode=mode)
            assert refused.value.code == "forbidden"
        async with lab.database.read() as session:
            legs = await session.fetch_value(
                "SELECT count(*) FROM call_leg WHERE call_id = $1", UUID(talk.call_id)
            )
        assert legs == 2
        await talk.customer.hears(AGENT)


async def test_a_call_that_is_over_or_not_there_is_not_supervised(lab: Lab) -> None:
    async with talking(lab) as talk, at_the_desk(lab, "Cy", role="supervisor") as cy:
        await go(talk, cy, "listen")
        with pytest.raises(Refused) as refused:
            await cy.person.ask(
                "call.supervise", call_id="00000000-0000-0000-0000-000000000000", mode="listen"
            )
        assert refused.value.code == "not_found"
        await talk.hang_up()
        await talk.anna.sees(state="ended")
        with pytest.raises(Refused) as refused:
            await go(talk, cy, "listen")
        assert refused.value.code == "call.over"
