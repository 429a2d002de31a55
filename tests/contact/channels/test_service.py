"""The chooser follows who is at the desk, over HTTP and live."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp

from stoa.commerce.shops.models import Shop
from stoa.main import create_app
from stoa.platform.config import Settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.people import a_staff_token, a_visitor, an_agent
from tests.servers.asgi import serving
from tests.servers.people import on_the_line


async def channels(browser: aiohttp.ClientSession, shop: Shop) -> list[dict[str, Any]]:
    async with browser.get(f"/api/counter/channels?shop_id={shop.id}") as answer:
        found: list[dict[str, Any]] = (await answer.json())["channels"]
    return found


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
        chat, call, message = await channels(browser, shop)
        assert (call["code"], call["reason"], call["instead"]) == (
            "call",
            "nobody_there",
            "voicemail",
        )
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


async def test_an_agent_on_one_node_opens_the_chat_on_the_other(
    database: Database, database_url: str, shop: Shop, tmp_path: Path
) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url=database_url,
        database_pool_size=4,
        demo=False,
        bus="postgres",
    )
    agent = await an_agent(database, name="Remote")
    assert agent.staff_id is not None
    staff = await a_staff_token(database, staff_id=agent.staff_id)
    _, token = await a_visitor(database)
    async with (
        serving(create_app(settings)) as here,
        serving(create_app(settings)) as there,
        on_the_line(here, surface="counter", token=token) as customer,
        aiohttp.ClientSession(here) as browser,
    ):
        await customer.subscribe(f"channels:{shop.id}")
        async with on_the_line(there, surface="desk", cookies={"stoa_staff": staff}):
            is_available = False
            while not is_available:
                chat = (await customer.hear("channels"))["data"]["channels"][0]
                is_available = chat["is_available"]
            assert (await channels(browser, shop))[0]["agents_available"] == 1
        async with asyncio.timeout(30):  # whoever leaves counts as there a little longer
            while (await channels(browser, shop))[0]["is_available"]:
                await asyncio.sleep(0.2)
