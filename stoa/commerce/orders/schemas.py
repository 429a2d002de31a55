"""Orders as the desk sends and receives them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from stoa.commerce.orders.events import OrderView
from stoa.commerce.orders.models import (
    Address,
    OrderState,
    PaymentState,
    ShipmentState,
    Tracking,
)
from stoa.commerce.pricing.models import Totals


class OrderFilter(BaseModel):
    """The query of `GET /api/desk/orders`."""

    state: OrderState | None = None
    payment_state: PaymentState | None = None
    shipment_state: ShipmentState | None = None
    search: str = Field(default="", max_length=200)
    cursor: str | None = Field(default=None, max_length=200)


class OrderPage(BaseModel):
    """`seq` is where the topic `orders` stood when this was read; `next` is a cursor."""

    seq: int
    items: list[OrderView]
    next: str | None


class OrderLineDetail(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    variant_id: UUID | None
    product_id: UUID | None
    sku: str
    name: str
    options: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    total_minor: int
    vat_basis_points: int
    vat_minor: int


class OrderEntryDetail(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    staff_id: UUID | None
    staff_name: str
    data: dict[str, Any]
    created_at: datetime


class OrderDetail(BaseModel):
    """Everything about an order but the customer's link."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    shop_id: UUID
    number: str
    visitor_id: UUID | None
    customer_id: UUID | None
    state: OrderState
    payment_state: PaymentState
    shipment_state: ShipmentState
    currency: str
    locale: str
    email: str
    phone: str
    shipping_address: Address
    billing_address: Address
    note: str
    shipping_name: str
    payment_method: str
    payment_reference: str
    totals: Totals
    expires_at: datetime | None
    tracking: Tracking | None
    placed_at: datetime
    restricted_until: date | None = Field(
        description="Its customer was erased; the tax law keeps it until then, and the addresses"
        " are shown to supervisors only"
    )
    version: int
    lines: list[OrderLineDetail]
    entries: list[OrderEntryDetail]


class OrderAnswer(BaseModel):
    """`seq` is where the topic `order:<id>` stood when this was read."""

    seq: int
    order: OrderDetail


class MarkPaid(BaseModel):
    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=500)


class Ship(BaseModel):
    model_config = ConfigDict(extra="forbid")

    carrier: str = Field(default="", max_length=80)
    number: str = Field(default="", max_length=80)
    url: str = Field(default="", max_length=500, pattern=r"^(https?://\S+)?$")


class Cancel(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="", max_length=500)
    restock: bool = True
