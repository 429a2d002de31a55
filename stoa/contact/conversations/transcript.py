"""A conversation as plain text, in its own language, for the customer to keep."""

from collections.abc import Sequence

from stoa.contact.conversations.schemas import (
    ConversationRow,
    MessageView,
    OrderCard,
    ProductCard,
    ProposalCard,
    SystemFact,
)
from stoa.platform.i18n.formats import format_date, format_date_time, format_money
from stoa.platform.i18n.locale import DEFAULT_LOCALE, Locale, as_locale
from stoa.platform.i18n.messages import translator
from stoa.platform.money.amount import Money


def locale_of(row: ConversationRow) -> Locale:
    return as_locale(row.locale) or DEFAULT_LOCALE


def render_transcript(
    row: ConversationRow, messages: Sequence[MessageView], *, shop_name: str
) -> str:
    """Title, then every message with its time and its sender. Notes are left out."""
    locale = locale_of(row)
    title = translator(locale, "notices")(
        "transcript.title", shop=shop_name, date=format_date(row.created_at, locale=locale)
    )
    return f"{title}\n\n{render_messages(row, messages, shop_name=shop_name)}\n"


def render_messages(
    row: ConversationRow, messages: Sequence[MessageView], *, shop_name: str
) -> str:
    """One paragraph for each message; notes are left out."""
    paragraphs = []
    for message in messages:
        is_request = isinstance(message.card, SystemFact) and message.card.fact == "transcript_sent"
        if message.kind == "note" or is_request:
            continue
        at = format_date_time(message.created_at, locale=locale_of(row))
        text = "\n".join(_lines(message, locale=locale_of(row)))
        sender = _sender(row, message, shop_name=shop_name)
        paragraphs.append(f"[{at}] {sender}:\n{text}")
    return "\n\n".join(paragraphs)


def _sender(row: ConversationRow, message: MessageView, *, shop_name: str) -> str:
    if message.sender_kind == "customer":
        return row.contact_name or translator(locale_of(row), "notices")("transcript.customer")
    return message.staff_name or shop_name


def _lines(message: MessageView, *, locale: Locale) -> list[str]:
    t = translator(locale, "notices")
    lines = [message.body] if message.body else []
    match message.card:
        case ProductCard() as product:
            price = format_money(Money(product.price_minor, product.currency), locale=locale)
            lines.append(t("transcript.product", name=product.name, price=price))
        case OrderCard() as order:
            price = format_money(Money(order.total_minor, order.currency), locale=locale)
            lines.append(t("transcript.order", number=order.number, price=price))
        case ProposalCard() as proposal:
            lines.append(t(f"transcript.proposal.{proposal.state}", title=proposal.title))
        case SystemFact() as fact:
            told = translator(locale, "counter")
            lines.append(told(f"message.system.{fact.fact}", name=fact.staff_name or ""))
        case None:
            pass
    lines += [t("transcript.attachment", name=file.file_name) for file in message.attachments]
    return lines
