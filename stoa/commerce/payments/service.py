"""The ways to pay that are installed, and which of them a shop offers where."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from stoa.commerce.payments.bank_transfer import BankTransfer
from stoa.commerce.payments.cash_on_delivery import CashOnDelivery
from stoa.commerce.payments.errors import PaymentMethodUnavailable
from stoa.commerce.payments.models import PaymentMethod, PaymentTerms
from stoa.commerce.shops.models import Shop

PaymentMethods = Mapping[str, PaymentMethod]

INSTALLED: PaymentMethods = {method.code: method for method in (BankTransfer(), CashOnDelivery())}


class CashOnDeliverySettings(BaseModel):
    """`shop.settings["cash_on_delivery"]`."""

    model_config = ConfigDict(frozen=True)

    fee_minor: int = Field(default=0, ge=0)
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedPayment:
    """A method this shop offers for this country, with what it costs there."""

    method: PaymentMethod
    fee_minor: int


def payment_terms(shop: Shop) -> PaymentTerms:
    """What the shop has set up: its account, and `cash_on_delivery` and `transfer_days`."""
    delivery = shop.settings.get("cash_on_delivery")
    terms = CashOnDeliverySettings.model_validate(delivery) if delivery is not None else None
    return PaymentTerms(
        currency=shop.currency,
        bank_account=shop.bank_account,
        delivery_fee_minor=terms.fee_minor if terms else None,
        delivery_countries=terms.countries if terms else (),
        transfer_days=int(shop.settings.get("transfer_days", 7)),
    )


def offered_payments(
    shop: Shop, *, country: str, methods: PaymentMethods = INSTALLED
) -> list[OfferedPayment]:
    """What a customer in that country can choose from, in the order of installation."""
    terms = payment_terms(shop)
    offers = []
    for method in methods.values():
        fee_minor = method.fee_minor(terms, country=country)
        if fee_minor is not None:
            offers.append(OfferedPayment(method, fee_minor))
    return offers


def offered_payment(
    shop: Shop, *, code: str, country: str, methods: PaymentMethods = INSTALLED
) -> OfferedPayment:
    """The offer with that code.

    Raises:
        PaymentMethodUnavailable: there is none here.
    """
    for offer in offered_payments(shop, country=country, methods=methods):
        if offer.method.code == code:
            return offer
    raise PaymentMethodUnavailable
