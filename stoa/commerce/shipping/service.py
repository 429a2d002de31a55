"""Writing the ways to deliver."""

from uuid import UUID

from stoa.commerce.shipping.events import ShippingChanged, topic_of
from stoa.commerce.shipping.models import ShippingMethodRecord
from stoa.commerce.shipping.rules import arrival_window
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id

__all__ = ["arrival_window", "save_shipping_method"]


async def save_shipping_method(
    session: Session, *, shop_id: UUID, record: ShippingMethodRecord
) -> UUID:
    """The shop has this method under its code; saving the same record again changes nothing."""
    method_id: UUID = await session.fetch_value(
        """
        INSERT INTO shipping_method (id, shop_id, code, names, descriptions, countries, price_minor,
                                     free_from_minor, days_min, days_max, position)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (shop_id, code) DO UPDATE SET
            names = EXCLUDED.names, descriptions = EXCLUDED.descriptions,
            countries = EXCLUDED.countries, price_minor = EXCLUDED.price_minor,
            free_from_minor = EXCLUDED.free_from_minor, days_min = EXCLUDED.days_min,
            days_max = EXCLUDED.days_max, position = EXCLUDED.position, is_active = true
        RETURNING id
        """,
        new_id(),
        shop_id,
        record.code,
        record.names,
        record.descriptions,
        record.countries,
        record.price_minor,
        record.free_from_minor,
        record.days_min,
        record.days_max,
        record.position,
    )
    session.publish(ShippingChanged(shop_id=shop_id), topics=[topic_of(shop_id)])
    return method_id
