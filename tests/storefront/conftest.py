"""The shop as a browser meets it: the whole application over HTTP, and somebody's cookies."""

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest

from stoa.commerce.catalogue.service import upsert_categories, upsert_products
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from tests.factories import catalogue as goods
from tests.factories.commerce import make_shop
from tests.factories.shops import with_reactions
from tests.servers.whole import the_whole


@pytest.fixture(scope="module")
async def address(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    async with the_whole(database_url, tmp_path_factory.mktemp("data")) as url:
        yield url


@pytest.fixture(scope="module")
async def shop(database: Database, address: str) -> Shop:
    """A shop with two categories and three products, one of them with colours."""
    async with with_reactions(database).begin() as session:
        shop = await make_shop(session)
        await upsert_categories(
            session,
            shop=shop,
            records=[goods.category("garden"), goods.category("pots", parent="garden")],
        )
        await upsert_products(
            session,
            shop=shop,
            records=[
                goods.product(
                    "chair", categories=["garden"], variants=[goods.variant("CHAIR", 12_300)]
                ),
                goods.product(
                    "gone", categories=["garden"], variants=[goods.variant("GONE", on_hand=0)]
                ),
                goods.product(
                    "mug",
                    categories=["pots"],
                    variants=[
                        goods.variant("MUG-RED", 1_400, colour="red", on_hand=3),
                        goods.variant("MUG-BLUE", 1_600, colour="blue"),
                    ],
                ),
            ],
        )
    return shop


@pytest.fixture
async def browser(address: str, shop: Shop) -> AsyncIterator[aiohttp.ClientSession]:
    """Keeps cookies and follows redirects, as a browser without scripts does."""
    jar = aiohttp.CookieJar(unsafe=True)  # "unsafe": for an address without a name
    headers = {"Accept": "text/html"}
    async with aiohttp.ClientSession(address, headers=headers, cookie_jar=jar) as session:
        yield session


def hidden(html: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', html)
    assert found, name
    return found[1]
