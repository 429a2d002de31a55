"""The payment protocol. A method never touches the database; its calls may leave the house."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, Protocol

from stoa.commerce.shops.models import BankAccount
from stoa.platform.money.amount import Money


class Settlement(StrEnum):
    """How the money comes in once the order is placed."""

    BY_CUSTOMER = "by_customer"  # they transfer it; the order waits
    ON_DELIVERY = "on_delivery"
    BY_CAPTURE = "by_capture"  # we take what was authorised, by a job


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """What a shop has set up for being paid."""

    currency: str
    bank_account: BankAccount | None = None
    delivery_fee_minor: int | None = None  # None: cash on delivery is not offered
    delivery_countries: tuple[str, ...] = ()  # where it is; empty: everywhere
    transfer_days: int = 7


@dataclass(frozen=True, slots=True)
class Purchase:
    """What is to be authorised. The same `key` again is the same purchase, never a second one."""

    key: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Authorisation:
    """The provider's word that the money is there; `data` is whatever capture and void need."""

    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a customer needs in order to pay. `qr_svg` is None where no bank app would read it."""

    amount: Money
    holder: str
    iban: str
    bic: str
    reference: str
    qr_svg: str | None


class PaymentMethod(Protocol):
    """One way to pay. `authorise`, `void` and `capture` are idempotent under the purchase's key."""

    code: str
    settlement: Settlement

    def fee_minor(self, terms: PaymentTerms, *, country: str) -> int | None:
        """What paying so costs in addition; None where it is not offered."""

    def waits(self, terms: PaymentTerms) -> timedelta | None:
        """How long an order waits for its money before it expires; None: it does not."""

    async def authorise(self, purchase: Purchase) -> Authorisation:
        """Raises `PaymentRefused` when the provider says no."""

    async def void(self, purchase: Purchase) -> None:
        """Nothing stays authorised under the purchase's key, whether or not anything was."""

    async def capture(self, purchase: Purchase, authorisation: Authorisation) -> None:
        """Raises `PaymentRefused` when the provider says no for good."""

    def reference(self, order_number: str) -> str:
        """What the payment is recognised by; may be empty."""

    def instructions(
        self, terms: PaymentTerms, *, amount: Money, reference: str
    ) -> Instructions | None: ...
