"""The storefront's edge: which shop, which language, which visitor; forms in, pages out."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stoa.commerce.cart.queries import cart_count
from stoa.commerce.catalogue.queries import category_tree
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.people.actors import VISIT_COOKIE
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.queries import find_visitor
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import DomainError, NotFound
from stoa.platform.i18n.locale import Locale, as_locale
from stoa.platform.node import node_of
from stoa.platform.web.edge import BadRequest, read_body
from stoa.platform.web.security import CrossSiteRequest, cookie, set_cookie
from stoa.storefront.cache import page_cache
from stoa.storefront.rendering import Frame, Page, render
from stoa.storefront.stored import StoredPage, store_page

FORM_MAX_BYTES = 64 * 1024
FORM_MAX_FIELDS = 300
QUERY_MAX = 1000
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie"}
UNKEPT = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}

Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Visit:
    """A request for a page of one shop in one language."""

    request: Request
    session: ReadSession
    shop: Shop
    locale: Locale
    base_url: str

    async def frame(self) -> Frame:
        tree = await category_tree(self.session, shop=self.shop, locale=self.locale)
        return Frame(self.shop, self.locale, self.base_url, tree)

    async def render(self, page: Page, template: str, **values: object) -> str:
        return render(await self.frame(), page, template, **values)


@dataclass(frozen=True, slots=True)
class Html:
    """A page as a handler gives it; `count` when it knows how many pieces are in the cart."""

    text: str
    status: int = 200
    count: int | None = None


Handler = Callable[[Visit], Awaitable[Html | Response]]
Act = Callable[[Visit, Session, Form], Awaitable[Response]]
Recover = Callable[[Visit, Form, DomainError], Awaitable[Html | Response]]


async def open_visit(request: Request, session: ReadSession) -> Visit:
    """The shop and the language the address names.

    Raises:
        NotFound: the shop does not speak it.
    """
    host = request.headers.get("host", "")
    shop = await get_shop(session, host=host)
    locale = as_locale(request.path_params.get("locale"))
    if locale is None or locale not in shop.locales or request.path_params["locale"] != locale:
        raise NotFound
    return Visit(request, session, shop, locale, base_url_of(request, shop))


def base_url_of(request: Request, shop: Shop) -> str:
    """The shop's own address: the host asked for if it is one of the shop's, else the settings'."""
    settings = node_of(request).settings
    host = request.headers.get("host", "")
    if host.partition(":")[0].lower() in shop.hosts:
        return f"{'https' if settings.is_https else 'http'}://{host.lower()}"
    return settings.base_url


async def visitor_id_of(visit: Visit) -> UUID | None:
    """Who holds the request's token, if anybody does."""
    visitor = await find_visitor(visit.session, token=visitor_token(visit.request))
    return visitor.id if visitor else None


def shared(
    path: str, handler: Handler, *, params: tuple[str, ...] = (), prefix: str | None = None
) -> Route:
    """A page that is the same for everybody, rendered once.

    It depends on its path, on the query parameters named `params` or beginning with `prefix`, and
    on the day, and on nothing else of the request.
    """

    async def endpoint(request: Request) -> Response:
        database = node_of(request).database
        cache = page_cache(database)
        query = [
            f"{name}={value}"
            for name, value in request.query_params.multi_items()
            if name in params or (prefix and name.startswith(prefix))
        ]
        day = now().date().isoformat()
        key = (request.headers.get("host", ""), request.scope["path"], day, *query)
        stored = cache.get(key)
        token = visitor_token(request)
        if stored and token is None:
            return answer(request, stored, 0)
        async with database.read() as session:
            if stored is None:
                generation = cache.generation
                visit = await open_visit(request, session)
                result = await handler(visit)
                if isinstance(result, Response):
                    return result
                stored = store_page(
                    result.text, shop_id=visit.shop.id, status=result.status, headers=PRIVATE
                )
                if result.status == 200 and len(request.scope["query_string"]) <= QUERY_MAX:
                    cache.put(key, stored, generation=generation)
            count = await _count(session, stored.shop_id, token)
        return answer(request, stored, count)

    return Route(path, endpoint, methods=["GET"], name=f"shop_{handler.__name__}")


def personal(path: str, handler: Handler) -> Route:
    """A page for this visitor alone; no cache keeps it."""

    async def endpoint(request: Request) -> Response:
        async with node_of(request).database.read() as session:
            visit = await open_visit(request, session)
            return await respond(visit, await handler(visit))

    return Route(path, endpoint, methods=["GET"], name=f"shop_{handler.__name__}")


def form(path: str, act: Act, recover: Recover) -> Route:
    """A form: `act` in one transaction; when it refuses, `recover` shows the form again."""

    async def endpoint(request: Request) -> Response:
        require_same_origin(request)
        fields = await read_form(request)
        database = node_of(request).database
        try:
            async with database.begin() as session:
                visit = await open_visit(request, session)
                response = await act(visit, session, fields)
        except DomainError as error:
            async with database.read() as session:
                visit = await open_visit(request, session)
                return await respond(visit, await recover(visit, fields, error))
        return response

    return Route(path, endpoint, methods=["POST"], name=f"shop_{act.__name__}")


async def respond(visit: Visit, result: Html | Response) -> Response:
    """The page with the visitor's number at the cart."""
    if isinstance(result, Response):
        return result
    stored = store_page(
        result.text, shop_id=visit.shop.id, status=result.status, headers=UNKEPT, level=1
    )
    count = result.count
    if count is None:
        count = await _count(visit.session, visit.shop.id, visitor_token(visit.request))
    return answer(visit.request, stored, count)


async def _count(session: ReadSession, shop_id: UUID, token: str | None) -> int:
    return await cart_count(session, shop_id=shop_id, token=token) if token else 0


def answer(request: Request, stored: StoredPage, count: int) -> Response:
    """The stored page for a visitor with so many pieces in the cart."""
    etag = f'W/"{stored.etag}-{count}"'
    headers = {**stored.headers, "ETag": etag}
    if request.headers.get("if-none-match") == etag and stored.status == 200:
        return Response(status_code=304, headers=headers)
    piece = b'<span class="count">%d</span>' % count if count else b""
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        body = stored.gzipped(piece)
    else:
        body = stored.plain(piece)
    response = Response(
        body, status_code=stored.status, headers=headers, media_type="text/html; charset=utf-8"
    )
    if cookie(request, VISIT_COOKIE) is None:
        # Ties the pages of one visit together for the radar; gone with the browser.
        set_cookie(
            request,
            response,
            name=VISIT_COOKIE,
            value=secrets.token_urlsafe(18),
            max_age_seconds=None,
        )
    return response


def see_other(path: str) -> Response:
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def moved(path: str) -> Response:
    return RedirectResponse(path, status_code=301, headers={"Cache-Control": "max-age=3600"})


def require_same_origin(request: Request) -> None:
    """The form was on a page of this shop (beside the cookies' SameSite).

    Raises:
        CrossSiteRequest: the browser says that it was not.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise CrossSiteRequest
    origin = request.headers.get("origin")
    if site is None and origin and origin != "null":
        host = origin.partition("://")[2]
        if host != request.headers.get("host"):
            raise CrossSiteRequest


async def read_form(request: Request) -> dict[str, str]:
    """The form's fields; of a repeated one the last.

    Raises:
        BadRequest, TooLarge: it is no form, or not one of ours.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip()
    if media_type != "application/x-www-form-urlencoded":
        raise BadRequest
    body = await read_body(request, max_bytes=FORM_MAX_BYTES)
    try:
        fields = parse_qsl(
            body.decode("ascii", "replace"),
            keep_blank_values=True,
            max_num_fields=FORM_MAX_FIELDS,
            errors="replace",
        )
    except ValueError as error:
        raise BadRequest from error
    return {name: value.replace("\0", "") for name, value in fields}


def wants_json(request: Request) -> bool:
    """Our own script asks, not a browser that navigates."""
    return request.headers.get("accept", "") == "application/json"
