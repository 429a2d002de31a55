"""Pictures on their own, outside a product."""

from uuid import UUID

from stoa.commerce.catalogue.models import Picture
from stoa.platform.database.session import ReadSession


async def picture_by_id(session: ReadSession, *, picture_id: UUID, alt: str) -> Picture | None:
    """The picture, if it is stored, under the words the caller has for it."""
    row = await session.fetch_one(
        "SELECT id, width, height, widths FROM picture"
        " WHERE id = $1 AND state IN ('stored', 'ready')",
        picture_id,
    )
    if row is None:
        return None
    return Picture(row["id"], row["width"], row["height"], tuple(row["widths"]), alt)
