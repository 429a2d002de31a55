"""What a reader of pages sees when something is not there or went wrong."""

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stoa.commerce.shops.queries import get_shop
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import DomainError
from stoa.platform.i18n.locale import Locale
from stoa.platform.i18n.messages import translator
from stoa.platform.node import node_of
from stoa.platform.web.problems import (
    answer_problem,
    as_domain_error,
    reader_locale,
    text_for,
)
from stoa.storefront.rendering import TEMPLATES, Page
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit, base_url_of, respond

NOT_PAGES = ("/api/", "/media/", "/assets/", "/counter/", "/realtime", "/desk")

log = structlog.get_logger()


def is_page(request: Request) -> bool:
    """A person reads the answer in a browser, as a page of the shop."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(
        NOT_PAGES
    )


async def answer_error(request: Request, error: Exception) -> Response:
    """Exception handler of the whole application: a page of the shop, or a problem response."""
    if not is_page(request):
        return await answer_problem(request, error)
    known = as_domain_error(error)
    locale = reader_locale(request)
    if known.status >= 500:
        return bare_page(known, locale)
    try:
        async with node_of(request).database.read() as session:
            return await error_page(request, session, known, locale)
    except Exception as second:
        log.error("storefront.error_page_failed", exc_info=second)
        return bare_page(known, locale)


async def error_page(
    request: Request, session: ReadSession, error: DomainError, locale: Locale
) -> Response:
    """The shop's frame around what happened, and where to go from here."""
    shop = await get_shop(session, host=request.headers.get("host"))
    locale = locale if locale in shop.locales else shop.default_locale
    visit = Visit(request, session, shop, locale, base_url_of(request, shop))
    frame = await visit.frame()
    page = Page(
        kind="other",
        title=frame.t("error.not_found" if error.status == 404 else "error.title"),
        paths={code: Urls(code).home() for code in shop.locales},
        is_indexed=False,
    )
    text = await visit.render(
        page,
        "error.html",
        message="" if error.status == 404 else text_for(error.code, error.params, locale=locale),
    )
    return await respond(visit, Html(text, error.status))


def bare_page(error: DomainError, locale: Locale) -> Response:
    """Without the shop around it: made from texts alone, for when nothing else works."""
    t = translator(locale, "storefront")
    text = TEMPLATES.get_template("bare.html").render(
        locale=locale,
        title=t("error.title"),
        message=text_for(error.code, error.params, locale=locale),
        home=t("error.home"),
        home_url=Urls(locale).home(),
    )
    return HTMLResponse(text, status_code=error.status, headers={"Cache-Control": "no-store"})
