"""Pictures that wait to be drawn, and their bytes once they are."""

from io import BytesIO
from uuid import UUID

from PIL import Image

from stoa.commerce.catalogue.demo.drawings.gallery import ADDRESS
from stoa.commerce.catalogue.events import CategoriesChanged, ProductsChanged, topic_of
from stoa.commerce.catalogue.service.listings import rebuild_listings
from stoa.commerce.shops.queries import get_shop
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.storage.blobs import StoredBytes, record_blob


async def undrawn(session: ReadSession, *, shop_id: UUID) -> list[tuple[UUID, str]]:
    """The pictures still to be drawn, with their addresses: what a visitor sees first comes first.

    That is the shop's own scenes and its categories, the main picture of every product, the rest.
    """
    rows = await session.fetch(
        """
        SELECT p.id, p.source_url FROM picture p
        LEFT JOIN LATERAL (
            SELECT min(pp.position) AS position, min(r.position) AS product
            FROM product_picture pp JOIN product r ON r.id = pp.product_id
            WHERE pp.picture_id = p.id
        ) AS place ON true
        WHERE p.shop_id = $1 AND p.state = 'waiting' AND starts_with(p.source_url, $2)
        ORDER BY coalesce(place.position, -1), place.product, p.id
        """,
        shop_id,
        ADDRESS,
    )
    return [(row["id"], row["source_url"]) for row in rows]


async def store_drawing(
    session: Session, *, shop_id: UUID, picture_id: UUID, data: bytes, stored: StoredBytes
) -> None:
    """The picture has these bytes, and every page that shows it shows it. Storing again is safe."""
    width, height = Image.open(BytesIO(data)).size
    blob = await record_blob(session, stored=stored, media_type="image/png")
    await session.execute(
        "UPDATE picture SET state = 'stored', blob_id = $2, width = $3, height = $4"
        " WHERE id = $1 AND state = 'waiting'",
        picture_id,
        blob.id,
        width,
        height,
    )
    rows = await session.fetch(
        "SELECT product_id FROM product_picture WHERE picture_id = $1 ORDER BY product_id",
        picture_id,
    )
    if rows:
        product_ids = [row["product_id"] for row in rows]
        shop = await get_shop(session, shop_id=shop_id)
        await rebuild_listings(session, shop=shop, product_ids=product_ids)
        event = ProductsChanged(shop_id=shop_id, product_ids=tuple(product_ids))
        session.publish(event, topics=[topic_of(shop_id)])
    else:
        session.publish(CategoriesChanged(shop_id=shop_id), topics=[topic_of(shop_id)])
