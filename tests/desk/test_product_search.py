"""What an agent finds to show: by name without accents, by article number, the newest at first."""

import aiohttp
import pytest

from stoa.commerce.catalogue.service import upsert_products
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.factories.catalogue import product, variant
from tests.factories.shops import with_reactions

PATH = "/api/desk/product-search"


@pytest.fixture(scope="module")
async def products(database: Database, shop: Shop) -> None:
    records = [
        product(
            "table",
            names={"en": "Oak table", "pl": "Stół dębowy"},
            variants=[variant("TAB-1", colour="red"), variant("TAB-2", colour="blue")],
        ),
        product(
            "lamp",
            names={"en": "Brass lamp", "pl": "Mosiężna lampa"},
            variants=[variant("LAMP_1", on_hand=0)],
        ),
    ]
    async with with_reactions(database).begin() as session:
        await upsert_products(session, shop=shop, records=records)


@pytest.mark.usefixtures("products")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("stol", ["Stół dębowy"]),
        ("tab-", ["Stół dębowy"]),
        ("LAMP_", ["Mosiężna lampa"]),
        ("mosiezna", ["Mosiężna lampa"]),
        ("nothing like it", []),
    ],
)
async def test_finds_by_name_and_number(
    desk: aiohttp.ClientSession, shop: Shop, text: str, names: list[str]
) -> None:
    query = {"q": text, "shop_id": str(shop.id), "locale": "pl"}
    items = (await (await desk.get(PATH, params=query)).json())["items"]
    assert [item["card"]["name"] for item in items] == names


@pytest.mark.usefixtures("products")
async def test_shows_the_newest_and_what_can_be_proposed_of_them(
    desk: aiohttp.ClientSession, shop: Shop
) -> None:
    query = {"q": "", "shop_id": str(shop.id), "locale": "pl"}
    items = (await (await desk.get(PATH, params=query)).json())["items"]
    by_name = {item["card"]["name"]: item for item in items}
    table, lamp = by_name["Stół dębowy"], by_name["Mosiężna lampa"]
    assert len(table["variants"]) == 2
    assert {variant["is_available"] for variant in table["variants"]} == {True}
    assert lamp["card"]["is_available"] is False
