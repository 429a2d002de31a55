"""Reading the ways to deliver."""

from uuid import UUID

from stoa.commerce.shipping.models import ShippingMethod
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.i18n.locale import in_locale

COLUMNS = (
    "id, code, names, descriptions, countries, price_minor, free_from_minor, days_min, days_max"
)


async def shipping_methods(
    session: ReadSession,
    *,
    shop_id: UUID,
    locale: str,
    country: str | None = None,
) -> list[ShippingMethod]:
    """The active methods in the shop's order; only those that reach `country`, if given."""
    return [
        _method(row, locale)
        for row in await _methods(session, shop_id)
        if country is None or country in row["countries"]
    ]


async def delivery_countries(session: ReadSession, *, shop_id: UUID) -> list[str]:
    """Every country some active method reaches, by code."""
    rows = await _methods(session, shop_id)
    return sorted({country for row in rows for country in row["countries"]})


async def _methods(session: ReadSession, shop_id: UUID) -> list[Row]:
    async def load() -> list[Row]:
        return await session.fetch(
            f"SELECT {COLUMNS} FROM shipping_method WHERE shop_id = $1 AND is_active"
            " ORDER BY position, price_minor, id",
            shop_id,
        )

    return await session.remember(("shipping_methods", shop_id), load, until=("shipping.changed",))


def _method(row: Row, locale: str) -> ShippingMethod:
    return ShippingMethod(
        id=row["id"],
        code=row["code"],
        name=in_locale(row["names"], locale),
        description=in_locale(row["descriptions"], locale),
        countries=tuple(row["countries"]),
        price_minor=row["price_minor"],
        free_from_minor=row["free_from_minor"],
        days_min=row["days_min"],
        days_max=row["days_max"],
    )
