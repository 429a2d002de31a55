"""Products as those who edit them see them: hidden ones too, every language at once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from stoa.commerce.catalogue.desk import (
    PictureDetail,
    ProductDetail,
    ProductRow,
    VariantDetail,
)
from stoa.commerce.catalogue.errors import NoSuchProduct
from stoa.commerce.catalogue.models import Picture, picture_sources
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.errors import FieldProblem, InvalidInput
from stoa.platform.i18n.locale import Locale, fold, in_locale
from stoa.platform.web.paging import Page, decode_cursor, encode_cursor

ROWS = """
SELECT p.id, p.names, p.brand, p.is_visible, l.picture, v.count, v.price, v.available,
    (extract(epoch FROM p.created_at) * 1000000)::bigint AS created
FROM product p
LEFT JOIN product_listing l ON l.product_id = p.id
CROSS JOIN LATERAL (
    SELECT count(*) AS count, COALESCE(min(x.price_minor), 0) AS price,
        CASE WHEN bool_and(s.is_tracked) THEN sum(s.on_hand - s.reserved) END AS available
    FROM variant x JOIN stock s ON s.variant_id = x.id WHERE x.product_id = p.id AND x.is_active
) v
WHERE p.shop_id = $1
  AND (NOT $2 OR COALESCE(l.sort_names::text, lower(p.names::text)) LIKE ALL ($3)
       OR lower(p.brand) LIKE ALL ($3)
       OR EXISTS (SELECT 1 FROM variant x WHERE x.product_id = p.id AND x.sku ILIKE $4))
  AND ($5::bigint IS NULL
       OR ((extract(epoch FROM p.created_at) * 1000000)::bigint, p.id) < ($5, $6::uuid))
ORDER BY p.created_at DESC, p.id DESC LIMIT $7
"""


async def list_products(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    text: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProductRow]:
    """The shop's products, the newest first; those whose names have all the words, or whose article
    number begins so."""
    created, last_id = _after(cursor)
    rows = await session.fetch(
        ROWS,
        shop.id,
        bool(text.strip()),
        [f"%{_escaped(word)}%" for word in fold(text).split()],
        f"{_escaped(text.strip())}%",
        created,
        last_id,
        limit + 1,
    )
    items = [_row(row, shop=shop, locale=locale) for row in rows[:limit]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(items, encode_cursor(last["created"], str(last["id"])) if last else None)


def _after(cursor: str | None) -> tuple[int | None, UUID | None]:
    key = decode_cursor(cursor, size=2)
    if key is None:
        return None, None
    created, last_id = key
    try:
        if not isinstance(created, int) or abs(created) > 2**62:
            raise ValueError("not a moment")
        return created, UUID(str(last_id))
    except ValueError as error:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")]) from error


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_").replace("\x00", "")


def _row(row: Row, *, shop: Shop, locale: Locale) -> ProductRow:
    picture = row["picture"]
    return ProductRow(
        id=row["id"],
        name=in_locale(row["names"], locale, default=shop.default_locale),
        brand=row["brand"],
        picture_url=_address(picture) if picture else None,
        price_minor=row["price"],
        currency=shop.currency,
        variant_count=row["count"],
        available=row["available"],
        is_visible=row["is_visible"],
    )


def _address(picture: Mapping[str, Any]) -> str:
    shown = Picture(
        UUID(str(picture["id"])),
        picture["width"],
        picture["height"],
        tuple(picture["widths"][:1]),  # the smallest will do
        "",
    )
    return picture_sources(shown).src


DETAIL = """
SELECT p.id, p.version, p.names, p.descriptions, p.brand, p.vat_category, p.is_visible,
    p.is_featured, p.options,
    (SELECT s.slug FROM slug s WHERE s.product_id = p.id AND s.locale = $3 AND s.is_current)
        AS slug,
    (SELECT jsonb_agg(jsonb_build_object('id', i.id, 'width', i.width, 'height', i.height,
        'widths', i.widths, 'alts', pp.alts) ORDER BY pp.position, i.id)
     FROM product_picture pp JOIN picture i ON i.id = pp.picture_id
     WHERE pp.product_id = p.id AND i.state IN ('stored', 'ready')) AS pictures,
    (SELECT jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku, 'choices', v.option_values,
        'price_minor', v.price_minor, 'compare_price_minor', v.compare_price_minor,
        'on_hand', s.on_hand, 'reserved', s.reserved, 'is_tracked', s.is_tracked,
        'allows_backorder', s.allows_backorder, 'is_active', v.is_active)
        ORDER BY v.is_active DESC, v.position, v.id)
     FROM variant v JOIN stock s ON s.variant_id = v.id WHERE v.product_id = p.id) AS variants
FROM product p WHERE p.id = $1 AND p.shop_id = $2
"""


async def product_detail(
    session: ReadSession, *, shop: Shop, locale: Locale, product_id: UUID
) -> ProductDetail:
    """One product with everything about it that can be edited.

    Raises:
        NoSuchProduct: the shop has none of this id.
    """
    row = await session.fetch_one(DETAIL, product_id, shop.id, locale)
    if row is None:
        raise NoSuchProduct
    names = {
        (option["code"], value["code"]): in_locale(
            value["names"], locale, default=shop.default_locale
        )
        for option in row["options"]
        for value in option["values"]
    }
    return ProductDetail(
        id=row["id"],
        version=row["version"],
        names=row["names"],
        descriptions=row["descriptions"],
        brand=row["brand"],
        vat_category=row["vat_category"],
        is_visible=row["is_visible"],
        is_featured=row["is_featured"],
        currency=shop.currency,
        locales=list(shop.locales),
        url=f"/{locale}/p/{row['slug']}" if row["slug"] else "",
        variants=[
            VariantDetail(
                options=", ".join(
                    names.get(choice, choice[1]) for choice in value.pop("choices").items()
                ),
                **value,
            )
            for value in row["variants"] or ()
        ],
        pictures=[
            PictureDetail(
                id=value["id"],
                url=_address(value),
                width=value["width"],
                height=value["height"],
                alts=value["alts"],
            )
            for value in row["pictures"] or ()
        ],
    )


async def shop_of_product(session: ReadSession, *, product_id: UUID) -> UUID:
    """The shop that sells it.

    Raises:
        NoSuchProduct: there is none of this id.
    """
    shop_id = await session.fetch_value("SELECT shop_id FROM product WHERE id = $1", product_id)
    if shop_id is None:
        raise NoSuchProduct
    found: UUID = shop_id
    return found
