"""Telephone numbers as people, centres and the E.164 recommendation write them."""

from typing import Final

import phonenumbers

from stoa.contact.channels.sms.pdu import Address

_INTERNATIONAL: Final = 1
_SHORT: Final = 3  # "network specific": a short code
_NAME: Final = 5  # alphanumeric
_ISDN: Final = 1  # numbering plan E.164
_LONGEST_SHORT_CODE: Final = 6


def e164(value: str, *, country: str, is_international: bool = False) -> str | None:
    """The number with its country, or None if it cannot be one.

    Digits without a plus are read as a number of `country` first, then as an international one:
    providers leave the plus out.
    """
    digits = value.strip()
    if is_international and not digits.startswith("+"):
        digits = f"+{digits}"
    for text in (digits, f"+{digits}"):
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return None


def smpp_source(sender: str) -> Address:
    """Who an SMS is from: a number, a short code, or a name."""
    digits = sender.removeprefix("+")
    if not digits.isdecimal():
        return Address(sender, _NAME, 0)
    if len(digits) <= _LONGEST_SHORT_CODE:
        return Address(digits, _SHORT, 0)
    return Address(digits, _INTERNATIONAL, _ISDN)


def smpp_destination(number: str) -> Address:
    """Whom it is for."""
    return Address(number.removeprefix("+"), _INTERNATIONAL, _ISDN)


def is_name(ton: int) -> bool:
    return ton == _NAME


def is_international(ton: int) -> bool:
    return ton == _INTERNATIONAL
