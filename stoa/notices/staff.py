"""Mail to members of staff: what a rule wants them to see, and a webhook that was switched off."""

from html import escape
from typing import Any, Final
from uuid import UUID

from stoa.commerce.shops.models import Shop
from stoa.commerce.shops.queries import get_shop
from stoa.contact.automation.events import StaffTold, WebhookStopped
from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery
from stoa.contact.conversations.queries import get_row
from stoa.notices.mail import Mail, transport_of
from stoa.notices.orders import NOWHERE
from stoa.people.customers.models import Point, PointKind
from stoa.people.identity.models import Staff
from stoa.people.identity.queries import get_staff, list_staff
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.formats import format_date
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.ids import new_id
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

STAFF_JOB: Final = "notice.staff"


async def mail_told(session: Session, event: StaffTold) -> None:
    """Whoever is told by mail as well will be, once this transaction has committed."""
    if not event.by_mail:
        return
    row = await get_row(session, conversation_id=event.conversation_id)
    await _enqueue(
        session,
        staff_id=event.staff_id,
        shop_id=row.shop_id,
        occasion="told",
        path=f"/desk/inbox/all/{event.conversation_id}",
        params={"rule": event.rule_name, "name": event.contact_name or "?"},
        quote=event.preview,
    )


async def mail_stopped(session: Session, event: WebhookStopped) -> None:
    """Every administrator will know, once this transaction has committed."""
    for staff in await list_staff(session):
        if staff.role == "administrator" and staff.is_active:
            locale = as_locale(staff.locale) or DEFAULT_LOCALE
            await _enqueue(
                session,
                staff_id=staff.id,
                shop_id=event.shop_id,
                occasion="webhook",
                path=f"/desk/webhooks/{event.webhook_id}",
                params={
                    "name": event.name,
                    "since": format_date(event.failing_since.date(), locale=locale),
                },
                quote="",
            )


async def _enqueue(session: Session, *, staff_id: UUID, shop_id: UUID, **payload: Any) -> None:
    await enqueue(
        session,
        STAFF_JOB,
        {"staff_id": staff_id, "shop_id": shop_id, "key": f"staff-{new_id()}", **payload},
    )


async def send_staff_mail(node: Node, payload: Payload) -> None:
    """The mail is on its way, by the shop's mailbox where it has one. The same job again sends the
    same message.
    """
    async with node.database.begin() as session:
        staff = await get_staff(session, staff_id=UUID(payload["staff_id"]))
        shop = await get_shop(session, shop_id=UUID(payload["shop_id"]))
        mail = _mail(staff, shop, payload, base_url=node.settings.base_url)
        inbox = await inbox_for(session, shop_id=shop.id, kind=PointKind.EMAIL)
        if inbox is not None:
            await queue_delivery(
                session,
                inbox=inbox,
                to=Point(PointKind.EMAIL, staff.email),
                purpose=Purpose.SERVICE,
                unique_key=mail.key,
                content=Content(
                    text=mail.text,
                    subject=mail.subject,
                    locale=as_locale(mail.locale) or DEFAULT_LOCALE,
                    to_name=staff.name,
                    is_automatic=True,
                ),
            )
            return
    await transport_of(node.settings).send(mail)


def _mail(staff: Staff, shop: Shop, payload: Payload, *, base_url: str) -> Mail:
    locale = as_locale(staff.locale) or DEFAULT_LOCALE
    t = translator(locale, "notices")
    occasion, params = payload["occasion"], payload["params"]
    parts = [
        t("greeting", name=staff.name),
        t(f"{occasion}.intro", **params),
        payload["quote"],
        t(f"{occasion}.open", link=f"{base_url}{payload['path']}"),
    ]
    text = "\n\n".join(part for part in parts if part)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in parts if part)
    return Mail(
        key=payload["key"],
        sender_name=shop.name,
        sender=shop.company.email or NOWHERE,
        to=staff.email,
        locale=locale,
        subject=t(f"{occasion}.subject", **params),
        text=text,
        html=f'<!doctype html><html lang="{locale}"><meta charset="utf-8">{paragraphs}</html>',
        sent_at=now(),
    )
