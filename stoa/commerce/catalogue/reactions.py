"""What the catalogue does when stock changes."""

from stoa.commerce.catalogue.events import ProductsChanged, topic_of
from stoa.commerce.catalogue.service.listings import lock_listings
from stoa.commerce.inventory.events import StockChanged
from stoa.platform.database.session import Session


async def show_stock(session: Session, event: StockChanged) -> None:
    """Lists say whether the products can be ordered now, and their pages are drawn again."""
    rows = await session.fetch(
        "SELECT DISTINCT product_id FROM variant WHERE id = ANY($1) ORDER BY product_id",
        list(event.variant_ids),
    )
    product_ids = [row["product_id"] for row in rows]
    await lock_listings(session, product_ids=product_ids)
    await session.execute(
        """
        UPDATE product_listing l SET is_available = w.is_available
        FROM (SELECT v.product_id, bool_or(
                  NOT s.is_tracked OR s.allows_backorder OR s.on_hand > s.reserved) AS is_available
              FROM variant v JOIN stock s ON s.variant_id = v.id
              WHERE v.product_id = ANY($1) AND v.is_active GROUP BY v.product_id) w
        WHERE l.product_id = w.product_id AND l.is_available IS DISTINCT FROM w.is_available
        """,
        product_ids,
    )
    session.publish(
        ProductsChanged(shop_id=event.shop_id, product_ids=tuple(product_ids), words_changed=False),
        topics=[topic_of(event.shop_id)],
    )
