"""What came in, as the core wants it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby

import orjson
from pydantic import ValidationError

from stoa.contact.channels.protocol import Account, Inbound, Parsed, Raw, Unreadable
from stoa.contact.channels.sms.arrivals import Part, SmppMessage
from stoa.contact.channels.sms.encoding import Own, decode
from stoa.contact.channels.sms.numbers import e164, is_international, is_name
from stoa.contact.channels.sms.providers import Called
from stoa.contact.channels.sms.settings import SmppSettings, SmsSettings
from stoa.contact.channels.sms.smsapi import time_of
from stoa.contact.channels.sms.stop import is_stop
from stoa.people.customers.models import Point, PointKind

MISSING = "[…]"  # where a part of a long message never came


def sms_settings(account: Account) -> SmsSettings:
    assert isinstance(account.settings, SmsSettings)
    return account.settings


def parse_sms(account: Account, raw: Raw) -> Parsed:
    """Pure.

    Raises:
        Unreadable: nobody can answer its sender, or it is no text.
    """
    try:
        found = orjson.loads(raw.content)
        provider = found["provider"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise Unreadable("not_an_sms") from error
    if provider == "smpp":
        return _smpp(account, raw, found)
    return _called(account, raw, found)


def _smpp(account: Account, raw: Raw, found: object) -> Parsed:
    try:
        message = SmppMessage.model_validate(found)
    except ValidationError as error:
        raise Unreadable("not_an_sms") from error
    if is_name(message.source_ton):
        raise Unreadable("sender_not_a_number", sender=message.source[:20])
    return inbound(
        account,
        name=raw.external_id,
        sender=message.source,
        text=_joined(message.parts, total=message.total, own=_own(account)),
        at=message.at,
        is_international=is_international(message.source_ton),
    )


def _called(account: Account, raw: Raw, found: object) -> Parsed:
    try:
        called = Called.model_validate(found)
    except ValidationError as error:
        raise Unreadable("not_an_sms") from error
    given = called.params
    match called.provider:
        case "twilio":
            # Pictures of an MMS are at addresses that need our key; the agent sees where.
            pictures = [given[key] for key in sorted(given) if key.startswith("MediaUrl")]
            return _by_call(
                account,
                raw,
                sender=given.get("From", ""),
                text="\n".join([given.get("Body", ""), *pictures]).strip("\n"),
                is_stop=given.get("OptOutType") == "STOP",
            )
        case "vonage":
            at = _iso_time(given.get("timestamp", ""))
            sender, text = given.get("from", ""), given.get("text", "")
            return _by_call(account, raw, sender=sender, text=text, at=at)
        case "smsapi":
            at = time_of(given.get("sms_date", ""))
            sender, text = given.get("sms_from", ""), given.get("sms_text", "")
            return _by_call(account, raw, sender=sender, text=text, at=at)
        case _:
            raise Unreadable("not_an_sms")


def _by_call(
    account: Account,
    raw: Raw,
    *,
    sender: str,
    text: str,
    at: datetime | None = None,
    is_stop: bool = False,
) -> Inbound:
    """Providers write numbers with their country, some without the plus."""
    found = inbound(
        account, name=raw.external_id, sender=sender, text=text, at=at, is_international=True
    )
    return replace(found, is_withdrawal=True) if is_stop else found


def _iso_time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def inbound(
    account: Account,
    *,
    name: str,
    sender: str,
    text: str,
    at: datetime | None,
    is_international: bool,
) -> Inbound:
    """
    Raises:
        Unreadable: the sender has no number that could be answered.
    """
    country = sms_settings(account).country
    number = e164(sender, country=country, is_international=is_international)
    if number is None:
        raise Unreadable("sender_not_a_number", sender=sender[:20])
    return Inbound(
        name=name,
        point=Point(PointKind.PHONE, number),
        is_verified=True,  # the network says so
        sender_name="",
        text=text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", ""),
        sent_at=at,
        is_withdrawal=is_stop(text),
    )


def _own(account: Account) -> Own:
    carrier = sms_settings(account).carrier
    return carrier.alphabet if isinstance(carrier, SmppSettings) else "gsm"


def _joined(parts: Sequence[Part], *, total: int, own: Own) -> str:
    """The text; octets are joined before they are read, for an escape or a surrogate pair may have
    been cut in two.

    Raises:
        Unreadable: a part of it is no text.
    """
    texts: list[str] = []
    runs = groupby(
        enumerate(parts), key=lambda found: (found[1].number - found[0], found[1].data_coding)
    )
    expected = 1
    for (_, coding), run in runs:
        together = [part for _, part in run]
        if together[0].number > expected:
            texts.append(MISSING)
        expected = together[-1].number + 1
        octets = b"".join(bytes.fromhex(part.octets) for part in together)
        text = decode(octets, data_coding=coding, own=own)
        if text is None:
            raise Unreadable("sms_not_text")
        texts.append(text)
    if expected <= total:
        texts.append(MISSING)
    return "".join(texts)
