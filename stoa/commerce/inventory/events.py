"""Facts about stock, heard by the catalogue in the same transaction."""

from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event


def topic_of(shop_id: UUID) -> str:
    return f"stock:{shop_id}"


class StockChanged(Event):
    """What customers may be told about these variants is other than before."""

    type: Literal["stock.changed"] = "stock.changed"
    shop_id: UUID
    variant_ids: tuple[UUID, ...]
