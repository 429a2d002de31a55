"""Facts about shops, on the topic `shops`."""

from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event

TOPIC = "shops"


class ShopChanged(Event):
    type: Literal["shop.changed"] = "shop.changed"
    shop_id: UUID
