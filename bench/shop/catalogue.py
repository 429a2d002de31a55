"""A shop with 1,000 products in 20 categories, as an import would bring it."""

from uuid import UUID

from bench.harness.server import Bench
from stoa.commerce.catalogue.schemas import CategoryRecord, ProductRecord
from stoa.commerce.catalogue.service import upsert_categories, upsert_products
from stoa.commerce.shipping.models import ShippingMethodRecord
from stoa.commerce.shipping.service import save_shipping_method
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from tests.factories.catalogue import product, variant

PRODUCTS = 1_000
CATEGORIES = 20
LOCALES = ("en", "pl", "de", "it", "el")
STOCK = 1_000_000


def _record(number: int) -> ProductRecord:
    return product(
        f"p{number}",
        names={locale: f"{locale} product {number}" for locale in LOCALES},
        descriptions=dict.fromkeys(LOCALES, f"<p>{'Plain words about it. ' * 12}</p>"),
        variants=[
            variant(f"SKU-{number}-{colour}", 1_000 + number, colour=colour, on_hand=STOCK)
            for colour in ("red", "blue")
        ],
        categories=[f"c{number % CATEGORIES}"],
        material="linen" if number % 2 else "cotton",
        position=number,
    )


async def fill(bench: Bench) -> Shop:
    """The bench's shop has goods, a way to deliver them, and search finds them."""
    async with bench.database.begin() as session:
        shop = await get_shop(session, shop_id=bench.shop_id)
        categories = [
            CategoryRecord(
                external_id=f"c{number}",
                names={locale: f"{locale} category {number}" for locale in LOCALES},
                position=number,
            )
            for number in range(CATEGORIES)
        ]
        await upsert_categories(session, shop=shop, records=categories)
        await upsert_products(
            session, shop=shop, records=[_record(number) for number in range(PRODUCTS)]
        )
        await save_shipping_method(
            session,
            shop_id=shop.id,
            record=ShippingMethodRecord(
                code="parcel", names={"en": "Parcel"}, countries=["DE"], price_minor=490
            ),
        )
    return shop


async def slugs(bench: Bench, *, kind: str) -> list[tuple[str, str]]:
    """(locale, slug) of every product or category."""
    async with bench.database.read() as session:
        rows = await session.fetch(
            "SELECT locale, slug FROM slug WHERE kind = $1 AND is_current ORDER BY slug, locale",
            kind,
        )
    return [(row["locale"], row["slug"]) for row in rows]


async def variant_ids(bench: Bench) -> list[UUID]:
    async with bench.database.read() as session:
        rows = await session.fetch("SELECT id FROM variant ORDER BY sku")
    return [row["id"] for row in rows]
