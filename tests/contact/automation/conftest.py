"""A shop on an empty database: rules see everything that was said."""

import pytest

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.platform.database.session import Database


@pytest.fixture
async def house(own_database: Database) -> Shop:
    async with own_database.begin() as session:
        return await create_shop(
            session, name="Agora", country="DE", currency="EUR", locales=["en", "pl", "de"]
        )
