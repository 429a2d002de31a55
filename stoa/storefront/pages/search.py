"""Search, and suggestions while typing."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stoa.commerce.catalogue.models import Sort
from stoa.commerce.search.queries import search_page, suggest
from stoa.platform.database.session import ReadSession
from stoa.storefront.pages.listing import read_wish
from stoa.storefront.rendering import TEMPLATES, Page, format_for, picture_tag
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit, open_visit

TEXT_MAX = 100


def _text(request: Request) -> str:
    return " ".join(request.query_params.get("q", "").replace("\0", " ").split())[:TEXT_MAX]


async def search(visit: Visit) -> Html:
    shop, locale, text = visit.shop, visit.locale, _text(visit.request)
    wish = read_wish(visit.request.query_params, currency=shop.currency)
    found = await search_page(
        visit.session,
        shop=shop,
        locale=locale,
        text=text,
        filters=wish.filters,
        sort=wish.sort,
        cursor=wish.after,
    )
    frame, urls = await visit.frame(), Urls(locale)
    page = Page(
        kind="search",
        title=frame.t("search.title", q=text) if text else frame.t("search.title_empty"),
        paths={code: Urls(code).search() for code in shop.locales},
        query=f"?{wish.query(q=text, sort=False)}" if text else "",
        is_indexed=False,
    )
    following = found.listing.next
    return Html(
        await visit.render(
            page,
            "search.html",
            q=text,
            corrected=found.corrected,
            listing=found.listing,
            wish=wish,
            sorts=list(Sort),
            here=urls.search(),
            first_url=urls.search(wish.query(q=text)),
            next_url=urls.search(wish.query(q=text, after=following)) if following else None,
        )
    )


async def suggestions(request: Request, session: ReadSession) -> Response:
    """What the text typed so far may become, as a list for our own script to show."""
    visit = await open_visit(request, session)
    found = await suggest(session, shop=visit.shop, locale=visit.locale, text=_text(request))
    text = TEMPLATES.get_template("suggestions.html").render(
        found=found,
        urls=Urls(visit.locale),
        money=format_for(visit.shop, visit.locale),
        picture=picture_tag,
    )
    return HTMLResponse(text, headers={"Cache-Control": "private, max-age=60"})
