"""Pages: what is on them, where they lead, what machines read in them."""

import gzip
import json
import re

import aiohttp
import pytest

from stoa.commerce.shops.models import Shop
from stoa.platform.database.session import Database
from stoa.platform.i18n.locale import LOCALES
from stoa.platform.i18n.messages import translator


async def get(browser: aiohttp.ClientSession, path: str, *, status: int = 200) -> str:
    async with browser.get(path) as answer:
        text = await answer.text()
        assert answer.status == status, text[:500]
    return text


def structured(html: str) -> list[dict[str, object]]:
    pattern = r'<script type="application/ld\+json">(.*?)</script>'
    return [json.loads(text) for text in re.findall(pattern, html)]


@pytest.mark.parametrize(
    ("language", "expected"), [("pl-PL,pl;q=0.9", "/pl/"), ("fr", "/en/"), ("el", "/el/")]
)
async def test_the_front_door_leads_to_the_readers_language(
    browser: aiohttp.ClientSession, language: str, expected: str
) -> None:
    async with browser.get(
        "/", headers={"Accept-Language": language}, allow_redirects=False
    ) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, expected)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "path",
    [
        "",
        "c/garden-en",
        "p/thing-mug",
        "search?q=thing",
        "cart",
        "info/imprint",
        "info/privacy",
        "info/terms",
        "info/delivery",
    ],
)
async def test_every_page_is_there_in_every_language(
    browser: aiohttp.ClientSession, locale: str, path: str
) -> None:
    if locale == "de":
        path = path.replace("garden-en", "garden").replace("thing-", "ding-")
    html = await get(browser, f"/{locale}/{path}")
    assert f'<html lang="{locale}">' in html
    assert translator(locale, "storefront")("layout.skip") in html
    # Scripts hold data, and so do the attributes that hand our scripts their texts.
    assert "{" not in re.sub(r'<script.*?</script>|data-[a-z-]+="[^"]*"', "", html, flags=re.DOTALL)


async def test_a_page_names_itself_and_its_cousins(browser: aiohttp.ClientSession) -> None:
    html = await get(browser, "/pl/p/thing-mug?v=MUG-BLUE&utm_source=x")
    assert re.search(r'<link rel="canonical" href="http[^"]+/pl/p/thing-mug">', html)
    cousins = re.findall(r'rel="alternate" hreflang="([^"]+)"', html)
    assert cousins == [*LOCALES, "x-default"]
    assert 'property="og:type" content="product"' in html


async def test_a_product_is_offered_variant_by_variant(browser: aiohttp.ClientSession) -> None:
    html = await get(browser, "/en/p/thing-mug")
    product, crumbs = structured(html)
    offers = product["offers"]
    assert isinstance(offers, list)
    assert [(o["sku"], o["price"], o["availability"]) for o in offers] == [
        ("MUG-RED", "14.00", "https://schema.org/LimitedAvailability"),
        ("MUG-BLUE", "16.00", "https://schema.org/InStock"),
    ]
    assert crumbs["@type"] == "BreadcrumbList"


async def test_a_link_chooses_the_variant(browser: aiohttp.ClientSession) -> None:
    red = await get(browser, "/en/p/thing-mug")
    assert "€14.00" in red
    assert "Only 3 left" in red
    assert 'href="/en/p/thing-mug?v=MUG-BLUE"' in red
    blue = await get(browser, "/en/p/thing-mug?v=MUG-BLUE")
    assert "€16.00" in blue
    assert "In stock" in blue
    assert "€14.00" in await get(browser, "/en/p/thing-mug?v=NONE")


async def test_what_is_sold_out_cannot_be_put_into_the_cart(
    browser: aiohttp.ClientSession,
) -> None:
    html = await get(browser, "/en/p/thing-gone")
    assert "Sold out" in html
    assert "/cart/add" not in html


async def test_a_list_is_filtered_sorted_and_never_broken_by_nonsense(
    browser: aiohttp.ClientSession,
) -> None:
    everything = await get(browser, "/en/c/garden-en")
    assert everything.index("Thing mug") > 0
    red = await get(browser, "/en/c/garden-en?f.colour=red")
    assert "Thing mug" in red
    assert "Thing chair" not in red
    assert '<meta name="robots" content="noindex">' in red
    cheap_first = await get(browser, "/en/c/garden-en?sort=price_up")
    assert cheap_first.index("Thing mug") < cheap_first.index("Thing chair")
    assert "Thing mug" not in await get(browser, "/en/c/garden-en?min=100")
    for nonsense in ("min=abc&max=-1", "sort=odd", "f.=x&f.colour=", "f.colour=%00", "min=9" * 40):
        assert (
            "Thing chair" in await get(browser, f"/en/c/garden-en?{nonsense}") or "=9" in nonsense
        )
    await get(browser, "/en/c/garden-en?after=nonsense", status=422)


async def test_search_finds_and_says_when_it_does_not(browser: aiohttp.ClientSession) -> None:
    assert "Thing chair" in await get(browser, "/en/search?q=chair")
    nothing = await get(browser, "/en/search?q=<script>alert(1)</script>zzz")
    assert "Nothing was found" in nothing
    assert "<script>alert" not in nothing
    suggested = await get(browser, "/en/search/suggest?q=mu")
    assert "Thing mug" in suggested
    assert "<html" not in suggested


async def test_an_old_address_leads_to_the_new_one(
    browser: aiohttp.ClientSession, database: Database, shop: Shop
) -> None:
    async with database.begin() as session:
        await session.execute(
            "INSERT INTO slug (shop_id, kind, locale, slug, product_id, is_current, created_at)"
            " SELECT shop_id, kind, locale, 'old-chair', product_id, false, created_at FROM slug"
            " WHERE shop_id = $1 AND locale = 'en' AND slug = 'thing-chair'",
            shop.id,
        )
    async with browser.get("/en/p/old-chair?v=CHAIR", allow_redirects=False) as answer:
        assert answer.status == 301
        assert answer.headers["Location"] == "/en/p/thing-chair?v=CHAIR"


@pytest.mark.parametrize(
    "path",
    ["/en/p/none", "/en/c/none", "/fr/", "/EN/", "/en/info/none", "/en/order/guess", "/x/y/z"],
)
async def test_what_is_not_there_gets_a_page_of_the_shop(
    browser: aiohttp.ClientSession, path: str
) -> None:
    html = await get(browser, path, status=404)
    assert "There is nothing here" in html
    assert 'class="departments"' in html


async def test_scripts_get_problems_instead_of_pages(address: str, shop: Shop) -> None:
    async with (
        aiohttp.ClientSession(address, headers={"Accept": "application/json"}) as script,
        script.get("/en/p/none") as answer,
    ):
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"


async def test_machines_find_everything(browser: aiohttp.ClientSession) -> None:
    robots = await get(browser, "/robots.txt")
    assert "Disallow: /en/checkout/" in robots
    address = robots.partition("Sitemap: ")[2].strip()
    assert address.endswith("/sitemap.xml")
    sitemap = await get(browser, "/sitemap.xml")
    for path in ("/de/p/ding-mug", "/en/c/garden-en", "/el/info/terms"):
        assert path in sitemap
    assert "/cart" not in sitemap
    await get(browser, "/sitemap-2.xml", status=404)
    assert "<svg" in await get(browser, "/favicon.svg")


async def test_a_page_is_rendered_once_and_sent_compressed(
    address: str, shop: Shop, database: Database
) -> None:
    async with aiohttp.ClientSession(address, auto_decompress=False) as session:
        plain_headers = {"Accept-Encoding": "identity"}
        async with session.get("/en/p/thing-chair", headers=plain_headers) as answer:
            plain = await answer.read()
            etag = answer.headers["ETag"]
            assert "stoa_visit" in answer.headers["Set-Cookie"]
        async with session.get("/en/p/thing-chair", headers={"Accept-Encoding": "gzip"}) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert gzip.decompress(await answer.read()) == plain
        async with session.get("/en/p/thing-chair", headers={"If-None-Match": etag}) as answer:
            assert answer.status == 304
            assert await answer.read() == b""


async def test_nothing_in_a_page_runs_inline(browser: aiohttp.ClientSession) -> None:
    for path in ("/en/", "/en/p/thing-mug", "/en/cart", "/en/c/garden-en"):
        html = await get(browser, path)
        for attributes in re.findall(r"<script([^>]*)>", html):
            assert "src=" in attributes or "json" in attributes
        assert not re.search(r"\son[a-z]+=|style=", html)
