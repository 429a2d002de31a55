"""People find things in their language, with typos, without accents, by parts of words."""

import pytest

from stoa.commerce.catalogue.models import ListingFilters, Sort
from stoa.commerce.catalogue.schemas import CategoryRecord
from stoa.commerce.catalogue.service import upsert_categories, upsert_products
from stoa.commerce.search import queries
from stoa.commerce.search.queries import search_page, suggest
from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import Locale
from tests.factories.catalogue import product, variant
from tests.factories.shops import make_shop, with_reactions

CHAIR = {
    "de": "Grüner Gartenstuhl",
    "en": "Green garden chair",
    "pl": "Zielone krzesło ogrodowe",
    "it": "Sedia da giardino verde",
    "el": "Πράσινη καρέκλα κήπου",
}
LAMP = {
    "de": "Messinglampe für Bücher",
    "en": "Brass reading lamps",
    "pl": "Mosiężna lampa do czytania",
    "it": "Lampada da lettura in ottone più luce",
    "el": "Ορειχάλκινο φωτιστικό ανάγνωσης",
}
TABLE = {
    "de": "Eichentisch",
    "en": "Oak table",
    "pl": "Stół dębowy",
    "it": "Tavolo di quercia",
    "el": "Τραπέζι δρυός",
}


@pytest.fixture(scope="module")
async def shop(database: Database) -> Shop:
    wired = with_reactions(database)
    shop = await make_shop(database)
    rooms = CategoryRecord(
        "living", {"de": "Wohnzimmer", "en": "Living room", "pl": "Salon", "it": "Soggiorno",
                   "el": "Σαλόνι"},
    )  # fmt: skip
    async with wired.begin() as session:
        await upsert_categories(session, shop=shop, records=[rooms])
        await upsert_products(
            session,
            shop=shop,
            records=[
                product("chair", names=CHAIR, brand="Thonet", variants=[
                    variant("CH-100-R", 9900, colour="red"),
                    variant("CH-100-B", 9900, colour="blue")]),
                product("lamp", names=LAMP, categories=["living"],
                        descriptions={"de": "<p>Warmes Licht neben dem Gartenstuhl.</p>"}),
                product("table", names=TABLE, material="eiche",
                        variants=[variant("TB-1", 29900, on_hand=0)]),
                product("hidden", names={"de": "Geheimer Gartenstuhl"}, is_visible=False),
            ],
        )  # fmt: skip
    return shop


async def found(database: Database, shop: Shop, locale: Locale, text: str) -> list[str]:
    async with database.read() as session:
        page = await search_page(session, shop=shop, locale=locale, text=text)
    return [card.name for card in page.listing.cards]


@pytest.mark.parametrize(
    ("locale", "text", "expected"),
    [
        ("de", "Gartenstühle", CHAIR),  # another form of the word
        ("de", "gruner gartenstuhl", CHAIR),  # no umlauts
        ("de", "gartenstul", CHAIR),  # a letter left out
        ("de", "stuhl", CHAIR),  # a part of a compound
        ("de", "messinglamp", LAMP),  # not finished yet
        ("de", "eichentsich", TABLE),  # letters swapped
        ("en", "chairs", CHAIR),
        ("en", "redaing lamp", LAMP),
        ("en", "tabel", TABLE),
        ("pl", "krzesło", CHAIR),
        ("pl", "krzesla ogrodowe", CHAIR),  # plural, no accents
        ("pl", "lampy", LAMP),
        ("pl", "mosiezna lapma", LAMP),
        ("pl", "stol debowy", TABLE),
        ("it", "sedie", CHAIR),
        ("it", "piu luce", LAMP),
        ("it", "tavola quercia", TABLE),
        ("it", "lamapda", LAMP),
        ("el", "καρεκλα", CHAIR),  # no tonos
        ("el", "ΚΑΡΕΚΛΕΣ", CHAIR),
        ("el", "φωτιστηκο", LAMP),  # as it sounds
        ("el", "τραπεζι", TABLE),
        ("de", "ch-100-r", CHAIR),  # article number
        ("en", "CH100", CHAIR),
        ("it", "thonet", CHAIR),  # brand
        ("de", "blau", CHAIR),  # an option's value
        ("pl", "salon", LAMP),  # a category
    ],
)
async def test_finds(
    database: Database, shop: Shop, locale: Locale, text: str, expected: dict[str, str]
) -> None:
    names = await found(database, shop, locale, text)
    assert names[:1] == [expected[locale]]


async def test_puts_the_name_before_the_description(database: Database, shop: Shop) -> None:
    assert await found(database, shop, "de", "gartenstuhl") == [CHAIR["de"], LAMP["de"]]


async def test_says_what_it_searched_for_instead(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        page = await search_page(session, shop=shop, locale="de", text="Gartenstul")
        assert page.corrected == "gartenstuhl"
        exact = await search_page(session, shop=shop, locale="de", text="Gartenstuhl")
        assert exact.corrected is None
        nothing = await search_page(session, shop=shop, locale="de", text="Fahrradpumpe")
    assert (nothing.listing.total, nothing.listing.cards, nothing.corrected) == (0, (), None)


async def test_shows_what_has_any_of_the_words_when_nothing_has_all(
    database: Database, shop: Shop
) -> None:
    assert await found(database, shop, "en", "chair bicycle") == [CHAIR["en"]]


@pytest.mark.parametrize(
    "text", ["", "   ", "'; DROP TABLE product; --", "a & | ! :* <->", "\\", "%", "_", "\x01" * 5]
)
async def test_takes_any_text(database: Database, shop: Shop, text: str) -> None:
    await found(database, shop, "de", text)
    async with database.read() as session:
        await suggest(session, shop=shop, locale="de", text=text)


async def test_filters_and_sorts_like_a_category(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        page = await search_page(
            session,
            shop=shop,
            locale="de",
            text="gartenstuhl",
            filters=ListingFilters(values={"colour": ("red",)}),
            sort=Sort.PRICE_UP,
        )
        assert [card.name for card in page.listing.cards] == [CHAIR["de"]]
        first = await search_page(session, shop=shop, locale="de", text="gartenstuhl", limit=1)
        assert first.listing.next is not None
        second = await search_page(
            session, shop=shop, locale="de", text="gartenstuhl", limit=1, cursor=first.listing.next
        )
    assert [card.name for card in second.listing.cards] == [LAMP["de"]]
    assert second.listing.next is None


async def test_suggests_while_typing(database: Database, shop: Shop) -> None:
    async with database.read() as session:
        typed = await suggest(session, shop=shop, locale="de", text="wohnz")
        assert [link.name for link in typed.categories] == ["Wohnzimmer"]
        assert [card.name for card in typed.products] == [LAMP["de"]]
        typo = await suggest(session, shop=shop, locale="de", text="wohnzmi")
        assert typo.corrected == "wohnzimmer"
        assert (await suggest(session, shop=shop, locale="de", text="w")).products == ()


async def test_follows_every_change(database: Database, shop: Shop) -> None:
    wired = with_reactions(database)
    async with wired.begin() as session:
        await upsert_products(
            session, shop=shop, records=[product("mover", names={"de": "Kanapee"})]
        )
    assert await found(database, shop, "de", "kanapee") == ["Kanapee"]
    async with wired.begin() as session:
        await upsert_products(session, shop=shop, records=[product("mover", names={"de": "Diwan"})])
    assert await found(database, shop, "de", "kanapee") == []
    assert await found(database, shop, "it", "diwan") == ["Diwan"]
    async with wired.begin() as session:
        hidden = product("mover", names={"de": "Diwan"}, is_visible=False)
        await upsert_products(session, shop=shop, records=[hidden])
    assert await found(database, shop, "de", "diwan") == []


async def test_forgives_typos_without_trigrams(
    database: Database, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no(_session: object) -> bool:
        return False

    monkeypatch.setattr(queries, "_has_trigrams", no)
    for typo in ("gartenstul", "xartenstuhl"):
        assert await found(database, shop, "de", typo) == [CHAIR["de"], LAMP["de"]]
