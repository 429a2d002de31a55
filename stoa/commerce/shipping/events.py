"""Facts about the ways to deliver, on the topic `shipping:<shop id>`."""

from typing import Literal
from uuid import UUID

from stoa.platform.outbox.event import Event


def topic_of(shop_id: UUID) -> str:
    return f"shipping:{shop_id}"


class ShippingChanged(Event):
    type: Literal["shipping.changed"] = "shipping.changed"
    shop_id: UUID
