"""Imprint, privacy, terms, delivery: filled from the shop's company and its own texts."""

from stoa.commerce.shipping.queries import shipping_methods
from stoa.platform.errors import NotFound
from stoa.platform.i18n.locale import in_locale
from stoa.storefront.rendering import Page
from stoa.storefront.urls import INFORMATION, Urls
from stoa.storefront.visit import Html, Visit


async def information(visit: Visit) -> Html:
    """One of the pages a shop has to have.

    `shop.settings["pages"][<page>]` replaces our text, as {locale: plain text}.
    """
    name = visit.request.path_params["page"]
    if name not in INFORMATION:
        raise NotFound
    frame = await visit.frame()
    own = visit.shop.settings.get("pages", {}).get(name, {})
    page = Page(
        kind="content",
        title=frame.t(f"info.{name}.title"),
        description=frame.t(f"info.{name}.title") + " · " + visit.shop.name,
        paths={locale: Urls(locale).information(name) for locale in visit.shop.locales},
    )
    methods = await shipping_methods(visit.session, shop_id=visit.shop.id, locale=visit.locale)
    return Html(
        await visit.render(
            page,
            "information.html",
            name=name,
            own_text=in_locale(own, visit.locale, default=visit.shop.default_locale),
            methods=methods,
        )
    )
