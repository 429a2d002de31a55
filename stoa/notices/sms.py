"""What cannot wait for a mail to be read, by SMS: only to who agreed to that, and kept within the
hours and the number a day that `contact.channels` allows."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from stoa.commerce.orders.events import OrderEvent, OrderPaymentRefused
from stoa.commerce.orders.models import Order
from stoa.commerce.orders.queries import order_by_id
from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery
from stoa.notices.leaving import is_known
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.service import withdrawal_path
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import Session
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

SMS_JOB: Final = "notice.sms"


class Urgent(StrEnum):
    SHIPPED = "shipped"
    PAYMENT_REFUSED = "payment_refused"


async def text_customer(session: Session, event: OrderEvent) -> None:
    """The customer will hear of it once this transaction has committed."""
    refused = isinstance(event, OrderPaymentRefused)
    occasion = Urgent.PAYMENT_REFUSED if refused else Urgent.SHIPPED
    await enqueue(
        session,
        SMS_JOB,
        {"order_id": event.order.id, "occasion": occasion},
        unique_key=f"{SMS_JOB}:{event.order.id}:{occasion}",
    )


async def queue_order_sms(node: Node, payload: Payload) -> None:
    """It waits to be sent, or to be refused where everybody at the desk sees it. Without a number,
    or without a line of the shop's own, there is nothing to send. The same job again is one SMS."""
    occasion = Urgent(payload["occasion"])
    async with node.database.begin() as session:
        order = await order_by_id(session, order_id=UUID(payload["order_id"]))
        inbox = await inbox_for(session, shop_id=order.shop_id, kind=PointKind.PHONE)
        if not order.phone or inbox is None:
            return
        if not await is_known(session, customer_id=order.customer_id):
            return  # erased since the order was read
        shop = await get_shop(session, shop_id=order.shop_id)
        can_be_answered = inbox.address.removeprefix("+").isdecimal()
        await queue_delivery(
            session,
            inbox=inbox,
            to=Point(PointKind.PHONE, order.phone),
            content=order_sms(
                order,
                shop=shop,
                occasion=occasion,
                base_url=node.settings.base_url,
                stop_link=None if can_be_answered else _stop_link(node, order=order, shop=shop),
            ),
            purpose=Purpose.URGENT,
            unique_key=f"{SMS_JOB}:{order.id}:{occasion}",
        )


def _stop_link(node: Node, *, order: Order, shop: Shop) -> str:
    path = withdrawal_path(
        node.settings.secret_key,
        kind=PointKind.PHONE,
        key=key_of(Point(PointKind.PHONE, order.phone), country=shop.country),
        purpose=Use.URGENT,
        locale=as_locale(order.locale) or DEFAULT_LOCALE,
    )
    return f"{node.settings.base_url}{path}"


def order_sms(
    order: Order, *, shop: Shop, occasion: Urgent, base_url: str, stop_link: str | None
) -> Content:
    """What the customer is told, in the language they ordered in, and how to end it: by an answer
    (`stop_link` is None), or by a link where there is no number to answer to."""
    locale = as_locale(order.locale) or DEFAULT_LOCALE
    t = translator(locale, "notices")
    link = f"{base_url}/{locale}/order/{order.token}"
    text = t(f"sms.{occasion}", shop=shop.name, number=order.number, link=link)
    stop = t("sms.stop_link", link=stop_link) if stop_link else t("sms.stop")
    return Content(
        text=f"{text} {stop}",
        locale=locale,
        to_name=order.shipping_address.name,
        sender_name=shop.name,
        is_automatic=True,
    )
