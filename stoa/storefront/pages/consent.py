"""`/consent/{token}`: where the link in a message leads. Looking changes nothing, the button does.
Below it everything else that the address may be used for is given and taken back.

Mail programs that offer "unsubscribe" themselves send the POST of RFC 8058 to the same address:
without cookies, without having looked, in either form encoding, and following no redirect.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.people.consent.models import (
    POINT_PURPOSES,
    ConsentState,
    How,
    Proof,
    Purpose,
    WithdrawalLink,
    Wording,
)
from stoa.people.consent.queries import standing_point_consents
from stoa.people.consent.service import read_link, withdraw_for_point
from stoa.people.customers.models import Point, PointKind
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
from stoa.storefront.consents import Standing, Word, give, uses_of
from stoa.storefront.consents import withdraw as withdraw_use
from stoa.storefront.rendering import LANGUAGE_NAMES, TEMPLATES
from stoa.storefront.urls import Urls
from stoa.storefront.visit import require_same_origin

FORM_MAX_BYTES = 16 * 1024
WORDING_VERSION = "1"
# The token is in the address: no other server is to be told where somebody came from.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}

_clicks = MemoryBuckets(Rate(burst=60, seconds_per_token=1))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request for the page of one link."""

    link: WithdrawalLink
    shop: Shop
    locale: Locale


async def consent(request: Request, session: ReadSession) -> Response:
    """What the link withdraws, and whether it stands. Changes nothing: programs look too."""
    asked = await _open(request, session)
    return await _page(session, asked)


async def withdraw(request: Request, session: Session) -> Response:
    """Nothing more goes to the address for the link's purpose, or for any, if that was ticked."""
    _clicks.require(client_address(request))
    asked = await _open(request, session)
    fields = await _fields(request)
    verb, _, purpose = fields.get("do", "").partition(".")
    if verb:
        return await _change(request, session, asked, verb, purpose, fields.get("version", ""))
    wants_all = fields.get("all") == "1"
    purposes = POINT_PURPOSES if wants_all else (asked.link.purpose,)
    t = translator(asked.locale, "storefront")
    await withdraw_for_point(
        session,
        kind=asked.link.kind,
        key=asked.link.key,
        purposes=purposes,
        how=How.LINK,
        channel="one_click" if "List-Unsubscribe" in fields else "link",
        wording=Wording(
            t("consent.all") if wants_all else t(f"consent.text.{asked.link.purpose}"),
            WORDING_VERSION,
            asked.locale,
        ),
        proof=_proof(request),
    )
    return await _page(session, asked)


async def _change(
    request: Request, session: Session, asked: _Asked, verb: str, purpose: str, version: str
) -> Response:
    """One of the uses below was given or taken back. Whoever has the link has had our message."""
    require_same_origin(request)
    if verb not in ("give", "withdraw") or purpose not in POINT_PURPOSES:
        raise NotFound()
    link = asked.link
    word = Word(
        shop=asked.shop,
        locale=asked.locale,
        point=Point(link.kind, link.key),
        key=link.key,
        purpose=Purpose(purpose),
        source="link",
        person=None,
        proof=_proof(request),
        is_owner=True,
    )
    if verb == "withdraw":
        await withdraw_use(session, word)
        return await _page(session, asked, done="withdrawn")
    standing = await give(session, word, version=version)
    return await _page(session, asked, done="asked" if standing is Standing.WAITING else "given")


def _proof(request: Request) -> Proof:
    return Proof(ip=client_address(request), user_agent=request.headers.get("user-agent", "")[:500])


async def _open(request: Request, session: ReadSession) -> _Asked:
    secret = node_of(request).settings.secret_key
    link = read_link(secret, token=request.path_params["token"])
    if link is None:
        raise NotFound()
    shop = await get_shop(session, host=request.headers.get("host"))
    return _Asked(link, shop, as_locale(request.query_params.get("lang")) or link.locale)


async def _fields(request: Request) -> dict[str, str]:
    """The form's fields. One that cannot be read is a click all the same."""
    body = await read_body(request, max_bytes=FORM_MAX_BYTES)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        return {"List-Unsubscribe": "One-Click"} if b"List-Unsubscribe" in body else {}
    try:
        return dict(parse_qsl(body.decode("ascii", "replace"), max_num_fields=20))
    except ValueError:
        return {}


async def _page(session: ReadSession, asked: _Asked, *, done: str = "") -> Response:
    link, locale = asked.link, asked.locale
    standing = await standing_point_consents(session, kind=link.kind, key=link.key)
    given = {p for p, entry in standing.items() if entry.state is ConsentState.GIVEN}
    said = standing.get(link.purpose)
    c = translator(locale, "consents")
    html = TEMPLATES.get_template("consent.html").render(
        t=translator(locale, "storefront"),
        layout=translator(locale, "storefront"),
        consents=c,
        done=c(f"done.{done}") if done else "",
        uses=await uses_of(session, shop=asked.shop, locale=locale, kind=link.kind, key=link.key),
        on_day=lambda at: format_date(at, locale=locale),
        asset=asset_url,
        locale=locale,
        shop=asked.shop,
        address=masked(link.kind, link.key),
        purpose=link.purpose.value,
        others=sorted(given - {link.purpose}),
        is_withdrawn=said is not None and said.state is ConsentState.WITHDRAWN,
        languages=[(code, LANGUAGE_NAMES[code]) for code in asked.shop.locales],
        home=Urls(locale).home() if locale in asked.shop.locales else "/",
    )
    return HTMLResponse(html, headers=HEADERS)


def masked(kind: PointKind, key: str) -> str:
    """Enough of an address for its owner to know it, too little for whoever was sent the link on.

    >>> masked(PointKind.EMAIL, "anna@example.org")
    'an…@example.org'
    """
    if kind is PointKind.EMAIL:
        local, _, domain = key.rpartition("@")
        return f"{local[:2]}…@{domain}"
    return f"{key[:3]}…{key[-3:]}" if len(key) > 8 else "…"
