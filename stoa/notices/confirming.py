"""The question at an address whether it may be used: by mail, or by SMS. Only the click there is a
consent."""

from functools import partial
from typing import Final
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.channels.models import Purpose
from stoa.notices.leaving import send_confirming_sms, send_mail
from stoa.notices.mail import Mail
from stoa.notices.orders import NOWHERE, TEXT
from stoa.notices.pages import render_page
from stoa.people.consent.events import ConsentRequested
from stoa.people.consent.models import ConsentRequest
from stoa.people.consent.queries import find_request
from stoa.people.consent.service import confirmation_path
from stoa.people.customers.models import PointKind
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.formats import format_date
from stoa.platform.i18n.messages import translator
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

CONFIRM_JOB: Final = "notice.confirm"


async def ask_owner(session: Session, event: ConsentRequested) -> None:
    """The address's owner will be asked there once this transaction has committed."""
    await enqueue(
        session,
        CONFIRM_JOB,
        {"request_id": event.request_id},
        unique_key=f"{CONFIRM_JOB}:{event.request_id}",
    )


async def send_confirmation(node: Node, payload: Payload) -> None:
    """The question is on its way by the address's own way; the same job again is one message. What
    was answered, taken back or forgotten meanwhile is not asked."""
    async with node.database.read() as session:
        request = await find_request(session, request_id=UUID(payload["request_id"]))
        if request is None or not request.is_open(now()):
            return
        shop = await get_shop(session, shop_id=request.shop_id)
    may_leave = partial(_is_open, request_id=request.id)
    link = node.settings.base_url + confirmation_path(
        node.settings.secret_key, request_id=request.id
    )
    if request.kind is PointKind.EMAIL:
        mail = confirmation_mail(request, shop=shop, link=link)
        await send_mail(
            node,
            mail,
            shop_id=shop.id,
            to_name="",
            may_leave=may_leave,
            purpose=Purpose.CONFIRMATION,
        )
    else:
        t = translator(request.locale, "notices")
        await send_confirming_sms(
            node,
            shop=shop,
            to=request.key,
            text=t("confirm.sms", shop=shop.name, link=link),
            locale=request.locale,
            key=f"{CONFIRM_JOB}:{request.id}",
            may_leave=may_leave,
        )


async def _is_open(session: Session, *, request_id: UUID) -> bool:
    request = await find_request(session, request_id=request_id, is_locked=True)
    return request is not None and request.is_open(now())


def confirmation_mail(request: ConsentRequest, *, shop: Shop, link: str) -> Mail:
    """The question, with the words that would be agreed to, in the language they were asked in."""
    t = translator(request.locale, "notices")
    values = {
        "t": t,
        "locale": request.locale,
        "shop": shop,
        "title": t("confirm.title"),
        "wording": request.wording,
        "link": link,
        "until": format_date(request.expires_at.date(), locale=request.locale),
    }
    return Mail(
        key=f"confirm-{request.id}",
        sender_name=shop.name,
        sender=shop.company.email or NOWHERE,
        to=request.value,
        locale=request.locale,
        subject=t("confirm.subject", shop=shop.name),
        text=TEXT.get_template("confirm.txt").render(values),
        html=render_page("confirm", values),
        sent_at=now(),
    )
