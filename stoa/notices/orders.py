"""Mail about orders: a job is enqueued where the order changes, and sent when that is committed."""

from enum import StrEnum
from functools import partial
from typing import Final
from uuid import UUID

from babel import Locale as BabelLocale
from jinja2 import Environment, PackageLoader, StrictUndefined

from stoa.commerce.orders.events import OrderCancelled, OrderEvent, OrderPaid, OrderShipped
from stoa.commerce.orders.models import Order, OrderState, PaymentState
from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.payments.models import Instructions
from stoa.commerce.payments.service import installed_payment, payment_terms
from stoa.commerce.shipping.service import arrival_window
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.notices.leaving import is_known, send_mail
from stoa.notices.mail import Mail
from stoa.notices.pages import render_page
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.formats import format_date, format_money, format_percent
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.money.amount import Money
from stoa.platform.node import Node

MAIL_JOB: Final = "notice.order"
NOWHERE: Final = "shop@localhost"


class Occasion(StrEnum):
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


TEXT = Environment(
    loader=PackageLoader("stoa.notices"),
    autoescape=False,  # noqa: S701 - plain text
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    auto_reload=False,  # code and templates of one release belong together
)


def occasion_of(event: OrderEvent) -> Occasion:
    if isinstance(event, OrderCancelled):
        return Occasion.EXPIRED if event.has_expired else Occasion.CANCELLED
    if isinstance(event, OrderPaid):
        return Occasion.PAID
    return Occasion.SHIPPED if isinstance(event, OrderShipped) else Occasion.PLACED


async def tell_customer(session: Session, event: OrderEvent) -> None:
    """The customer will hear of it once this transaction has committed."""
    occasion = occasion_of(event)
    order_id = event.order.id
    await enqueue(
        session,
        MAIL_JOB,
        {"order_id": order_id, "occasion": occasion},
        unique_key=f"{MAIL_JOB}:{order_id}:{occasion}",
    )


async def send_order_mail(node: Node, payload: Payload) -> None:
    """The mail has left. The same job again sends the same message."""
    async with node.database.read() as session:
        order = await order_by_id(session, order_id=UUID(payload["order_id"]))
        shop = await get_shop(session, shop_id=order.shop_id)
    mail = order_mail(
        order, shop=shop, occasion=Occasion(payload["occasion"]), base_url=node.settings.base_url
    )
    await send_mail(
        node,
        mail,
        shop_id=shop.id,
        to_name=order.shipping_address.name,
        may_leave=partial(is_known, customer_id=order.customer_id),
    )


def order_mail(order: Order, *, shop: Shop, occasion: Occasion, base_url: str) -> Mail:
    """What the customer is told, in the language they ordered in."""
    locale = as_locale(order.locale) or DEFAULT_LOCALE
    t = translator(locale, "notices")
    first, last = arrival_window(
        order.placed_at.date(), days_min=order.days_min, days_max=order.days_max
    )
    values = {
        "order": order,
        "shop": shop,
        "occasion": occasion,
        "title": t(f"order.{occasion}.title"),
        "locale": locale,
        "t": t,
        "link": f"{base_url}/{locale}/order/{order.token}",
        "instructions": _instructions(order, shop) if occasion is Occasion.PLACED else None,
        "money": lambda minor: format_money(Money(minor, order.currency), locale=locale),
        "percent": lambda basis_points: format_percent(basis_points, locale=locale),
        "country": _country(order, locale),
        "first": format_date(first, locale=locale),
        "last": format_date(last, locale=locale),
        "until": format_date(order.expires_at, locale=locale) if order.expires_at else "",
    }
    return Mail(
        key=f"{order.number}-{occasion}-{order.id}",
        sender_name=shop.name,
        sender=shop.company.email or NOWHERE,
        to=order.email,
        locale=locale,
        subject=t(f"order.{occasion}.subject", number=order.number, shop=shop.name),
        text=TEXT.get_template("order.txt").render(values),
        html=render_page("order", values),
        sent_at=now(),
    )


def _instructions(order: Order, shop: Shop) -> Instructions | None:
    if order.state is not OrderState.OPEN or order.payment_state is not PaymentState.AWAITING:
        return None
    return installed_payment(order.payment_method).instructions(
        payment_terms(shop),
        amount=Money(order.totals.total_minor, order.currency),
        reference=order.payment_reference,
    )


def _country(order: Order, locale: Locale) -> str:
    code = order.shipping_address.country
    return str(BabelLocale.parse(locale).territories.get(code, code))
