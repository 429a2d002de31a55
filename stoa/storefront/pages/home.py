"""The front door: `/` leads to a language, `/{locale}/` shows what there is."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stoa.commerce.catalogue.queries import featured
from stoa.commerce.shops.queries import get_shop
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import negotiate
from stoa.storefront.rendering import Page
from stoa.storefront.structured import organization
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit


async def front_door(request: Request, session: ReadSession) -> Response:
    """To the browser's language if the shop speaks it, else to the shop's own."""
    shop = await get_shop(session, host=request.headers.get("host"))
    wish = negotiate(request.headers.get("accept-language"))
    locale = wish if wish in shop.locales else shop.default_locale
    return RedirectResponse(
        Urls(locale).home(),
        status_code=302,
        headers={"Vary": "Accept-Language", "Cache-Control": "no-cache"},
    )


async def home(visit: Visit) -> Html:
    shop = visit.shop
    products = await featured(visit.session, shop=shop, locale=visit.locale, limit=12)
    frame = await visit.frame()
    page = Page(
        kind="home",
        title=shop.name,
        description=str(frame.t("home.description", shop=shop.name)),
        paths={locale: Urls(locale).home() for locale in shop.locales},
        picture=products[0].picture if products else None,
        structured=[organization(shop, base_url=visit.base_url)],
    )
    return Html(await visit.render(page, "home.html", products=products))
