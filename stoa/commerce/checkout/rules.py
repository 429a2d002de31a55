"""How far a cart has come on its way to an order. Pure."""

import hashlib
from collections.abc import Mapping, Sequence

import orjson

from stoa.commerce.cart.models import Cart
from stoa.commerce.checkout.forms import (
    ADDRESS_FIELDS,
    BILLING,
    read_address,
    read_choice,
    read_contact,
)
from stoa.commerce.checkout.models import Step, Submitted
from stoa.commerce.orders.models import Address
from stoa.commerce.orders.service import Purchaser
from stoa.commerce.payments.service import OfferedPayment
from stoa.commerce.pricing.models import totals_to_json
from stoa.commerce.shipping.models import ShippingMethod


def check_step(
    step: Step,
    form: Mapping[str, str],
    *,
    shop_country: str,
    countries: Sequence[str],
    methods: Sequence[ShippingMethod],
    payments: Sequence[OfferedPayment],
) -> Submitted:
    """What was submitted in this step, against what the shop offers now."""
    if step is Step.CONTACT:
        return read_contact(form, country=shop_country)
    if step is Step.ADDRESS:
        return read_address(form, countries=countries)
    if step is Step.DELIVERY:
        return read_choice(form, codes=[method.code for method in methods], with_note=True)
    if step is Step.PAYMENT:
        return read_choice(form, codes=[offer.method.code for offer in payments])
    return Submitted({}, ())


def first_open_step(
    checkout: Mapping[str, Mapping[str, str]],
    *,
    shop_country: str,
    countries: Sequence[str],
    methods: Sequence[ShippingMethod],
    payments: Sequence[OfferedPayment],
) -> Step:
    """The first step without an answer that still holds; REVIEW when all have one."""
    for step in list(Step)[:-1]:
        submitted = checkout.get(step)
        if (
            submitted is None
            or check_step(
                step,
                submitted,
                shop_country=shop_country,
                countries=countries,
                methods=methods,
                payments=payments,
            ).problems
        ):
            return step
    return Step.REVIEW


def fingerprint(cart: Cart) -> str:
    """Stands for everything the customer agrees to: what, for how much, where to, how paid."""
    shown = {
        "lines": [(line.variant_id, line.quantity, line.unit_price_minor) for line in cart.lines],
        "totals": totals_to_json(cart.totals),
        "checkout": cart.checkout,
    }
    return hashlib.sha256(orjson.dumps(shown, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def address_of(values: Mapping[str, str], *, prefix: str = "") -> Address:
    return Address(**{field: values.get(prefix + field, "") for field in ADDRESS_FIELDS})


def purchaser_of(checkout: Mapping[str, Mapping[str, str]]) -> Purchaser:
    """Who buys, from a checkout whose steps are all answered."""
    contact, where = checkout[Step.CONTACT], checkout[Step.ADDRESS]
    differs = bool(where.get("billing_differs"))
    return Purchaser(
        email=contact["email"],
        phone=contact.get("phone", ""),
        note=checkout[Step.DELIVERY].get("note", ""),
        shipping_address=address_of(where),
        billing_address=address_of(where, prefix=BILLING if differs else ""),
    )
