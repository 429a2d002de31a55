"""Shops to test with."""

from stoa import wiring
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.service import create_shop
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES


def with_reactions(database: Database) -> Database:
    """The same database, hearing events as the application does."""
    wired = Database(database.pool, reactions=wiring.SUBSCRIBERS)
    wired.memory = database.memory
    return wired


async def make_shop(database: Database, *, name: str = "Stoa Poikile") -> Shop:
    """A German shop in five languages; German is its default."""
    async with database.begin() as session:
        return await create_shop(
            session,
            name=name,
            country="DE",
            currency="EUR",
            locales=("de", *(locale for locale in LOCALES if locale != "de")),
            hosts=["shop.example"],
        )
