"""The ways to pay that are installed, and which of them a shop offers where."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from stoa.commerce.payments.bank_transfer import BankTransfer
from stoa.commerce.payments.cash_on_delivery import CashOnDelivery
from stoa.commerce.payments.errors import PaymentMethodUnavailable
from stoa.commerce.payments.models import PaymentMethod, PaymentTerms
from stoa.commerce.shops.models import Shop

# By code; a provider that is set up later adds itself.
INSTALLED: dict[str, PaymentMethod] = {
    method.code: method for method in (BankTransfer(), CashOnDelivery())
}


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


def offered_payments(shop: Shop, *, country: str) -> list[OfferedPayment]:
    """What a customer in that country can choose from, in the order of installation."""
    terms = payment_terms(shop)
    offers = []
    for method in INSTALLED.values():
        fee_minor = method.fee_minor(terms, country=country)
        if fee_minor is not None:
            offers.append(OfferedPayment(method, fee_minor))
    return offers


def offered_payment(shop: Shop, *, code: str, country: str) -> OfferedPayment:
    """The offer with that code.

    Raises:
        PaymentMethodUnavailable: there is none here.
    """
    for offer in offered_payments(shop, country=country):
        if offer.method.code == code:
            return offer
    raise PaymentMethodUnavailable


def installed_payment(code: str) -> PaymentMethod:
    """The method of a payment already made, offered or not.

    Raises:
        PaymentMethodUnavailable: it is not installed any more.
    """
    try:
        return INSTALLED[code]
    except KeyError as error:
        raise PaymentMethodUnavailable from error
