"""The front door: `/` leads to a language, `/{locale}/` shows what there is."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from stoa.commerce.catalogue.queries import featured, picture_by_id
from stoa.commerce.shops.queries import get_shop
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import in_locale, negotiate
from stoa.storefront.rendering import Page
from stoa.storefront.structured import organization
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit


class HomeSettings(BaseModel):
    """`shop.settings["home"]`: the shop's own words, by language, and its own picture."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    tagline: dict[str, str] = {}
    introduction: dict[str, str] = {}
    hero_picture_id: UUID | None = None


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
    own = HomeSettings.model_validate(shop.settings.get("home", {}))
    tagline = in_locale(own.tagline, visit.locale, default=shop.default_locale)
    introduction = in_locale(own.introduction, visit.locale, default=shop.default_locale)
    tagline = tagline or frame.t("home.tagline")
    hero = None
    if own.hero_picture_id:
        hero = await picture_by_id(visit.session, picture_id=own.hero_picture_id, alt="")
    page = Page(
        kind="home",
        title=tagline,
        description=introduction or frame.t("home.description", shop=shop.name),
        paths={locale: Urls(locale).home() for locale in shop.locales},
        picture=hero or (products[0].picture if products else None),
        structured=[organization(shop, base_url=visit.base_url)],
    )
    return Html(
        await visit.render(
            page,
            "home.html",
            products=products,
            hero=hero,
            tagline=tagline,
            introduction=introduction or frame.t("home.lead", shop=shop.name),
        )
    )
