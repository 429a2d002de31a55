"""Shops with something in them, as rows."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from stoa.commerce.shipping.models import ShippingMethodRecord
from stoa.commerce.shipping.service import save_shipping_method
from stoa.commerce.shops.models import BankAccount, Company, Shop
from stoa.commerce.shops.service import create_shop
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.ids import new_id


async def make_shop(session: Session, **changes: Any) -> Shop:
    """A Polish shop selling in euros, delivering to three countries, with both ways to pay."""
    values: dict[str, Any] = {
        "name": "Stoa Test",
        "country": "PL",
        "currency": "EUR",
        "locales": ["en", "pl", "de", "it", "el"],
        "company": Company(legal_name="Stoa Test sp. z o.o.", email="shop@example.org"),
        "bank_account": BankAccount("Stoa Test", "DE89370400440532013000", "COBADEFFXXX"),
        "order_prefix": "T-",
        "settings": {"cash_on_delivery": {"fee_minor": 200, "countries": ["PL"]}},
        **changes,
    }
    shop = await create_shop(session, **values)
    await save_shipping_method(
        session,
        shop_id=shop.id,
        record=ShippingMethodRecord(
            code="parcel",
            names={"en": "Parcel", "pl": "Paczka"},
            countries=["PL", "DE", "GR"],
            price_minor=490,
            free_from_minor=10_000,
            days_min=1,
            days_max=3,
        ),
    )
    await save_shipping_method(
        session,
        shop_id=shop.id,
        record=ShippingMethodRecord(
            code="courier", names={"en": "Courier"}, countries=["PL"], price_minor=990, position=1
        ),
    )
    return shop


@dataclass(frozen=True, slots=True)
class Goods:
    product_id: UUID
    variant_id: UUID
    slug: str


async def make_goods(
    session: Session,
    shop: Shop,
    *,
    price_minor: int = 2_500,
    stock: int | None = 10,
    name: str = "Olive oil",
    vat_category: str = "standard",
) -> Goods:
    """A visible product with one variant; `stock` None is not tracked."""
    product_id, variant_id, moment = new_id(), new_id(), now()
    slug = f"goods-{secrets.token_hex(6)}"
    await session.execute(
        "INSERT INTO product (id, shop_id, names, vat_category, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $5)",
        product_id,
        shop.id,
        {"en": name},
        vat_category,
        moment,
    )
    await session.execute(
        "INSERT INTO variant (id, product_id, shop_id, sku, price_minor, created_at, updated_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $6)",
        variant_id,
        product_id,
        shop.id,
        slug.upper(),
        price_minor,
        moment,
    )
    await session.execute(
        "INSERT INTO stock (variant_id, on_hand, is_tracked, updated_at) VALUES ($1, $2, $3, $4)",
        variant_id,
        stock or 0,
        stock is not None,
        moment,
    )
    for locale in shop.locales:
        await session.execute(
            "INSERT INTO slug (shop_id, kind, locale, slug, product_id, created_at)"
            " VALUES ($1, 'product', $2, $3, $4, $5)",
            shop.id,
            locale,
            slug,
            product_id,
            moment,
        )
    return Goods(product_id, variant_id, slug)


async def make_visitor(session: Session, *, locale: str = "en") -> UUID:
    visitor_id = new_id()
    await session.execute(
        "INSERT INTO visitor (id, token_hash, locale, created_at, last_seen_at)"
        " VALUES ($1, $2, $3, $4, $4)",
        visitor_id,
        secrets.token_bytes(32),
        locale,
        now(),
    )
    return visitor_id
