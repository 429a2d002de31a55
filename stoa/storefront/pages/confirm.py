"""`/confirm/{token}`: where the question in a mail or an SMS leads. Looking changes nothing, for
what checks mails for harm follows every link in them; the button is the answer.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.people.consent.models import ConsentRequest, RequestState
from stoa.people.consent.queries import find_request
from stoa.people.consent.service import confirm_consent, decline_consent, read_confirmation
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.models import Point
from stoa.people.customers.queries import find_visitor
from stoa.people.customers.service import verify_point
from stoa.platform.clock import now
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.errors import NotFound
from stoa.platform.i18n.formats import format_date
from stoa.platform.i18n.locale import Locale, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.node import node_of
from stoa.platform.web.assets import asset_url
from stoa.platform.web.edge import read_body
from stoa.platform.web.ratelimit import MemoryBuckets, Rate
from stoa.platform.web.security import client_address
from stoa.storefront.pages.consent import FORM_MAX_BYTES, HEADERS, masked
from stoa.storefront.rendering import LANGUAGE_NAMES, TEMPLATES
from stoa.storefront.urls import Urls
from stoa.storefront.visit import require_same_origin

_clicks = MemoryBuckets(Rate(burst=30, seconds_per_token=2))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for the page of one question."""

    question: ConsentRequest
    shop: Shop
    locale: Locale


async def confirmation(request: Request, session: ReadSession) -> Response:
    """The question, or what became of it."""
    asked = await _open(request, session)
    return _page(asked, asked.question.state)


async def confirm(request: Request, session: Session) -> Response:
    """The address's owner has answered; a question that is closed already stays as it is.

    Whoever answers in the very browser in which it was asked has proven the address as well. From
    another browser that does not follow: there a stranger may have asked.
    """
    require_same_origin(request)
    _clicks.require(client_address(request))
    asked = await _open(request, session)
    question = asked.question
    if not question.is_open(now()):
        return _page(asked, question.state)
    body = await read_body(request, max_bytes=FORM_MAX_BYTES)
    answer = dict(parse_qsl(body.decode("ascii", "replace"))).get("answer")
    seen = {
        "ip": client_address(request),
        "user_agent": request.headers.get("user-agent", "")[:500],
    }
    if answer == "no":
        await decline_consent(session, request_id=question.id, **seen)
        return _page(asked, RequestState.DECLINED)
    if answer != "yes":
        return _page(asked, question.state)
    await _prove(request, session, question)
    await confirm_consent(session, request_id=question.id, **seen)
    return _page(asked, RequestState.CONFIRMED)


async def _prove(request: Request, session: Session, question: ConsentRequest) -> None:
    visitor = await find_visitor(session, token=visitor_token(request))
    if visitor is None or visitor.id != question.visitor_id or visitor.customer_id is None:
        return
    await verify_point(
        session,
        customer_id=visitor.customer_id,
        point=Point(question.kind, question.key),
        source="confirmation",
    )


async def _open(request: Request, session: ReadSession) -> _Asked:
    secret = node_of(request).settings.secret_key
    request_id = read_confirmation(secret, token=request.path_params["token"])
    question = await find_request(session, request_id=request_id) if request_id else None
    if question is None:
        raise NotFound()
    shop = await get_shop(session, shop_id=question.shop_id)
    return _Asked(question, shop, as_locale(request.query_params.get("lang")) or question.locale)


def _page(asked: _Asked, state: RequestState) -> Response:
    question, locale = asked.question, asked.locale
    has_ended = state is RequestState.PENDING and not question.is_open(now())
    urls = Urls(locale if locale in asked.shop.locales else asked.shop.default_locale)
    html = TEMPLATES.get_template("confirm.html").render(
        t=translator(locale, "consents"),
        layout=translator(locale, "storefront"),
        asset=asset_url,
        locale=locale,
        shop=asked.shop,
        address=masked(question.kind, question.key),
        question=question,
        state="ended" if has_ended else state.value,
        until=format_date(question.expires_at.date(), locale=locale),
        languages=[(code, LANGUAGE_NAMES[code]) for code in asked.shop.locales],
        account=urls.account(),
        home=urls.home(),
    )
    return HTMLResponse(html, headers=HEADERS)
