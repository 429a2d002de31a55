"""A shop is found by its host, and looked up once."""

import pytest

from stoa.commerce.shops.errors import NoShop
from stoa.commerce.shops.models import BankAccount, Company
from stoa.commerce.shops.queries import get_shop
from stoa.commerce.shops.service import update_company, update_settings
from stoa.platform.database.session import Database
from stoa.platform.ids import new_id
from tests.factories.shops import make_shop


async def test_an_installation_may_have_no_shop(own_database: Database) -> None:
    async with own_database.read() as session:
        with pytest.raises(NoShop):
            await get_shop(session, host="shop.example")


async def test_finds_a_shop_by_its_host_or_takes_the_first(database: Database) -> None:
    first = await make_shop(database)
    async with database.read() as session:
        assert await get_shop(session, host="SHOP.example:8000") == first
        assert await get_shop(session, host="elsewhere.example") == first
        assert await get_shop(session, shop_id=first.id) == first
        with pytest.raises(NoShop):
            await get_shop(session, shop_id=new_id())
    assert first.locales[0] == "de"


async def test_forgets_what_it_remembered_when_the_shop_changes(own_database: Database) -> None:
    shop = await make_shop(own_database)
    async with own_database.read() as session:
        assert (await get_shop(session)).bank_account is None
    account = BankAccount("Stoa", "DE89370400440532013000")
    async with own_database.begin() as session:
        await update_company(
            session, shop_id=shop.id, company=Company(legal_name="Stoa"), bank_account=account
        )
        assert (await get_shop(session)).bank_account == account
        await update_settings(session, shop_id=shop.id, settings={"theme": "dark"})
    async with own_database.read() as session:
        shop = await get_shop(session)
    assert (shop.bank_account, shop.settings) == (account, {"theme": "dark"})


async def test_a_rolled_back_change_is_not_remembered(own_database: Database) -> None:
    shop = await make_shop(own_database)

    async def change_and_fail() -> None:
        async with own_database.begin() as session:
            await update_settings(session, shop_id=shop.id, settings={"theme": "dark"})
            assert (await get_shop(session)).settings == {"theme": "dark"}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_and_fail()
    async with own_database.read() as session:
        assert (await get_shop(session)).settings == {}
