"""An order as the customer and the desk see it."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from stoa.commerce.pricing.models import Totals

# Jobs that talk to the payment's provider; the payload is {"order_id": ...}.
CAPTURE_JOB = "order.capture"
VOID_JOB = "order.void"


class OrderState(StrEnum):
    OPEN = "open"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class PaymentState(StrEnum):
    """A cancelled order that is still `PAID` waits for its money to be given back."""

    AWAITING = "awaiting"
    AUTHORISED = "authorised"
    PAID = "paid"
    ON_DELIVERY = "on_delivery"
    REFUNDED = "refunded"
    VOIDED = "voided"


class ShipmentState(StrEnum):
    WAITING = "waiting"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    RETURNED = "returned"


class Address(BaseModel):
    """Where to, as it was entered. `country` is ISO 3166-1 alpha-2; `region` only where needed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    company: str = ""
    street: str
    postal_code: str
    city: str
    region: str = ""
    country: str


class Tracking(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    carrier: str = ""
    number: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
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


@dataclass(frozen=True, slots=True)
class OrderEntry:
    """Something that happened to the order; `staff_name` is empty when no staff did it."""

    id: UUID
    kind: str
    staff_id: UUID | None
    staff_name: str
    data: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """`token` opens the status page and is told to the customer only.

    `restricted_until`: its customer was erased; until then the tax law keeps what is left.
    """

    id: UUID
    shop_id: UUID
    number: str
    token: str
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
    days_min: int
    days_max: int
    payment_method: str
    payment_reference: str
    totals: Totals
    expires_at: datetime | None
    tracking: Tracking | None
    placed_at: datetime
    restricted_until: date | None
    version: int
    lines: tuple[OrderLine, ...]
    entries: tuple[OrderEntry, ...]


@dataclass(frozen=True, slots=True)
class TaxOrder:
    """An order and the last day on which the tax law keeps it."""

    number: str
    placed_at: datetime
    total_minor: int
    currency: str
    until: date
