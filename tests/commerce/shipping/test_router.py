"""The ways to deliver at the desk."""

from uuid import UUID

import aiohttp

from stoa.commerce.shipping.models import ShippingMethodRecord
from stoa.commerce.shipping.service import save_shipping_method
from stoa.platform.database.session import Database
from tests.factories.commerce import make_shop

PATH = "/api/desk/shipping-methods"


async def test_lists_the_methods_in_the_language_asked_for(
    agent: aiohttp.ClientSession, database: Database
) -> None:
    async with database.begin() as session:
        shop = await make_shop(session)
        record = ShippingMethodRecord(
            code="night_courier",
            names={"en": "Night courier", "pl": "Kurier nocny"},
            countries=["PL"],
            price_minor=2_900,
            position=99,
        )
        await save_shipping_method(session, shop_id=shop.id, record=record)
    query = {"shop_id": str(shop.id), "locale": "pl"}
    items = (await (await agent.get(PATH, params=query)).json())["items"]
    last = items[-1]
    assert (last["name"], last["price_minor"], last["currency"]) == (
        "Kurier nocny",
        2_900,
        shop.currency,
    )


async def test_refuses_strangers_and_unknown_shops(
    address: str, agent: aiohttp.ClientSession
) -> None:
    query = {"shop_id": str(UUID(int=1))}
    assert (await agent.get(PATH, params=query)).status == 404
    assert (await agent.get(PATH)).status == 422
    async with aiohttp.ClientSession(address) as stranger:
        assert (await stranger.get(PATH, params=query)).status == 401
