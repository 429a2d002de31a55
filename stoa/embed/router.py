"""`/counter/loader.js`, the one script tag of a shop, and `/counter/frame`, the chat itself."""

from uuid import UUID

import orjson
from jinja2 import Environment, PackageLoader
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.embed.models import EmbedSettings
from stoa.embed.rules import frame_policy, is_origin
from stoa.platform.database.session import ReadSession
from stoa.platform.errors import FieldProblem, InvalidInput
from stoa.platform.i18n.locale import Locale, as_locale, negotiate
from stoa.platform.i18n.messages import translator
from stoa.platform.node import node_of
from stoa.platform.web import edge
from stoa.platform.web.assets import asset_file, asset_response, asset_url, load_asset

# The address never changes, so a browser asks again soon; meanwhile it may use what it has.
LOADER_CACHE = "public, max-age=300, stale-while-revalidate=86400"
TEMPLATES = Environment(
    loader=PackageLoader("stoa.embed"), autoescape=True, trim_blocks=True, auto_reload=False
)


async def loader(request: Request) -> Response:
    """The loader, for any page of any origin."""
    file = asset_file("counter/loader.js")
    headers = {
        "ETag": f'"{file}"',
        "Cache-Control": LOADER_CACHE,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return asset_response(request, await load_asset(file), headers)


async def frame(request: Request, session: ReadSession) -> Response:
    """The chat's page: its language, its shop and its limits are in it, nothing about a person."""
    shop = await get_shop(session, host=request.headers.get("host"), shop_id=_shop_id(request))
    locale = _locale(request, shop)
    boot = {
        "shop_id": str(shop.id),
        "shop_name": shop.name,
        "locale": locale,
        "locales": list(shop.locales),
        "attachment_max_bytes": node_of(request).settings.attachment_max_bytes,
        "cobrowse_script": asset_url("cobrowse/page.js"),
        "call_style": asset_url("counter/call.css"),
        "call_script": asset_url("counter/page-call.js"),
    }
    page = TEMPLATES.get_template("frame.html").render(
        locale=locale,
        title=translator(locale, "counter")("loader.title"),
        boot=_as_script_text(boot),
        style=asset_url("counter/frame.css"),
        script=asset_url("counter/frame.js"),
    )
    return Response(page, media_type="text/html", headers=_frame_headers(request, shop))


def _shop_id(request: Request) -> UUID | None:
    text = request.query_params.get("shop")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise InvalidInput([FieldProblem("shop", "field.invalid")]) from error


def _locale(request: Request, shop: Shop) -> Locale:
    """The page's language if the shop speaks it, else the browser's, else the shop's own."""
    wishes = (
        as_locale(request.query_params.get("locale")),
        negotiate(request.headers.get("accept-language")),
    )
    return next((wish for wish in wishes if wish in shop.locales), None) or shop.default_locale


def _as_script_text(value: object) -> Markup:
    """JSON that can stand inside a script element: no `<` ends it early."""
    return Markup(orjson.dumps(value).decode().replace("<", "\\u003c"))  # noqa: S704 - just escaped


def _frame_headers(request: Request, shop: Shop) -> dict[str, str]:
    settings = EmbedSettings.model_validate(shop.settings.get("embed", {}))
    host = request.headers.get("host", "")
    return {
        "Content-Security-Policy": frame_policy(
            host=host, origins=[origin for origin in settings.origins if is_origin(origin)]
        ),
        "Cache-Control": "private, no-cache",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
    }


ROUTES: list[BaseRoute] = [
    Route("/counter/loader.js", loader, methods=["GET"], name="counter_loader"),
    edge.get("/counter/frame", frame, name="counter_frame"),
]
