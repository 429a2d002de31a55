"""Paying in advance by bank transfer, with a code that banking apps read."""

from datetime import timedelta

from stoa.commerce.payments.models import (
    Authorisation,
    Instructions,
    PaymentTerms,
    Purchase,
    Settlement,
)
from stoa.commerce.payments.rules import creditor_reference, in_groups, transfer_code
from stoa.platform.money.amount import Money


class BankTransfer:
    """Nothing is authorised: the order waits until the money is on the account."""

    code = "bank_transfer"
    settlement = Settlement.BY_CUSTOMER

    def fee_minor(self, terms: PaymentTerms, *, country: str) -> int | None:  # noqa: ARG002 protocol
        return 0 if terms.bank_account else None

    def waits(self, terms: PaymentTerms) -> timedelta | None:
        return timedelta(days=terms.transfer_days)

    async def authorise(self, purchase: Purchase) -> Authorisation:  # noqa: ARG002 protocol
        return Authorisation()

    async def void(self, purchase: Purchase) -> None:
        """There was nothing to hold back."""

    async def capture(self, purchase: Purchase, authorisation: Authorisation) -> None:
        """The customer pays by themselves."""

    def reference(self, order_number: str) -> str:
        return creditor_reference(order_number)

    def instructions(
        self, terms: PaymentTerms, *, amount: Money, reference: str
    ) -> Instructions | None:
        account = terms.bank_account
        if account is None:
            return None
        return Instructions(
            amount=amount,
            holder=account.holder,
            iban=in_groups(account.iban.replace(" ", "")),
            bic=account.bic,
            reference=in_groups(reference),
            qr_svg=transfer_code(account, amount=amount, reference=reference),
        )
