"""The code that proves an address: by mail, or by SMS."""

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
from stoa.people.customers.events import PointProofAsked
from stoa.people.customers.models import PointKind, PointProof
from stoa.people.customers.queries import find_proof
from stoa.people.customers.service import code_of
from stoa.platform.clock import now
from stoa.platform.database.session import Session
from stoa.platform.i18n.messages import translator
from stoa.platform.jobs.queue import Payload, enqueue
from stoa.platform.node import Node

CODE_JOB: Final = "notice.code"


async def send_code_later(session: Session, event: PointProofAsked) -> None:
    """The code will be on its way once this transaction has committed."""
    await enqueue(
        session,
        CODE_JOB,
        {"proof_id": event.proof_id},
        unique_key=f"{CODE_JOB}:{event.proof_id}",
    )


async def send_code(node: Node, payload: Payload) -> None:
    """The code is on its way; the same job again is one message. What has run out is not sent."""
    async with node.database.read() as session:
        proof = await find_proof(session, proof_id=UUID(payload["proof_id"]))
        if proof is None or proof.expires_at <= now():
            return
        shop = await get_shop(session, shop_id=proof.shop_id)
    may_leave = partial(_is_there, proof_id=proof.id)
    code = code_of(node.settings.secret_key, proof_id=proof.id)
    if proof.kind is PointKind.EMAIL:
        mail = code_mail(proof, shop=shop, code=code)
        await send_mail(
            node,
            mail,
            shop_id=shop.id,
            to_name="",
            may_leave=may_leave,
            purpose=Purpose.CONFIRMATION,
        )
    else:
        t = translator(proof.locale, "notices")
        await send_confirming_sms(
            node,
            shop=shop,
            to=proof.key,
            text=t("code.sms", shop=shop.name, code=code),
            locale=proof.locale,
            key=f"{CODE_JOB}:{proof.id}",
            may_leave=may_leave,
        )


async def _is_there(session: Session, *, proof_id: UUID) -> bool:
    return await find_proof(session, proof_id=proof_id, is_locked=True) is not None


def code_mail(proof: PointProof, *, shop: Shop, code: str) -> Mail:
    """The code, and what to do with it, in the language of the page that asked."""
    t = translator(proof.locale, "notices")
    values = {
        "t": t,
        "locale": proof.locale,
        "shop": shop,
        "title": t("code.title"),
        "code": code,
        "minutes": round((proof.expires_at - proof.asked_at).total_seconds() / 60),
    }
    return Mail(
        key=f"code-{proof.id}",
        sender_name=shop.name,
        sender=shop.company.email or NOWHERE,
        to=proof.value,
        locale=proof.locale,
        subject=t("code.subject", shop=shop.name, code=code),
        text=TEXT.get_template("code.txt").render(values),
        html=render_page("code", values),
        sent_at=now(),
    )
