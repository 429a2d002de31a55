"""`/rate/{token}`: where the links in the mail lead. Looking changes nothing, the button does: what
checks mails for harm follows every link in them.
"""

from urllib.parse import parse_qsl

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stoa.commerce.shops.queries import get_shop
from stoa.contact.ratings.queries import Asked, asked_by_token
from stoa.contact.ratings.schemas import WORDS_MAX, Score
from stoa.contact.ratings.service import give_rating
from stoa.platform.database.session import ReadSession, Session
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.web.assets import asset_url
from stoa.platform.web.edge import read_body
from stoa.platform.web.ratelimit import MemoryBuckets, Rate
from stoa.platform.web.security import client_address
from stoa.storefront.rendering import LANGUAGE_NAMES, TEMPLATES
from stoa.storefront.urls import Urls

FORM_MAX_BYTES = 16 * 1024
# The token is in the address: no other server is to be told where somebody came from.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
SCORES = (5, 4, 3, 2, 1)

_clicks = MemoryBuckets(Rate(burst=30, seconds_per_token=2))
_score = TypeAdapter[int](Score)


async def rating(request: Request, session: ReadSession) -> Response:
    """The question, with the answer of the link chosen already, or what was answered."""
    asked = await asked_by_token(session, token=request.path_params["token"])
    chosen = _as_score(request.query_params.get("score"))
    return await _page(request, session, asked, chosen=chosen or asked.score, is_given=False)


async def rate(request: Request, session: Session) -> Response:
    """The answer is kept; answered again, it is as said last."""
    _clicks.require(client_address(request))
    token = request.path_params["token"]
    asked = await asked_by_token(session, token=token)
    body = await read_body(request, max_bytes=FORM_MAX_BYTES)
    try:
        fields = dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=10))
    except ValueError:
        fields = {}
    score = _as_score(fields.get("score"))
    if score is None:
        return await _page(request, session, asked, chosen=asked.score, is_given=False)
    words = fields.get("words", "")[:WORDS_MAX]
    await give_rating(session, rating_id=asked.id, score=score, words=words, token=token)
    asked = await asked_by_token(session, token=token)
    return await _page(request, session, asked, chosen=score, is_given=True)


def _as_score(text: str | None) -> int | None:
    try:
        return _score.validate_python(text)
    except ValidationError:
        return None


async def _page(
    request: Request, session: ReadSession, asked: Asked, *, chosen: int | None, is_given: bool
) -> Response:
    shop = await get_shop(session, shop_id=asked.shop_id)
    wanted = as_locale(request.query_params.get("lang")) or as_locale(asked.locale)
    locale = wanted or DEFAULT_LOCALE
    html = TEMPLATES.get_template("rating.html").render(
        t=translator(locale, "rating"),
        layout=translator(locale, "storefront"),
        asset=asset_url,
        locale=locale,
        shop=shop,
        scores=SCORES,
        chosen=chosen,
        words=asked.words,
        words_max=WORDS_MAX,
        is_given=is_given,
        languages=[(code, LANGUAGE_NAMES[code]) for code in shop.locales],
        home=Urls(locale).home() if locale in shop.locales else "/",
    )
    return HTMLResponse(html, headers=HEADERS)
