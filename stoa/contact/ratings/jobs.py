"""The mail that asks how somebody was served, with one link for each answer."""

from datetime import datetime
from html import escape
from typing import Final
from uuid import UUID

from stoa.contact.channels.models import Content, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.ratings.models import Question
from stoa.contact.ratings.service import ask_for_rating
from stoa.people.customers.models import Point, PointKind
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.jobs.queue import Payload
from stoa.platform.node import Node

MAIL_JOB: Final = "rating.mail"
SCORES = range(1, 6)


async def ask_by_mail(node: Node, payload: Payload) -> None:
    """The mail is on its way, once for each closing, if the customer may be asked by mail."""
    conversation_id = UUID(payload["conversation_id"])
    async with node.database.begin() as session:
        row = await get_row(session, conversation_id=conversation_id)
        inbox = await inbox_for(
            session, shop_id=row.shop_id, kind=PointKind.EMAIL, preferred=row.inbox_id
        )
        if inbox is None or row.contact_email is None:
            return
        question = await ask_for_rating(
            session,
            conversation_id=conversation_id,
            closed_at=datetime.fromisoformat(payload["closed_at"]),
            way="email",
        )
        if question is None:
            return
        shop_name = await session.fetch_value("SELECT name FROM shop WHERE id = $1", row.shop_id)
        await queue_delivery(
            session,
            inbox=inbox,
            to=Point(PointKind.EMAIL, row.contact_email),
            content=content_of(
                question, row=row, shop_name=shop_name, base_url=node.settings.base_url
            ),
            purpose=Purpose.SERVICE,
            conversation_id=conversation_id,
            unique_key=f"rating-{question.id}",
        )


def content_of(
    question: Question, *, row: ConversationRow, shop_name: str, base_url: str
) -> Content:
    """The mail, plain and as HTML: each answer is a link, and the page behind it has a button."""
    locale = as_locale(row.locale) or DEFAULT_LOCALE
    t = translator(locale, "rating")
    links = [
        (score, f"{base_url}/rate/{question.token}?score={score}", t(f"score.{score}"))
        for score in reversed(SCORES)
    ]
    lines = [t("mail.hello", shop=shop_name), "", t("mail.question"), ""]
    lines += [f"{score} – {words}: {url}" for score, url, words in links]
    lines += ["", t("mail.once")]
    answers = "".join(
        f'<p style="margin:8px 0"><a href="{escape(url)}">{score} – {escape(words)}</a></p>'
        for score, url, words in links
    )
    html = f"<p>{escape(lines[0])}</p><p>{escape(lines[2])}</p>{answers}<p>{escape(lines[-1])}</p>"
    return Content(
        text="\n".join(lines),
        html=html,
        subject=t("mail.subject", shop=shop_name),
        locale=locale,
        to_name=row.contact_name,
        is_automatic=True,
    )
