"""Asking how somebody was served: by one mail with a link for each answer, or by one SMS."""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Final, Literal
from uuid import UUID

from stoa.contact.channels.models import Content, Inbox, Purpose
from stoa.contact.channels.service import inbox_for, queue_delivery, ways_of
from stoa.contact.conversations.queries import get_row
from stoa.contact.conversations.schemas import ConversationRow
from stoa.contact.ratings.models import Question
from stoa.contact.ratings.service import ask_for_rating
from stoa.people.consent.models import Purpose as Use
from stoa.people.consent.queries import standing_point_consents
from stoa.people.customers.models import Point, PointKind
from stoa.people.customers.queries import key_of
from stoa.platform.database.session import ReadSession
from stoa.platform.i18n.locale import DEFAULT_LOCALE, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.jobs.queue import Payload
from stoa.platform.node import Node

ASK_JOB: Final = "rating.ask"
SCORES = range(1, 6)


async def ask_later(node: Node, payload: Payload) -> None:
    """The question is on its way, once for each closing, by mail or SMS, if it may be asked."""
    conversation_id = UUID(payload["conversation_id"])
    closed_at = datetime.fromisoformat(payload["closed_at"])
    async with node.database.begin() as session:
        row = await get_row(session, conversation_id=conversation_id)
        for way in (await _by_mail(session, row=row), await _by_sms(session, row=row)):
            if way is None:
                continue
            question = await ask_for_rating(
                session, conversation_id=conversation_id, closed_at=closed_at, way=way.code
            )
            if question is None:
                continue
            shop = await session.fetch_value("SELECT name FROM shop WHERE id = $1", row.shop_id)
            content = (
                content_of(question, row=row, shop_name=shop, base_url=node.settings.base_url)
                if way.code == "email"
                else short_content_of(row=row, shop_name=shop)
            )
            await queue_delivery(
                session,
                inbox=way.inbox,
                to=way.to,
                content=content,
                purpose=Purpose.SERVICE,
                conversation_id=conversation_id,
                unique_key=f"rating-{question.id}",
            )


@dataclass(frozen=True, slots=True)
class _Way:
    code: Literal["email", "sms"]
    inbox: Inbox
    to: Point


async def _by_mail(session: ReadSession, *, row: ConversationRow) -> _Way | None:
    inbox = await inbox_for(
        session, shop_id=row.shop_id, kind=PointKind.EMAIL, preferred=row.inbox_id
    )
    if inbox is None or row.contact_email is None:
        return None
    return _Way("email", inbox, Point(PointKind.EMAIL, row.contact_email))


async def _by_sms(session: ReadSession, *, row: ConversationRow) -> _Way | None:
    """The number they wrote from, if they have agreed to be written to there: that we may answer
    does not let us ask."""
    inbox = await inbox_for(
        session, shop_id=row.shop_id, kind=PointKind.PHONE, preferred=row.inbox_id
    )
    if inbox is None:
        return None
    for way in (await ways_of(session, conversation_id=row.id)).ways:
        to = Point(PointKind.PHONE, way.to)
        if way.inbox_id != inbox.id or way.problem is not None:
            continue
        consents = await standing_point_consents(session, kind=to.kind, key=key_of(to))
        said = consents.get(Use.SERVICE)
        if said is not None and said.is_given:
            return _Way("sms", inbox, to)
    return None


def short_content_of(*, row: ConversationRow, shop_name: str) -> Content:
    """One SMS, answered by a number."""
    locale = as_locale(row.locale) or DEFAULT_LOCALE
    text = translator(locale, "rating")("sms.question", shop=shop_name)
    return Content(text=text, locale=locale, to_name=row.contact_name, is_automatic=True)


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
