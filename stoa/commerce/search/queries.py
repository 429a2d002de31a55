"""Searching, and suggesting while somebody types."""

from collections.abc import Sequence
from uuid import UUID

from stoa.commerce.catalogue.models import CategoryLink, CategoryNode, ListingFilters, Sort
from stoa.commerce.catalogue.queries import (
    PAGE_SIZE,
    Source,
    cards_by_ids,
    category_tree,
    read_listing,
)
from stoa.commerce.search.models import SearchPage, Suggestions
from stoa.commerce.search.rules import closest, stem, wanted_words
from stoa.commerce.search.service import known_configurations
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.words import words_of

MAX_HITS = 500

# A word matches by its stem or as a beginning; parts of names ("stuhl" in "gartenstuhl") come last.
MATCH = """
SELECT d.product_id FROM search_document d
JOIN product_listing l ON l.product_id = d.product_id
CROSS JOIN (SELECT {query} AS query) q
WHERE d.shop_id = $1 AND d.locale = $2 AND (d.document @@ q.query OR d.folded_name LIKE ALL ($3))
ORDER BY (
    ts_rank('{{0.05, 0.1, 0.4, 1.0}}', d.document, q.query)
    + CASE WHEN d.folded_name = $4 THEN 2 WHEN d.folded_name LIKE $4 || '%' THEN 1 ELSE 0 END
) * CASE WHEN l.is_available THEN 1 ELSE 0.6 END DESC, l.position, d.product_id
LIMIT $5
"""


async def search_page(
    session: ReadSession,
    *,
    shop: Shop,
    locale: Locale,
    text: str,
    filters: ListingFilters | None = None,
    sort: Sort = Sort.RECOMMENDED,
    cursor: str | None = None,
    limit: int = PAGE_SIZE,
) -> SearchPage:
    """The products that have all the words, the best first; else those that have what the words
    were probably meant to be; else those that have any of them. At most `MAX_HITS` in all."""
    ids, corrected = await _find(session, shop=shop, locale=locale, text=text, limit=MAX_HITS)
    listing = await read_listing(
        session,
        shop=shop,
        locale=locale,
        source=Source(product_ids=ids),
        filters=filters or ListingFilters(),
        sort=sort,
        cursor=cursor,
        limit=limit,
    )
    return SearchPage(text, corrected, listing)


async def suggest(
    session: ReadSession, *, shop: Shop, locale: Locale, text: str, limit: int = 6
) -> Suggestions:
    """Products and categories for what has been typed so far; nothing for less than 2 letters."""
    if sum(len(word) for word in wanted_words(text)) < 2:
        return Suggestions(None, (), ())
    ids, corrected = await _find(session, shop=shop, locale=locale, text=text, limit=limit)
    cards = await cards_by_ids(session, shop=shop, locale=locale, product_ids=ids)
    tree = await category_tree(session, shop=shop, locale=locale)
    words = wanted_words(corrected or text)
    return Suggestions(corrected, _categories(tree, words)[:3], cards)


def _categories(tree: Sequence[CategoryNode], words: Sequence[str]) -> tuple[CategoryLink, ...]:
    """The categories whose names have every word as a beginning."""
    found: list[CategoryLink] = []
    for node in tree:
        named = words_of(node.name)
        if all(any(part.startswith(word) for part in named) for word in words):
            found.append(node.link)
        found.extend(_categories(node.children, words))
    return tuple(found)


async def _find(
    session: ReadSession, *, shop: Shop, locale: Locale, text: str, limit: int
) -> tuple[list[UUID], str | None]:
    """(the products, what was searched for instead of `text`)."""
    words = wanted_words(text)
    ids = await _match(session, shop, locale, words, limit=limit)
    if ids or not words:
        return ids, None
    meant = await _meant(session, shop, locale, words)
    if meant != words and (ids := await _match(session, shop, locale, meant, limit=limit)):
        return ids, " ".join(meant)
    if len(words) > 1:
        return await _match(session, shop, locale, meant, limit=limit, any_word=True), None
    return [], None


async def _match(
    session: ReadSession,
    shop: Shop,
    locale: Locale,
    words: Sequence[str],
    *,
    limit: int,
    any_word: bool = False,
) -> list[UUID]:
    if not words:
        return []
    configuration = (await known_configurations(session))[locale]
    # Words hold letters and digits only, so they can stand in a tsquery as they are.
    count = len(words)
    parts = [
        f"(plainto_tsquery('{configuration}', ${n}) || to_tsquery('simple', ${n + count} || ':*'))"
        for n in range(6, 6 + count)
    ]
    rows = await session.fetch(
        MATCH.format(query=(" || " if any_word else " && ").join(parts)),
        shop.id,
        locale,
        [f"%{word}%" for word in words] if all(len(word) >= 3 for word in words) else ["\x01"],
        " ".join(words),
        limit,
        *(stem(word, locale=locale) for word in words),
        *words,
    )
    return [row["product_id"] for row in rows]


async def _meant(
    session: ReadSession, shop: Shop, locale: Locale, words: Sequence[str]
) -> list[str]:
    """The words with those nobody knows replaced by the closest known ones."""
    meant = []
    for word in words:
        if len(word) < 4:
            meant.append(word)
            continue
        similar = await _similar(session, shop, locale, word)
        known = word in similar
        # Trigrams need letters the server's locale knows; half a word that is right helps too.
        better = None if known else closest(word, similar)
        if not known and better is None:
            better = closest(word, await _of_same_beginning_or_end(session, shop, locale, word))
        meant.append(better or word)
    return meant


async def _similar(session: ReadSession, shop: Shop, locale: Locale, word: str) -> list[str]:
    """The known words with common trigrams; none where the server has no pg_trgm."""
    if not await _has_trigrams(session):
        return []
    rows = await session.fetch(
        "SELECT word FROM search_word WHERE shop_id = $1 AND locale = $2"
        " AND word_similarity($3, word) >= 0.3"
        " ORDER BY word_similarity($3, word) DESC, word LIMIT 100",
        shop.id,
        locale,
        word,
    )
    return [row["word"] for row in rows]


async def _of_same_beginning_or_end(
    session: ReadSession, shop: Shop, locale: Locale, word: str
) -> list[str]:
    rows = await session.fetch(
        "SELECT word FROM search_word WHERE shop_id = $1 AND locale = $2"
        " AND (word LIKE $3 OR word LIKE $4) AND length(word) >= $5 ORDER BY word LIMIT 5000",
        shop.id,
        locale,
        f"{word[0]}%",
        f"%{word[-3:]}",
        len(word) - 2,
    )
    return [row["word"] for row in rows]


async def _has_trigrams(session: ReadSession) -> bool:
    async def load() -> bool:
        found: bool = await session.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')"
        )
        return found

    return await session.remember("has pg_trgm", load, until=())
