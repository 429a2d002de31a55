"""Totals as values. All amounts are gross minor units of one currency unless named otherwise."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Discount(BaseModel):
    """What was agreed at the counter: `value` is basis points, or gross minor units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["percent", "amount"]
    value: int = Field(ge=0)
    reason: str = Field(default="", max_length=200)
    staff_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be priced."""

    unit_price_minor: int
    quantity: int
    vat_basis_points: int


@dataclass(frozen=True, slots=True)
class LineTotals:
    """`goods_minor` is before the discount, `total_minor` after it; the VAT is inside the total."""

    quantity: int
    unit_price_minor: int
    goods_minor: int
    discount_minor: int
    total_minor: int
    vat_basis_points: int
    vat_minor: int


@dataclass(frozen=True, slots=True)
class VatPart:
    """What is taxed at one rate: net + VAT = gross."""

    basis_points: int
    gross_minor: int
    net_minor: int
    vat_minor: int


@dataclass(frozen=True, slots=True)
class ChargeTotals:
    """A charge beside the goods (delivery, payment fee), taxed like the goods it comes with."""

    gross_minor: int
    vat: tuple[VatPart, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """Everything a customer sees and an invoice states; `vat` sums lines and charges by rate."""

    currency: str
    lines: tuple[LineTotals, ...]
    goods_minor: int
    discount_minor: int
    shipping: ChargeTotals | None
    fee: ChargeTotals | None
    total_minor: int
    vat_minor: int
    vat: tuple[VatPart, ...]


_adapter: TypeAdapter[Totals] = TypeAdapter(Totals)


def totals_to_json(totals: Totals) -> dict[str, Any]:
    """As plain values for a jsonb column."""
    values: dict[str, Any] = _adapter.dump_python(totals, mode="json")
    return values


def totals_from_json(values: object) -> Totals:
    return _adapter.validate_python(values)
