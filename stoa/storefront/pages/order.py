"""The order's page: the confirmation at first, its status ever after."""

from stoa.commerce.orders.models import OrderState, PaymentState
from stoa.commerce.orders.queries import order_by_token
from stoa.commerce.payments.errors import PaymentMethodUnavailable
from stoa.commerce.payments.models import Instructions
from stoa.commerce.payments.service import installed_payment, payment_terms
from stoa.commerce.shipping.service import arrival_window
from stoa.platform.money.amount import Money
from stoa.storefront.rendering import Page
from stoa.storefront.urls import Urls
from stoa.storefront.visit import Html, Visit


async def order(visit: Visit) -> Html:
    """Whoever has the link sees the order: what, where to, how to pay, how far it is."""
    token = visit.request.path_params["token"]
    found = await order_by_token(visit.session, shop_id=visit.shop.id, token=token)
    is_new = visit.request.query_params.get("placed") == "1"
    frame = await visit.frame()
    instructions: Instructions | None = None
    if found.state is OrderState.OPEN and found.payment_state is PaymentState.AWAITING:
        try:
            method = installed_payment(found.payment_method)
        except PaymentMethodUnavailable:
            method = None
        if method is not None:
            instructions = method.instructions(
                payment_terms(visit.shop),
                amount=Money(found.totals.total_minor, found.currency),
                reference=found.payment_reference,
            )
    first, last = arrival_window(
        found.placed_at.date(), days_min=found.days_min, days_max=found.days_max
    )
    page = Page(
        kind="order",
        step="ordered",
        title=frame.t("order.title", number=found.number),
        paths={locale: Urls(locale).order(token) for locale in visit.shop.locales},
        is_indexed=False,
        payment=(found.payment_method, "succeeded") if is_new else None,
    )
    return Html(
        await visit.render(
            page,
            "order.html",
            order=found,
            is_new=is_new,
            instructions=instructions,
            first=first,
            last=last,
        )
    )
