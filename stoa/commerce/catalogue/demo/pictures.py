"""Pictures that wait to be drawn, and their bytes once they are."""

from io import BytesIO
from uuid import UUID

from PIL import Image

from stoa.commerce.catalogue.demo.drawings.gallery import ADDRESS
from stoa.commerce.catalogue.pictures.looking import Looked
from stoa.commerce.catalogue.service.pictures import store_picture
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.storage.blobs import StoredBytes


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
    session: Session, *, picture_id: UUID, data: bytes, stored: StoredBytes
) -> None:
    """The picture has these bytes, and every page that shows it shows it. Storing again is safe."""
    width, height = Image.open(BytesIO(data)).size
    looked = Looked(width, height, "image/png")
    await store_picture(session, picture_id=picture_id, stored=stored, looked=looked)
