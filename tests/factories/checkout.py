"""Carts that are ready to be ordered, and a card that can be told to fail."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from stoa.commerce.cart.queries import visitor_cart
from stoa.commerce.cart.service import add_line, record_step
from stoa.commerce.checkout.models import PlacedOrder
from stoa.commerce.checkout.rules import fingerprint
from stoa.commerce.checkout.service import Agreement, place_order
from stoa.commerce.payments.errors import PaymentRefused
from stoa.commerce.payments.models import (
    Authorisation,
    Instructions,
    PaymentTerms,
    Purchase,
    Settlement,
)
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.money.amount import Money
from tests.factories.commerce import Goods, make_visitor

STEPS = {
    "contact": {"email": "anna@example.org", "phone": ""},
    "address": {
        "name": "Anna Nowak",
        "company": "",
        "street": "Prosta 1",
        "postal_code": "00-950",
        "city": "Warszawa",
        "region": "",
        "country": "PL",
    },
    "delivery": {"method": "parcel", "note": ""},
    "payment": {"method": "bank_transfer"},
}


async def ready_visitor(
    database: Database, shop: Shop, goods: Goods, *, quantity: int = 1, payment: str | None = None
) -> UUID:
    """A visitor whose checkout stands at the review."""
    async with database.begin() as session:
        visitor_id = await make_visitor(session)
        await add_line(
            session,
            shop=shop,
            visitor_id=visitor_id,
            locale="en",
            variant_id=goods.variant_id,
            quantity=quantity,
        )
        steps = STEPS | ({"payment": {"method": payment}} if payment else {})
        for step, values in steps.items():
            await record_step(session, shop=shop, visitor_id=visitor_id, step=step, values=values)
    return visitor_id


async def agree(database: Database, shop: Shop, visitor_id: UUID) -> Agreement:
    """What the review page would send back for the cart as it is now."""
    async with database.read() as session:
        cart = await visitor_cart(session, shop=shop, visitor_id=visitor_id, locale="en")
    assert cart is not None
    return Agreement(key=secrets.token_urlsafe(16), cart_id=cart.id, shown=fingerprint(cart))


async def order_now(
    database: Database, shop: Shop, visitor_id: UUID, agreement: Agreement | None = None
) -> PlacedOrder:
    return await place_order(
        database,
        shop=shop,
        visitor_id=visitor_id,
        locale="en",
        agreement=agreement or await agree(database, shop, visitor_id),
    )


@dataclass
class FakeCard:
    """A provider with a memory: what is held and what is taken, by key."""

    code: str = "card"
    settlement: Settlement = Settlement.BY_CAPTURE
    held: dict[str, Money] = field(default_factory=dict)
    taken: dict[str, Money] = field(default_factory=dict)
    voided: list[str] = field(default_factory=list)
    refuses_capture: bool = False
    before_authorising: Callable[[], None] = lambda: None
    before_voiding: Callable[[], None] = lambda: None

    def fee_minor(self, terms: PaymentTerms, *, country: str) -> int | None:
        return 0

    def waits(self, terms: PaymentTerms) -> timedelta | None:
        return None

    async def authorise(self, purchase: Purchase) -> Authorisation:
        self.before_authorising()
        self.held[purchase.key] = purchase.amount
        return Authorisation({"id": f"auth-{purchase.key}"})

    async def void(self, purchase: Purchase) -> None:
        self.before_voiding()
        self.held.pop(purchase.key, None)
        self.voided.append(purchase.key)

    async def capture(self, purchase: Purchase, authorisation: Authorisation) -> None:
        assert authorisation.data == {"id": f"auth-{purchase.key}"}
        if self.refuses_capture:
            raise PaymentRefused
        self.taken[purchase.key] = self.held.pop(purchase.key, purchase.amount)

    def reference(self, order_number: str) -> str:
        return ""

    def instructions(
        self, terms: PaymentTerms, *, amount: Money, reference: str
    ) -> Instructions | None:
        return None
