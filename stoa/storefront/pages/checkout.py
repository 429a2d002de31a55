"""The checkout: one form per step, checked on the server, its errors at their fields."""

import secrets
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stoa.commerce.cart.errors import NoCart
from stoa.commerce.checkout.errors import (
    CartIsEmpty,
    CheckoutIncomplete,
    LinesNotCovered,
)
from stoa.commerce.checkout.models import Step
from stoa.commerce.checkout.queries import (
    BOXES,
    KNOWN_COUNTRIES,
    Checkout,
    address_rules,
    offered_boxes,
    token_checkout,
)
from stoa.commerce.checkout.service import Agreement, place_order, submit_step
from stoa.commerce.inventory.errors import OutOfStock
from stoa.commerce.payments.errors import PaymentMethodUnavailable, PaymentRefused
from stoa.commerce.shipping.service import arrival_window
from stoa.contact.channels.service import inbox_for
from stoa.people.consent.models import Wording, needs_confirmation
from stoa.people.consent.queries import current_wording
from stoa.people.customers.cookies import visitor_token
from stoa.people.customers.models import PointKind
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.errors import DomainError, FieldProblem, InvalidInput, NotFound
from stoa.platform.node import node_of
from stoa.platform.web.problems import text_for
from stoa.storefront.pages.cart import cart_html
from stoa.storefront.rendering import Page, country_name
from stoa.storefront.urls import Urls
from stoa.storefront.visit import (
    Form,
    Html,
    Visit,
    open_visit,
    read_form,
    require_same_origin,
    respond,
    see_other,
    visitor_id_of,
)

FORM_STEPS = tuple(step for step in Step if step is not Step.REVIEW)
KEY_MAX = 64


def _step(visit: Visit) -> Step:
    try:
        return Step(visit.request.path_params["step"])
    except ValueError as error:
        raise NotFound from error


async def _checkout(visit: Visit) -> Checkout | None:
    token = visitor_token(visit.request)
    if token is None:
        return None
    return await token_checkout(visit.session, shop=visit.shop, token=token, locale=visit.locale)


def _is_reachable(step: Step, open_step: Step) -> bool:
    steps = list(Step)
    return steps.index(step) <= steps.index(open_step)


async def checkout_step(visit: Visit) -> Html | Response:
    """The step's form with what was submitted before; a step too far leads back."""
    step, checkout = _step(visit), await _checkout(visit)
    if checkout is None:
        return see_other(Urls(visit.locale).cart())
    if not _is_reachable(step, checkout.open_step):
        return see_other(Urls(visit.locale).checkout(checkout.open_step))
    return await _step_html(visit, checkout, step, values=checkout.cart.checkout.get(step, {}))


async def _step_html(
    visit: Visit,
    checkout: Checkout,
    step: Step,
    *,
    values: Mapping[str, str],
    problems: tuple[FieldProblem, ...] = (),
    problem: DomainError | None = None,
    status: int = 200,
) -> Html:
    frame = await visit.frame()
    messages = {
        field.field: text_for(field.code, field.params, locale=visit.locale) for field in problems
    }
    refused = isinstance(problem, PaymentRefused)
    page = Page(
        kind="checkout",
        step=step,
        title=frame.t(f"checkout.{step}.title"),
        paths={locale: Urls(locale).checkout(step) for locale in visit.shop.locales},
        is_indexed=False,
        errors=[(field.field, field.code) for field in problems],
        payment=(checkout.cart.checkout["payment"]["method"], "refused") if refused else None,
    )
    text = await visit.render(
        page,
        f"checkout_{step}.html",
        cart=checkout.cart,
        checkout=checkout,
        step=step,
        steps=list(Step),
        open_index=list(Step).index(checkout.open_step),
        values=values,
        messages=messages,
        problem=text_for(problem.code, problem.params, locale=visit.locale) if problem else "",
        countries=sorted(
            ((code, country_name(code, visit.locale)) for code in checkout.countries),
            key=lambda pair: pair[1],
        ),
        all_countries=_billing_countries(visit),
        rules_of=address_rules,
        region_countries=" ".join(
            code for code in KNOWN_COUNTRIES if address_rules(code).needs_region
        ),
        billing_of=_billing_of,
        shop_country=visit.shop.country,
        boxes=await _boxes(visit, values) if step is Step.CONTACT else (),
        goods_minor=checkout.cart.totals.goods_minor - checkout.cart.totals.discount_minor,
        arrival=_arrival,
        key=secrets.token_urlsafe(18),
    )
    return Html(text, status, checkout.cart.count)


async def _boxes(visit: Visit, values: Mapping[str, str]) -> list[tuple[str, Wording, bool]]:
    """The boxes that can be ticked, each with what is agreed to by it, and whether it takes effect
    only once it is confirmed. One that was ticked before stays, whatever the shop offers now."""
    has_sms = (
        await inbox_for(visit.session, shop_id=visit.shop.id, kind=PointKind.PHONE) is not None
    )
    offered = offered_boxes(visit.shop, has_sms=has_sms)
    return [
        (
            name,
            await current_wording(
                visit.session,
                shop_id=visit.shop.id,
                shop_name=visit.shop.name,
                purpose=box.purpose,
                kind=box.kind,
                locale=visit.locale,
            ),
            needs_confirmation(box.purpose, box.kind),
        )
        for name, box in BOXES.items()
        if name in offered or values.get(name)
    ]


def _billing_countries(visit: Visit) -> list[tuple[str, str]]:
    return sorted(
        ((code, country_name(code, visit.locale)) for code in KNOWN_COUNTRIES),
        key=lambda pair: pair[1],
    )


def _billing_of(where: Mapping[str, str]) -> Mapping[str, str]:
    """The invoice's address out of what the step holds."""
    return {
        name.removeprefix("billing_"): value
        for name, value in where.items()
        if name.startswith("billing_")
    }


def _arrival(days_min: int, days_max: int) -> tuple[date, date]:
    return arrival_window(now().date(), days_min=days_min, days_max=days_max)


async def submit_checkout_step(visit: Visit, session: Session, form: Form) -> Response:
    """The answer is kept; on to the next step."""
    step = _step(visit)
    await submit_step(
        session,
        shop=visit.shop,
        token=visitor_token(visit.request),
        locale=visit.locale,
        step=step,
        form=form,
    )
    return see_other(Urls(visit.locale).checkout(step.following))


async def show_step_again(visit: Visit, form: Form, error: DomainError) -> Html | Response:
    """The form as it was sent, each problem at its field."""
    step, checkout = _step(visit), await _checkout(visit)
    if checkout is None:
        return see_other(Urls(visit.locale).cart())
    problems = error.fields if isinstance(error, InvalidInput) else ()
    return await _step_html(
        visit,
        checkout,
        step,
        values=form,
        problems=problems,
        problem=None if problems else error,
        status=error.status,
    )


async def _place(request: Request) -> Response:
    """The order is placed, once; what went wrong is said where it can be mended."""
    require_same_origin(request)
    form = await read_form(request)
    database = node_of(request).database
    async with database.read() as session:
        visit = await open_visit(request, session)
        visitor_id = await visitor_id_of(visit)
    if visitor_id is None:
        return see_other(Urls(visit.locale).cart())
    try:
        placed = await place_order(
            database,
            shop=visit.shop,
            visitor_id=visitor_id,
            locale=visit.locale,
            agreement=_agreement(form),
        )
    except DomainError as error:
        async with database.read() as session:
            visit = await open_visit(request, session)
            return await respond(visit, await _not_placed(visit, error))
    suffix = "?placed=1" if placed.is_new else ""
    return see_other(Urls(visit.locale).order(placed.token) + suffix)


def _agreement(form: Form) -> Agreement:
    key = form.get("key", "")
    try:
        cart_id = UUID(form.get("cart", ""))
    except ValueError as error:
        raise InvalidInput([FieldProblem("cart", "field.invalid")]) from error
    if not 16 <= len(key) <= KEY_MAX or not key.isascii():
        raise InvalidInput([FieldProblem("key", "field.invalid")])
    return Agreement(key=key, cart_id=cart_id, shown=form.get("shown", ""))


async def _not_placed(visit: Visit, error: DomainError) -> Html | Response:
    checkout = await _checkout(visit)
    urls = Urls(visit.locale)
    if checkout is None or isinstance(error, NoCart | CartIsEmpty):
        return see_other(urls.cart())
    if isinstance(error, CheckoutIncomplete):
        return see_other(urls.checkout(error.step))
    if isinstance(error, LinesNotCovered | OutOfStock):
        problem = text_for(LinesNotCovered.code, {}, locale=visit.locale)
        return await cart_html(visit, problem=problem, status=error.status)
    if isinstance(error, PaymentRefused | PaymentMethodUnavailable):
        step = Step.PAYMENT
    else:
        step = Step.REVIEW
    return await _step_html(
        visit,
        checkout,
        step if _is_reachable(step, checkout.open_step) else checkout.open_step,
        values=checkout.cart.checkout.get(step, {}),
        problem=error,
        status=error.status,
    )


PLACE = Route("/{locale}/checkout/review", _place, methods=["POST"], name="shop_place_order")
