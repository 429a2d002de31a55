"""What people change about a product by hand. An import leaves such a change alone until the
product's own rows in the file are other than they were."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from stoa.commerce.catalogue.errors import NoSuchPicture, NoSuchProduct
from stoa.commerce.catalogue.events import ProductsChanged, topic_of
from stoa.commerce.catalogue.sanitise import sanitise_html
from stoa.commerce.catalogue.schemas import Texts
from stoa.commerce.catalogue.service.listings import rebuild_listings
from stoa.commerce.catalogue.service.slugs import Named, assign_slugs
from stoa.commerce.inventory.service import adjust
from stoa.commerce.shops.models import Shop
from stoa.platform.clock import now
from stoa.platform.database.session import Row, Session
from stoa.platform.errors import Conflict, FieldProblem, InvalidInput


@dataclass(frozen=True, slots=True)
class VariantEdit:
    """A variant as it shall be. `on_hand` None leaves the stock alone."""

    id: UUID
    price_minor: int
    compare_price_minor: int | None
    on_hand: int | None = None
    is_tracked: bool | None = None
    allows_backorder: bool | None = None


@dataclass(frozen=True, slots=True)
class ProductEdit:
    """A product as it shall be; None leaves a part alone."""

    names: Texts | None = None
    descriptions: Texts | None = None
    brand: str | None = None
    is_visible: bool | None = None
    is_featured: bool | None = None
    variants: Sequence[VariantEdit] = ()


async def edit_product(
    session: Session, *, shop: Shop, product_id: UUID, version: int, edit: ProductEdit
) -> None:
    """The product is as the edit says, if it is still the one the editor saw.

    Raises:
        NoSuchProduct: the shop has no such product.
        Conflict: somebody changed it since `version`.
        InvalidInput: it would have no name, or a former price below the price.
        BelowReserved: fewer on hand than orders hold.
    """
    row = await _lock(session, shop, product_id, version=version)
    names = row["names"] if edit.names is None else _filled(edit.names)
    if not names:
        raise InvalidInput([FieldProblem("names", "field.required")])
    texts = row["descriptions"] if edit.descriptions is None else _sanitised(edit.descriptions)
    await session.execute(
        "UPDATE product SET names = $2, descriptions = $3, brand = COALESCE($4, brand),"
        " is_visible = COALESCE($5, is_visible), is_featured = COALESCE($6, is_featured),"
        " version = version + 1, updated_at = $7 WHERE id = $1",
        product_id,
        names,
        texts,
        edit.brand,
        edit.is_visible,
        edit.is_featured,
        now(),
    )
    await _edit_variants(session, shop, product_id, edit.variants)
    if names != row["names"]:
        await _rename(session, shop, row, names)
    await _changed(session, shop, product_id)


async def _lock(session: Session, shop: Shop, product_id: UUID, *, version: int | None) -> Row:
    row = await session.fetch_one(
        "SELECT id, names, descriptions, version FROM product WHERE id = $1 AND shop_id = $2"
        " FOR UPDATE",
        product_id,
        shop.id,
    )
    if row is None:
        raise NoSuchProduct
    if version is not None and row["version"] != version:
        raise Conflict
    return row


def _filled(texts: Texts) -> dict[str, str]:
    return {locale: text.strip() for locale, text in texts.items() if text.strip()}


def _sanitised(texts: Texts) -> dict[str, str]:
    return {locale: sanitise_html(text) for locale, text in _filled(texts).items()}


async def _edit_variants(
    session: Session, shop: Shop, product_id: UUID, variants: Sequence[VariantEdit]
) -> None:
    for edit in sorted(variants, key=lambda edit: edit.id):
        if edit.compare_price_minor is not None and edit.compare_price_minor <= edit.price_minor:
            raise InvalidInput([FieldProblem("compare_price_minor", "field.invalid")])
        found = await session.execute(
            "UPDATE variant SET price_minor = $3, compare_price_minor = $4, updated_at = $5"
            " WHERE id = $1 AND product_id = $2",
            edit.id,
            product_id,
            edit.price_minor,
            edit.compare_price_minor,
            now(),
        )
        if not found:
            raise InvalidInput([FieldProblem("variants", "field.invalid")])
        if edit.on_hand is not None:
            await adjust(
                session,
                shop_id=shop.id,
                variant_id=edit.id,
                on_hand=edit.on_hand,
                is_tracked=edit.is_tracked,
                allows_backorder=edit.allows_backorder,
            )


async def _rename(session: Session, shop: Shop, row: Row, names: Mapping[str, str]) -> None:
    """Where the name changed, the address follows it; elsewhere it stays."""
    slugs = await session.fetch(
        "SELECT locale, slug FROM slug WHERE product_id = $1 AND is_current", row["id"]
    )
    kept = {
        slug["locale"]: slug["slug"]
        for slug in slugs
        if names.get(slug["locale"]) == row["names"].get(slug["locale"])
    }
    await assign_slugs(session, shop=shop, kind="product", named=[Named(row["id"], names, kept)])


async def _changed(session: Session, shop: Shop, product_id: UUID) -> None:
    await rebuild_listings(session, shop=shop, product_ids=[product_id])
    session.publish(
        ProductsChanged(shop_id=shop.id, product_ids=(product_id,)), topics=[topic_of(shop.id)]
    )


async def attach_picture(
    session: Session,
    *,
    shop: Shop,
    product_id: UUID,
    picture_id: UUID,
    alts: Texts | None = None,
) -> None:
    """The product shows the picture after its others.

    Raises:
        NoSuchProduct: the shop has no such product.
    """
    await _lock(session, shop, product_id, version=None)
    await session.execute(
        "INSERT INTO product_picture (product_id, picture_id, alts, position)"
        " SELECT $1, $2, $3, COALESCE(max(position) + 1, 0) FROM product_picture"
        " WHERE product_id = $1",
        product_id,
        picture_id,
        dict(alts or {}),
    )
    await _bump(session, product_id)
    await _changed(session, shop, product_id)


async def detach_picture(
    session: Session, *, shop: Shop, product_id: UUID, picture_id: UUID
) -> None:
    """The product no longer shows the picture, nor does any of its variants.

    Raises:
        NoSuchProduct, NoSuchPicture: there is nothing to take away.
    """
    await _lock(session, shop, product_id, version=None)
    gone = await session.execute(
        "DELETE FROM product_picture WHERE product_id = $1 AND picture_id = $2",
        product_id,
        picture_id,
    )
    if not gone:
        raise NoSuchPicture
    await session.execute(
        "UPDATE variant SET picture_id = NULL WHERE product_id = $1 AND picture_id = $2",
        product_id,
        picture_id,
    )
    await _bump(session, product_id)
    await _changed(session, shop, product_id)


async def arrange_pictures(
    session: Session,
    *,
    shop: Shop,
    product_id: UUID,
    picture_ids: Sequence[UUID],
    alts: Mapping[UUID, Texts],
) -> None:
    """The pictures stand in this order; those given alternative texts have them.

    Raises:
        NoSuchProduct: the shop has no such product.
        InvalidInput: these are not the product's pictures, each once.
    """
    await _lock(session, shop, product_id, version=None)
    rows = await session.fetch(
        "SELECT picture_id FROM product_picture WHERE product_id = $1", product_id
    )
    if sorted(picture_ids) != sorted(row["picture_id"] for row in rows):
        raise InvalidInput([FieldProblem("picture_ids", "field.invalid")])
    await session.execute(
        "UPDATE product_picture pp SET position = w.position, alts = COALESCE(w.alts, pp.alts)"
        " FROM unnest($2::uuid[], $3::int[], $4::jsonb[]) AS w (id, position, alts)"
        " WHERE pp.product_id = $1 AND pp.picture_id = w.id",
        product_id,
        list(picture_ids),
        list(range(len(picture_ids))),
        [_filled(alts[id_]) if id_ in alts else None for id_ in picture_ids],
    )
    await _bump(session, product_id)
    await _changed(session, shop, product_id)


async def _bump(session: Session, product_id: UUID) -> None:
    await session.execute(
        "UPDATE product SET version = version + 1, updated_at = $2 WHERE id = $1",
        product_id,
        now(),
    )
