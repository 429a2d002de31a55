"""Lists of products: the SQL that filters, counts, sorts and pages `product_listing`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from stoa.commerce.catalogue.models import (
    Facet,
    FacetValue,
    Listing,
    ListingFilters,
    Picture,
    ProductCard,
    Sort,
)
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession, Row
from stoa.platform.errors import FieldProblem, InvalidInput
from stoa.platform.i18n.locale import Locale, in_locale
from stoa.platform.money.amount import Money
from stoa.platform.web.paging import decode_cursor, encode_cursor

CARD = """product_id, slugs, names, brand, picture, price_minor, price_max_minor,
    compare_price_minor, only_variant_id, is_available"""
MAX_CHOICES = 40  # values of one list's filters a reader may set; more is nobody's wish


@dataclass(frozen=True, slots=True)
class Source:
    """Which products a list is of: a category's, or these (a search's, the best first)."""

    category_id: UUID | None = None
    product_ids: Sequence[UUID] | None = None


class _Sql:
    """Conditions and their parameters, numbered as they come."""

    def __init__(self, shop: Shop, source: Source) -> None:
        self.args: list[object] = []
        self.base = [f"shop_id = {self.arg(shop.id)}"]
        self.ids = ""
        if source.category_id is not None:
            self.base.append(f"category_ids @> ARRAY[{self.arg(source.category_id)}::uuid]")
        if source.product_ids is not None:
            self.ids = f"{self.arg(list(source.product_ids))}::uuid[]"
            self.base.append(f"product_id = ANY({self.ids})")

    def arg(self, value: object) -> str:
        self.args.append(value)
        return f"${len(self.args)}"


@dataclass(frozen=True, slots=True)
class _Conditions:
    """The filters as SQL: one condition per facet, the price's, the stock's."""

    facets: Mapping[str, str]
    price: str
    available: str

    def all_but(self, *left_out: str) -> str:
        parts = [sql for code, sql in self.facets.items() if code not in left_out]
        parts += [self.price] if self.price and "price" not in left_out else []
        parts += [self.available] if self.available and "available" not in left_out else []
        return " AND ".join(parts) or "true"


def _conditions(sql: _Sql, filters: ListingFilters) -> _Conditions:
    facets = {}
    choices = 0
    for code, values in filters.values.items():
        choices += len(values)
        if values and choices <= MAX_CHOICES:
            wanted = [f"{code}={value}" for value in values]
            facets[f"facet:{code}"] = f"facets && {sql.arg(wanted)}::text[]"
    price = []
    if filters.price_min_minor is not None:
        price.append(f"price_max_minor >= {sql.arg(filters.price_min_minor)}::bigint")
    if filters.price_max_minor is not None:
        price.append(f"price_minor <= {sql.arg(filters.price_max_minor)}::bigint")
    return _Conditions(
        facets, " AND ".join(price), "is_available" if filters.only_available else ""
    )


@dataclass(frozen=True, slots=True)
class _Order:
    """A total order ending in the id: its expressions, their types, which way it goes."""

    expressions: tuple[str, ...]
    types: tuple[str, ...]
    is_descending: bool = False

    def by(self) -> str:
        way = " DESC" if self.is_descending else ""
        return ", ".join(expression + way for expression in self.expressions)


def _order(sort: Sort, sql: _Sql, locale: Locale) -> _Order:
    match sort:
        case Sort.NEWEST:
            return _Order(("created_at", "product_id"), ("timestamptz", "uuid"), True)
        case Sort.PRICE_UP:
            return _Order(("price_minor", "product_id"), ("bigint", "uuid"))
        case Sort.PRICE_DOWN:
            return _Order(("price_minor", "product_id"), ("bigint", "uuid"), True)
        case Sort.NAME:
            return _Order((f"sort_names ->> {sql.arg(locale)}", "product_id"), ("text", "uuid"))
        case Sort.RECOMMENDED if sql.ids:
            place = f"array_position({sql.ids}, product_id)"
            return _Order((place, "product_id"), ("integer", "uuid"))
        case Sort.RECOMMENDED:
            return _Order(
                ("(NOT is_featured)::int", "position", "product_id"), ("integer", "integer", "uuid")
            )


_PARSE: Mapping[str, Callable[[Any], object]] = {
    "timestamptz": datetime.fromisoformat,
    "bigint": int,
    "integer": int,
    "text": str,
    "uuid": UUID,
}


def _after(cursor: str | None, order: _Order, sql: _Sql) -> str:
    key = decode_cursor(cursor, size=len(order.types))
    if key is None:
        return "true"
    try:
        values = [_PARSE[type_](part) for type_, part in zip(order.types, key, strict=True)]
        in_range = all(abs(value) < 2**31 for value in values if isinstance(value, int))
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")]) from error
    if not in_range:
        raise InvalidInput([FieldProblem("cursor", "field.invalid")])
    wanted = ", ".join(
        f"{sql.arg(value)}::{type_}" for value, type_ in zip(values, order.types, strict=True)
    )
    comparison = "<" if order.is_descending else ">"
    return f"({', '.join(order.expressions)}) {comparison} ({wanted})"


def picture_from(value: Mapping[str, Any] | None, *, shop: Shop, locale: Locale) -> Picture | None:
    """A picture as `jsonb` holds it."""
    if value is None:
        return None
    return Picture(
        id=UUID(value["id"]),
        width=value["width"],
        height=value["height"],
        widths=tuple(value["widths"]),
        alt=in_locale(value["alts"], locale, default=shop.default_locale),
    )


def card_from(row: Row, *, shop: Shop, locale: Locale) -> ProductCard:
    """A row of `CARD` as a reader of this language sees it."""
    compare = row["compare_price_minor"]
    return ProductCard(
        id=row["product_id"],
        slug=in_locale(row["slugs"], locale, default=shop.default_locale),
        name=in_locale(row["names"], locale, default=shop.default_locale),
        brand=row["brand"],
        price=Money(row["price_minor"], shop.currency),
        has_price_range=row["price_max_minor"] > row["price_minor"],
        compare_price=None if compare is None else Money(compare, shop.currency),
        picture=picture_from(row["picture"], shop=shop, locale=locale),
        is_available=row["is_available"],
        only_variant_id=row["only_variant_id"],
    )


async def list_cards(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    source: Source,
    filters: ListingFilters,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> tuple[tuple[ProductCard, ...], str | None]:
    """One page of a list and the cursor of the next. One statement."""
    sql = _Sql(shop, source)
    conditions = _conditions(sql, filters)
    order = _order(sort, sql, locale)
    after = _after(cursor, order, sql)
    keys = ", ".join(f"{part} AS key_{n}" for n, part in enumerate(order.expressions))
    rows = await session.fetch(
        f"SELECT {CARD}, {keys} FROM product_listing"
        f" WHERE {' AND '.join(sql.base)} AND {conditions.all_but()} AND {after}"
        f" ORDER BY {order.by()} LIMIT {sql.arg(limit + 1)}",
        *sql.args,
    )
    cards = tuple(card_from(row, shop=shop, locale=locale) for row in rows[:limit])
    if len(rows) <= limit:
        return cards, None
    last = rows[limit - 1]
    key = [last[f"key_{n}"] for n in range(len(order.expressions))]
    return cards, encode_cursor(*(part if isinstance(part, int) else str(part) for part in key))


async def count_facets(
    session: ReadSession, *, shop: Shop, source: Source, filters: ListingFilters
) -> list[Row]:
    """Totals (kind 'total') and per facet value how many products it would leave. One statement.

    A facet that is filtered by is counted without its own filter: its values are alternatives.
    """
    sql = _Sql(shop, source)
    conditions = _conditions(sql, filters)
    chosen = [code.removeprefix("facet:") for code in conditions.facets]
    value = "SELECT f.facet, count(*) AS count FROM base, unnest(facets) AS f (facet) WHERE"
    counted = [
        f"{value} {conditions.all_but()}"
        f" AND NOT split_part(f.facet, '=', 1) = ANY({sql.arg(chosen)}::text[]) GROUP BY 1"
    ]
    counted += [
        f"{value} {conditions.all_but(f'facet:{code}')}"
        f" AND split_part(f.facet, '=', 1) = {sql.arg(code)}::text GROUP BY 1"
        for code in chosen
    ]
    return await session.fetch(
        f"""
        WITH base AS (
            SELECT facets, price_minor, price_max_minor, is_available FROM product_listing
            WHERE {" AND ".join(sql.base)}
        ), counted AS ({" UNION ALL ".join(counted)})
        SELECT '' AS code, '' AS value_code, t.total AS count, t.available, t.price_min,
            t.price_max, NULL::jsonb AS names, NULL::jsonb AS value_names, 0 AS facet_position,
            0 AS value_position
        FROM (SELECT
            count(*) FILTER (WHERE {conditions.all_but()}) AS total,
            count(*) FILTER (WHERE is_available AND {conditions.all_but("available")})
                AS available,
            min(price_minor) FILTER (WHERE {conditions.all_but("price")}) AS price_min,
            max(price_max_minor) FILTER (WHERE {conditions.all_but("price")}) AS price_max
            FROM base) t
        UNION ALL
        SELECT v.code, v.value_code, c.count, NULL, NULL, NULL, f.names, v.names, f.position,
            v.position
        FROM counted c
        JOIN facet_label v ON v.shop_id = $1 AND v.code = split_part(c.facet, '=', 1)
            AND v.value_code = split_part(c.facet, '=', 2)
        JOIN facet_label f ON f.shop_id = $1 AND f.code = v.code AND f.value_code = ''
        """,
        *sql.args,
    )


def listing_from(
    counts: Sequence[Row],
    *,
    cards: tuple[ProductCard, ...],
    next_cursor: str | None,
    shop: Shop,
    locale: Locale,
    filters: ListingFilters,
) -> Listing:
    total = next(row for row in counts if not row["code"])
    return Listing(
        cards=cards,
        total=total["count"],
        available_total=total["available"],
        facets=_facets(counts, total["count"], shop=shop, locale=locale, filters=filters),
        price_min=_money(total["price_min"], shop),
        price_max=_money(total["price_max"], shop),
        next=next_cursor,
    )


def _money(minor: int | None, shop: Shop) -> Money | None:
    return None if minor is None else Money(minor, shop.currency)


def _facets(
    counts: Sequence[Row], total: int, *, shop: Shop, locale: Locale, filters: ListingFilters
) -> tuple[Facet, ...]:
    """The facets that can narrow the list: one whose only value all products share cannot."""
    by_code: dict[str, list[Row]] = {}
    for row in counts:
        if row["code"]:
            by_code.setdefault(row["code"], []).append(row)
    default = shop.default_locale
    facets = []
    for code, rows in sorted(
        by_code.items(), key=lambda item: (item[1][0]["facet_position"], item[0])
    ):
        chosen = filters.values.get(code, ())
        if not chosen and len(rows) == 1 and rows[0]["count"] == total:
            continue
        values = [
            (
                row["value_position"],
                FacetValue(
                    code=row["value_code"],
                    name=in_locale(row["value_names"], locale, default=default),
                    count=row["count"],
                    is_selected=row["value_code"] in chosen,
                ),
            )
            for row in rows
        ]
        values.sort(key=lambda pair: (pair[0], pair[1].name, pair[1].code))
        facets.append(
            Facet(
                code=code,
                name=in_locale(rows[0]["names"], locale, default=default),
                values=tuple(value for _, value in values),
            )
        )
    return tuple(facets)


async def read_listing(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    source: Source,
    filters: ListingFilters,
    sort: Sort,
    cursor: str | None,
    limit: int,
) -> Listing:
    """One page of a list with its filters. Two statements; one where nothing is filtered and the
    node remembers the counts of the category."""
    cards, next_cursor = await list_cards(
        session,
        shop=shop,
        locale=locale,
        source=source,
        filters=filters,
        sort=sort,
        cursor=cursor,
        limit=limit,
    )

    async def load() -> list[Row]:
        return await count_facets(session, shop=shop, source=source, filters=filters)

    if filters == ListingFilters() and source.product_ids is None:
        counts = await session.remember(
            ("facets", shop.id, source.category_id),
            load,
            until=("product.changed", "category.changed"),
        )
    else:
        counts = await load()
    return listing_from(
        counts, cards=cards, next_cursor=next_cursor, shop=shop, locale=locale, filters=filters
    )
