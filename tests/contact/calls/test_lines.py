"""Lines that break and come back, nodes that end, and time that ends what nobody ends."""

import asyncio
from pathlib import Path
from typing import Any

from stoa.contact.calls.queries import desk_calls, get_call
from stoa.contact.calls.service.board import Desk
from stoa.contact.calls.service.lines import nodes_gone
from stoa.platform.database.session import Database
from tests.contact.calls.lab import Lab, a_lab, make_shop
from tests.contact.calls.people import OnPage, at_the_desk, at_the_desk_again, on_the_page
from tests.contact.calls.rows import a_call
from tests.contact.calls.wires import ADA, ANNA, connect, talking


async def customers_leg(lab: Lab, state: str) -> dict[str, Any]:
    """The call of the desk's list, once its customer's line is in this state."""
    async with asyncio.timeout(20):
        while True:
            async with lab.database.read() as session:
                calls = (await desk_calls(session)).calls
            for call in calls:
                if any(leg.role == "customer" and leg.state == state for leg in call.legs):
                    return call.model_dump(mode="json")
            await asyncio.sleep(0.05)


async def make_it_later(lab: Lab, seconds: int) -> None:
    """All lines have been as they are for this much longer."""
    async with lab.database.begin() as session:
        await session.execute(
            "UPDATE call_leg SET state_at = state_at - make_interval(secs => $1)"
            " WHERE state <> 'left'",
            float(seconds),
        )


async def test_who_reloads_while_waiting_keeps_the_place(lab: Lab) -> None:
    async with on_the_page(lab) as anna:
        call = await anna.start(lab.shop)
    await customers_leg(lab, "away")
    async with on_the_page(lab, visitor=(anna.visitor_id, anna.token)) as again:
        view = await again.person.ask("call.current", shop_id=str(lab.shop.id))
        assert (view["call"]["id"], view["call"]["position"]) == (call["id"], 1)
        assert view["call"]["leg_id"] == call["leg_id"]
        await customers_leg(lab, "joining")


async def test_who_does_not_come_back_has_left_the_queue(lab: Lab) -> None:
    async with on_the_page(lab) as anna, on_the_page(lab) as bea:
        async with on_the_page(lab, visitor=(anna.visitor_id, anna.token)) as tab:
            call = await tab.start(lab.shop)
        assert (await bea.start(lab.shop))["position"] == 2
        await anna.listen()
        await customers_leg(lab, "away")
        await make_it_later(lab, 21)
        ended = await anna.sees(state="ended")
        assert (ended["id"], ended["end_reason"]) == (call["id"], "abandoned")
        await bea.sees(position=1)


async def test_an_agent_who_reloads_goes_on_and_one_who_does_not_is_told_of(lab: Lab) -> None:
    async with on_the_page(lab) as anna, at_the_desk(lab, "Bo") as bo:
        await bo.person.ask("presence.set", status="away")
        async with at_the_desk(lab, "Ada") as ada:
            call = await anna.start(lab.shop)
            joined = await ada.accept(*await ada.rings(call["id"]))
        row = await bo.sees(call["id"], state="active")
        while row["legs"][1]["state"] != "away":
            row = await bo.sees(call["id"], state="active")
        async with at_the_desk_again(lab, ada.staff_id, "Ada", ada.token) as again:
            wire = await connect(
                again.person, call_id=call["id"], leg_id=joined["leg_id"], tone=ADA
            )
            while row["legs"][1]["state"] != "connected":
                row = await bo.sees(call["id"], state="active")
            await wire.sound.close()
        while row["legs"][1]["state"] != "away":
            row = await bo.sees(call["id"], state="active")
        await make_it_later(lab, 21)
        ended = await anna.sees(state="ended")
        assert (ended["end_reason"], ended["is_callback_offered"]) == ("lost", True)
        row = await bo.sees(call["id"], state="ended")
        assert [fact["fact"] for fact in row["facts"]][-2:] == ["line_lost", "ended"]
        assert row["facts"][-2]["name"] == "Ada"


async def test_after_a_restart_who_talked_is_told_and_who_waited_still_waits(
    own_database: Database, own_database_url: str, tmp_path: Path
) -> None:
    shop = await make_shop(own_database)
    async with (
        a_lab(own_database, own_database_url, tmp_path, shop) as lab,
        on_the_page(lab) as anna,
        at_the_desk(lab, "Ada") as ada,
        talking(lab, anna, ada),
        on_the_page(lab) as bea,
    ):
        talked = await anna.sees(state="active")
        waited = await bea.start(shop)
    async with own_database.begin() as session:
        # The process was killed: nothing was said, nothing written.
        await session.execute(
            "UPDATE call SET state = 'active', end_reason = NULL, ended_at = NULL WHERE id = $1",
            talked["id"],
        )
        await session.execute(
            "UPDATE call_leg SET state = 'connected', left_at = NULL, connection_id = 'gone:page'"
            " WHERE role = 'customer'"
        )
        await session.execute("UPDATE call SET media_node = 'gone' WHERE id = $1", talked["id"])
    async with a_lab(own_database, own_database_url, tmp_path, shop) as lab:
        row = await customers_leg(lab, "away")
        assert (row["id"], row["state"]) == (waited["id"], "queued")
        async with own_database.read() as session:
            reason = await session.fetch_value(
                "SELECT end_reason FROM call WHERE id = $1", talked["id"]
            )
        assert reason == "failed"
        async with on_the_page(lab, visitor=(anna.visitor_id, anna.token)) as back:
            view = await back.person.ask("call.current", shop_id=str(shop.id))
            assert (view["call"]["end_reason"], view["call"]["is_callback_offered"]) == (
                "failed",
                True,
            )
        async with on_the_page(lab, visitor=(bea.visitor_id, bea.token)) as again:
            await again.person.ask("call.current", shop_id=str(shop.id))
            await customers_leg(lab, "joining")


async def test_a_node_that_came_meanwhile_keeps_its_calls(own_database: Database) -> None:
    """Who is there is found out before the lock, and until that is had others may take calls."""
    shop = await make_shop(own_database)
    carried = {
        node: (await a_call(own_database, shop_id=shop.id)).call_id for node in ("lost", "fresh")
    }
    async with own_database.begin() as session:
        for node, call_id in carried.items():
            await session.execute("UPDATE call SET media_node = $1 WHERE id = $2", node, call_id)
        await nodes_gone(session, desk=Desk(), gone={"lost"})
    async with own_database.read() as session:
        states = {
            node: (await get_call(session, call_id=id_)).state for node, id_ in carried.items()
        }
    assert states == {"lost": "ended", "fresh": "active"}


async def test_a_call_between_two_nodes(
    own_database: Database, own_database_url: str, tmp_path: Path
) -> None:
    """The sound lives where the customer's page came first; the agent's page is on the other."""
    shop = await make_shop(own_database)
    async with (
        a_lab(own_database, own_database_url, tmp_path / "a", shop, bus="postgres") as here,
        a_lab(own_database, own_database_url, tmp_path / "b", shop, bus="postgres") as there,
        on_the_page(here) as anna,
        at_the_desk(there, "Ada") as ada,
    ):
        await _knows(here, ada.staff_id)
        call = await anna.start(shop)
        page = await connect(anna.person, call_id=call["id"], leg_id=call["leg_id"], tone=ANNA)
        joined = await ada.accept(*await ada.rings(call["id"]))
        desk = await connect(ada.person, call_id=call["id"], leg_id=joined["leg_id"], tone=ADA)
        await asyncio.gather(page.hears(ADA), desk.hears(ANNA))
        await ada.person.ask("call.hold", call_id=call["id"], is_held=True)
        await desk.hears()
        await ada.person.ask("call.hold", call_id=call["id"], is_held=False)
        await page.hears(ADA)
        await ada.person.ask("call.hang_up", call_id=call["id"])
        await _ended(anna)
        await page.sound.close()
        await desk.sound.close()


async def _knows(lab: Lab, staff_id: object) -> None:
    async with asyncio.timeout(20):
        while staff_id not in lab.presence.available:
            await asyncio.sleep(0.05)


async def _ended(page: OnPage) -> None:
    ended = await page.sees(state="ended")
    assert ended["end_reason"] == "completed"
