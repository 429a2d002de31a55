"""The cart: adding, changing, taking out."""

from collections.abc import Mapping
from uuid import UUID

from starlette.responses import Response

from stoa.commerce.cart.errors import NoCart
from stoa.commerce.cart.models import MAX_QUANTITY
from stoa.commerce.cart.queries import token_cart, view_of
from stoa.commerce.cart.service import add_line, set_quantities
from stoa.people.customers.cookies import remember_visitor, visitor_token
from stoa.people.customers.service import ensure_visitor
from stoa.platform.database.session import Session
from stoa.platform.errors import DomainError, FieldProblem, InvalidInput
from stoa.platform.web.edge import JsonResponse
from stoa.platform.web.problems import problem_response, text_for
from stoa.storefront.rendering import Page
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Form, Html, Visit, see_other, visitor_id_of, wants_json

QUANTITY = "q."


async def cart(visit: Visit) -> Html:
    """What is in it, as of now."""
    added = visit.request.query_params.get("added") == "1"
    return await cart_html(visit, notice="cart.added" if added else "")


async def cart_html(
    visit: Visit,
    *,
    notice: str = "",
    problem: str = "",
    status: int = 200,
    line_errors: Mapping[UUID, str] | None = None,
) -> Html:
    token, content = visitor_token(visit.request), None
    if token is not None:
        content = await token_cart(visit.session, shop=visit.shop, token=token, locale=visit.locale)
    frame = await visit.frame()
    uncovered = [line for line in content.lines if not line.is_covered] if content else []
    page = Page(
        kind="cart",
        step="cart",
        title=frame.t("cart.title"),
        paths={locale: Urls(locale).cart() for locale in visit.shop.locales},
        is_indexed=False,
        errors=[("quantity", "cart.not_enough_stock") for _ in uncovered],
    )
    text = await visit.render(
        page,
        "cart.html",
        cart=content if content and content.lines else None,
        notice=frame.t(notice) if notice else "",
        problem=problem,
        line_errors=line_errors or {},
        can_order=not uncovered,
        max_quantity=MAX_QUANTITY,
    )
    return Html(text, status, content.count if content else 0)


async def add_to_cart(visit: Visit, session: Session, form: Form) -> Response:
    """The variant is in the cart; the first time, the browser becomes a visitor."""
    visitor = await ensure_visitor(session, token=visitor_token(visit.request), locale=visit.locale)
    content = await add_line(
        session,
        shop=visit.shop,
        visitor_id=visitor.id,
        locale=visit.locale,
        variant_id=_uuid(form, "variant"),
        quantity=_quantity(form.get("quantity", "1"), "quantity"),
    )
    if wants_json(visit.request):
        response: Response = JsonResponse(view_of(content), headers={"Cache-Control": "no-store"})
    else:
        response = see_other(Urls(visit.locale).cart() + "?added=1")
    remember_visitor(visit.request, response, visitor=visitor)
    return response


async def change_cart(visit: Visit, session: Session, form: Form) -> Response:
    """The quantities are as the form says, or the line whose button was pressed is out."""
    visitor_id = await visitor_id_of(visit)
    if visitor_id is None:
        raise NoCart
    quantities = {
        _line_id(name): _quantity(value, name)
        for name, value in form.items()
        if name.startswith(QUANTITY)
    }
    if "remove" in form:
        quantities = {_line_id(QUANTITY + form["remove"]): 0}
    await set_quantities(
        session,
        shop=visit.shop,
        visitor_id=visitor_id,
        quantities=quantities,
        expected_version=_version(form),
    )
    return see_other(Urls(visit.locale).cart())


async def refused(
    visit: Visit,
    _form: Form,
    error: DomainError,
) -> Html | Response:
    """The cart as it is now, and why the change was not made."""
    if wants_json(visit.request):
        return problem_response(error, locale=visit.locale)
    problem = text_for(error.code, error.params, locale=visit.locale)
    return await cart_html(visit, problem=problem, status=error.status)


def _uuid(form: Form, name: str) -> UUID:
    try:
        return UUID(form.get(name, ""))
    except ValueError as error:
        raise InvalidInput([FieldProblem(name, "field.invalid")]) from error


def _line_id(name: str) -> UUID:
    try:
        return UUID(name.removeprefix(QUANTITY))
    except ValueError as error:
        raise InvalidInput([FieldProblem("quantity", "field.invalid")]) from error


def _quantity(text: str, name: str) -> int:
    """A whole number from 0 on; what is too large is refused by the cart itself."""
    text = text.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 6):
        raise InvalidInput([FieldProblem(name, "field.invalid")])
    return int(text)


def _version(form: Form) -> int | None:
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
