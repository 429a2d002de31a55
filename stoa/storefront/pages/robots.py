"""What machines ask for: robots.txt, sitemaps, the icon."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from stoa.commerce.catalogue.models import SitemapEntry
from stoa.commerce.catalogue.queries import sitemap_entries
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import Locale
from stoa.storefront.urls import INFORMATION, Urls
from stoa.storefront.visit import base_url_of

# Far below the protocol's 50,000 addresses and 50 MB (sitemaps.org), for each has its languages.
PER_FILE = 5_000
XML = "application/xml"
HOUR = {"Cache-Control": "public, max-age=3600"}
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">\
<rect width="32" height="32" rx="7" fill="#1f5673"/>\
<path fill="#fff" d="M16 5 4.500 11v2h23v-2zM7 15h3v8H7zm7.500 0h3v8h-3z"/>\
<path fill="#fff" d="M22 15h3v8h-3zM5 25h22v2.500H5z"/>\
</svg>
"""


async def robots(request: Request, session: ReadSession) -> Response:
    shop = await get_shop(session, host=request.headers.get("host"))
    private = [
        f"Disallow: /{locale}/{path}"
        for locale in shop.locales
        for path in ("account", "cart", "checkout/", "order/", "search")
    ]
    closed = [f"Disallow: {path}" for path in ("/api/", "/desk", "/consent/", "/confirm/")]
    lines = ["User-agent: *", *closed, *private]
    lines += ["", f"Sitemap: {base_url_of(request, shop)}/sitemap.xml", ""]
    return PlainTextResponse("\n".join(lines), headers=HOUR)


async def sitemap(request: Request, session: ReadSession) -> Response:
    """All addresses, or an index of files when there are many."""
    shop = await get_shop(session, host=request.headers.get("host"))
    base_url = base_url_of(request, shop)
    entries = await sitemap_entries(session, shop=shop)
    files = -(-len(entries) // PER_FILE)
    if files <= 1:
        return _answer(shop, base_url, entries, with_fixed=True)
    items = "".join(
        f"<sitemap><loc>{escape(base_url)}/sitemap-{number}.xml</loc></sitemap>"
        for number in range(1, files + 1)
    )
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex {NAMESPACES}>{items}'
        "</sitemapindex>\n",
        media_type=XML,
        headers=HOUR,
    )


async def sitemap_part(request: Request, session: ReadSession) -> Response:
    """One file of the index."""
    shop = await get_shop(session, host=request.headers.get("host"))
    number = int(request.path_params["number"])
    entries = await sitemap_entries(session, shop=shop)
    part = entries[(number - 1) * PER_FILE : number * PER_FILE] if number > 0 else ()
    if not part:
        raise NotFound
    return _answer(shop, base_url_of(request, shop), part, with_fixed=number == 1)


def _answer(
    shop: Shop, base_url: str, entries: Sequence[SitemapEntry], *, with_fixed: bool
) -> Response:
    urls = []
    if with_fixed:
        urls.append(_url(base_url, {locale: Urls(locale).home() for locale in shop.locales}))
        for page in INFORMATION:
            paths = {locale: Urls(locale).information(page) for locale in shop.locales}
            urls.append(_url(base_url, paths))
    for entry in entries:
        paths = {
            locale: (
                Urls(locale).product(entry.slugs[locale])
                if entry.kind == "product"
                else Urls(locale).category(entry.slugs[locale])
            )
            for locale in shop.locales
            if locale in entry.slugs
        }
        urls.append(_url(base_url, paths, changed=entry.updated_at.date().isoformat()))
    body = "".join(urls)
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NAMESPACES}>{body}</urlset>\n',
        media_type=XML,
        headers=HOUR,
    )


def _url(base_url: str, paths: Mapping[Locale, str], *, changed: str = "") -> str:
    """An entry per language, each naming all the others."""
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{locale}" href="{escape(base_url + path)}"/>'
        for locale, path in paths.items()
    )
    date = f"<lastmod>{changed}</lastmod>" if changed else ""
    return "".join(
        f"<url><loc>{escape(base_url + path)}</loc>{date}{links}</url>" for path in paths.values()
    )


async def favicon(_request: Request) -> Response:
    return Response(
        ICON, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )
