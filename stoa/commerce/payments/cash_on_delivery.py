"""Paying whoever brings the parcel."""

from datetime import timedelta

from stoa.commerce.payments.models import (
    Authorisation,
    Instructions,
    PaymentTerms,
    Purchase,
    Settlement,
)
from stoa.platform.money.amount import Money


class CashOnDelivery:
    """The money comes with the delivery, so an order neither waits nor expires."""

    code = "cash_on_delivery"
    settlement = Settlement.ON_DELIVERY

    def fee_minor(self, terms: PaymentTerms, *, country: str) -> int | None:
        if terms.delivery_countries and country not in terms.delivery_countries:
            return None
        return terms.delivery_fee_minor

    def waits(self, terms: PaymentTerms) -> timedelta | None:  # noqa: ARG002 protocol
        return None

    async def authorise(self, purchase: Purchase) -> Authorisation:  # noqa: ARG002 protocol
        return Authorisation()

    async def void(self, purchase: Purchase) -> None:
        """There was nothing to hold back."""

    async def capture(self, purchase: Purchase, authorisation: Authorisation) -> None:
        """The carrier collects."""

    def reference(self, order_number: str) -> str:  # noqa: ARG002 protocol
        return ""

    def instructions(
        self,
        terms: PaymentTerms,  # noqa: ARG002 protocol
        *,
        amount: Money,  # noqa: ARG002 protocol
        reference: str,  # noqa: ARG002 protocol
    ) -> Instructions | None:
        return None
