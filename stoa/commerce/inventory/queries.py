"""Reading stock."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.inventory.models import StockLevel
from stoa.platform.database.session import ReadSession

COLUMNS = "variant_id, on_hand, reserved, is_tracked, allows_backorder"


async def stock_levels(
    session: ReadSession, *, variant_ids: Sequence[UUID]
) -> dict[UUID, StockLevel]:
    """The levels of those variants that exist."""
    rows = await session.fetch(
        f"SELECT {COLUMNS} FROM stock WHERE variant_id = ANY($1)", list(variant_ids)
    )
    return {row["variant_id"]: StockLevel(**row) for row in rows}
