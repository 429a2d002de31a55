"""The chooser follows who is at the desk, over HTTP and live."""

import aiohttp

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.people import on_the_line


async def test_chat_opens_when_somebody_comes_and_closes_when_all_are_away(
    address: str, database: Database, shop: Shop
) -> None:
    agent = await an_agent(database)
    assert agent.staff_id is not None
    staff = await a_staff_token(database, staff_id=agent.staff_id)
    _, token = await a_visitor(database)
    async with (
        aiohttp.ClientSession(address) as browser,
        on_the_line(address, surface="counter", token=token) as customer,
    ):
        answer = await browser.get(f"/api/counter/channels?shop_id={shop.id}")
        chat, message = (await answer.json())["channels"]
        assert (chat["code"], chat["is_available"], chat["reason"]) == (
            "chat",
            False,
            "nobody_there",
        )
        assert (message["code"], message["is_available"]) == ("message", True)
        await customer.subscribe(f"channels:{shop.id}")
        async with on_the_line(address, surface="desk", cookies={"stoa_staff": staff}) as desk:
            await desk.subscribe("presence")
            while not chat["is_available"]:
                chat = (await customer.hear("channels"))["data"]["channels"][0]
            assert (chat["reason"], chat["agents_available"]) == ("open", 1)
            assert chat["wait"] is None, "no answer was measured yet, so none is promised"
            await desk.ask("presence.set", status="away")
            heard = (await desk.hear("presence"))["data"]["staff"]
            assert [(item["name"], item["status"]) for item in heard] == [("Ada", "away")]
            while chat["is_available"]:
                chat = (await customer.hear("channels"))["data"]["channels"][0]
            assert chat["reason"] == "nobody_there"


async def test_a_shop_that_is_not_there(address: str) -> None:
    async with aiohttp.ClientSession(address) as browser:
        for query, status in ((f"shop_id={new_id()}", 404), ("shop_id=x", 422), ("", 422)):
            assert (await browser.get(f"/api/counter/channels?{query}")).status == status
