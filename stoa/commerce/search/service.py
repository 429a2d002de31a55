"""Keeping what is searched true."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from stoa.commerce.search.rules import CONFIGURATIONS, plain_text, stem
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession, Row, Session
from stoa.platform.i18n.locale import Locale, in_locale
from stoa.platform.i18n.words import words_of

MAX_DESCRIPTION_CHARS = 5_000

SOURCES = """
SELECT p.id, p.names, p.brand, p.descriptions, p.options,
    (SELECT array_agg(s.code) FROM variant v, unnest(ARRAY[v.sku, v.gtin]) AS s (code)
     WHERE v.product_id = p.id AND v.is_active AND s.code IS NOT NULL) AS skus,
    (SELECT jsonb_agg(a.value_names) FROM product_attribute a WHERE a.product_id = p.id)
        AS attributes,
    (SELECT jsonb_agg(c.names) FROM product_category pc JOIN category c ON c.id = pc.category_id
     WHERE pc.product_id = p.id) AS categories
FROM product p WHERE p.id = ANY($1) AND p.is_visible ORDER BY p.id
"""

# Weights: A name and article number, B brand, traits, categories, D description. Words are also
# kept as they are ('simple'), so that their beginnings find them.
STORE = """
INSERT INTO search_document AS d (product_id, shop_id, locale, folded_name, document)
SELECT w.product_id, $1, w.locale, w.name,
    setweight(to_tsvector(w.config::regconfig, w.name_stems), 'A')
    || setweight(to_tsvector('simple', w.name || ' ' || w.skus), 'A')
    || setweight(to_tsvector(w.config::regconfig, w.trait_stems), 'B')
    || setweight(to_tsvector('simple', w.traits), 'B')
    || setweight(to_tsvector(w.config::regconfig, w.description), 'D')
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::text[])
    AS w (product_id, locale, config, name, skus, traits, name_stems, trait_stems, description)
ON CONFLICT (product_id, locale) DO UPDATE SET folded_name = EXCLUDED.folded_name,
    document = EXCLUDED.document
"""


async def index_products(session: Session, *, shop: Shop, product_ids: Sequence[UUID]) -> None:
    """Searches find these products by what they are now, and not those that are hidden."""
    rows = await session.fetch(SOURCES, list(product_ids))
    configurations = await known_configurations(session)
    documents = [
        (row["id"], locale, configurations[locale], *_texts(row, locale, shop))
        for row in rows
        for locale in shop.locales
    ]
    hidden = set(product_ids) - {row["id"] for row in rows}
    if hidden:
        await session.execute(
            "DELETE FROM search_document WHERE product_id = ANY($1)", sorted(hidden)
        )
    await session.execute(STORE, shop.id, *([part[n] for part in documents] for n in range(9)))
    await _store_words(session, shop, documents)


def _texts(row: Row, locale: Locale, shop: Shop) -> tuple[str, ...]:
    """(name, article numbers, traits, stems of the name, of the traits, of the description)."""

    def text(texts: Mapping[str, str]) -> str:
        return in_locale(texts, locale, default=shop.default_locale)

    traits = [
        row["brand"],
        *(text(names) for names in row["attributes"] or ()),
        *(text(names) for names in row["categories"] or ()),
        *(text(value["names"]) for option in row["options"] for value in option["values"]),
    ]
    description = plain_text(text(row["descriptions"]))[:MAX_DESCRIPTION_CHARS]
    parts = (text(row["names"]), " ".join(traits), description)
    name, trait, told = (words_of(part) for part in parts)
    # "CH-100" is found by "ch 100" and by "ch100".
    skus = [
        word
        for sku in row["skus"] or ()
        for word in dict.fromkeys((*words_of(sku), "".join(words_of(sku))))
    ]
    stems = (" ".join(stem(word, locale=locale) for word in words) for words in (name, trait, told))
    return " ".join(name), " ".join(skus), " ".join(trait), *stems


async def _store_words(session: Session, shop: Shop, documents: Sequence[tuple[Any, ...]]) -> None:
    words = sorted(
        {
            (locale, word)
            for _, locale, _, name, _, traits, *_ in documents
            for word in (*name.split(), *traits.split())
            if len(word) >= 4 and not word.isdigit()
        }
    )
    await session.execute(
        "INSERT INTO search_word (shop_id, locale, word)"
        " SELECT $1, w.locale, w.word FROM unnest($2::text[], $3::text[]) AS w (locale, word)"
        " ON CONFLICT DO NOTHING",
        shop.id,
        [locale for locale, _ in words],
        [word for _, word in words],
    )


async def known_configurations(session: ReadSession) -> dict[Locale, str]:
    """Each language's text search configuration, `simple` where the server has none for it."""

    async def load() -> dict[Locale, str]:
        rows = await session.fetch(
            "SELECT cfgname FROM pg_ts_config WHERE cfgname = ANY($1)",
            list(CONFIGURATIONS.values()),
        )
        known = {row["cfgname"] for row in rows}
        return {
            locale: name if name in known else "simple" for locale, name in CONFIGURATIONS.items()
        }

    return await session.remember("text search configurations", load, until=())
