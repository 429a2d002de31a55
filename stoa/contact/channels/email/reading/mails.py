"""A mail's bytes as what they are to the shop: a message, a report on one of ours, or nothing."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from stoa.contact.channels.email.reading.addresses import (
    Sender,
    all_addresses,
    is_same_house,
    read_people,
    read_sender,
)
from stoa.contact.channels.email.reading.armour import is_sealed, without_armour
from stoa.contact.channels.email.reading.authentication import is_proven, is_refuted
from stoa.contact.channels.email.reading.automatic import is_automatic
from stoa.contact.channels.email.reading.bodies import Body, read_body
from stoa.contact.channels.email.reading.certified import read_receipt, unwrapped
from stoa.contact.channels.email.reading.forms import is_form
from stoa.contact.channels.email.reading.headers import Headers, message_ids, moment
from stoa.contact.channels.email.reading.html_text import QUOTES, html_lines
from stoa.contact.channels.email.reading.parts import Part, read_parts
from stoa.contact.channels.email.reading.quote_words import REPLY_SUBJECT
from stoa.contact.channels.email.reading.quoting import (
    Extract,
    Line,
    Setting,
    extract,
    plain_lines,
)
from stoa.contact.channels.email.reading.reports import read_report
from stoa.contact.channels.protocol import (
    Account,
    Envelope,
    Inbound,
    Nothing,
    Parsed,
    Raw,
    Unreadable,
)
from stoa.contact.channels.tokens import read_reply_token
from stoa.contact.conversations.schemas import MailAddress, MailCard
from stoa.people.customers.models import Point, PointKind
from stoa.platform.i18n.locale import Locale, as_locale

BYTES_MAX = 50 * 1024 * 1024
TEXT_MAX = 100_000
LINES_MAX = 20_000  # that anybody looks through for what is quoted
SUBJECT_MAX = 500
ANSWERS_MAX = 50
NAME_BYTES_MAX = 1_000

_DELIVERED_TO = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-forwarded-to",
    "x-delivered-to",
)
_TOKEN = re.compile(r"\+([a-z2-7]{40})@", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# A plain part that only says that there is none.
_NO_PLAIN_PART = re.compile(
    r"(?:not|nicht|nie|non|δεν) .{0,60}html"
    r"|html.{0,40}(?:required|view|client|format|ansicht|aktiv)",
    re.IGNORECASE,
)


def parse_mail(account: Account, raw: Raw) -> Parsed:
    """Pure, and the same for the same bytes.

    Raises:
        Unreadable: it is refused; nothing else is ever raised.
    """
    # Of what is larger than that, only the beginning may have been fetched.
    said = raw.envelope.proofs.get("size", "")
    if len(raw.content) > BYTES_MAX or (said.isdecimal() and int(said[:18]) > BYTES_MAX):
        raise Unreadable("too_large", limit_mb=BYTES_MAX // 1024 // 1024)
    outer = read_parts(raw.content)
    receipt = read_receipt(outer.headers)
    if receipt is not None:
        return receipt
    root = unwrapped(outer) or outer
    headers = root.headers
    if not headers.fields or not any(headers.get(name) for name in ("from", "to", "date", "subject",
                                     "received", "message-id", "return-path")):  # fmt: skip
        raise Unreadable("not_a_mail")
    sender = read_sender(headers.all("from"))
    if _is_own(account, headers, sender):
        return Nothing("own_mail")
    subject = headers.text("subject")[:SUBJECT_MAX]
    has_null_sender = _has_null_sender(outer.headers, raw.envelope)
    report = read_report(
        root,
        sender=sender.address if sender else "",
        subject=subject,
        has_null_sender=has_null_sender,
    )
    if report is not None:
        return report
    if sender is None:
        raise Unreadable("no_sender")
    return _inbound(_Mail(account, raw, outer.headers, root, sender, subject, has_null_sender))


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail that somebody wrote, and what is known of it."""

    account: Account
    raw: Raw
    outer: Headers  # of what was delivered; the root's are those of what was written
    root: Part
    sender: Sender
    subject: str
    has_null_sender: bool

    @property
    def headers(self) -> Headers:
        return self.root.headers


def _inbound(mail: _Mail) -> Inbound:
    headers, body = mail.headers, read_body(mail.root)
    if is_sealed(body.plain):
        body.note("encrypted")
    extracted = _read_text(body, _setting(mail))
    text = _CONTROLS.sub("", extracted.text).strip()
    if len(text) > TEXT_MAX:
        text = text[:TEXT_MAX]
        body.note("text_cut")
    author, is_from_form = _author(mail, body)
    if is_sender_refuted := _is_refuted(mail):
        body.note("sender_refuted")
    card = MailCard(
        subject=mail.subject,
        sender=author,
        has_quote=extracted.has_quote,
        has_html=bool(body.html.strip()),
        is_verified=not is_from_form and _is_verified(mail),
        # A program sent what a person wrote into a form.
        is_automatic=not is_from_form and _is_automatic(mail),
        is_forwarded=extracted.is_forwarded
        or any(file.media_type == "message/rfc822" for file in body.files),
        invitation=body.invitation,
    )
    return Inbound(
        name=_name(headers, mail.raw.content),
        point=Point(PointKind.EMAIL, author.address),
        is_verified=card.is_verified,
        is_refuted=is_sender_refuted,
        sender_name=author.name,
        text=text,
        whole_text=_CONTROLS.sub("", extracted.whole).strip()[:TEXT_MAX],
        sent_at=_sent_at(headers),
        subject=mail.subject,
        files=tuple(body.files),
        locale=_locale(headers),
        reply_token=_reply_token(mail),
        answers=_answers(headers),
        is_automatic=card.is_automatic,
        card=_with_people(card, mail, body),
    )


def _with_people(card: MailCard, mail: _Mail, body: Body) -> MailCard:
    """Who got it, too, and what there is to be said of it all."""
    to, to_count = read_people(mail.headers.all("to"))
    cc, cc_count = read_people(mail.headers.all("cc"))
    if to_count > len(to) or cc_count > len(cc):
        body.note("recipients_left_out")
    for code in mail.sender.notes:
        body.note(code)
    return card.model_copy(
        update={
            "to": to,
            "cc": cc,
            "recipient_count": to_count + cc_count,
            "notes": body.notes,
        }
    )


def _is_verified(mail: _Mail) -> bool:
    return is_proven(mail.outer, mail.sender, mail.raw.envelope, trusted=_trusted(mail))


def _is_refuted(mail: _Mail) -> bool:
    return is_refuted(mail.outer, mail.sender, mail.raw.envelope, trusted=_trusted(mail))


def _trusted(mail: _Mail) -> tuple[str, ...]:
    return tuple(getattr(mail.account.settings, "trusted_authserv_ids", ()))


def _is_automatic(mail: _Mail) -> bool:
    own = _own_addresses(mail.account)
    return is_automatic(
        mail.headers,
        sender=mail.sender.address,
        subject=mail.subject,
        has_null_sender=mail.has_null_sender,
        own_domains={address.rpartition("@")[2] for address in own},
    )


# ---- whose it is --------------------------------------------------------------------------------


def _own_addresses(account: Account) -> set[str]:
    listed: Sequence[str] = getattr(account.settings, "addresses", ())
    return {address.lower() for address in (account.address, *listed) if address}


def _untagged(address: str) -> str:
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _is_own(account: Account, headers: Headers, sender: Sender | None) -> bool:
    """Whether we sent it: it has our mark, and our address or the name we give to what has it.

    The mark alone may be another installation's, which is somebody writing to us.
    """
    mark = headers.get("x-stoa-delivery")
    if not mark:
        return False
    own = _own_addresses(account)
    if sender is not None and _untagged(sender.address) in own:
        return True
    domains = {address.rpartition("@")[2] for address in own}
    names = {f"<{mark.strip().lower()}@{domain}>" for domain in domains}
    return headers.get("message-id").strip().lower() in names


def _author(mail: _Mail, body: Body) -> tuple[MailAddress, bool]:
    """Who is answered, and whether a form names them. A form on a website writes from our own
    address, or from nobody's at our domain, and says at Reply-To who filled it in; else Reply-To is
    only told of, for anybody can put anything there."""
    sender = mail.sender
    author = MailAddress(name=sender.name, address=sender.address)
    asked = read_sender(mail.headers.all("reply-to"))
    if asked is None or asked.address.lower() == sender.address.lower():
        return author, False
    own = _own_addresses(mail.account)
    is_ours = _untagged(sender.address) in own
    if is_form(sender, own=own, is_ours=is_ours) and _untagged(asked.address) not in own:
        return MailAddress(name=asked.name, address=asked.address), True
    if not is_same_house(asked.domain, sender.domain):
        body.note("reply_to_differs")
    return author, False


def _has_null_sender(headers: Headers, envelope: Envelope) -> bool:
    """Whether nobody wants to hear of it (RFC 5321 section 4.5.5)."""
    if path := headers.get("return-path").replace(" ", ""):
        return path == "<>"
    return envelope.sender == "<>"


def _locale(headers: Headers) -> Locale | None:
    languages = headers.get("content-language").split(",")
    return as_locale(languages[0]) if len(languages) == 1 else None


# ---- which conversation -------------------------------------------------------------------------


def _name(headers: Headers, content: bytes) -> str:
    """Its Message-ID; without one, a name that the same bytes always get."""
    value = headers.get("message-id").strip()
    names = message_ids(value)
    if not names and re.fullmatch(r"[^\s<>]{3,900}", value):
        names = [f"<{value}>"]
    # Of letters that take several bytes each, it is longer than an index holds.
    if names and len(names[0].encode("utf-8", "replace")) <= NAME_BYTES_MAX:
        return names[0]
    return f"<{hashlib.sha256(content).hexdigest()[:40]}@no-message-id.invalid>"


def _answers(headers: Headers) -> tuple[str, ...]:
    nearest = message_ids(headers.get("in-reply-to"))
    others = message_ids(headers.get("references"))[::-1]
    return tuple(dict.fromkeys([*nearest, *others]))[:ANSWERS_MAX]


def _reply_token(mail: _Mail) -> str | None:
    """The first that is signed by us, else the first: to say no to it is not for here."""
    tokens = list(_tokens(mail.outer, mail.raw.envelope))
    key = mail.account.token_key
    ours = (token for token in tokens if read_reply_token(key, token) is not None)
    return next(ours, tokens[0] if tokens else None)


def _tokens(headers: Headers, envelope: Envelope) -> Iterator[str]:
    values = [*envelope.recipients]
    for name in (*_DELIVERED_TO, "to", "cc"):
        values.extend(headers.all(name))
    for address in all_addresses(value for value in values if "+" in value):
        if found := _TOKEN.search(address):
            yield found[1].lower()


def _sent_at(headers: Headers) -> datetime | None:
    """None for a time that cannot be: clocks are wrong, and senders choose."""
    found = moment(headers.get("date"))
    if found is None or found < _EARLIEST:
        return None
    arrived = moment(headers.get("received").rpartition(";")[2])
    if arrived is not None and found > arrived + timedelta(days=1):
        return None
    return found


# ---- what it says -------------------------------------------------------------------------------


def _setting(mail: _Mail) -> Setting:
    own = _own_addresses(mail.account)
    names_one = mail.headers.get("in-reply-to") or mail.headers.get("references")
    return Setting(
        subject=mail.subject,
        is_reply=bool(names_one or REPLY_SUBJECT.match(mail.subject)),
        houses=frozenset(
            {*own, *(address.rpartition("@")[2] for address in own), mail.sender.address.lower()}
        ),
    )


def _read_text(body: Body, setting: Setting) -> Extract:
    """From the HTML where its marks tell what is quoted, or where nothing else is said."""
    lines: list[Line] = []
    if body.html.strip() and (QUOTES.search(body.html) or _is_poor(body.plain, body.html)):
        lines = html_lines(body.html)
    if not any(not line.is_blank for line in lines):
        lines = plain_lines(without_armour(body.plain))
    if len(lines) > LINES_MAX:
        lines = lines[:LINES_MAX]
        body.note("text_cut")
    return extract(lines, setting)


def _is_poor(plain: str, html: str) -> bool:
    text = plain.strip()
    if not text:
        return True
    if len(text) < 300 and _NO_PLAIN_PART.search(text):
        return True
    visible = _visible_length(html[:100_000])
    return visible > 200 and len(text) * 5 < visible


def _visible_length(html: str) -> int:
    """About how much of it is seen: no markup, no style sheet, no space."""
    lowered = html.lower()
    body = html[max(lowered.rfind("</style>"), lowered.rfind("</head>"), 0) :]
    return len(re.sub(r"<[^<>]*>|\s+", "", body))
