"""`stoa shop`: a shop of one's own, in which one can order at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stoa.commands.preparing import CannotStart
from stoa.commands.shops import make_shop
from stoa.commerce.catalogue.demo.loader import ensure_demo_shop
from stoa.commerce.payments.service import offered_payments
from stoa.commerce.shipping.queries import shipping_methods
from stoa.commerce.shops.queries import get_shop, list_shops
from stoa.platform.config import Settings
from stoa.platform.database.session import Database, open_database


@pytest.fixture
def settings(own_database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, database_url=own_database_url)


async def test_takes_the_demo_shops_place_and_can_sell(
    own_database: Database, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async with own_database.begin() as session:
        await ensure_demo_shop(session)
    await make_shop(settings, name="Sklep Zosi", country="pl", delivery="14,99")
    assert "Sklep Zosi is open: PL, PLN, pl; parcels to PL PLN" in capsys.readouterr().out
    assert settings.database_url is not None
    fresh = await open_database(settings.database_url, size=2)
    try:
        async with fresh.read() as session:
            shop = await get_shop(session, host="localhost")
            methods = await shipping_methods(session, shop_id=shop.id, locale="pl", country="PL")
    finally:
        await fresh.close()
    assert (shop.name, shop.currency, shop.locales) == ("Sklep Zosi", "PLN", ("pl",))
    assert [(method.name, method.price_minor) for method in methods] == [("Paczka", 1499)]
    payments = offered_payments(shop, country="PL")
    assert [offer.method.code for offer in payments] == ["cash_on_delivery"]


async def test_no_demo_shop_comes_after_it(own_database: Database, settings: Settings) -> None:
    await make_shop(settings, name="Laden", country="DE", languages="de,en", currency="EUR")
    async with own_database.begin() as session:
        assert await ensure_demo_shop(session) is None
    async with own_database.read() as session:
        assert [shop.locales for shop in await list_shops(session)] == [("de", "en")]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"country": "XX"}, "is no country"),
        ({"country": "US"}, "no VAT rates of US"),
        ({"country": "DE", "currency": "MARK"}, "MARK is no currency"),
        ({"country": "DE", "languages": "de,fr"}, "does not speak fr"),
        ({"country": "DE", "delivery": "viel"}, "viel is no price"),
        ({"country": "DE", "delivery": "-1"}, "-1 is no price"),
        ({"country": "DE", "name": " "}, "needs a name"),
        ({"country": "DE", "name": "laden"}, "named laden already"),
    ],
)
async def test_refuses_what_makes_no_sense(
    database: Database, database_url: str, tmp_path: Path, given: Mapping[str, Any], reason: str
) -> None:
    settings = Settings(data_dir=tmp_path, database_url=database_url)
    async with database.read() as session:
        is_first = not await session.fetch_value("SELECT count(*) FROM shop")
    if is_first:
        await make_shop(settings, name="Laden", country="DE")
    with pytest.raises(CannotStart, match=reason):
        await make_shop(settings, **{"name": "Other", **given})
    async with database.read() as session:
        assert await session.fetch_value("SELECT count(*) FROM shop") == 1
